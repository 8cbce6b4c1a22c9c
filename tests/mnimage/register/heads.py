"""An egg-shaped head in front of a pinhole camera: the projection of each of its points."""

from __future__ import annotations

import numpy as np

from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.face import ZONES, Face, Pose, Zones
from mnimage.domain.photo import View
from mnimage.words.message import NOTHING

SHAPE, STEP = (640, 560), 8
EYES_PX, EYES_MM = 240.0, 90.0
PX_PER_MM = EYES_PX / EYES_MM
AHEAD = np.eye(3)
HALF_MM = np.array([75.0, 110.0, 90.0])
"""Half axes of the head: across, down, deep."""


def _depth(x, y):
    """Return how deep the skin lies behind the tip of the head, mm, with a nose."""
    inside = np.clip(1 - (x / HALF_MM[0]) ** 2 - (y / HALF_MM[1]) ** 2, 0, 1)
    nose = 22 * np.exp(-0.5 * ((x / 9) ** 2 + ((y - 15) / 14) ** 2))
    return HALF_MM[2] * (1 - np.sqrt(inside)) - nose


def _seen(x, y, z, *, turn=AHEAD, far_mm=1000.0):
    """Return (row, column) of points seen by a camera `far_mm` from the head's middle."""
    place = np.stack([x, y, z - 40.0]).reshape(3, -1)
    across, down, deep = turn @ place
    factor = PX_PER_MM * far_mm / (far_mm + deep)
    middle = np.array(SHAPE) / 2
    return (middle[0] + factor * down).reshape(x.shape), (middle[1] + factor * across).reshape(
        x.shape
    )


def turned(yaw=0.0, pitch=0.0, roll=0.0):
    """Return a rotation of the head, degrees."""
    a, b, c = np.radians([yaw, pitch, roll])
    about_y = [[np.cos(a), 0, np.sin(a)], [0, 1, 0], [-np.sin(a), 0, np.cos(a)]]
    about_x = [[1, 0, 0], [0, np.cos(b), -np.sin(b)], [0, np.sin(b), np.cos(b)]]
    about_z = [[np.cos(c), -np.sin(c), 0], [np.sin(c), np.cos(c), 0], [0, 0, 1]]
    return np.array(about_y) @ np.array(about_x) @ np.array(about_z)


def head_face(*, far_mm=1000.0, depth=1.0):
    """Return the face as a mesh of the head that is `depth` times as deep as it is."""
    angle = np.arange(468) * np.pi * (3 - np.sqrt(5))
    radius = 0.97 * np.sqrt((np.arange(468) + 0.5) / 468)
    x, y = HALF_MM[0] * radius * np.cos(angle), HALF_MM[1] * radius * np.sin(angle)
    row, column = _seen(x, y, _depth(x, y), far_mm=far_mm)
    points = np.column_stack([row, column, depth * PX_PER_MM * _depth(x, y)])
    return Face(points, 0.9, 1.0, Pose(0.0, 0.0, 0.0), View.FRONT, EYES_PX, 0.5)


def head_zones():
    """Return zones in bands: forehead above the eyes, a nose, cheeks, mouth and chin below."""
    row, column = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    x, y = (column - SHAPE[1] / 2) / PX_PER_MM, (row - SHAPE[0] / 2) / PX_PER_MM
    labels = np.zeros(SHAPE, np.uint8)
    bands = {
        "cheek_right": (y > -10) & (x < -18),
        "cheek_left": (y > -10) & (x > 18),
        "forehead": y < -30,
        "nose": (abs(x) < 18) & (y > -30) & (y < 30),
        "perioral": (abs(x) < 32) & (y > 30),
        "chin": y > 70,
    }
    for name, where in bands.items():
        labels[where] = ZONES.index(name) + 1
    inside = (x / HALF_MM[0]) ** 2 + (y / HALF_MM[1]) ** 2 < 0.8
    labels[~inside] = 0
    return Zones(ZONES, labels, inside & (y < -60))


def head_alignment(*, far_mm=(1000.0, 1000.0), turn=AHEAD, size=1.0, shift=0.0, displacement=None):
    """Return the true field between two photos of the head.

    `displacement(x, y)` gives how far (mm across, mm down) skin at a point moved on the head.
    """
    rows, columns = SHAPE[0] // STEP, SHAPE[1] // STEP
    row, column = np.meshgrid(
        (np.arange(rows) + 0.5) * STEP - 0.5, (np.arange(columns) + 0.5) * STEP - 0.5, indexing="ij"
    )
    # The point of the head that a pixel of the photo before shows, by fixed-point iteration.
    x, y = (column - SHAPE[1] / 2) / PX_PER_MM, (row - SHAPE[0] / 2) / PX_PER_MM
    for _ in range(60):
        seen = _seen(x, y, _depth(x, y), far_mm=far_mm[0])
        x = x + 0.7 * (column - seen[1]) / PX_PER_MM
        y = y + 0.7 * (row - seen[0]) / PX_PER_MM
    across, down = (0.0, 0.0) if displacement is None else displacement(x, y)
    there = _seen(x + across, y + down, _depth(x, y), turn=turn, far_mm=far_mm[1])
    valid = (x / HALF_MM[0]) ** 2 + (y / HALF_MM[1]) ** 2 < 0.85
    places = [(size * part + shift).astype(np.float32) for part in there]
    error = np.full(valid.shape, 0.1, np.float32)
    return Alignment(
        Status.ALIGNED, NOTHING, SHAPE, SHAPE, STEP, *places, error, valid, covered=1.0
    )


def smile(strength_mm):
    """Return corners of the mouth drawn outward and up, cheeks with them."""

    def displacement(x, y):
        pull = np.exp(-0.5 * (((abs(x) - 35) / 14) ** 2 + ((y - 40) / 16) ** 2))
        return strength_mm * np.sign(x) * pull * 0.7, -strength_mm * pull * 0.7

    return displacement


def waves(seed, rms_mm=0.3):
    """Return a smooth random displacement of the skin, too small to be an expression."""
    random = np.random.default_rng(seed)
    turns, phases = random.uniform(-0.2, 0.2, (2, 4, 2)), random.uniform(0, 6.3, (2, 4))

    def displacement(x, y):
        parts = [
            sum(np.sin(a * x + b * y + c) for (a, b), c in zip(t, p, strict=True))
            for t, p in zip(turns, phases, strict=True)
        ]
        return rms_mm / 2 * parts[0], rms_mm / 2 * parts[1]

    return displacement
