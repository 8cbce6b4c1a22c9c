"""The grade of a pair: what makes it fall, and that every fall has its reason."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnimage.compare.comparability import grade_pair
from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.face import Zones
from mnimage.domain.pair import AnalyzedPhoto
from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.domain.quality import Finding, QualityReport


def _finding(check: str, measured: float, *, needed: float = 1.0, grave: bool = False) -> Finding:
    ok = measured <= needed
    about = "pair" if check.startswith("same ") else "photo"
    return Finding(
        check, measured, needed, "at most", "x", ok, "" if ok else "Do it.", grave, about
    )


def _analyzed(*findings: Finding) -> AnalyzedPhoto:
    photo = Photo(np.zeros((64, 64, 3), np.uint8), CaptureFacts("PNG", 8))
    labels = np.ones((64, 64), np.uint8)
    zones = Zones(("whole",), labels, labels > 0)
    return AnalyzedPhoto("a", photo, None, zones, QualityReport(findings), None)


def _aligned(*, error: float = 0.1, covered: float = 1.0) -> Alignment:
    grid = np.full((8, 8), error, np.float32)
    return Alignment(
        Status.ALIGNED, "", (64, 64), (64, 64), 8, grid, grid, grid, grid > 0, covered=covered
    )


def _grade(*after: Finding, before: tuple[Finding, ...] = (), **field: float) -> str:
    found = grade_pair(_analyzed(*before), _analyzed(*after), _aligned(**field))
    assert bool(found.reasons) == (found.grade != "A")
    return found.grade


def test_photos_taken_alike_are_an_a():
    assert _grade(_finding("focus", 0.5), _finding("same size", 0.9)) == "A"


@pytest.mark.parametrize(("times", "grade"), [(0.9, "A"), (1.5, "B"), (2.5, "C"), (4.0, "D")])
def test_the_further_off_the_lower(times, grade):
    assert _grade(_finding("same turn", times)) == grade


@pytest.mark.parametrize(("covered", "grade"), [(0.95, "A"), (0.8, "B"), (0.6, "C"), (0.4, "D")])
def test_skin_that_could_not_be_registered_lowers_it(covered, grade):
    assert _grade(covered=covered) == grade


@pytest.mark.parametrize(
    ("field", "grade"),
    [
        ({"moved_share": 0.1}, "B"),
        ({"moved_share": 0.5}, "C"),
        ({"perspective": -0.03}, "B"),
        ({"perspective": 0.05}, "C"),
    ],
)
def test_moved_skin_and_another_perspective_lower_it_in_the_alignments_words(field, grade):
    alignment = replace(_aligned(), warnings=("It differs.",), **field)
    found = grade_pair(_analyzed(), _analyzed(), alignment)
    assert found.grade == grade
    assert found.reasons == ("It differs.",)


def test_three_small_things_make_it_one_worse():
    off = [_finding(f"same {what}", 1.5) for what in ("size", "turn", "exposure")]
    assert _grade(*off[:2]) == "B"
    assert _grade(*off) == "C"


def test_a_photo_unfit_by_itself_is_a_d():
    assert _grade(before=(_finding("clipping", 3.0, grave=True),)) == "D"
    assert _grade(before=(_finding("clipping", 3.0),)) == "B"


def test_both_may_smile_as_long_as_they_smile_alike():
    smile = _finding("smile", 9.0)
    assert _grade(smile, before=(smile,)) == "A"
    assert _grade(smile, _finding("same expression", 9.0)) == "D"


def test_a_refused_pair_is_an_f_with_the_reason():
    nothing = np.zeros((0, 0), np.float32)
    refused = Alignment(
        Status.NOT_COMPARABLE,
        "Two people",
        (64, 64),
        (64, 64),
        1,
        *[nothing] * 3,
        nothing > 0,
    )
    found = grade_pair(_analyzed(), _analyzed(), refused)
    assert found.grade == "F"
    assert [str(reason) for reason in found.reasons] == ["Two people."]
