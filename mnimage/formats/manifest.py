"""Reads and checks SHOTS.json, the sheet that says which lamp lit which shot."""

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
MIN_SHOTS = 3
"""A slope and a reflectance are three unknowns at every pixel (Woodham 1980)."""
MAX_SHOTS = 1000
"""Shots that may be listed, as of a light stage; `fewer.few_enough` says how many are read."""
FINEST_MM = 0.001
COARSEST_MM = 0.5
"""Scale of a shot, mm per pixel: finer than any lens resolves, coarser than any scar's shape."""
MIN_SPREAD = 0.05
"""Least ratio of the smallest to the largest singular value of the light directions.

A ring of lamps 4 degrees off the camera's axis has it: there the noise of a slope is 20 times that
of the brightness, and no height worth the name comes out.
"""

Triple = tuple[float, float, float]


class ShotLine(BaseModel):
    """One shot: its file, and the light's direction or the lamp's place in mm.

    With a rig neither is given, but `lamp`, the number of its lamp from 1, where the shots are not
    in the rig's order.
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
    """The whole of a sheet that lists shots of a ball or a card; unknown keys are passed over."""

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
    """The whole of SHOTS.json; unknown keys are passed over."""

    model_config = ConfigDict(strict=True, frozen=True)

    mm_per_px: float | None = None
    linear: bool = False
    shots: tuple[ShotLine, ...]
    dark: str | None = None
    flat: tuple[str, ...] = ()
    rig: str | None = None

    @property
    def near(self) -> bool:
        """Whether the lamps' places are given rather than their directions."""
        return self.shots[0].lamp_mm is not None


def is_manifest(path: Path) -> bool:
    """Whether a file lists directional shots rather than being a photo: it is named .json."""
    return path.suffix.lower() == ".json"


def read_manifest(path: Path) -> ShotManifest:
    """Return the sheet, its structure and its numbers checked, no picture looked at yet.

    Raises
    ------
    ShotsUnusable
        If the file is missing, not a sheet, or says what cannot be.
    """
    content = read_text(path)
    try:
        manifest = ShotManifest.model_validate_json(content)
    except ValidationError as error:
        raise wrong(path, error.errors()[0]) from error
    if manifest.mm_per_px is None and manifest.rig is None:
        raise ShotsUnusable(message("formats.key_missing", file=path.name, key="mm_per_px"))
    if manifest.mm_per_px is not None:
        check_pitch(manifest.mm_per_px)
    _check_counts(manifest)
    _check_files(manifest)
    return manifest


def check_pitch(mm_per_px: float) -> None:
    """Refuse a scale that no shot of skin has.

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
    """Return a sheet that lists shots of a ball or a card, no picture looked at yet.

    Raises
    ------
    ShotsUnusable
        If the file is missing, not a sheet, or says what cannot be.
    """
    try:
        return TargetManifest.model_validate_json(read_text(path))
    except ValidationError as error:
        raise wrong(path, error.errors()[0]) from error


def target_files(path: Path) -> tuple[Path, ...]:
    """Return every picture file that a sheet of a ball or a card lists.

    Raises
    ------
    ShotsUnusable
        If the sheet cannot be used.
    """
    manifest = read_target_manifest(path)
    others = [name for name in (manifest.dark, manifest.together) if name is not None]
    return tuple(path.parent / name for name in (*(shot.file for shot in manifest.shots), *others))


def frames_of(path: Path) -> tuple[Path, ...]:
    """Return every file that a sheet lists: shots, dark and flat frames, and the rig.

    Raises
    ------
    ShotsUnusable
        If the sheet cannot be used.
    """
    manifest = read_manifest(path)
    names = [shot.file for shot in manifest.shots]
    names += [name for name in (manifest.dark, manifest.rig) if name is not None]
    return tuple(path.parent / name for name in (*names, *manifest.flat))


def lights_of(manifest: ShotManifest) -> NDArray[np.float64]:
    """Return the lights, shape (k, 3): unit vectors, or lamp places in mm where they are near.

    Raises
    ------
    ShotsUnusable
        If one is missing, impossible, or all of them together cannot give a slope.
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
        If it is missing or too large to be a sheet.
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


def wrong(path: Path, error: ErrorDetails) -> ShotsUnusable:
    """Return the first complaint of the checker in plain words."""
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
    """Refuse one picture under two lamps: its slopes would come out flat, and look sure."""
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
    """Refuse a shot that does not give its light once, in the way of the first shot."""
    if shot.light is None and shot.lamp_mm is None:
        raise ShotsUnusable(message("formats.no_light", number=number, file=shot.file))
    if shot.light is not None and shot.lamp_mm is not None:
        raise ShotsUnusable(message("formats.light_and_lamp", number=number, file=shot.file))
    if (shot.lamp_mm is not None) != near:
        raise ShotsUnusable(message("formats.lights_mixed", number=number, file=shot.file))


def check_spread(directions: NDArray[np.float64]) -> None:
    """Refuse lights that cannot tell slopes both ways.

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
