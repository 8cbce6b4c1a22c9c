"""Phantom shots of skin that moved in between, drawn by SciPy's splines, and where it truly was."""

from dataclasses import replace
from functools import cache

import numpy as np
from scipy import ndimage

from mnimage.phantom.light import ring
from mnimage.phantom.skin import make_skin
from tests.mnimage.phantom.shown import shots_value

EDGE = 12


@cache
def scene(count, slant_deg=45.0, seed=4):
    skin = make_skin(seed=seed, size_mm=(19.5, 21.5))
    return skin, shots_value(skin, ring(count, slant_deg=slant_deg))


def moved(shots, *, shift, turn_deg=0.0, bend=0.0, seed=1):
    """Shots of skin that moved in between, cut to their middle, and where it truly was."""
    random = np.random.default_rng(seed)
    rows, columns = shots.shape
    grid = np.mgrid[EDGE : rows - EDGE, EDGE : columns - EDGE].astype(float)
    down, along = grid - np.array([rows, columns])[:, None, None] / 2
    frames, places = [], []
    for frame in shots.frames:
        turn, phase = np.radians(random.normal(0, turn_deg)), random.uniform(0, 6)
        wave = bend * np.sqrt(2) * np.sin(2 * np.pi * (0.8 * down + 0.6 * along) / rows + phase)
        step = random.uniform(-shift, shift, 2)
        place = np.stack(
            [
                grid[0] + (np.cos(turn) - 1) * down - np.sin(turn) * along + step[0] + wave,
                grid[1] + np.sin(turn) * down + (np.cos(turn) - 1) * along + step[1] - wave,
            ]
        )
        frames.append(ndimage.map_coordinates(frame, place, order=3, mode="nearest"))
        places.append(place - EDGE)
    taken = replace(
        shots,
        frames=np.stack(frames).astype(np.float32),
        picture=np.ascontiguousarray(shots.picture[EDGE:-EDGE, EDGE:-EDGE]),
    )
    return taken, np.stack(places)


def left(motion, places):
    """How far the shots are still from each other at each pixel, in px, (k, rows, columns)."""
    there = []
    for shot, place in enumerate(places):
        row, column = motion.field(shot)
        there.append([ndimage.map_coordinates(part, (row, column), order=1) for part in place])
    # All of them together may lie anywhere: their mean is where the surface is.
    away = np.array(there) - np.mean(there, axis=0)
    return np.hypot(away[:, 0], away[:, 1])[:, EDGE:-EDGE, EDGE:-EDGE]


def foreign(shots, number):
    """The shots with one of them upside down: other skin under the same lamp."""
    frames = shots.frames.copy()
    frames[number] = frames[number][::-1, ::-1]
    return replace(shots, frames=frames)
