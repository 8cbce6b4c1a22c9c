from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mnimage.errors import NotComparable
from ui.screens.compare.files import (
    distinct_names,
    may_be_profile,
    pair_label,
    problem_with,
    problem_with_repeats,
    sessions_of,
    shown_repeats,
)
from ui.screens.compare.sessions import Details, RepeatShown
from ui.screens.compare.side import Side

MARCH, JUNE = Path("/clinic/0042/march"), Path("/clinic/0042/june")


def test_names_are_as_short_as_shows_them_apart():
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


def at(day, hour=9):
    return datetime(2026, 3, day, hour, tzinfo=UTC)


A, B, C, D, E, F, G = (Path(f"{name}.jpg") for name in "abcdefg")


def test_files_go_into_sessions_by_when_they_were_taken():
    files, times = (A, B, C, D), (at(9, 11), at(1, 10), at(9), at(1))
    assert sessions_of(files, times) == {Side.BEFORE: (D, B), Side.AFTER: (C, A)}
    # Even where they were dropped onto one side: two sessions are two sessions.
    assert sessions_of((A, B), (at(9), at(1)), Side.AFTER) == {
        Side.BEFORE: (B,),
        Side.AFTER: (A,),
    }


def test_shots_in_the_morning_and_in_the_evening_are_two_sessions():
    assert sessions_of((A, B), (at(9, 8), at(9, 18)), Side.AFTER) == {
        Side.BEFORE: (A,),
        Side.AFTER: (B,),
    }


def test_a_camera_without_a_zone_is_sorted_among_others(in_zone):
    in_zone(9)
    bare = datetime.fromisoformat("2026-03-09T19:00")  # 10:00 in UTC.
    assert sessions_of((A, B, C), (at(9, 11), bare, at(9, 9)), Side.AFTER) == {
        Side.AFTER: (C, B, A)
    }


def test_shots_of_one_day_are_one_session_where_a_side_is_reported():
    assert sessions_of((A, B), (at(9, 10), at(9)), Side.AFTER) == {Side.AFTER: (B, A)}
    assert sessions_of((A, B, C), (None, None, at(1)), Side.BEFORE) == {Side.BEFORE: (A, B, C)}


def test_two_files_without_a_side_are_a_pair():
    assert sessions_of((A, B), (at(9, 10), at(9))) == {Side.BEFORE: (B,), Side.AFTER: (A,)}
    assert sessions_of((A, B), (None, at(9))) == {Side.BEFORE: (A,), Side.AFTER: (B,)}


@pytest.mark.parametrize("times", [(None,) * 3, (at(1), at(1, 10), at(1, 11))])
def test_three_files_that_cannot_be_distinguished_are_refused(times):
    with pytest.raises(NotComparable) as notes:
        sessions_of((A, B, C), times)
    assert "own side" in notes.value.hint


def test_session_of_four_shots_is_refused():
    times = (at(1), at(1, 10), at(1, 11), at(1, 12), at(20))
    with pytest.raises(NotComparable, match="4 shots"):
        sessions_of((A, B, C, D, E), times)


def test_seven_files_are_too_many():
    words, hint = problem_with([A, B, C, D, E, F, G])
    assert "7 files" in words
    assert "3 shots" in hint


@pytest.mark.parametrize(
    ("more", "first", "kept", "elsewhere", "words"),
    [
        ((B,), None, (), (), "first one"),
        ((B,), A, (C, D), (), "takes 3"),
        ((A,), A, (), (), "already"),
        ((C,), A, (C,), (), "already"),
        ((B,), A, (), (B,), "already"),
        ((B, B), A, (), (), "already"),
        ((Path("x/SHOTS.json"),), A, (), (), "kind"),
        ((Path("a.pdf"),), A, (), (), "not a photo"),
    ],
)
def test_stray_repeats_are_refused_in_words(more, first, kept, elsewhere, words):
    notes, hint = problem_with_repeats(more, first, kept, elsewhere)
    assert words in notes
    assert hint.endswith(".")


def test_repeats_of_the_same_kind_are_taken():
    assert problem_with_repeats((B, C), A, (), (D,)) is None
    manifests = [Path(f"{name}/SHOTS.json") for name in "abc"]
    assert problem_with_repeats(manifests[:1], manifests[1], (), manifests[2:]) is None


def test_repeats_are_shown_under_names_that_show_them_apart():
    first, again = Path("m/1/a.jpg"), Path("m/2/a.jpg")
    details = Details().with_repeats(Side.BEFORE, (again, B))
    shown = shown_repeats(details, {Side.BEFORE: first}, {B: "Other skin."})
    assert shown == {Side.BEFORE: (RepeatShown("2/a.jpg"), RepeatShown("b.jpg", "Other skin."))}
