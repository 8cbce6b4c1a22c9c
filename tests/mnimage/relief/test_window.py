"""What the form's window makes of scars, and of bends of the face that look like one."""

import numpy as np
import pytest

from mnimage.domain.recipe import ReliefRecipe
from mnimage.relief.body import body_form
from mnimage.relief.measure import measure_relief
from mnimage.relief.window import Shifts, depth_shifts, only, with_uncertainty
from tests.mnimage.relief.test_body import PITCH, SCARS, SHAPE, ball, holed, relief

EVERYWHERE = np.ones(SHAPE, np.bool_)


def disc(right_mm, down_mm, radius_mm):
    right, down, _ = ball()
    return np.hypot(right - right_mm, down - down_mm) < radius_mm


def shifts(height, labels):
    height = height.astype(np.float32)
    body = body_form(height, EVERYWHERE, PITCH)
    return depth_shifts(height, body, (labels, EVERYWHERE), PITCH, ReliefRecipe())


def test_the_depth_of_a_scar_does_not_hang_on_the_window_that_of_a_socket_does():
    right, down, height = ball()
    labels = np.zeros(SHAPE, np.int32)
    for number, scar in enumerate(SCARS, start=1):
        height = height - holed(scar)
        labels[disc(scar.column_mm, scar.row_mm, scar.radius_mm + 1)] = number
    height = height - 6 * np.exp(-0.5 * (((right + 22) / 7) ** 2 + ((down - 4) / 7) ** 2))
    labels[disc(-22, 4, 3)] = 4
    found = shifts(height, labels)
    assert found.steady.tolist() == [True, True, True, True, False]
    assert (found.moved_mm[1:4] < 0.1 * found.depth_mm[1:4]).all()
    # A mean over the mask, so less than the depth; its truth is the closed form over the disc.
    truth = [holed(scar)[labels == n].mean() for n, scar in enumerate(SCARS, start=1)]
    assert found.depth_mm[1:4] == pytest.approx(truth, rel=0.12)


def test_without_scars_nothing_hangs_on_the_window():
    found = shifts(ball()[2], np.zeros(SHAPE, np.int32))
    assert found.moved_mm.tolist() == [0.0]


def test_the_scars_kept_are_numbered_anew():
    labels = np.array([[0, 1, 2], [3, 3, 0]], np.int32)
    kept = only(labels, np.array([True, True, False, True]))
    assert kept.tolist() == [[0, 1, 0], [2, 2, 0]]
    shifts = Shifts(np.array([0.0, 0.1, 0.2, 0.3]), np.array([0.0, 0.01, 0.2, 0.02]))
    assert shifts.steady.tolist() == [True, True, False, True]
    assert shifts.only(shifts.steady).depth_mm.tolist() == [0.0, 0.1, 0.3]


def test_what_the_window_moves_is_joined_to_the_uncertainty_that_sessions_share():
    _, _, height = ball()
    (scar,) = measure_relief(relief(height - holed(SCARS[0])), ReliefRecipe()).scars
    (questioned,) = with_uncertainty((scar,), Shifts(np.array([0.0, 0.2]), np.array([0.0, 0.03])))
    assert questioned.depth_systematic_mm**2 == pytest.approx(scar.depth_systematic_mm**2 + 0.03**2)
    assert questioned.volume_systematic_mm3**2 == pytest.approx(
        scar.volume_systematic_mm3**2 + (0.03 * scar.area_mm2) ** 2
    )
    assert questioned.volume_uncertainty_mm3 == scar.volume_uncertainty_mm3
