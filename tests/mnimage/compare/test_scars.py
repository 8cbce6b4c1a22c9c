"""Scars followed by their numbers over two sessions and over many."""

from dataclasses import replace

import numpy as np
import pytest

from mnimage.compare.scars import compare_relief, compare_scars, follow_scars
from mnimage.domain.comparison import ScarState, Source, Verdict
from mnimage.domain.recipe import CompareRecipe
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


def test_totals_are_over_the_scars_that_both_sessions_show():
    """A scar half outside the later picture must not make the rest look filled."""
    before = card(scar(1, 1.0), scar(2, 3.0, row=300.0))
    again = compare_relief(before, card(scar(1, 1.0)))
    assert again["scar_volume_mm3"].before == again["scar_volume_mm3"].after == 1.0
    assert again["scar_depth_index_um"].change == 0.0
    assert again["scar_depth_index_um"].after == pytest.approx(1000 * 1.0 / 900)
    assert {each.verdict for each in again.values()} == {Verdict.WITHIN_ERROR}


def test_a_new_scar_counts_with_what_was_at_its_place_before():
    place = scar(2, 0.2, row=300.0)
    change = compare_relief(
        card(scar(1, 1.0), places=(place,)), card(scar(1, 1.0), replace(place, volume_mm3=0.9))
    )["scar_volume_mm3"]
    assert (change.before, change.after) == (pytest.approx(1.2), pytest.approx(1.9))


def test_depths_and_volumes_are_one_family():
    """Unchanged scars drawn from the normal distribution: rarely is any of them called."""
    random = np.random.default_rng(2)
    called = []
    for _ in range(400):
        first, later = ([], [])
        for number in range(1, 9):
            for side in (first, later):
                one = scar(number, 1.0, row=300.0 * number)
                noise = random.normal(0, 1, 2)
                volume = 1.0 + one.volume_uncertainty_mm3 * noise[0]
                depth = one.depth_mm + one.depth_uncertainty_mm * noise[1]
                side.append(replace(one, volume_mm3=volume, depth_mm=depth))
        found = compare_scars(card(*first), card(*later))
        called.append(any(one.verdict is not Verdict.WITHIN_ERROR for one in found))
        assert found[0].depth.family == 16
    # Binomial: 5 % of 400, three standard deviations.
    assert np.mean(called) < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 400)


def test_repeats_average_each_scar_and_show_its_own_scatter():
    first, after = card(scar(1, 1.0)), card(scar(1, 0.9, depth=0.28))
    before_again = [(first, card(scar(1, 1.1, depth=0.34)))]
    recipe = CompareRecipe()
    (one,) = compare_scars(first, after, (before_again, []), recipe)
    assert one.volume.before == pytest.approx(np.sqrt(1.0 * 1.1))
    assert one.depth.before == pytest.approx(0.32)
    # 0.04 mm between two shots of one session, where the study says 0.01.
    assert one.depth.source is Source.REPEATS
    (alone,) = compare_scars(first, after, recipe=recipe)
    assert one.depth.uncertainty > 1.4 * alone.depth.uncertainty
    totals = compare_relief(first, after, (before_again, []), recipe)
    assert totals["scar_volume_mm3"].before == pytest.approx(np.sqrt(1.0 * 1.1))


def test_a_new_scars_number_in_a_repeat_is_not_taken_for_the_same_scar():
    place = scar(2, 0.2, row=300.0, depth=0.05)
    before = card(scar(1, 1.0), places=(place,))
    after = card(scar(1, 1.0), scar(2, 1.2, row=300.0))
    stray = card(scar(1, 1.0), scar(2, 9.0, row=700.0))
    (_, new) = compare_scars(before, after, ([], [(before, stray)]))
    assert new.volume.after == 1.2
