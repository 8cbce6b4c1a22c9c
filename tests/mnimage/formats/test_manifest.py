from __future__ import annotations

import json
import math

import numpy as np
import pytest

from mnimage.errors import ShotsUnusable
from mnimage.formats.manifest import lights_of, read_manifest
from mnimage.formats.sources import is_manifest

AROUND = ([0.7, 0, 0.7], [-0.7, 0, 0.7], [0, 0.7, 0.7], [0, -0.7, 0.7])


def _manifest(lights=AROUND, key="light", **changes):
    shots = [{"file": f"{n}.png", key: list(light)} for n, light in enumerate(lights)]
    return {"mm_per_px": 0.05, "shots": shots, **changes}


@pytest.fixture
def written(tmp_path):
    def write(content):
        path = tmp_path / "SHOTS.json"
        path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
        return path

    return write


def test_a_manifest_as_in_the_contract_is_read(written):
    manifest = read_manifest(
        written(_manifest(linear=True, dark="d.png", flat=["f.png"], note="ours"))
    )
    assert (manifest.mm_per_px, manifest.linear, manifest.dark, manifest.flat) == (
        0.05,
        True,
        "d.png",
        ("f.png",),
    )
    assert [shot.file for shot in manifest.shots] == ["0.png", "1.png", "2.png", "3.png"]
    assert not manifest.near


def test_defaults_and_a_byte_order_mark(written):
    manifest = read_manifest(written(b"\xef\xbb\xbf" + json.dumps(_manifest()).encode()))
    assert (manifest.linear, manifest.dark, manifest.flat) == (False, None, ())


def test_directions_become_unit_vectors(written):
    lights = lights_of(read_manifest(written(_manifest())))
    np.testing.assert_allclose(lights[0], [math.sqrt(0.5), 0, math.sqrt(0.5)])
    assert lights.dtype == np.float64


def test_lamp_positions_stay_in_mm(written):
    places = ([300, 0, 300], [-300, 0, 300], [0, 300, 310])
    manifest = read_manifest(written(_manifest(places, "lamp_mm")))
    assert manifest.near
    np.testing.assert_array_equal(lights_of(manifest), places)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is not valid JSON"),
        (b"{", "is not valid JSON"),
        (b"\xff\xfe\x00", "is not valid JSON"),
        (b"[]", "is invalid"),
        ({"shots": []}, 'lacks "mm_per_px"'),
        ({"mm_per_px": 0.05}, 'lacks "shots"'),
        ({"mm_per_px": 0.05, "shots": [{"light": [0, 0, 1]}]}, r'lacks "shots\[0\].file"'),
        (_manifest(mm_per_px="0.05"), '"mm_per_px"'),
        (_manifest(mm_per_px=0), "must be from 0.001 to 0.5"),
        (_manifest(mm_per_px=-0.05), "must be from 0.001 to 0.5"),
        (_manifest(mm_per_px=math.nan), "must be from 0.001 to 0.5"),
        (_manifest(mm_per_px=math.inf), "must be from 0.001 to 0.5"),
        (_manifest(mm_per_px=5), "must be from 0.001 to 0.5, not 5"),
        (_manifest(mm_per_px=1e-9), "must be from 0.001 to 0.5"),
        (_manifest(linear="yes"), '"linear"'),
        (_manifest(AROUND[:2]), "3 to 1000"),
        (_manifest(AROUND * 251), "3 to 1000"),
        (_manifest(flat=["a", "b"]), "2 flat frames are listed for 4 shots"),
        (_manifest([[0, 1], *AROUND]), r'"shots\[0\]'),
        (b" " * 1_000_001, "larger than 1 MB"),
    ],
)
def test_an_invalid_manifest_is_refused_with_advice(written, content, words):
    with pytest.raises(ShotsUnusable, match=words) as caught:
        read_manifest(written(content))
    assert caught.value.hint
    assert "\n" not in str(caught.value)


def test_one_file_with_two_lights_is_refused(written):
    manifest = _manifest()
    manifest["shots"].append({"file": "1.png", "light": [0.5, 0.5, 0.7]})
    with pytest.raises(ShotsUnusable, match=r"1\.png is listed with two different lights"):
        read_manifest(written(manifest))
    manifest["shots"][-1] = dict(manifest["shots"][1])
    assert len(read_manifest(written(manifest)).shots) == 5


@pytest.mark.parametrize("name", ["missing.json", "."])
def test_an_unreadable_manifest_is_refused(tmp_path, name):
    with pytest.raises(ShotsUnusable, match="cannot be read"):
        read_manifest(tmp_path / name)


@pytest.mark.parametrize(
    ("lights", "words"),
    [
        (([0, 0, 0], *AROUND), r"shot 1 \(0.png\) has no direction: \[0.0, 0.0, 0.0\]"),
        (([math.nan, 0, 1], *AROUND), "has no direction"),
        (([math.inf, 0, 1], *AROUND), "has no direction"),
        ((*AROUND, [0, 0.7, 0]), r"shot 5 \(4.png\) comes from beside or behind"),
        ((*AROUND, [0, 0.7, -0.7]), "beside or behind"),
        (([0.3, 0.1, 1],) * 5, "nearly the same direction"),
        (([0.01, 0, 1], [-0.01, 0, 1], [0, 0.01, 1]), "nearly the same direction"),
        (([0.7, 0, 0.7], [-0.7, 0, 0.7], [0, 0, 1]), "nearly in one plane"),
        (([0.7, 0.01, 0.7], [-0.7, 0, 0.7], [0.7, 0, 0.7], [-0.6, 0, 0.8]), "nearly in one plane"),
    ],
)
def test_lights_that_cannot_give_slopes_are_refused(written, lights, words):
    manifest = read_manifest(written(_manifest(lights)))
    with pytest.raises(ShotsUnusable, match=words) as caught:
        lights_of(manifest)
    assert caught.value.hint


@pytest.mark.parametrize("slant", [10, 45, 70])
@pytest.mark.parametrize("count", [3, 8])
def test_usual_rings_of_lamps_pass(written, slant, count):
    turns = [2 * math.pi * n / count for n in range(count)]
    tilt = math.radians(slant)
    ring = [
        (math.sin(tilt) * math.cos(t), math.sin(tilt) * math.sin(t), math.cos(tilt)) for t in turns
    ]
    assert lights_of(read_manifest(written(_manifest(ring)))).shape == (count, 3)


@pytest.mark.parametrize(
    ("last", "words"),
    [
        ({}, "neither"),
        ({"light": [0, 0, 1], "lamp_mm": [0, 0, 300]}, "both"),
        ({"lamp_mm": [0, 0, 300]}, "first one"),
    ],
)
def test_each_shot_has_one_light_given_like_the_first(written, last, words):
    manifest = _manifest()
    manifest["shots"].append({"file": "last.png", **last})
    with pytest.raises(ShotsUnusable, match=rf"(?i)shot 5 \(last.png\).*{words}"):
        lights_of(read_manifest(written(manifest)))


def test_a_manifest_is_recognised_by_its_name(tmp_path):
    assert is_manifest(tmp_path / "SHOTS.json")
    assert not is_manifest(tmp_path / "photo.jpg")
