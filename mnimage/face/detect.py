"""Candidate faces: the short-range BlazeFace detector on a small copy of the photo."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Iterator

Small: TypeAlias = NDArray[np.uint8]
"""A reduced 8-bit RGB copy of a photo."""

SIDE = 128
"""Side of the detector's input in pixels."""

MIN_SCORE = 0.5
OVERLAP = 0.3
"""Least score of a candidate, and overlap (intersection over union) above which two are merged."""


@dataclass(frozen=True, slots=True)
class Detection:
    """One possible face.

    `points` has shape (8, 2), each as (row, column): two corners of the box, then right eye, left
    eye, nose tip, mouth, right ear, left ear, right and left being the patient's.
    """

    score: float
    points: NDArray[np.float64]

    @property
    def size(self) -> float:
        """Longer side of the box."""
        return float(np.abs(self.points[1] - self.points[0]).max())

    @property
    def centre(self) -> NDArray[np.float64]:
        """Middle of the box as (row, column)."""
        return np.asarray(self.points[:2].mean(axis=0))

    @property
    def eyes(self) -> NDArray[np.float64]:
        """Right and left eye, shape (2, 2)."""
        return self.points[2:4]


def detect_faces(small: Small, net: cv2.dnn.Net, *, windows: bool = True) -> list[Detection]:
    """Return possible faces in `small`, in its pixels, best first.

    Parameters
    ----------
    small
        8-bit RGB, shape (rows, columns, 3); about 1000 pixels on the long side is enough.
    net
        The loaded detector.
    windows
        Where the whole picture has none, search overlapping windows of a half and a third of its
        size: the detector misses faces smaller than a tenth of the long side.
    """
    points, scores = _detect_once(small, net)
    if windows and not scores.size:
        found = [_shifted(_detect_once(part, net), corner) for corner, part in _windows(small)]
        points = np.concatenate([points, *(one[0] for one in found)])
        scores = np.concatenate([scores, *(one[1] for one in found)])
    return _merge(points, scores)


def _windows(small: Small) -> Iterator[tuple[NDArray[np.float64], Small]]:
    rows, columns = small.shape[:2]
    for parts in (2, 3):
        side = int(max(rows, columns) / parts * 1.2)
        for row in range(0, max(1, rows - side // 2), max(1, side // 2)):
            for column in range(0, max(1, columns - side // 2), max(1, side // 2)):
                part = small[row : row + side, column : column + side]
                yield np.array([row, column], dtype=np.float64), part


def _shifted(
    found: tuple[NDArray[np.float64], NDArray[np.float64]], corner: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    return found[0] + corner, found[1]


def _detect_once(small: Small, net: cv2.dnn.Net) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return all candidates as points (n, 8, 2) in (row, column) and scores (n,)."""
    rows, columns = small.shape[:2]
    scale = SIDE / max(rows, columns)
    inner = max(1, round(columns * scale)), max(1, round(rows * scale))
    shrunk = cv2.resize(
        small, inner, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    )
    left, top = (SIDE - inner[0]) // 2, (SIDE - inner[1]) // 2
    canvas = np.zeros((SIDE, SIDE, 3), dtype=np.float32)
    canvas[top : top + inner[1], left : left + inner[0]] = shrunk
    canvas[...] = canvas / 127.5 - 1
    net.setInput(np.ascontiguousarray(canvas.transpose(2, 0, 1)[None]))
    regressors, logits = net.forward(["regressors", "classificators"])
    scores = 1 / (1 + np.exp(-np.clip(np.asarray(logits, dtype=np.float64)[0, :, 0], -50, 50)))
    keep = scores >= MIN_SCORE
    points = _decode(np.asarray(regressors, dtype=np.float64)[0][keep], _anchors()[keep])
    xy = (points * SIDE - (left, top)) * (columns / inner[0], rows / inner[1])
    return xy[..., ::-1], scores[keep]


def _decode(raw: NDArray[np.float64], anchors: NDArray[np.float64]) -> NDArray[np.float64]:
    raw = raw / SIDE
    centre, size = raw[:, :2] + anchors, raw[:, 2:4]
    marks = raw[:, 4:].reshape(-1, 6, 2) + anchors[:, None]
    corners = np.stack([centre - size / 2, centre + size / 2], axis=1)
    return np.concatenate([corners, marks], axis=1)


def _merge(points: NDArray[np.float64], scores: NDArray[np.float64]) -> list[Detection]:
    """Average overlapping candidates, weighted by score, as BlazeFace specifies."""
    found = []
    left = np.argsort(-scores)
    while left.size:
        same = _overlap(points[left], points[left[0]]) > OVERLAP
        same[0] = True
        group = left[same]
        mean = np.average(points[group], axis=0, weights=scores[group])
        found.append(Detection(score=float(scores[left[0]]), points=mean))
        left = left[~same]
    return found


def _overlap(boxes: NDArray[np.float64], box: NDArray[np.float64]) -> NDArray[np.float64]:
    low, high = np.maximum(boxes[:, 0], box[0]), np.minimum(boxes[:, 1], box[1])
    shared = np.clip(high - low, 0, None).prod(axis=1)
    areas = (boxes[:, 1] - boxes[:, 0]).prod(axis=1)
    total = areas + (box[1] - box[0]).prod() - shared
    return np.asarray(shared / np.maximum(total, 1e-9))


@cache
def _anchors() -> NDArray[np.float64]:
    """Return the 896 anchor centres as (x, y): 16 x 16 cells of two, then 8 x 8 cells of six."""
    layers = []
    for cells, each in ((16, 2), (8, 6)):
        centres = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(centres, centres, indexing="ij")
        layers.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), each, axis=0))
    return np.concatenate(layers)
