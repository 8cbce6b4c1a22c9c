"""Separate the motion of a rigid head in the displacement field from movement of the skin."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np
import scipy
from numpy.typing import NDArray

from mnimage.kernels.geometry import grid_places

if TYPE_CHECKING:
    from mnimage.domain.alignment import Alignment
    from mnimage.domain.face import Face, Zones

Plane: TypeAlias = NDArray[np.float64]

DEPTH_UNCERTAINTY = 0.2
"""Error of the mesh's depth, in eye distances: a turn displaces skin by this times its sine."""

STABLE = frozenset({"forehead", "nose"})
"""Zones that expression moves least; with the reference skin they show the pose of the head."""

STABLE_WEIGHT, OTHER_WEIGHT = 1.0, 0.1
"""Weights of these zones and of all others in the fit."""

TOLERANCE = 0.01
"""Share of the eye distance at which skin starts to count as moving on its own."""

INDEPENDENT = 50.0
"""Number of parts of a face that move independently: the prior's weight relative to the data."""

ITERATIONS = 25
"""Reweightings of the robust fit."""

MOST_NODES = 4000
"""Nodes used by the fit, evenly taken from all: more would not improve it."""

PRIOR_SD = np.array([0.0] * 7 + [0.03] * 4)
"""Prior standard deviation of each parameter of the fit, 0 for none.

The parameters are rotation and size (2), shift (2), depth (2), perspective (1), foreshortening (2)
and keystone (2).
"""

DEPTH, PERSPECTIVE = slice(4, 6), 6

STRAIN_NODES = 2.0
"""Sigma in nodes over which the strain is computed."""


@dataclass(frozen=True, slots=True)
class Head:
    """How a rigid head moved between two photos, and where the skin did not follow it.

    `known` (rows, columns) is where the field and the depth of the face are known; `residual` there
    is how far the skin lies from its position on the rigid head, in eye distances, beyond what the
    uncertain depth explains; `strain` is the largest principal strain of that residual (1: twice as
    long). `perspective` is how much more a part one eye distance farther away is magnified in the
    photo after: above 0 where its camera stood farther away; `turn` is the sine of the rotation
    between the photos.
    """

    known: NDArray[np.bool_] = field(repr=False)
    residual: NDArray[np.float32] = field(repr=False)
    strain: NDArray[np.float32] = field(repr=False)
    perspective: float
    turn: float


def fit_head(alignment: Alignment, face: Face, zones: Zones) -> Head | None:
    """Return how the rigid head moved, or None where too little of it is known.

    The face mesh, with the depth found in the photo before, is projected into the photo after by a
    camera linearised about the photo before (size, rotation, depth, perspective, keystone), with
    weights that fall with the square of the squared residual (Geman and McClure 1987), so that
    skin moved by expression has no influence. Residuals along the direction in which depth moves
    skin are ignored up to `DEPTH_UNCERTAINTY`, because a wrong depth looks the same.

    Parameters
    ----------
    alignment
        Aligned.
    face, zones
        Of the photo before.
    """
    place, target = _node_positions(alignment, face)
    labels = at_nodes(zones.labels, alignment)
    known = alignment.valid & np.isfinite(place[2]) & (labels > 0)
    if known.sum() < INDEPENDENT:
        return None
    names = [number for number, name in enumerate(zones.names, start=1) if name in STABLE]
    stable = np.isin(labels, names) | at_nodes(zones.reference, alignment)
    weight = np.where(stable, STABLE_WEIGHT, OTHER_WEIGHT)[known]
    seen = place[:, known]
    some = slice(None, None, -(-seen.shape[1] // MOST_NODES))
    found = _fitted(seen[:, some], target[:, known][:, some], weight[some])
    size = float(np.hypot(found[0], found[1]))
    rest = (target[:, known] - np.einsum("p,pkn->kn", found, _columns(seen))) / size
    parallax = found[DEPTH, None] / size + found[PERSPECTIVE] / size * seen[:2]
    return Head(
        known=known,
        residual=_on_grid(np.hypot(*_beyond_depth(rest, parallax)), known),
        strain=_strain(rest, known, alignment.step / face.eye_distance_px),
        perspective=float(found[PERSPECTIVE] / size),
        turn=float(np.hypot(*found[DEPTH]) / size),
    )


def at_nodes(
    values: NDArray[np.uint8] | NDArray[np.bool_], alignment: Alignment
) -> NDArray[np.uint8] | NDArray[np.bool_]:
    """Return a picture's values at the centres of the alignment's blocks."""
    row, column = (
        np.minimum(np.arange(count) * alignment.step + alignment.step // 2, size - 1)
        for count, size in zip(alignment.valid.shape, alignment.shape, strict=True)
    )
    return values[np.ix_(row, column)]


def _node_positions(alignment: Alignment, face: Face) -> tuple[Plane, Plane]:
    """Return (x, y, depth) of the nodes before and (x, y) after, in eye distances."""
    row, column = grid_places(alignment.shape, alignment.step)
    points, eyes = face.landmarks, face.eye_distance_px
    depth = scipy.interpolate.LinearNDInterpolator(points[:, :2], points[:, 2])(row, column)
    middle = points.mean(axis=0)
    before = [column - middle[1], row - middle[0], depth - middle[2]]
    after = [alignment.column - middle[1], alignment.row - middle[0]]
    return np.stack(before) / eyes, np.stack(after) / eyes


def _columns(place: Plane) -> Plane:
    """Return the columns of the fit (11, 2, n) at points (3, n)."""
    x, y, z = place
    one, none = np.ones_like(x), np.zeros_like(x)
    pairs = [(x, y), (-y, x), (one, none), (none, one), (z, none), (none, z), (z * x, z * y)]
    pairs += [(x, -y), (y, x), (x * x, x * y), (x * y, y * y)]
    return np.array([np.stack(pair) for pair in pairs])


def _fitted(place: Plane, target: Plane, weight: Plane) -> Plane:
    columns = _columns(place)
    prior = np.zeros(len(PRIOR_SD))
    prior[PRIOR_SD > 0] = (TOLERANCE / PRIOR_SD[PRIOR_SD > 0]) ** 2 / INDEPENDENT
    now = weight
    for _ in range(ITERATIONS):
        weighed = columns * now
        # Plain sums: on sizes like these the threads of a product cost more than they save.
        normal = np.einsum("pkn,qkn->pq", weighed, columns) + np.diag(prior * now.sum())
        found = np.linalg.solve(normal, np.einsum("pkn,kn->p", weighed, target))
        rest = target - np.einsum("p,pkn->kn", found, columns)
        now = weight / (1 + (rest**2).sum(axis=0) / TOLERANCE**2) ** 2
    return np.asarray(found)


def _beyond_depth(rest: Plane, parallax: Plane) -> Plane:
    """Return the residual (2, n) less what the uncertain depth explains."""
    strength = np.hypot(*parallax) + 1e-9
    aim = parallax / strength
    along = (rest * aim).sum(axis=0)
    explained = np.clip(along, -DEPTH_UNCERTAINTY * strength, DEPTH_UNCERTAINTY * strength)
    return np.asarray(rest - explained * aim)


def _strain(rest: Plane, known: NDArray[np.bool_], pitch: float) -> NDArray[np.float32]:
    """Return the larger principal strain of the residual; `pitch` is the distance of the nodes."""
    weight = cv2.GaussianBlur(known.astype(np.float32), (0, 0), STRAIN_NODES)
    smooth = [
        cv2.GaussianBlur(_on_grid(part, known), (0, 0), STRAIN_NODES) / np.maximum(weight, 1e-3)
        for part in rest
    ]
    (across_x, across_y), (down_x, down_y) = (
        [np.gradient(part, pitch, axis=axis) for part in smooth] for axis in (1, 0)
    )
    mean, shear = (across_x + down_y) / 2, (down_x + across_y) / 2
    spread = np.hypot((across_x - down_y) / 2, shear)
    inner = np.asarray(cv2.erode(known.astype(np.uint8), np.ones((3, 3), np.uint8))) > 0
    return np.where(inner, np.abs(mean) + spread, 0).astype(np.float32)


def _on_grid(values: Plane, known: NDArray[np.bool_]) -> NDArray[np.float32]:
    whole = np.zeros(known.shape, dtype=np.float32)
    whole[known] = values
    return whole
