from __future__ import annotations

import json

import pytest

from mnimage.errors import ShotsUnusable
from mnimage.formats.sources import with_frames


def test_a_photo_is_the_only_file(tmp_path):
    assert with_frames(tmp_path / "a.jpg") == (tmp_path / "a.jpg",)


def test_a_manifest_brings_every_file_that_it_lists(tmp_path):
    lights = ([1.0, 0.0, 1.0], [0.0, 1.0, 1.0], [-1.0, 0.0, 1.0])
    shots = [{"file": f"{n}.png", "light": light} for n, light in enumerate(lights)]
    path = tmp_path / "SHOTS.JSON"
    path.write_text(json.dumps({"mm_per_px": 0.05, "shots": shots, "dark": "dark.png"}))
    names = ["SHOTS.JSON", "0.png", "1.png", "2.png", "dark.png"]
    assert with_frames(path) == tuple(tmp_path / name for name in names)


def test_an_invalid_manifest_is_refused(tmp_path):
    path = tmp_path / "shots.json"
    path.write_text("{}")
    with pytest.raises(ShotsUnusable):
        with_frames(path)
