"""Scars followed by their numbers over two sessions and over many."""

from dataclasses import replace

import numpy as np
import pytest

from mnimage.compare.scars import compare_scars, follow_scars
from mnimage.domain.comparison import ScarState, Verdict
from mnimage.domain.relief import ReliefCard, Scar


def scar(number, volume, *, row=100.0, column=100.0, depth=0.3):
    return Scar(
        id=number,
        row=row,
        column=column,
        depth_mm=depth,
        depth_mean_mm=0.7 * depth,
        area_mm2=volume / depth,
        volume_mm3=volume,
        width_mm=2.0,
        wall_angle_deg=30.0,
        kind="boxcar",
        depth_uncertainty_mm=0.01,
        volume_uncertainty_mm3=0.03 * volume,
    )


def card(*scars, places=()):
    empty = np.zeros((0, 0), np.float32)
    return ReliefCard(
        texture_sq_um=15.0,
        texture_uncertainty_um=0.3,
        scar_depth_index_um=5.0,
        scar_depth_index_uncertainty_um=0.2,
        scars=scars,
        depth_mm=empty,
        scar_labels=empty.astype(np.int32),
        band_um=empty,
        area_mm2=900.0,
        trusted=1.0,
        recipe="1-x",
        places=places,
    )


@pytest.mark.parametrize(
    ("volume", "depth", "state"),
    [
        (0.5, 0.15, ScarState.FILLED),
        (1.03, 0.305, ScarState.UNCHANGED),
        (1.5, 0.45, ScarState.DEEPER),
    ],
)
def test_what_became_of_a_scar_has_a_word(volume, depth, state):
    (one,) = compare_scars(card(scar(1, 1.0)), card(scar(1, volume, depth=depth)))
    assert one.state is state


def test_a_scar_that_was_not_seen_again_is_not_measured():
    (one,) = compare_scars(card(scar(1, 1.0)), card())
    assert one.state is ScarState.NOT_MEASURED


def test_a_new_scar_is_one_only_beyond_error():
    shallow = scar(2, 0.2, row=300.0, depth=0.05)
    before = card(scar(1, 1.0), places=(shallow,))
    deep = card(scar(1, 1.0), scar(2, 1.2, row=300.0))
    known, new = compare_scars(before, deep)
    assert (known.id, known.state) == (1, ScarState.UNCHANGED)
    assert (new.id, new.state) == (2, ScarState.NEW)
    same = card(scar(1, 1.0), replace(shallow, volume_mm3=0.205))
    assert [one.id for one in compare_scars(before, same)] == [1]


def test_scars_keep_their_numbers_over_a_series():
    known = [scar(1, 1.0), scar(3, 2.0, row=500.0)]

    def session(*new):
        places = tuple(scar(n, 0.05, row=r, depth=0.02) for n, r in new)
        after = [*known, *(scar(n, 1.0, row=r) for n, r in new)]
        return compare_scars(card(*known, places=places), card(*after))

    # Each session numbers its new scars by itself: 4 is now the one at 300, now that at 700.
    courses = follow_scars([session(), session((4, 300.0)), session((4, 700.0), (5, 305.0))], 0.05)
    by_id = {course.id: course.changes for course in courses}
    assert sorted(by_id) == [1, 3, 4, 5]
    assert all(one is not None for one in by_id[1] + by_id[3])
    assert by_id[4][0] is None
    assert by_id[4][1].before.row == 300.0
    assert by_id[4][2].before.row == 305.0
    assert by_id[5][:2] == (None, None)
    assert by_id[5][2].before.row == 700.0
    assert all(one.id == course.id for course in courses for one in course.changes if one)


def test_a_scar_lost_for_a_session_keeps_its_place():
    gone = compare_scars(card(scar(1, 1.0)), card())
    there = compare_scars(card(scar(1, 1.0)), card(scar(1, 0.4, depth=0.12)))
    (course,) = follow_scars([gone, there], 0.05)
    assert [one.verdict for one in course.changes] == [Verdict.NOT_COMPARABLE, Verdict.BETTER]
