"""The motion of a rigid head, on a head whose camera, rotation and skin movement are known."""

from dataclasses import replace

import numpy as np
import pytest

from mnimage.register.rigid import at_nodes, fit_head
from tests.mnimage.register.heads import (
    head_alignment,
    head_face,
    head_zones,
    smile,
    turned,
    waves,
)

EYES_MM = 90.0


@pytest.mark.parametrize("angles", [(8, 0, 0), (0, 8, 0), (-8, 6, 7), (5, -8, -8)])
@pytest.mark.parametrize("depth", [1.0, 0.85])
def test_a_turned_head_is_rigid_even_if_the_mesh_is_too_flat(angles, depth):
    field = head_alignment(
        turn=turned(*angles), displacement=waves(abs(sum(angles))), shift=7.0, size=1.07
    )
    head = fit_head(field, head_face(depth=depth), head_zones())
    assert (head.residual > 0.012).mean() < 0.002
    assert abs(head.perspective) < 0.01
    assert head.turn == pytest.approx(
        np.hypot(*[np.sin(np.radians(angle)) for angle in angles[:2]]) / depth, rel=0.25
    )


def test_a_nearer_camera_is_measured():
    # One eye distance farther away is magnified by 1 / (1 + 90 / distance).
    for first, second in ((300, 450), (450, 300), (600, 1000)):
        field = head_alignment(far_mm=(first, second))
        head = fit_head(field, head_face(far_mm=first), head_zones())
        expected = EYES_MM / first - EYES_MM / second
        assert head.perspective == pytest.approx(expected, rel=0.25)
        assert (head.residual > 0.012).mean() < 0.01


def test_scaling_and_shifting_is_not_a_change_of_perspective():
    head = fit_head(head_alignment(size=0.5, shift=40.0), head_face(), head_zones())
    assert head.perspective == pytest.approx(0, abs=1e-3)
    assert head.turn == pytest.approx(0, abs=1e-3)
    assert head.residual.max() < 1e-3


def test_moved_skin_is_measured_in_mm_and_the_rest_stays():
    strength = 6.0
    field = head_alignment(displacement=smile(strength), turn=turned(3, 2, 1))
    head = fit_head(field, head_face(), head_zones())
    still = fit_head(head_alignment(turn=turned(3, 2, 1)), head_face(), head_zones())
    assert EYES_MM * head.residual.max() == pytest.approx(strength, rel=0.25)
    forehead = at_nodes(head_zones().labels, field) == 1
    assert EYES_MM * head.residual[forehead & head.known].max() < 0.8
    assert head.strain.max() > 0.15
    assert still.strain.max() < 0.05


def test_too_little_skin_gives_no_estimate():
    field = head_alignment()
    zones = head_zones()
    few = np.zeros_like(zones.labels)
    few[300:340, 250:290] = 4
    assert fit_head(field, head_face(), replace(zones, labels=few)) is None
