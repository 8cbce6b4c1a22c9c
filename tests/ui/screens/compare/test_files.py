from __future__ import annotations

from pathlib import Path

import pytest

from ui.screens.compare.files import distinct_names, may_be_profile, pair_label, problem_with
from ui.screens.compare.side import Side

MARCH, JUNE = Path("/clinic/0042/march"), Path("/clinic/0042/june")


def test_names_are_as_short_as_tells_them_apart():
    assert distinct_names([Path("/a/x.jpg"), Path("/b/y.jpg")]) == ["x.jpg", "y.jpg"]
    assert distinct_names([MARCH / "face.jpg", JUNE / "face.jpg"]) == [
        "march/face.jpg",
        "june/face.jpg",
    ]


def test_lists_of_shots_are_named_by_their_folders():
    pair = [MARCH / "cheek" / "SHOTS.json", JUNE / "cheek" / "SHOTS.json"]
    assert distinct_names(pair) == ["march/cheek", "june/cheek"]
    assert distinct_names(pair[:1]) == ["cheek"]
    assert pair_label(dict(zip(Side, pair, strict=True))) == "march cheek - june cheek"


def test_one_file_twice_ends():
    assert len(distinct_names([MARCH / "a.jpg"] * 2)) == 2


def test_label_of_a_pair_keeps_dots_of_folders():
    files = {Side.BEFORE: Path("/v1.0/a.b.jpg"), Side.AFTER: Path("/v1.1/a.c.jpg")}
    assert pair_label(files) == "a.b - a.c"


def test_only_other_json_may_be_a_profile():
    assert may_be_profile(Path("colours.JSON"))
    assert not may_be_profile(MARCH / "SHOTS.json")
    assert not may_be_profile(MARCH / "a.jpg")


@pytest.mark.parametrize("name", ["note.txt", "film.mp4", "report.pdf", "letter.docx", "a.zip"])
def test_what_is_no_photo_by_its_name_is_refused(name):
    words, hint = problem_with([Path(name)])
    assert name in words
    assert "JPEG" in hint


@pytest.mark.parametrize("name", ["a.jpg", "a.CR3", "a.dng", "a.heic", "a", "SHOTS.json", "p.tif"])
def test_what_may_be_a_photo_is_not(name):
    assert problem_with([Path(name)]) is None


def test_photo_beside_shots_keeps_its_own_name():
    assert distinct_names([MARCH / "a.jpg", JUNE / "cheek" / "SHOTS.json"]) == ["a.jpg", "cheek"]
