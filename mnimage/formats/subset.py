"""Light stages take hundreds of shots: as many are read as relief gains by, and memory holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.words.message import NOTHING, Message, message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.formats.manifest import ShotManifest

    Values = NDArray[np.float64]

MOST = 32
"""Shots that are all read: of 12 megapixels each they take 3 GB."""
KEPT = 24
_STEEP_DEG, _LOW_DEG = 15.0, 65.0
"""Lamps nearer to the camera's axis tell little of slopes; lower ones are hidden by the face."""


def few_enough(manifest: ShotManifest) -> tuple[ShotManifest, Message]:
    """Return a manifest with at most `MOST` shots, and a note, `NOTHING` where all are used.

    Where more are listed, those with lamps beside or behind the face are left out, and of the rest
    those are kept whose lamps stand furthest from each other. A sheet with a rig is left as it is.
    """
    if len(manifest.shots) <= MOST or manifest.rig is not None:
        return manifest, NOTHING
    told = [shot.lamp_mm or shot.light for shot in manifest.shots]
    ways = np.array([way or (0.0, 0.0, 0.0) for way in told])
    away = np.linalg.norm(ways, axis=1)
    if not np.isfinite(away).all() or not away.all():
        # What is wrong with it is told where the lights are read.
        return manifest, NOTHING
    ways = ways / away[:, None]
    slant = np.degrees(np.arccos(np.clip(ways[:, 2], -1, 1)))
    fit = np.flatnonzero((slant >= _STEEP_DEG) & (slant <= _LOW_DEG))
    if fit.size < KEPT:
        fit = np.argsort(np.abs(slant - (_STEEP_DEG + _LOW_DEG) / 2))[:KEPT]
    kept = np.sort(fit[_spread(ways[fit], KEPT)])
    chosen = {"shots": tuple(manifest.shots[number] for number in kept)}
    if len(manifest.flat) == len(manifest.shots):
        chosen["flat"] = tuple(manifest.flat[number] for number in kept)
    note = message(
        "formats.shots_subset",
        listed=len(manifest.shots),
        used=len(kept),
        least=float(slant[kept].min()),
        most=float(slant[kept].max()),
    )
    return manifest.model_copy(update=chosen), note


def _spread(ways: Values, count: int) -> NDArray[np.intp]:
    """Return so many of the directions, each the furthest from those before (Gonzalez 1985)."""
    nearest = ways @ ways[0]
    chosen = [0]
    while len(chosen) < min(count, len(ways)):
        chosen.append(int(np.argmin(nearest)))
        nearest = np.maximum(nearest, ways @ ways[chosen[-1]])
    return np.array(chosen)
