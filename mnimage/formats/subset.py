"""Select shots from a light stage: enough for relief, and no more than fit into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.words.message import NOTHING, Message, message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.formats.manifest import ShotManifest

    Values = NDArray[np.float64]

MOST_SHOTS = 32
"""Up to so many shots are all read; with 12 megapixels each they take 3 GB."""
SELECTED_SHOTS = 24
"""Shots that are read where more than `MOST_SHOTS` are listed."""
_LEAST_DEG, _MOST_DEG = 15.0, 65.0
"""Lamps closer to the camera's axis show little of slopes; lower ones are hidden by the face."""


def select_shots(manifest: ShotManifest) -> tuple[ShotManifest, Message]:
    """Return a manifest with at most `MOST` shots, and a note, `NOTHING` where all are used.

    Where more are listed, shots with lamps beside or behind the face are left out, and of the rest
    those whose lamps are furthest from each other are used. A manifest with a rig is unchanged.
    """
    if len(manifest.shots) <= MOST_SHOTS or manifest.rig is not None:
        return manifest, NOTHING
    lights = [shot.lamp_mm or shot.light for shot in manifest.shots]
    directions = np.array([light or (0.0, 0.0, 0.0) for light in lights])
    lengths = np.linalg.norm(directions, axis=1)
    if not np.isfinite(lengths).all() or not lengths.all():
        # The error is reported where the lights are read.
        return manifest, NOTHING
    directions = directions / lengths[:, None]
    slant = np.degrees(np.arccos(np.clip(directions[:, 2], -1, 1)))
    suitable = np.flatnonzero((slant >= _LEAST_DEG) & (slant <= _MOST_DEG))
    if suitable.size < SELECTED_SHOTS:
        suitable = np.argsort(np.abs(slant - (_LEAST_DEG + _MOST_DEG) / 2))[:SELECTED_SHOTS]
    selected = np.sort(suitable[_spread(directions[suitable], SELECTED_SHOTS)])
    changes = {"shots": tuple(manifest.shots[number] for number in selected)}
    if len(manifest.flat) == len(manifest.shots):
        changes["flat"] = tuple(manifest.flat[number] for number in selected)
    note = message(
        "formats.shots_subset",
        listed=len(manifest.shots),
        used=len(selected),
        least=float(slant[selected].min()),
        most=float(slant[selected].max()),
    )
    return manifest.model_copy(update=changes), note


def _spread(directions: Values, count: int) -> NDArray[np.intp]:
    """Return `count` of the directions, each the furthest from those chosen (Gonzalez 1985)."""
    nearest = directions @ directions[0]
    chosen = [0]
    while len(chosen) < min(count, len(directions)):
        chosen.append(int(np.argmin(nearest)))
        nearest = np.maximum(nearest, directions @ directions[chosen[-1]])
    return np.array(chosen)
