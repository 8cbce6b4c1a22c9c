from dataclasses import replace

import numpy as np
import pytest

from mnimage.kernels.surface import lamp_rows
from mnimage.phantom.session import PITCH, Fault, Rig, scarred_skin, shoot_session
from mnimage.phantom.skin import SkinAppearance, make_skin

NOTHING = Fault(
    lamp_mm=0.0,
    power=0.0,
    motion_px=0.0,
    turn_deg=0.0,
    ambient=0.0,
    gloss=0.0,
    electrons=1e9,
    blur_px=0.0,
)
BARE = SkinAppearance(
    microrelief_um=0.0,
    furrow_um=0.0,
    pores_per_cm2=0.0,
    lines=0,
    scars=(0, 0, 0),
    marks=(0, 0),
    curvature_mm=np.inf,
)


def test_without_faults_shots_of_level_skin_are_lambert():
    level = make_skin(seed=1, size_mm=(8, 8), mm_per_px=PITCH / 2, look=BARE)
    session = shoot_session(level, 1, NOTHING)
    shots = session.shots
    rows, columns = shots.shape
    row, column = session.place_px(0.0, 0.0)
    # The light is that of the skin's own places, wherever the picture shows them.
    x = ((np.arange(columns) - column) * PITCH).astype(np.float32)[None]
    y = ((np.arange(rows) - row) * PITCH).astype(np.float32)[:, None]
    x, y = np.broadcast_arrays(x, y)
    lit = lamp_rows(shots.lights, x, y, np.zeros_like(x))[:, 2]
    inner = np.s_[40:-40, 40:-40]
    # Eight shots over their mean, so that the skin's own colour cancels.
    seen, wanted = shots.frames / shots.frames.mean(axis=0), lit / lit.mean(axis=0)
    for one, other in zip(seen, wanted, strict=True):
        np.testing.assert_allclose(one[inner], other[inner], rtol=1.5e-3)


def test_the_place_of_the_skin_in_the_picture_is_reported():
    look = replace(BARE, scars=(1, 0, 0))
    skin = make_skin(seed=3, size_mm=(12, 12), mm_per_px=PITCH / 2, look=look)
    session = shoot_session(skin, 5, Fault(gloss=0.0, ambient=0.0))
    row, column = session.place_px(skin.scars[0].row_mm, skin.scars[0].column_mm)
    # Opposite lamps show a pit's two walls: their difference is 0 in its middle and odd about it.
    odd = session.shots.frames[0] - session.shots.frames[4]
    spread = np.abs(odd - np.median(odd))
    near = spread[round(row) - 20 : round(row) + 21, round(column) - 20 : round(column) + 21]
    there = np.array(np.nonzero(near > 0.6 * near.max())).mean(axis=1) - 20
    assert np.hypot(*there) < 2.5
    assert np.hypot(*session.moved_px) > 1


def test_the_seed_draws_what_goes_wrong():
    skin = scarred_skin(2, side_mm=8.0)
    one, same, other = (shoot_session(skin, seed, Fault()) for seed in (1, 1, 2))
    assert np.array_equal(one.shots.frames, same.shots.frames)
    assert not np.array_equal(one.shots.frames, other.shots.frames)


@pytest.mark.parametrize(("tone", "channel"), [(0, "blue"), (5, "green")])
def test_dark_skin_is_measured_in_green(tone, channel):
    assert shoot_session(scarred_skin(tone, side_mm=8.0), 1, Fault()).shots.channel == channel


def test_a_channel_asked_for_is_taken():
    skin = scarred_skin(0, side_mm=8.0)
    assert shoot_session(skin, 1, Fault(), Rig(channel=0)).shots.channel == "red"
