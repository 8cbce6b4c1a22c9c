"""Read shots of a ball or a card from disk, ready for lamps to be measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.rig import TargetShots
from mnimage.errors import PhotoUnreadable, RigUnusable, ShotsUnusable
from mnimage.formats.files import DecodeOptions, read_photo
from mnimage.formats.manifest import TargetManifest, read_target_manifest
from mnimage.kernels.color import to_linear
from mnimage.words.message import message

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    Plane = NDArray[np.float32]

_GREEN = 1
_SATURATED = 0.99
"""Share of the full range from which a coded value counts as saturated."""
_MOST_ROOM = 0.5
"""Light of the dark frame over that of the shots beyond which a lamp was on."""
_MOST_SUM_ERROR = 0.05
"""Largest relative departure of the sum of all lamps from the frame with all of them."""


def read_target(path: Path) -> TargetShots:
    """Return the shots that a manifest lists: the green light, dark frame subtracted.

    Raises
    ------
    RigUnusable
        If the manifest or a file in it cannot be used, the dark frame is lit, or the light of the
        single lamps does not add up to the frame with all of them.
    """
    try:
        return _read(path, read_target_manifest(path))
    except (ShotsUnusable, PhotoUnreadable) as error:
        raise RigUnusable(error.message, hint=error.hint) from error


def _read(path: Path, manifest: TargetManifest) -> TargetShots:
    shots = [
        _green_light(path.parent / shot.file, linear=manifest.linear) for shot in manifest.shots
    ]
    if len({light.shape for light, _ in shots}) > 1:
        raise RigUnusable(message("formats.target_sizes", file=path.name))
    frames = np.stack([light for light, _ in shots])
    together = None
    if manifest.together is not None:
        together = _green_light(path.parent / manifest.together, linear=manifest.linear)[0]
    if manifest.dark is not None:
        dark = _green_light(path.parent / manifest.dark, linear=manifest.linear)[0]
        _check_dark(dark, frames, manifest.dark)
        frames -= dark
        together = None if together is None else together - dark
    if together is not None:
        _check_sum(frames, together)
    circle = None
    if manifest.ball is not None:
        circle = (manifest.ball.row, manifest.ball.col, manifest.ball.radius_px)
    return TargetShots(
        frames=frames,
        saturated=np.stack([saturated for _, saturated in shots]),
        name=path.name,
        mm_per_px=manifest.mm_per_px,
        camera_mm=manifest.camera_mm,
        height_mm=manifest.height_mm,
        circle=circle,
        darkened=manifest.dark is not None,
    )


def _green_light(path: Path, *, linear: bool) -> tuple[Plane, NDArray[np.bool_]]:
    photo = read_photo(path, DecodeOptions(profiles=not linear, camera_white=False))
    coded = photo.coded
    top = np.iinfo(coded.dtype).max
    saturated = np.asarray(coded.max(axis=2) >= _SATURATED * top, dtype=np.bool_)
    if linear and photo.facts.format != "RAW":
        return np.asarray(coded[..., _GREEN] / np.float32(top), dtype=np.float32), saturated
    return to_linear(coded)[..., _GREEN], saturated


def _check_dark(dark: Plane, frames: Plane, name: str) -> None:
    share = float(dark.mean()) / max(float(frames.mean()), 1e-6)
    if share > _MOST_ROOM:
        raise RigUnusable(message("formats.dark_lit", file=name, share=share))


def _check_sum(frames: Plane, together: Plane) -> None:
    """Refuse light that does not add up, as linear light does wherever nothing is saturated."""
    total = frames.sum(axis=0)
    usable = (together < 0.9) & (together > 0.1)
    if usable.mean() < 0.02:
        return
    share = float(np.median(total[usable] / together[usable]))
    if abs(share - 1) > _MOST_SUM_ERROR:
        raise RigUnusable(message("formats.lamps_sum", share=share))
