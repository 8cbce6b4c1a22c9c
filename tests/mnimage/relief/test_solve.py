"""Slopes of shots rendered here by Lambert's law: wide shadows, and what is no skin."""

import numpy as np
import pytest

from mnimage.domain.photo import ImageScale
from mnimage.domain.progress import no_tick
from mnimage.domain.recipe import ReliefRecipe
from mnimage.domain.relief import Shots
from mnimage.relief.light import light_field
from mnimage.relief.solve import solve_slopes, usual_spread

PITCH, SHAPE = 0.2, (150, 150)
SLOPE = (0.3, -0.2)


def directions(count, slant=50.0):
    turn = 2 * np.pi * np.arange(count) / count + 0.2
    out, up = np.sin(np.radians(slant)), np.cos(np.radians(slant))
    return np.stack([out * np.cos(turn), out * np.sin(turn), np.full(count, up)], axis=1)


def seen(lamps, slope=SLOPE, noise=0.0, dark=None):
    """Return shots of a plane of a slope; in `dark` there is nothing but noise."""
    normal = np.array([-slope[0], -slope[1], 1.0]) / np.sqrt(1 + slope[0] ** 2 + slope[1] ** 2)
    light = 0.5 * np.maximum(lamps @ normal, 0)
    frames = np.repeat(light[:, None], SHAPE[0] * SHAPE[1], 1).reshape(-1, *SHAPE)
    if dark is not None:
        frames[:, dark] = 0
    frames += noise * np.random.default_rng(3).standard_normal(frames.shape)
    picture = np.zeros((*SHAPE, 3), dtype=np.uint8)
    scale = ImageScale(PITCH, "rig", 0.001)
    return Shots(frames.astype(np.float32), lamps, False, scale, picture)


def solve(shots):
    return solve_slopes(shots, light_field(shots), ReliefRecipe(), no_tick)


@pytest.mark.parametrize("count", [4, 5, 8])
def test_a_shadow_as_wide_as_that_of_a_nose_is_no_light(count):
    shots = seen(directions(count), noise=1e-4)
    box = (slice(20, 120), slice(30, 110))
    shots.frames[(1, *box)] = 0.002
    found = solve(shots)
    assert np.abs(found.x[box] - SLOPE[0]).max() < 0.01
    assert np.abs(found.y[box] - SLOPE[1]).max() < 0.01
    assert found.shadowed[box].all()
    assert not found.shadowed[:15].any()


@pytest.mark.parametrize("count", [6, 8])
def test_skin_turned_away_from_a_lamp_is_steep_but_not_hidden(count):
    """Lamps behind its horizon see nothing of it; the others show its slope, and hide nothing."""
    steep = (1.6, 0.4)
    shots = seen(directions(count), slope=steep, noise=1e-4)
    assert (shots.frames.max(axis=(1, 2)) < 0.001).any()
    found = solve(shots)
    assert np.abs(found.x - steep[0]).max() < 0.02
    assert np.abs(found.y - steep[1]).max() < 0.02
    assert not found.shadowed.any()


def test_nothing_behind_a_face_is_not_trusted_and_does_not_loosen_the_fit():
    dark = np.zeros(SHAPE, np.bool_)
    dark[:, 60:] = True
    lamps = directions(8)
    shots = seen(lamps, noise=0.002, dark=dark)
    found = solve(shots)
    assert not found.trusted[dark].any()
    assert found.trusted[~dark].all()
    whole = seen(lamps, noise=0.002)
    assert usual_spread(shots, light_field(shots)) == pytest.approx(
        usual_spread(whole, light_field(whole)), rel=0.2
    )
