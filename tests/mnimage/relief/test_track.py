"""Motion found between shots, each under another lamp."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mnimage.domain.photo import ImageScale
from mnimage.domain.relief import Shots
from mnimage.phantom.light import ring
from mnimage.relief.track import find_motion
from tests.mnimage.relief.moving import foreign, left, moved, scene


@pytest.mark.parametrize(
    ("count", "slant_deg", "limit_px"),
    # What limits are made of: benchmarks/bursts.py.
    [(3, 45.0, 0.1), (4, 45.0, 0.1), (4, 60.0, 0.2), (8, 10.0, 0.2), (8, 80.0, 0.2)],
)
def test_a_burst_of_moving_skin_is_aligned(count, slant_deg, limit_px):
    _, still = scene(count, slant_deg)
    shots, places = moved(still, shift=4.0, turn_deg=0.15, bend=0.3, seed=4)
    motion = find_motion(shots)
    gaps = left(motion, places)
    assert np.percentile(gaps, 95, axis=(1, 2)).max() < limit_px
    # The error that is said covers the true one, and is no mere large number.
    true = np.sqrt((gaps**2).mean(axis=(1, 2)))
    assert np.all(true < 2 * motion.error_px)
    assert motion.error_px.max() < 0.3


@pytest.mark.parametrize("count", [3, 4, 8])
def test_still_shots_stay_nearly_as_they_are(count):
    _, still = scene(count)
    assert find_motion(still).largest_px < 0.05


def test_far_lamps_serve_as_well():
    _, still = scene(4)
    away = still.lights / np.linalg.norm(still.lights, axis=1, keepdims=True)
    shots, places = moved(replace(still, lights=away, near=False), shift=3.0)
    assert np.percentile(left(find_motion(shots), places), 95) < 0.15


def test_shadows_and_hair_show_no_motion():
    """As of a face: a nose that hides one lamp from a cheek, and hair that sends back nothing."""
    _, still = scene(4)
    shots, places = moved(still, shift=3.0, seed=4)
    rows, columns = shots.shape
    frames = shots.frames.copy()
    frames[1, : rows // 2, : columns // 2] *= 0.05
    frames[:, :, -columns // 4 :] *= 0.02
    frames += np.random.default_rng(3).normal(0, 0.003, frames.shape).astype(np.float32)
    motion = find_motion(replace(shots, frames=frames))
    skin = left(motion, places)[:, :, : 3 * columns // 4 - 30]
    assert np.percentile(skin, 95, axis=(1, 2)).max() < 0.3
    assert np.all(np.sqrt((skin**2).mean(axis=(1, 2))) < 2 * motion.error_px)


def test_a_leap_far_beyond_what_is_expected_is_followed():
    _, still = scene(3)
    frames = still.frames.copy()
    frames[1] = np.roll(frames[1], 15, axis=1)
    ways = find_motion(replace(still, frames=frames)).parts[:, :, 0]
    np.testing.assert_allclose(ways[1] - ways[0], (0, 15), atol=0.2)
    np.testing.assert_allclose(ways[2] - ways[0], (0, 0), atol=0.2)


@pytest.mark.parametrize("count", [3, 4, 8])
def test_a_shot_of_other_skin_is_named(count):
    _, still = scene(count)
    assert np.flatnonzero(np.isinf(find_motion(foreign(still, 1)).error_px)).tolist() == [1]


def test_noise_makes_the_error_said_larger():
    _, still = scene(4)
    shots, _ = moved(still, shift=2.0)
    grain = np.random.default_rng(3).normal(0, 0.02, shots.frames.shape).astype(np.float32)
    noisy = find_motion(replace(shots, frames=shots.frames + grain))
    assert np.all(noisy.error_px > 1.3 * find_motion(shots).error_px)


def test_shots_without_detail_are_not_recognised():
    _, still = scene(4)
    level = replace(still, frames=np.full_like(still.frames, 0.5))
    motion = find_motion(level)
    assert np.all(np.isinf(motion.error_px))
    assert np.abs(motion.parts).max() == 0


@pytest.mark.parametrize("count", [3, 4, 8])
def test_drawn_shots_without_any_noise_stay_where_they_are(count):
    rough = np.random.default_rng(count).standard_normal((300, 320)).astype(np.float32)
    down, right = np.gradient(0.12 * cv2.GaussianBlur(rough, (0, 0), 3))
    lamps = np.array([lamp.direction for lamp in ring(count)])
    upright = 1 / np.sqrt(1 + down**2 + right**2)
    frames = [np.maximum(z - x * right - y * down, 0) * upright for x, y, z in lamps]
    shots = Shots(
        frames=np.stack(frames).astype(np.float32),
        lights=lamps,
        near=False,
        scale=ImageScale(0.05, "rig", 0.001),
        picture=np.zeros((300, 320, 3), dtype=np.uint8),
    )
    motion = find_motion(shots)
    assert motion.largest_px < 0.02
    assert np.isfinite(motion.error_px).all()


def test_a_burst_can_be_stopped():
    class Stopped(Exception):
        pass

    def stop(done, total):
        raise Stopped

    with pytest.raises(Stopped):
        find_motion(scene(4)[1], stop)
