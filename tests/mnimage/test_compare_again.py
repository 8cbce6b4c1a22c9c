"""Other notes of the clinic give the numbers of a new comparison, without measuring anew."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnimage import pipeline
from mnimage.domain.face import CONTROL
from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import Recipe
from mnimage.domain.session import PairNotes, Patch
from mnimage.errors import PatchUnusable
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.pipeline import analyze_photo, compare_again, compare_photos
from tests.mnimage.phantom.shown import REAL

SCALE = ImageScale(0.06, "rig", 0.01)
PATCH = Patch(40, 40, 170, 170)
NOTES = (
    PairNotes(),
    PairNotes(days_since_needling=2.0),
    PairNotes(days_since_needling=60.0),
    PairNotes(PATCH),
    PairNotes(PATCH, 2.0),
    PairNotes(Patch(200, 190, 180, 180), 9.0),
)


@pytest.fixture(scope="module")
def analyzed():
    skin = make_skin(seed=4, size_mm=(30, 30), mm_per_px=0.06, look=SkinAppearance(tone="II"))
    sensor = replace(REAL, jpeg=90)
    poses = (Pose(), Pose(roll_deg=1, shift_mm=(0.3, -0.4)), Pose(shift_mm=(0.1, 0.2)))
    photos = [shoot(skin, Shot(sensor=sensor, pose=pose, seed=n)) for n, pose in enumerate(poses)]
    return [analyze_photo(one, name=f"{n}.jpg", scale=SCALE) for n, one in enumerate(photos)]


@pytest.fixture(scope="module")
def anew(analyzed):
    """Return what a new comparison says for each of the notes."""
    return {notes: compare_photos(*analyzed[:2], notes=notes) for notes in NOTES}


@pytest.fixture
def no_registration(monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("the pair was registered again")

    monkeypatch.setattr(pipeline, "register_pair", refuse)


def same(pair, other):
    """Say whether two answers are alike, NaN equal to NaN."""
    numbers = ("comparability", "zones", "cautions", "not_measured", "notes", "zones_left_out")
    for name in numbers:
        assert repr(getattr(pair.comparison, name)) == repr(getattr(other.comparison, name)), name
    assert repr(pair.after.quality) == repr(other.after.quality)
    assert pair.before.zones.names == other.before.zones.names
    np.testing.assert_array_equal(pair.before.zones.labels, other.before.zones.labels)
    np.testing.assert_array_equal(pair.aligned, other.aligned)
    assert pair.layers.keys() == other.layers.keys()
    for name, layers in pair.layers.items():
        for one, expected in zip(layers, other.layers[name], strict=True):
            np.testing.assert_array_equal(one.values, expected.values)


@pytest.mark.parametrize("then", [NOTES[0], NOTES[1], NOTES[4]])
@pytest.mark.parametrize("now", NOTES)
def test_other_notes_give_the_numbers_of_a_new_comparison(anew, no_registration, then, now):
    again = compare_again(anew[then], now)
    same(again, anew[now])
    same(compare_again(again, then), anew[then])
    assert (CONTROL in again.comparison.zones) is (now.control is not None)


def test_the_notes_make_a_difference(anew):
    """Else the comparisons above would say nothing."""
    assert len({repr((one.comparison.zones, one.comparison.cautions)) for one in anew.values()}) > 4


def test_other_days_keep_what_repeats_measured(analyzed, monkeypatch):
    first, after, more = analyzed
    notes = PairNotes(days_since_needling=2.0)
    pair = compare_photos(first, after, again=([more], []))
    expected = compare_photos(first, after, again=([more], []), notes=notes)
    monkeypatch.setattr(pipeline, "score_pair", None)
    again = compare_again(pair, notes)
    same(again, expected)
    assert again.comparison.replicates == expected.comparison.replicates
    # Repeats have to be measured on the other skin, and their photos are gone.
    assert compare_again(pair, PairNotes(PATCH)) is None


def test_an_answer_of_another_recipe_is_not_used(anew):
    other = replace(Recipe(), compare=replace(Recipe().compare, control_least_skin=0.4))
    assert compare_again(anew[NOTES[0]], NOTES[1], recipe=other) is None


def test_a_patch_that_cannot_serve_is_refused(anew):
    with pytest.raises(PatchUnusable):
        compare_again(anew[NOTES[0]], PairNotes(Patch(0, 0, 20, 20)))


def test_a_refused_pair_stays_refused(analyzed):
    skin = make_skin(seed=77, size_mm=(30, 30), mm_per_px=0.06, look=SkinAppearance(tone="V"))
    stranger = analyze_photo(shoot(skin, Shot(seed=5)), name="c.jpg", scale=SCALE)
    pair = compare_photos(analyzed[0], stranger)
    assert pair.aligned is None
    for notes in (NOTES[1], NOTES[3]):
        again = compare_again(pair, notes)
        assert again.aligned is None
        assert again.comparison.notes == notes
        assert again.comparison.comparability == pair.comparison.comparability
