"""Photos that differ in size, rotation and share of skin, against the true map."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from benchmarks.kinds import bent_portrait, close_up, lay
from benchmarks.pairs import PORTRAITS
from mnimage.domain.recipe import RegisterRecipe
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.truth import seen_at
from mnimage.register.register import register_pair
from mnimage.register.warp import full_field


@pytest.mark.parametrize(("turn", "plain"), [(90, False), (180, True)])
def test_a_close_up_is_registered_at_any_rotation(turn, plain):
    out = lay(close_up("", 1, Pose(roll_deg=turn, warp_mm=0.3), plain=plain))
    assert not out.reason
    assert out.median_px < 0.25
    assert out.p95_px < 0.6
    assert out.covered > 0.95


@pytest.mark.parametrize(("size", "side"), [(0.5, 600), (1.4, 840)])
def test_a_close_up_of_another_size_is_registered(size, side):
    out = lay(close_up("", 1, Pose(scale=size, warp_mm=0.3), shape=(side, side)))
    assert not out.reason
    # An error in pixels of the coarser of both photos.
    assert out.p95_px * min(size, 1.0) < 0.6


def test_two_fifths_shared_are_registered_and_the_rest_left_out():
    out = lay(close_up("", 1, Pose(shift_mm=(3, 44), roll_deg=5, warp_mm=0.3)))
    assert not out.reason
    assert out.p95_px < 0.6
    assert out.covered > 0.95
    assert out.hidden > 0.97


def test_a_fifth_shared_is_refused_with_the_reason():
    out = lay(close_up("", 1, Pose(shift_mm=(3, 60), roll_deg=5, warp_mm=0.3)))
    assert out.reason


@pytest.mark.parametrize(("turn", "size"), [(90.0, 1.0), (4.0, 0.5)])
def test_a_rotated_or_reduced_portrait_is_registered(turn, size):
    if not PORTRAITS.is_dir():
        pytest.skip("../shared/data is not here")
    side = round(1350 * size)
    out = lay(bent_portrait("", 1, turn_deg=turn, size=size, shape=(side, side)))
    assert not out.reason
    assert out.median_px < 0.15
    assert out.covered > 0.8


def test_what_covers_the_skin_is_left_out():
    """A dark frame and strands drawn over the photo after; the rest stays."""
    case = close_up("", 2, Pose(roll_deg=4, warp_mm=0.3))
    coded = case.after.coded.copy()
    over = np.zeros(coded.shape[:2], np.uint8)
    middle = coded.shape[0] // 2
    cv2.ellipse(over, (middle, middle), (130, 90), 0, 0, 360, 1, 9)
    for start in range(60, 180, 12):
        cv2.line(over, (start, 40), (start + 25, 200), 1, 4)
    coded[over > 0] = (28, 24, 22)
    after = replace(case.after, coded=coded)
    found = register_pair(
        case.before, after, (None, None), np.ones(case.before.shape, bool), RegisterRecipe()
    )
    field = full_field(found)
    there = [np.rint(part).astype(int) for part in (case.row, case.column)]
    inside = case.seen & (there[0] >= 0) & (there[1] >= 0)
    inside &= (there[0] < over.shape[0]) & (there[1] < over.shape[1])
    rows, columns = (np.where(inside, part, 0) for part in there)
    hidden = inside & (over[rows, columns] > 0)
    near = cv2.dilate(hidden.astype(np.uint8), np.ones((49, 49))) > 0
    assert (~field.valid)[hidden].mean() > 0.9
    assert field.valid[inside & ~near].mean() > 0.97


def test_a_mark_that_disappeared_is_still_skin():
    """Brown and red marks of the photo before are gone after: they are what is to be measured."""
    skin = make_skin(
        seed=5,
        size_mm=(60.0, 60.0),
        mm_per_px=1 / 6,
        look=SkinAppearance(tone="II", marks=(14, 10), margin_mm=6.0),
    )
    healed = skin.treated(redness_fraction=1.0, pigment_fraction=1.0, seed=6)
    first, second = Shot(seed=1), Shot(pose=Pose(roll_deg=2), seed=2)
    before, after = shoot(skin, first), shoot(healed, second)
    found = register_pair(
        before, after, (None, None), np.ones(before.shape, bool), RegisterRecipe()
    )
    valid = full_field(found).valid
    rows, columns = np.mgrid[0 : skin.shape[0], 0 : skin.shape[1]]
    marks = skin.chromophores.marks
    shares = [
        valid[(rows - place["row"]) ** 2 + (columns - place["col"]) ** 2 < 36].mean()
        for place in seen_at(skin, first, marks)
    ]
    assert len(shares) > 15
    assert np.mean(shares) > 0.95
