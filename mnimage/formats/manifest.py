"""Read and check SHOTS.json, the manifest that lists the shots and their lamps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mnimage.errors import ShotsUnusable
from mnimage.words.message import message

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pydantic_core import ErrorDetails

MAX_BYTES = 1_000_000
"""Larger files are not manifests."""
MIN_SHOTS = 3
"""A slope and a reflectance are three unknowns at every pixel (Woodham 1980)."""
MAX_SHOTS = 1000
"""Shots that may be listed, as from a light stage; `subset.select_shots` says how many are read."""
FINEST_MM = 0.001
COARSEST_MM = 0.5
"""Range of scales in mm per pixel: finer than any lens resolves, coarser than any scar's shape."""
MIN_SPREAD = 0.05
"""Least ratio of the smallest to the largest singular value of the light directions.

A ring of lamps 4 degrees off the camera's axis has this ratio: there the noise of a slope is 20
times that of the brightness, so no useful height can be computed.
"""

Triple = tuple[float, float, float]


class ShotLine(BaseModel):
    """One shot: its file, and the light's direction or the lamp's position in mm.

    With a rig neither is given; `lamp` is then the number of its lamp, from 1, if the shots are not
    in the order of the rig.
    """

    model_config = ConfigDict(strict=True, frozen=True)

    file: str = Field(min_length=1)
    light: Triple | None = None
    lamp_mm: Triple | None = None
    lamp: int | None = Field(default=None, ge=1)


class Circle(BaseModel):
    """The outline of a ball in px."""

    model_config = ConfigDict(strict=True, frozen=True)

    row: float
    col: float
    radius_px: float = Field(gt=0)


class TargetManifest(BaseModel):
    """A manifest of shots of a ball or a card; unknown keys are ignored."""

    model_config = ConfigDict(strict=True, frozen=True)

    shots: tuple[ShotLine, ...] = Field(min_length=3, max_length=64)
    mm_per_px: float | None = Field(default=None, gt=0)
    linear: bool = False
    dark: str | None = None
    together: str | None = None
    camera_mm: float | None = Field(default=None, gt=0)
    height_mm: float | None = None
    ball: Circle | None = None


class ShotManifest(BaseModel):
    """The contents of SHOTS.json; unknown keys are ignored."""

    model_config = ConfigDict(strict=True, frozen=True)

    mm_per_px: float | None = None
    linear: bool = False
    shots: tuple[ShotLine, ...]
    dark: str | None = None
    flat: tuple[str, ...] = ()
    rig: str | None = None

    @property
    def near(self) -> bool:
        """Whether positions of the lamps are given rather than directions."""
        return self.shots[0].lamp_mm is not None


def read_manifest(path: Path) -> ShotManifest:
    """Return the manifest with its structure and numbers checked; no picture is opened.

    Raises
    ------
    ShotsUnusable
        If the file is missing, not a manifest, or contains invalid values.
    """
    content = read_text(path)
    try:
        manifest = ShotManifest.model_validate_json(content)
    except ValidationError as error:
        raise schema_error(path, error.errors()[0]) from error
    if manifest.mm_per_px is None and manifest.rig is None:
        raise ShotsUnusable(message("formats.key_missing", file=path.name, key="mm_per_px"))
    if manifest.mm_per_px is not None:
        check_pitch(manifest.mm_per_px)
    _check_counts(manifest)
    _check_files(manifest)
    return manifest


def check_pitch(mm_per_px: float) -> None:
    """Refuse an implausible scale.

    Raises
    ------
    ShotsUnusable
        If it is too fine or too coarse.
    """
    if not FINEST_MM <= mm_per_px <= COARSEST_MM:
        raise ShotsUnusable(
            message("formats.scale_range", least=FINEST_MM, most=COARSEST_MM, given=mm_per_px)
        )


def read_target_manifest(path: Path) -> TargetManifest:
    """Return the manifest of shots of a ball or a card; no picture is opened.

    Raises
    ------
    ShotsUnusable
        If the file is missing, not a manifest, or contains invalid values.
    """
    try:
        return TargetManifest.model_validate_json(read_text(path))
    except ValidationError as error:
        raise schema_error(path, error.errors()[0]) from error


def target_files(path: Path) -> tuple[Path, ...]:
    """Return every picture file that the manifest of a ball or a card lists.

    Raises
    ------
    ShotsUnusable
        If the manifest is invalid.
    """
    manifest = read_target_manifest(path)
    others = [name for name in (manifest.dark, manifest.together) if name is not None]
    return tuple(path.parent / name for name in (*(shot.file for shot in manifest.shots), *others))


def frames_of(path: Path) -> tuple[Path, ...]:
    """Return every file that a manifest lists: shots, dark and flat frames, and the rig.

    Raises
    ------
    ShotsUnusable
        If the manifest is invalid.
    """
    manifest = read_manifest(path)
    names = [shot.file for shot in manifest.shots]
    names += [name for name in (manifest.dark, manifest.rig) if name is not None]
    return tuple(path.parent / name for name in (*names, *manifest.flat))


def lights_of(manifest: ShotManifest) -> NDArray[np.float64]:
    """Return the lights, shape (k, 3): unit vectors, or positions in mm for near lamps.

    Raises
    ------
    ShotsUnusable
        If one is missing or invalid, or slopes cannot be measured with all of them together.
    """
    lights = np.array([_light(manifest, number) for number in range(len(manifest.shots))])
    directions = lights / np.linalg.norm(lights, axis=1, keepdims=True)
    check_spread(directions)
    return lights if manifest.near else directions


def read_text(path: Path) -> bytes:
    """Return a small file's bytes without a byte-order mark.

    Raises
    ------
    ShotsUnusable
        If it is missing or too large to be a manifest.
    """
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        name = path.name or str(path)
        raise ShotsUnusable(message("formats.list_unreadable", file=name, reason=reason)) from error
    if len(content) > MAX_BYTES:
        raise ShotsUnusable(message("formats.list_too_large", file=path.name))
    return content.removeprefix(b"\xef\xbb\xbf")


def schema_error(path: Path, error: ErrorDetails) -> ShotsUnusable:
    """Return the first validation error of a file as a failure."""
    if error["type"] == "json_invalid":
        return ShotsUnusable(message("formats.not_json", file=path.name, reason=error["msg"]))
    place = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"]
    ).lstrip(".")
    if error["type"] == "missing":
        return ShotsUnusable(message("formats.key_missing", file=path.name, key=place))
    if not place:
        return ShotsUnusable(message("formats.list_invalid", file=path.name, reason=error["msg"]))
    return ShotsUnusable(
        message("formats.key_invalid", file=path.name, key=place, reason=error["msg"])
    )


def _check_counts(manifest: ShotManifest) -> None:
    count = len(manifest.shots)
    if not MIN_SHOTS <= count <= MAX_SHOTS:
        raise ShotsUnusable(
            message("formats.shot_count", least=MIN_SHOTS, most=MAX_SHOTS, count=count)
        )
    if len(manifest.flat) not in (0, 1, count):
        raise ShotsUnusable(message("formats.flat_count", flats=len(manifest.flat), shots=count))


def _check_files(manifest: ShotManifest) -> None:
    """Refuse one file with two lights: its slopes would be flat, and seem certain."""
    lamps: dict[str, ShotLine] = {}
    for shot in manifest.shots:
        if lamps.setdefault(shot.file, shot) != shot:
            raise ShotsUnusable(message("formats.file_under_two_lights", file=shot.file))


def _light(manifest: ShotManifest, number: int) -> Triple:
    shot = manifest.shots[number]
    _check_keys(shot, number + 1, near=manifest.near)
    light = shot.lamp_mm or shot.light or (0.0, 0.0, 0.0)
    if not np.isfinite(light).all() or not any(light):
        raise ShotsUnusable(
            message("formats.light_no_direction", number=number + 1, file=shot.file, light=light)
        )
    if light[2] <= 0:
        raise ShotsUnusable(
            message("formats.light_behind", number=number + 1, file=shot.file, z=light[2])
        )
    return light


def _check_keys(shot: ShotLine, number: int, *, near: bool) -> None:
    """Refuse a shot that does not give its light once, under the same key as the first shot."""
    if shot.light is None and shot.lamp_mm is None:
        raise ShotsUnusable(message("formats.no_light", number=number, file=shot.file))
    if shot.light is not None and shot.lamp_mm is not None:
        raise ShotsUnusable(message("formats.light_and_lamp", number=number, file=shot.file))
    if (shot.lamp_mm is not None) != near:
        raise ShotsUnusable(message("formats.lights_mixed", number=number, file=shot.file))


def check_spread(directions: NDArray[np.float64]) -> None:
    """Refuse lights with which slopes cannot be measured in both directions.

    Raises
    ------
    ShotsUnusable
        If they come from nearly one direction, or lie nearly in one plane.
    """
    spread = np.linalg.svd(directions, compute_uv=False)
    if spread[1] < MIN_SPREAD * spread[0]:
        raise ShotsUnusable(message("formats.lights_alike"))
    if spread[2] < MIN_SPREAD * spread[0]:
        raise ShotsUnusable(message("formats.lights_in_plane"))
