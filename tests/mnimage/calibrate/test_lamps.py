from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnimage.calibrate.lamps import rig_of_ball
from mnimage.errors import RigUnusable
from mnimage.phantom.targets import Ball, stack_lamps
from tests.mnimage.calibrate.rig_scenes import (
    PLACES,
    STAGE,
    ball_shots,
    lamps,
    noisy,
    off_deg,
    off_mm,
)

MOVED = 12.0


def _measured(positions, *, chrome, near=False):
    return rig_of_ball(positions, 30.0, chrome=chrome, near=near, made_at="2026-01-01")


@pytest.mark.parametrize("chrome", [True, False])
def test_directions_from_one_position(chrome):
    shown = lamps(1, far=True)
    rig = _measured([ball_shots(shown, 1, chrome=chrome)], chrome=chrome)
    off = off_deg(rig, shown)
    assert off.max() < 1.0
    assert np.all(off < 3 * np.array([lamp.error_deg for lamp in rig.lamps]))
    assert rig.scale is not None
    assert rig.scale.mm_per_px == pytest.approx(STAGE.mm_per_px, rel=0.01)


def test_a_matte_ball_gives_the_powers_of_lamps():
    shown = lamps(2, far=True)
    rig = _measured([ball_shots(shown, 2, chrome=False)], chrome=False)
    true = np.array([lamp.power for lamp in shown])
    assert [lamp.power for lamp in rig.lamps] == pytest.approx(true / true.mean(), rel=0.03)


@pytest.mark.parametrize("chrome", [True, False])
def test_positions_of_near_lamps(chrome):
    shown = lamps(3, count=3)
    positions = [ball_shots(shown, 3, chrome=chrome, position=position) for position in PLACES]
    rig = _measured(positions, chrome=chrome, near=True)
    off = off_mm(rig, shown)
    errors = np.array([lamp.error_mm for lamp in rig.lamps])
    assert np.all(off < 3 * errors)
    assert np.all(off < 0.06 * np.array([lamp.distance_mm for lamp in shown]))
    assert off_deg(rig, shown).max() < 1.0
    assert all(lamp.left_out_deg < 1 for lamp in rig.lamps)


def test_one_position_cannot_measure_distances_of_lamps():
    with pytest.raises(RigUnusable, match="not their distances"):
        _measured([ball_shots(lamps(4), 4, chrome=True)], chrome=True, near=True)


def test_a_lamp_moved_between_the_positions_is_refused():
    shown = lamps(5, count=3)
    positions = [ball_shots(shown, 5, chrome=False, position=position) for position in PLACES[:3]]
    bumped = [replace(shown[0], y=shown[0].y + 3 * MOVED), *shown[1:]]
    positions += [ball_shots(bumped, 5, chrome=False, position=position) for position in PLACES[3:]]
    with pytest.raises(RigUnusable, match=r"lamp 1 is elsewhere"):
        _measured(positions, chrome=False, near=True)


def test_frames_that_are_not_linear_are_refused():
    with pytest.raises(RigUnusable, match="not linear"):
        _measured([ball_shots(lamps(6, far=True), 6, chrome=False, gamma=2.2)], chrome=False)


def test_room_light_is_refused():
    stage = replace(STAGE, room=0.1)
    with pytest.raises(RigUnusable, match="lit where no lamp reaches"):
        _measured([ball_shots(lamps(7, far=True), 7, chrome=False, stage=stage)], chrome=False)


def test_a_matte_ball_is_not_accepted_as_chrome():
    with pytest.raises(RigUnusable, match="no highlight"):
        _measured([ball_shots(lamps(8, far=True), 8, chrome=False)], chrome=True)


def test_a_picture_without_a_ball_is_refused():
    shots = ball_shots(lamps(9, far=True), 9, chrome=False)
    chance = np.random.default_rng(9)
    blank = chance.normal(0.3, 0.01, shots.frames.shape).astype(np.float32)
    with pytest.raises(RigUnusable) as caught:
        _measured([replace(shots, frames=blank)], chrome=False)
    assert caught.value.hint


def test_a_wrong_diameter_or_scale_is_refused():
    shots = ball_shots(lamps(10, far=True), 10, chrome=False)
    with pytest.raises(RigUnusable, match="mm per pixel, but the list says"):
        _measured([replace(shots, mm_per_px=1.07 * STAGE.mm_per_px)], chrome=False)


@pytest.mark.parametrize("diameter", [21.0, 36.0])
def test_a_wrong_diameter_is_not_fitted_to_a_ring_inside_chrome(diameter):
    # 21 mm is as wide as the horizon that a ball of 30 mm mirrors; nothing is 36 mm wide.
    shots = ball_shots(lamps(1, count=3, far=True), 1, chrome=True)
    with pytest.raises(RigUnusable, match="mm per pixel, but the list says"):
        rig_of_ball([shots], diameter, chrome=True, near=False, made_at="")


@pytest.mark.parametrize("chrome", [True, False])
def test_two_lamps_in_one_shot_are_refused(chrome):
    shown = lamps(1, count=4, far=True)
    frames = stack_lamps(Ball((0, 0, 15.0), 15.0, chrome), shown, STAGE)
    frames[2] += frames[0]
    light = noisy(frames, 1, 3.0 if chrome else 0.4)
    shots = replace(ball_shots(shown, 1, chrome=chrome), frames=light, saturated=light >= 0.99)
    with pytest.raises(RigUnusable, match=r"[Ss]hot 3 of"):
        _measured([shots], chrome=chrome)


@pytest.mark.parametrize(("scale", "position"), [(False, (-30, 0)), (True, (0, -25))])
def test_a_chrome_ball_cut_off_by_the_edge_is_refused(scale, position):
    shots = ball_shots(lamps(1, count=3, far=True), 1, chrome=True, position=position)
    with pytest.raises(RigUnusable, match="cuts off the ball"):
        _measured([shots if scale else replace(shots, mm_per_px=None)], chrome=True)


@pytest.mark.parametrize(("chrome", "position"), [(True, (-24, -16)), (False, (-28, 0))])
def test_a_ball_slightly_cut_off_by_the_edge_is_completed(chrome, position):
    shown = lamps(2, count=3, far=True)
    rig = _measured([ball_shots(shown, 2, chrome=chrome, position=position)], chrome=chrome)
    assert np.all(off_deg(rig, shown) < 3 * np.array([lamp.error_deg for lamp in rig.lamps]))
    assert "calibrate.ball_completed" in [warning.code for warning in rig.warnings]
