"""Taking back small motion of the skin between directional shots.

Light differs in each shot, so shots are not laid onto each other but each onto what the fit of all
of them predicts for its own lamp. The shifts that leave the smallest residual follow from one
linear least-squares problem for all shots at once, with the surface eliminated from it (variable
projection, Golub and Pereyra 1973). A shift that the shots cannot tell from relief stays 0.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.geometry import block_mean
from mnimage.relief.light import light_field

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.domain.relief import Shots

    Plane = NDArray[np.float32]
    Shifts = NDArray[np.float64]

_ROUNDS = 3
_LEAST_PX = 0.05
_MOST_PX = 3.0
_EXPECTED_PX = 0.5
_WINDOW = 1200
_OUTLIER = 3.0
_CORRELATED = 50.0
_STEADY = "The skin moved by up to {:.1f} pixels between the shots; this was taken back."
_RESTLESS = "The skin moved by more than {:.0f} pixels between the shots: the relief may be wrong."


def align_shots(shots: Shots, recipe: ReliefRecipe) -> tuple[Shots, tuple[str, ...]]:
    """Return the shots with their motion taken back, and what there is to say of it."""
    if not recipe.align_frames or len(shots.frames) < 4:
        return shots, ()
    shifts = find_shifts(shots)
    largest = float(np.hypot(*shifts.T).max())
    if largest > _MOST_PX:
        return shots, (_RESTLESS.format(_MOST_PX),)
    if largest < _LEAST_PX:
        return shots, ()
    notes = (_STEADY.format(largest),) if largest >= 0.5 else ()
    return _moved(shots, shifts), notes


def find_shifts(shots: Shots) -> Shifts:
    """Return how far each shot lies down and to the right of the mean of all, (k, 2) in pixels.

    Taken from the middle of the picture.
    """
    frames, maker = _middle(shots)
    shifts = np.zeros((len(frames), 2))
    for _ in range(_ROUNDS):
        moved = np.stack([_shift(f, s) for f, s in zip(frames, shifts, strict=True)])
        shifts = shifts + _step(moved[:, 4:-4, 4:-4], maker, shifts)
    return shifts


def _middle(shots: Shots) -> tuple[Plane, Plane]:
    """Return the middle of the frames, and the residual maker of the lamps seen from there.

    The residual maker I - A A+ turns values into what no surface explains, shape (k, k).
    """
    rows, columns = shots.shape
    top, left = max((rows - _WINDOW) // 2, 0), max((columns - _WINDOW) // 2, 0)
    inner = (slice(top, top + _WINDOW), slice(left, left + _WINDOW))
    frames = shots.frames[(slice(None), *inner)]
    centre = light_field(shots)
    matrix = centre.rows_at(slice(rows // 2, rows // 2 + 1))
    matrix = matrix[:, :, matrix.shape[2] // 2].astype(np.float64)
    # Frames are taken over their wide mean, which is what level skin shows.
    matrix = matrix / matrix[:, 2:]
    maker = np.eye(len(matrix)) - matrix @ np.linalg.pinv(matrix)
    return np.ascontiguousarray(frames), np.asarray(maker, dtype=np.float32)


def _step(frames: Plane, maker: Plane, shifts: Shifts) -> Shifts:
    """Return the change of all shifts that makes the residual smallest."""
    count = len(frames)
    flat = _even(frames).reshape(count, -1)
    residual = maker @ flat
    limit = _OUTLIER * 1.4826 * float(np.median(np.abs(residual[:, ::17])))
    keep = np.abs(residual).max(axis=0) < limit
    fitted = (flat - residual).reshape(frames.shape)
    slopes = _gradients(fitted).reshape(2, count, -1)[:, :, keep]
    normal, right = np.zeros((2 * count, 2 * count)), np.zeros(2 * count)
    for axis in range(2):
        here = slice(axis * count, (axis + 1) * count)
        right[here] = -(slopes[axis] * residual[:, keep]).sum(axis=1)
        for other in range(2):
            there = slice(other * count, (other + 1) * count)
            normal[here, there] = maker * (slopes[axis] @ slopes[other].T)
    noise = float(np.mean(residual[:, keep] ** 2)) * count / max(count - 3, 1)
    prior = _CORRELATED * noise / _EXPECTED_PX**2
    now = np.concatenate([shifts[:, 0], shifts[:, 1]])
    found = np.linalg.solve(normal + prior * np.eye(2 * count), right - prior * now)
    return np.asarray(found.reshape(2, count).T, dtype=np.float64)


def _even(frames: Plane) -> Plane:
    """Return the frames over their common wide mean, which leaves out vignetting and falloff."""
    step = 32
    evened = []
    for frame in frames:
        small = block_mean(frame, step)
        wide = cv2.resize(cv2.GaussianBlur(small, (0, 0), 1.5), frame.shape[::-1])
        evened.append(frame / np.maximum(np.asarray(wide), np.float32(1e-6)))
    return np.stack(evened).astype(np.float32)


def _gradients(frames: Plane) -> Plane:
    """Return the slopes down and to the right, shape (2, k, rows, columns)."""
    return np.stack([np.gradient(frames, axis=1), np.gradient(frames, axis=2)]).astype(np.float32)


def _moved(shots: Shots, shifts: Shifts) -> Shots:
    frames = np.stack([_shift(f, s) for f, s in zip(shots.frames, shifts, strict=True)])
    saturated = shots.saturated
    if saturated is not None:
        # Where any saturated pixel plays into the resampled one.
        grown = [cv2.dilate(one.view(np.uint8), np.ones((5, 5), np.uint8)) for one in saturated]
        saturated = np.stack(grown).astype(np.bool_)
    return replace(shots, frames=frames, saturated=saturated)


def _shift(frame: Plane, shift: Shifts) -> Plane:
    """Return the frame sampled `shift` further down and to the right."""
    down, right = (float(part) for part in shift)
    if abs(down) + abs(right) < 1e-4:
        return frame
    matrix = np.array([[1, 0, right], [0, 1, down]])
    flags = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    size = (frame.shape[1], frame.shape[0])
    moved = cv2.warpAffine(frame, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(moved, dtype=np.float32)
