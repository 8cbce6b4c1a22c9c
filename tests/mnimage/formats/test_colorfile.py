import json
from dataclasses import fields, replace
from datetime import UTC, datetime

import numpy as np
import pytest

from mnimage.domain.color import ColorProfile, FitError
from mnimage.errors import ChartUnusable
from mnimage.formats.colorfile import profile_document, profile_text, read_profile
from mnimage.words.message import message

ERROR = FitError(0.6, 1.4, 2.0, 0.4, 0.3, (1.01, 1.0, 0.99), 0.01, 0.012, 0.08, 4.0)
PROFILE = ColorProfile(
    tone=(0.9, 0.1, 1 / 3),
    gains=(1.1, 1.0, 1.7),
    redness=np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.05, 0.15, 0.8]]),
    matrix=np.random.default_rng(1).normal(0, 1, (6, 3)),
    error=ERROR,
    shape=(400, 600),
    corners=np.array([(10.5, 20.0), (10.0, 200.0), (130.0, 201.0), (131.0, 19.0)]),
    camera="Maker One",
    exposure_s=0.004,
    f_number=8.0,
    iso=100.0,
    taken_at=datetime(2026, 3, 1, 9, 30, tzinfo=UTC),
    photo="ab12",
    flat=np.random.default_rng(2).uniform(0.5, 1, (20, 30, 3)).astype(np.float32),
    warnings=(message("calibrate.light_corrected"),),
)


@pytest.mark.parametrize("profile", [PROFILE, replace(PROFILE, flat=None, taken_at=None, iso=None)])
def test_a_written_profile_is_read_back(tmp_path, profile):
    path = tmp_path / "p.json"
    path.write_text(profile_text(profile), encoding="utf-8")
    found = read_profile(path)
    for field in fields(ColorProfile):
        if field.name == "warnings":
            continue
        one, other = getattr(found, field.name), getattr(profile, field.name)
        assert np.array_equal(one, other) if isinstance(other, np.ndarray) else one == other
    assert [str(one) for one in found.warnings] == [str(one) for one in profile.warnings]
    assert found.degree == 2


def test_the_file_names_its_kind_and_version():
    document = json.loads(profile_text(PROFILE))
    assert (document["kind"], document["version"]) == ("mnimage colour profile", 1)
    assert document["corners"][1] == {"row": 10.0, "col": 200.0}
    assert document["error"]["mean"] == 0.6


def _written(path, **changes):
    path.write_text(json.dumps(profile_document(PROFILE) | changes))
    return path


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"kind": "something else"}, "is not a colour profile"),
        ({"version": 2}, "another version"),
        ({"gains": [1.0, 0.0, 1.0]}, "damaged"),
        ({"gains": [1.0, 1.0]}, "damaged"),
        ({"matrix": [[1.0, 2.0]]}, "damaged"),
        ({"matrix": [["a", 1, 2]] * 3}, "damaged"),
        ({"error": {"mean": 1.0}}, "damaged"),
        ({"taken_at": "yesterday"}, "damaged"),
    ],
)
def test_a_file_that_is_not_a_profile_is_refused(tmp_path, changes, words):
    with pytest.raises(ChartUnusable, match=words) as caught:
        read_profile(_written(tmp_path / "p.json", **changes))
    assert "mnimage calibrate" in caught.value.hint


def test_other_files_and_missing_files_are_refused(tmp_path):
    with pytest.raises(ChartUnusable, match=r"gone\.json cannot be read"):
        read_profile(tmp_path / "gone.json")
    for content in (b"\xff\xd8\xff\xe0 JPEG", b"", b"[1, 2]", b"{}", b"0" * 5_000_000):
        (tmp_path / "p.json").write_bytes(content)
        with pytest.raises(ChartUnusable, match="is not a colour profile"):
            read_profile(tmp_path / "p.json")
