"""Photos of unlike size, turn and share of skin, against the map they were made with."""

import pytest

from benchmarks.kinds import bent_portrait, close_up, lay
from benchmarks.pairs import PORTRAITS
from mnimage.phantom.pose import Pose


@pytest.mark.parametrize(("turn", "plain"), [(90, False), (180, True)])
def test_a_close_up_is_laid_over_at_any_turn(turn, plain):
    out = lay(close_up("", 1, Pose(roll_deg=turn, warp_mm=0.3), plain=plain))
    assert not out.reason
    assert out.median_px < 0.25
    assert out.p95_px < 0.6
    assert out.covered > 0.95


@pytest.mark.parametrize(("size", "side"), [(0.5, 600), (1.4, 840)])
def test_a_close_up_of_another_size_is_laid_over(size, side):
    out = lay(close_up("", 1, Pose(scale=size, warp_mm=0.3), shape=(side, side)))
    assert not out.reason
    # An error in pixels of the coarser of both photos.
    assert out.p95_px * min(size, 1.0) < 0.6


def test_two_fifths_shared_are_laid_over_and_the_rest_left_out():
    out = lay(close_up("", 1, Pose(shift_mm=(3, 44), roll_deg=5, warp_mm=0.3)))
    assert not out.reason
    assert out.p95_px < 0.6
    assert out.covered > 0.95
    assert out.hidden > 0.97


def test_a_fifth_shared_is_refused_with_the_reason():
    out = lay(close_up("", 1, Pose(shift_mm=(3, 60), roll_deg=5, warp_mm=0.3)))
    assert out.reason


@pytest.mark.parametrize(("turn", "size"), [(90.0, 1.0), (4.0, 0.5)])
def test_a_portrait_turned_or_reduced_is_laid_over(turn, size):
    if not PORTRAITS.is_dir():
        pytest.skip("../shared/data is not here")
    side = round(1350 * size)
    out = lay(bent_portrait("", 1, turn_deg=turn, size=size, shape=(side, side)))
    assert not out.reason
    assert out.median_px < 0.15
    assert out.covered > 0.8
