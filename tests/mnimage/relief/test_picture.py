"""The mean picture of shots between which the skin moved."""

from __future__ import annotations

import numpy as np

from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import ReliefRecipe
from mnimage.domain.relief import Shots
from mnimage.kernels.color import mean_coded
from mnimage.relief.relief import recover_relief


def _spots(row, column):
    """Skin with red and brown spots, its middle at a place that need not be whole pixels."""
    y, x = np.mgrid[:180, :200].astype(float)
    wave = np.cos((y - row) / 3.1) * np.cos((x - column) / 2.7 + np.sin((y - row) / 9))
    return np.stack([0.55 + 0.03 * wave, 0.35 + 0.08 * wave, 0.3 + 0.1 * wave], axis=-1)


def test_the_picture_is_sharp_though_the_skin_moved():
    turns = np.arange(8) * np.pi / 4
    lights = np.stack([np.cos(turns), np.sin(turns), np.ones(8)], axis=1) / np.sqrt(2)
    ways = np.random.default_rng(3).normal(0, 1.6, (8, 2))
    ways -= ways.mean(axis=0)
    light = np.stack([_spots(*way) for way in ways]) * lights[0, 2]
    coded = np.rint(255 * (1.055 * light ** (1 / 2.4) - 0.055)).astype(np.uint8)
    frames = light[..., 2].astype(np.float32)
    shots = Shots(
        frames, lights, False, ImageScale(0.05, "rig", 0.01), mean_coded(coded), colors=coded
    )
    relief = recover_relief(shots, ReliefRecipe())
    true = 255 * (1.055 * (_spots(0, 0) * lights[0, 2]) ** (1 / 2.4) - 0.055)
    inner = (slice(12, -12), slice(12, -12))
    assert relief.picture is not None
    before = np.sqrt(np.mean((shots.picture[inner] - true[inner]) ** 2))
    after = np.sqrt(np.mean((relief.picture[inner] - true[inner]) ** 2))
    assert after < 0.3 * before
    assert after < 1.5
