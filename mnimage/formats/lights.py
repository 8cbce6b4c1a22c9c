"""The lamps that a set of shots is believed to have been lit by, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.photo import ImageScale
from mnimage.errors import RigUnusable, ShotsUnusable
from mnimage.formats.manifest import ShotManifest, check_pitch, check_spread, lights_of
from mnimage.formats.rig import read_rig
from mnimage.kernels.surface import slope_error
from mnimage.words.message import Message, message

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from mnimage.domain.rig import LightRig

    Values = NDArray[np.float64]

_TOLD_SCALE = 0.01
"""Relative error granted to a scale told by the user, from session to session."""

ENTERED_SCALE_ERROR = 0.06
"""The same in every session that goes by that word: nothing in the shots tells of lengths. A head
3 cm nearer than the ruler was, at 50 cm, is 6 %. Volumes go with its third power: a scale 10 % too
large makes 33 % of them, which 95 % intervals of 3 x 6 % still hold, and of 3 x 5 % do not."""

_AGREED = 2.0
"""Standard errors within which the scale told is the one that the rig measured."""

_TOLD_DEG = 0.4
"""Error granted to lamps told by the user, rms of the angle: what a rigid rig should keep to."""

_POWER = 0.01
_MOST_ERROR = 0.3
_GAP_DEG = 180.0


@dataclass(frozen=True, slots=True)
class Lights:
    """Lamps of each shot, (k, 3), the scale, the powers where known, and the doubt about it all.

    `slope_error` is relative, see `Shots`.
    """

    values: Values
    near: bool
    scale: ImageScale
    powers: Values | None
    slope_error: float
    notes: tuple[Message, ...] = ()

    @property
    def directions(self) -> Values:
        """Unit vectors from the picture's centre, (k, 3)."""
        return np.asarray(self.values / np.linalg.norm(self.values, axis=1, keepdims=True))


def believed_lights(manifest: ShotManifest, path: Path) -> Lights:
    """Return the lamps of a sheet's shots: its own, or those of the rig it names.

    Raises
    ------
    ShotsUnusable
        If they are missing, impossible, contradictory, or cannot give a slope.
    """
    if manifest.rig is None:
        values = lights_of(manifest)
        scale = ImageScale(manifest.mm_per_px or 1.0, "rig", _TOLD_SCALE, ENTERED_SCALE_ERROR)
        return _judged(values, manifest.near, scale, None, np.full(len(values), _TOLD_DEG), 0.0)
    try:
        rig = read_rig(path.parent / manifest.rig)
    except RigUnusable as error:
        raise ShotsUnusable(error.message, hint=error.hint) from error
    chosen = _chosen(manifest, rig)
    lamps = [rig.lamps[number] for number in chosen]
    check_spread(_unit(rig.lights[chosen]))
    powers = [lamp.power for lamp in lamps]
    known = np.array([power for power in powers if power is not None], dtype=np.float64)
    return _judged(
        rig.lights[chosen],
        rig.near,
        _scale(manifest, rig),
        known / known.mean() if len(known) == len(lamps) else None,
        np.array([lamp.error_deg for lamp in lamps]),
        rig.common_deg,
    )


def _unit(lights: Values) -> Values:
    return np.asarray(lights / np.linalg.norm(lights, axis=1, keepdims=True))


def _chosen(manifest: ShotManifest, rig: LightRig) -> list[int]:
    """Return the lamp of each shot, by its number or else by the order."""
    if any(shot.light or shot.lamp_mm for shot in manifest.shots):
        raise ShotsUnusable(message("formats.rig_and_light"))
    told = [shot.lamp for shot in manifest.shots]
    if all(number is None for number in told) and len(told) == len(rig.lamps):
        return list(range(len(told)))
    numbers = [0 if number is None else number for number in told]
    if not all(1 <= number <= len(rig.lamps) for number in numbers):
        raise ShotsUnusable(message("formats.lamp_numbers", shots=len(told), lamps=len(rig.lamps)))
    if len(set(numbers)) < len(numbers):
        raise ShotsUnusable(message("formats.lamp_twice"))
    return [number - 1 for number in numbers]


def _scale(manifest: ShotManifest, rig: LightRig) -> ImageScale:
    """Return the scale told, else the rig's; one that the rig measured too is not only told."""
    if manifest.mm_per_px is not None:
        shared = 0.0 if _measured_too(manifest.mm_per_px, rig.scale) else ENTERED_SCALE_ERROR
        return ImageScale(manifest.mm_per_px, "rig", _TOLD_SCALE, shared)
    if rig.scale is None:
        raise ShotsUnusable(message("formats.no_scale"))
    check_pitch(rig.scale.mm_per_px)
    return rig.scale


def _measured_too(mm_per_px: float, measured: ImageScale | None) -> bool:
    if measured is None:
        return False
    error = float(np.hypot(_TOLD_SCALE, measured.relative_error))
    return abs(mm_per_px / measured.mm_per_px - 1) <= _AGREED * error


def _judged(
    values: Values,
    near: bool,
    scale: ImageScale,
    powers: Values | None,
    errors: Values,
    common: float,
) -> Lights:
    directions = _unit(values)
    turned = np.radians(errors) / np.sqrt(2)
    own = slope_error(directions, turned, np.full(len(values), _POWER))
    slant = np.arccos(np.clip(directions[:, 2], -1, 1))
    # All lamps too steep by the same angle: slopes go with the tangent.
    stretch = (
        np.radians(common) / np.sqrt(2) * float(np.mean(2 / np.sin(2 * slant.clip(0.1, 1.47))))
    )
    error = float(np.hypot(own, stretch))
    if error > _MOST_ERROR:
        raise ShotsUnusable(message("formats.lamps_unsuitable", share=error))
    gap = widest_gap(directions)
    notes = _one_side(gap, error) if gap > _GAP_DEG + 1 else ()
    # Nothing of the far side of a hole is ever seen lit: its depth is a guess to that share.
    hidden = 0.1 if notes else 0.0
    entered = _entered_scale() if scale.shared_error > 0 else ()
    return Lights(values, near, scale, powers, float(np.hypot(error, hidden)), notes + entered)


def _one_side(degrees: float, share: float) -> tuple[Message, ...]:
    return (message("formats.lamps_one_side", degrees=degrees, share=share),)


def _entered_scale() -> tuple[Message, ...]:
    error = ENTERED_SCALE_ERROR
    return (message("formats.scale_entered", length=error, area=2 * error, volume=3 * error),)


def widest_gap(directions: Values) -> float:
    """Return the widest angle around the skin without a lamp, in degrees."""
    aside = directions[np.hypot(directions[:, 0], directions[:, 1]) > 0.05]
    if len(aside) < 2:
        return 360.0
    turns = np.sort(np.degrees(np.arctan2(aside[:, 1], aside[:, 0])))
    return float(np.diff(turns, append=turns[0] + 360).max())
