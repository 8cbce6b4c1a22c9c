"""The lamps of a set of shots, and the uncertainty of their positions and of the scale."""

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

_SESSION_ERROR = 0.01
"""Relative error of a scale entered by the user that differs from session to session."""

ENTERED_SCALE_ERROR = 0.06
"""Relative error of an entered scale that all sessions with the same entry share: nothing in the
shots measures lengths. A head 3 cm closer than the ruler was, at 50 cm, is 6 %. Volumes change
with the third power: with a scale 10 % too large they are 33 % too large, which 95 % intervals of
3 x 6 % still cover and of 3 x 5 % do not."""

_AGREEMENT = 2.0
"""Standard errors within which an entered scale counts as the one that the rig measured."""

_ENTERED_LIGHT_DEG = 0.4
"""Error of lamp directions entered by the user, rms angle: what a rigid rig should achieve."""

_POWER_ERROR = 0.01
"""Relative error of the power of each lamp."""
_MOST_SLOPE_ERROR = 0.3
"""Largest relative error of slopes with which shots are accepted."""
_ONE_SIDE_DEG = 180.0
"""Angle around the skin without a lamp, beyond which all lamps are on one side."""


@dataclass(frozen=True, slots=True)
class Lights:
    """Lamps of each shot, (k, 3), the scale, the powers where known, and their uncertainty.

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


def resolve_lights(manifest: ShotManifest, path: Path) -> Lights:
    """Return the lamps of the shots in a manifest: its own, or those of the rig it names.

    Raises
    ------
    ShotsUnusable
        If they are missing, invalid or contradictory, or slopes cannot be measured with them.
    """
    if manifest.rig is None:
        values = lights_of(manifest)
        scale = ImageScale(manifest.mm_per_px or 1.0, "user", _SESSION_ERROR, ENTERED_SCALE_ERROR)
        return _assessed(
            values, manifest.near, scale, None, np.full(len(values), _ENTERED_LIGHT_DEG), 0.0
        )
    try:
        rig = read_rig(path.parent / manifest.rig)
    except RigUnusable as error:
        raise ShotsUnusable(error.message, hint=error.hint) from error
    chosen = _chosen(manifest, rig)
    lamps = [rig.lamps[number] for number in chosen]
    check_spread(_unit(rig.lights[chosen]))
    powers = [lamp.power for lamp in lamps]
    known = np.array([power for power in powers if power is not None], dtype=np.float64)
    return _assessed(
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
    """Return the index of each shot's lamp, by its number or else by the order."""
    if any(shot.light or shot.lamp_mm for shot in manifest.shots):
        raise ShotsUnusable(message("formats.rig_and_light"))
    listed = [shot.lamp for shot in manifest.shots]
    if all(number is None for number in listed) and len(listed) == len(rig.lamps):
        return list(range(len(listed)))
    numbers = [0 if number is None else number for number in listed]
    if not all(1 <= number <= len(rig.lamps) for number in numbers):
        raise ShotsUnusable(
            message("formats.lamp_numbers", shots=len(listed), lamps=len(rig.lamps))
        )
    if len(set(numbers)) < len(numbers):
        raise ShotsUnusable(message("formats.lamp_twice"))
    return [number - 1 for number in numbers]


def _scale(manifest: ShotManifest, rig: LightRig) -> ImageScale:
    """Return the entered scale, else the rig's; no shared error where the rig confirms it."""
    if manifest.mm_per_px is not None:
        shared = 0.0 if _measured_by_rig(manifest.mm_per_px, rig.scale) else ENTERED_SCALE_ERROR
        return ImageScale(manifest.mm_per_px, "rig", _SESSION_ERROR, shared)
    if rig.scale is None:
        raise ShotsUnusable(message("formats.no_scale"))
    check_pitch(rig.scale.mm_per_px)
    return rig.scale


def _measured_by_rig(mm_per_px: float, measured: ImageScale | None) -> bool:
    if measured is None:
        return False
    error = float(np.hypot(_SESSION_ERROR, measured.relative_error))
    return abs(mm_per_px / measured.mm_per_px - 1) <= _AGREEMENT * error


def _assessed(
    values: Values,
    near: bool,
    scale: ImageScale,
    powers: Values | None,
    errors: Values,
    common: float,
) -> Lights:
    directions = _unit(values)
    angles = np.radians(errors) / np.sqrt(2)
    own = slope_error(directions, angles, np.full(len(values), _POWER_ERROR))
    slant = np.arccos(np.clip(directions[:, 2], -1, 1))
    # All lamps off by the same zenith angle: slopes change with its tangent.
    stretch = (
        np.radians(common) / np.sqrt(2) * float(np.mean(2 / np.sin(2 * slant.clip(0.1, 1.47))))
    )
    error = float(np.hypot(own, stretch))
    if error > _MOST_SLOPE_ERROR:
        raise ShotsUnusable(message("formats.lamps_unsuitable", share=error))
    gap = widest_gap(directions)
    notes = _one_side(gap, error) if gap > _ONE_SIDE_DEG + 1 else ()
    # The far wall of a depression is never lit: this share of its depth is not measured.
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
    oblique = directions[np.hypot(directions[:, 0], directions[:, 1]) > 0.05]
    if len(oblique) < 2:
        return 360.0
    azimuths = np.sort(np.degrees(np.arctan2(oblique[:, 1], oblique[:, 0])))
    return float(np.diff(azimuths, append=azimuths[0] + 360).max())
