"""Reads and checks SHOTS.json, the sheet that says which lamp lit which shot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mnimage.errors import ShotsUnusable

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from pydantic_core import ErrorDetails

MAX_BYTES = 1_000_000
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

_EXAMPLE = (
    'Write it as {"mm_per_px": 0.05, "shots": [{"file": "a.png", "light": [0.7, 0, 0.7]}, ...]}.'
)
_TURN = "Lights point from the skin to the lamp: x to the right, y down, z to the camera."

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
        raise ShotsUnusable(f'{path.name} lacks "mm_per_px".', hint=_EXAMPLE)
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
            f'"mm_per_px" must be from {FINEST_MM} to {COARSEST_MM}, not {mm_per_px:g}.',
            hint="Give the millimetres on the skin that one pixel covers, such as 0.05.",
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
        raise ShotsUnusable(
            f"{path.name or path} cannot be read: {reason}.", hint="Check the name and the folder."
        ) from error
    if len(content) > MAX_BYTES:
        raise ShotsUnusable(
            f"{path.name} is over 1 MB large, so it is no list of shots.", hint=_EXAMPLE
        )
    return content.removeprefix(b"\xef\xbb\xbf")


def wrong(path: Path, error: ErrorDetails) -> ShotsUnusable:
    """Return the first complaint of the checker in plain words."""
    if error["type"] == "json_invalid":
        return ShotsUnusable(f"{path.name} is not JSON: {error['msg']}.", hint=_EXAMPLE)
    place = "".join(
        f"[{part}]" if isinstance(part, int) else f".{part}" for part in error["loc"]
    ).lstrip(".")
    if error["type"] == "missing":
        return ShotsUnusable(f'{path.name} lacks "{place}".', hint=_EXAMPLE)
    where = f'"{place}" in {path.name}' if place else path.name
    return ShotsUnusable(f"{where} is not as expected: {error['msg']}.", hint=_EXAMPLE)


def _check_counts(manifest: ShotManifest) -> None:
    count = len(manifest.shots)
    if not 3 <= count <= MAX_SHOTS:
        raise ShotsUnusable(
            f"Relief needs 3 to {MAX_SHOTS} directional shots; {count} are listed.",
            hint="Take at least 4 shots, better 8, each with another lamp.",
        )
    if len(manifest.flat) not in (0, 1, count):
        raise ShotsUnusable(
            f"{len(manifest.flat)} flat frames are listed for {count} shots.",
            hint="List one flat frame for all shots, or one for each shot in the same order.",
        )


def _check_files(manifest: ShotManifest) -> None:
    """Refuse one picture under two lamps: its slopes would come out flat, and look sure."""
    lamps: dict[str, ShotLine] = {}
    for shot in manifest.shots:
        if lamps.setdefault(shot.file, shot) != shot:
            raise ShotsUnusable(
                f"{shot.file} is listed under two different lights.",
                hint="List each lamp with the shot that it lit.",
            )


def _light(manifest: ShotManifest, number: int) -> Triple:
    shot = manifest.shots[number]
    name = f"Shot {number + 1} ({shot.file})"
    if (shot.light is None) == (shot.lamp_mm is None):
        what = "neither" if shot.light is None else "both"
        raise ShotsUnusable(f'{name} has {what} of "light" and "lamp_mm".', hint=_EXAMPLE)
    if (shot.lamp_mm is not None) != manifest.near:
        raise ShotsUnusable(
            f'{name} mixes "light" and "lamp_mm" with the other shots.',
            hint="Use the same one of the two for all shots.",
        )
    light = shot.lamp_mm or shot.light or (0.0, 0.0, 0.0)
    if not np.isfinite(light).all() or not any(light):
        raise ShotsUnusable(f"{name} has a light without a direction: {list(light)}.", hint=_TURN)
    if light[2] <= 0:
        raise ShotsUnusable(
            f"{name} is lit from beside or behind the skin: z is {light[2]:g}.", hint=_TURN
        )
    return light


def check_spread(directions: NDArray[np.float64]) -> None:
    """Refuse lights that cannot tell slopes both ways.

    Raises
    ------
    ShotsUnusable
        If they come from nearly one direction, or lie nearly in one plane.
    """
    spread = np.linalg.svd(directions, compute_uv=False)
    if spread[1] < MIN_SPREAD * spread[0]:
        raise ShotsUnusable(
            "All lights come from nearly the same direction.",
            hint="Light the skin from all around, 45 to 60 degrees off the camera.",
        )
    if spread[2] < MIN_SPREAD * spread[0]:
        raise ShotsUnusable(
            "All lights lie nearly in one plane, so slopes across it cannot be told.",
            hint="Add shots with lamps on the other two sides.",
        )
