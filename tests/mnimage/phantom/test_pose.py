import math

import numpy as np
import pytest

from mnimage.phantom.pose import Places, Pose, look_up, project, skin_px
from mnimage.phantom.skin import SkinAppearance, make_skin

FLAT = SkinAppearance(
    microrelief_um=0.0,
    furrow_um=0.0,
    pores_per_cm2=0.0,
    lines=0,
    scars=(0, 0, 0),
    marks=(0, 0),
    curvature_mm=float("inf"),
)
POSE = Pose(
    yaw_deg=6.0,
    pitch_deg=-4.0,
    roll_deg=3.0,
    scale=1.02,
    shift_mm=(0.7, -1.1),
    distance_mm=300.0,
    warp_mm=0.3,
)


def test_what_a_pixel_sees_is_seen_at_that_pixel():
    skin = make_skin(seed=1)
    places = look_up(skin, POSE, (400, 420), 0.06)
    row, column = project(places, POSE, (400, 420), 0.06)
    wanted = np.mgrid[:400, :420]
    assert np.abs(row - wanted[0]).max() < 0.002
    assert np.abs(column - wanted[1]).max() < 0.002


def test_project_against_a_pinhole_camera():
    pose = Pose(yaw_deg=10.0, shift_mm=(1.0, 2.0), distance_mm=400.0, scale=1.1)
    places = Places(*(np.array([[value]], dtype=np.float32) for value in (3.0, 5.0, 2.0)))
    row, column = project(places, pose, (101, 101), 0.1)
    # x right 5, y down 3, z up 2, turned about y, seen from 400 mm.
    turn = math.radians(10)
    x = 5 * math.cos(turn) + 2 * math.sin(turn)
    z = -5 * math.sin(turn) + 2 * math.cos(turn)
    near = 400 / (400 - z)
    assert column[0, 0] == pytest.approx((x * near * 1.1 + 2) / 0.1 + 50, abs=1e-3)
    assert row[0, 0] == pytest.approx((3 * near * 1.1 + 1) / 0.1 + 50, abs=1e-3)


def test_still_pose_sees_the_samples_as_they_lie():
    skin = make_skin(seed=2, size_mm=(12.0, 18.0), look=FLAT)
    assert Pose().still()
    assert not POSE.still()
    row, column = skin_px(skin, look_up(skin, Pose(), skin.shape, 0.06))
    assert np.abs(row - np.arange(200)[:, None]).max() < 1e-3
    assert np.abs(column - np.arange(300)[None]).max() < 1e-3


def test_warp_moves_by_its_size():
    skin = make_skin(seed=2, size_mm=(60.0, 60.0), mm_per_px=0.2, look=FLAT)
    still = look_up(skin, Pose(), skin.shape, 0.2)
    moved = look_up(skin, Pose(warp_mm=0.5), skin.shape, 0.2)
    away = np.hypot(moved.down_mm - still.down_mm, moved.right_mm - still.right_mm)
    assert 0.2 < np.sqrt(np.mean(away**2)) < 0.9
