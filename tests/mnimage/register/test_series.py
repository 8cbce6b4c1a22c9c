"""A series registered to its baseline, on rendered skin whose true fields are known."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.recipe import RegisterRecipe
from mnimage.kernels.geometry import expand
from mnimage.phantom.light import Lamp
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot, true_field
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.register.series import SessionInput, closure_error, compose, register_series
from mnimage.words.message import NOTHING, message

SHAPE = (480, 480)
RECIPE = RegisterRecipe()
POSES = (
    Pose(),
    Pose(roll_deg=3.0, yaw_deg=4.0, shift_mm=(2.0, -1.5), warp_mm=0.3, warp_seed=1),
    Pose(roll_deg=-4.0, pitch_deg=3.0, scale=1.06, shift_mm=(-1.0, 2.0), warp_mm=0.3, warp_seed=2),
)


@cache
def course():
    """Skin, and shots of it, at three sessions."""
    look = SkinAppearance(scars=(3, 4, 3), marks=(10, 6))
    first = make_skin(seed=3, size_mm=(72.0, 72.0), mm_per_px=0.125, look=look)
    healed = {"scar_fraction": 0.15, "redness_fraction": 0.2, "renew": 0.4}
    skins = first, first.treated(**healed, seed=1), first.treated(**healed, seed=2)
    shots = [
        Shot(
            lamp=Lamp(0.08 * number, -0.1, 1.0, far=True),
            pose=pose,
            shape=SHAPE,
            sensor=Sensor(jpeg=85, blur_px=0.7),
            seed=number,
        )
        for number, pose in enumerate(POSES)
    ]
    return skins, shots


def session(number):
    skins, shots = course()
    return SessionInput(shoot(skins[number], shots[number]), None, np.ones(SHAPE, dtype=bool))


def truth(first, second, step=1):
    """The true alignment of one session to another, every `step` pixels."""
    skins, shots = course()
    row, column, seen = true_field(
        skins[first], shots[first], shots[second], skin_after=skins[second]
    )
    middle = slice(step // 2, None, step)
    return Alignment(
        status=Status.ALIGNED,
        reason=NOTHING,
        shape=SHAPE,
        after_shape=SHAPE,
        step=step,
        row=row[middle, middle].copy(),
        column=column[middle, middle].copy(),
        error_px=np.full(row[middle, middle].shape, 0.3, np.float32),
        valid=seen[middle, middle].copy(),
        covered=float(seen.mean()),
    )


def test_true_alignments_compose_to_the_true_alignment():
    composed, direct = compose(truth(0, 1), truth(1, 2)), truth(0, 2)
    both = composed.valid & direct.valid
    assert both.mean() > 0.8
    gap = np.hypot(composed.row - direct.row, composed.column - direct.column)[both]
    assert np.percentile(gap, 99) < 0.05
    assert composed.error_px[both].mean() == pytest.approx(0.3 * np.sqrt(2), rel=0.05)


@pytest.mark.parametrize("steps", [(15, 3), (5, 5)])
def test_alignments_on_different_grids_are_composed(steps):
    first, last = truth(0, 1, steps[0]), truth(1, 2, steps[1])
    closure = closure_error(first, last, truth(0, 2, 5))
    assert closure.p95_px < 0.1
    assert closure.shared > 0.85


def test_a_wrong_direct_alignment_has_a_closure_error():
    off = truth(0, 2)
    off = replace(off, row=off.row + np.float32(0.8))
    assert closure_error(truth(0, 1), truth(1, 2), off).median_px == pytest.approx(0.8, abs=0.1)


def test_skin_that_moved_in_either_step_is_not_trusted():
    first, last = truth(0, 1), truth(1, 2)
    moved = np.zeros(SHAPE, dtype=bool)
    moved[200:260, 200:260] = True
    composed = compose(first, replace(last, valid=last.valid & ~moved, moved=moved))
    assert 0.7 < composed.moved.sum() / moved.sum() < 1.4
    assert not (composed.valid & composed.moved).any()


def test_alignments_that_do_not_join_are_an_error():
    first, last = truth(0, 1), truth(1, 2, 2)
    with pytest.raises(ValueError, match="do not join"):
        compose(replace(first, after_shape=(10, 10)), last)


def test_direct_and_composed_registration_agree():
    registered = register_series([session(number) for number in range(3)], RECIPE)
    assert [one.through for one in registered] == [None, None]
    assert registered[0].closure is None
    closure = registered[1].closure
    assert closure.p95_px < 0.3
    assert closure.shared > 0.8
    # Two wrong results could agree: the direct one must also be the true one.
    true = truth(0, 2)
    found = registered[1].alignment
    row, column = (expand(part, found.step, SHAPE) for part in (found.row, found.column))
    error = np.hypot(row - true.row, column - true.column)[true.valid]
    assert np.percentile(error, 95) < 0.4


def test_a_session_that_fails_directly_is_registered_through_a_middle_one(monkeypatch):
    sessions = [session(number) for number in range(3)]
    numbers = {id(one.photo): number for number, one in enumerate(sessions)}
    lost = replace(
        truth(0, 1), status=Status.NOT_COMPARABLE, reason=message("register.skin_differs")
    )

    def true_alignments(before, after, faces, skin, recipe):
        pair = numbers[id(before)], numbers[id(after)]
        return lost if pair == (0, 2) else truth(*pair)

    monkeypatch.setattr("mnimage.register.series.register_pair", true_alignments)
    registered = register_series(sessions, RECIPE)
    assert [one.through for one in registered] == [None, 1]
    found, true = registered[1].alignment, truth(0, 2)
    assert found.warnings[-1] == message("register.through_session", reason=lost.reason, session=1)
    error = np.hypot(found.row - true.row, found.column - true.column)[found.valid]
    assert np.percentile(error, 99) < 0.05
    assert found.covered == pytest.approx(true.covered, abs=0.08)


def test_unrelated_skin_in_a_series_stays_refused():
    stranger = make_skin(seed=9, size_mm=(72.0, 72.0), mm_per_px=0.125)
    other = SessionInput(shoot(stranger, course()[1][1]), None, np.ones(SHAPE, dtype=bool))
    registered = register_series([session(0), other], RECIPE)
    assert not registered[0].alignment.aligned
    assert registered[0].alignment.reason
    assert compose(truth(0, 1), registered[0].alignment).reason == registered[0].alignment.reason
