"""Rigs on disk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from mnimage.domain.photo import ImageScale
from mnimage.domain.rig import RIG_VERSION, LightRig, RigLamp
from mnimage.errors import RigUnusable, ShotsUnusable
from mnimage.formats.manifest import Triple, read_text, schema_error
from mnimage.words.message import message

if TYPE_CHECKING:
    from pathlib import Path


class _Lamp(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    light: Triple | None = None
    lamp_mm: Triple | None = None
    error_deg: float = Field(ge=0, le=180)
    error_mm: float | None = None
    left_out_deg: float | None = None
    power: float | None = Field(default=None, gt=0)
    power_error: float | None = None


class _Rig(BaseModel):
    model_config = ConfigDict(strict=True, frozen=True)

    version: int
    made_at: str
    method: str
    near: bool
    common_deg: float = Field(ge=0, le=180)
    mm_per_px: float | None = Field(default=None, gt=0)
    scale_error: float | None = Field(default=None, ge=0)
    lamps: tuple[_Lamp, ...] = Field(min_length=3, max_length=64)
    warnings: tuple[str, ...] = ()


def rig_text(rig: LightRig) -> str:
    """Return a rig as JSON, as `read_rig` reads it and `mnimage rig --json` prints it."""
    lamps = [
        {
            ("lamp_mm" if rig.near else "light"): [round(part, 6) for part in lamp.light],
            "error_deg": lamp.error_deg,
            "error_mm": lamp.error_mm,
            "left_out_deg": lamp.left_out_deg,
            "power": lamp.power,
            "power_error": lamp.power_error,
        }
        for lamp in rig.lamps
    ]
    document = {
        "version": rig.version,
        "made_at": rig.made_at,
        "method": rig.method,
        "near": rig.near,
        "common_deg": rig.common_deg,
        "mm_per_px": rig.scale.mm_per_px if rig.scale else None,
        "scale_error": rig.scale.relative_error if rig.scale else None,
        "lamps": lamps,
        "warnings": [str(warning) for warning in rig.warnings],
    }
    return json.dumps(document, indent=1)


def read_rig(path: Path) -> LightRig:
    """Return the rig in a file.

    Raises
    ------
    RigUnusable
        If the file is missing, not a rig, of a newer version, or contains invalid values.
    """
    try:
        stored = _Rig.model_validate_json(read_text(path))
    except ValidationError as error:
        invalid = schema_error(path, error.errors()[0])
        raise RigUnusable(invalid.message, hint=message("formats.remake_rig")) from error
    except ShotsUnusable as error:
        raise RigUnusable(error.message, hint=error.hint) from error
    if stored.version > RIG_VERSION:
        raise RigUnusable(message("formats.rig_newer", file=path.name))
    scale = (
        None
        if stored.mm_per_px is None
        else ImageScale(stored.mm_per_px, "rig", stored.scale_error or 0)
    )
    return LightRig(
        lamps=tuple(_lamp(each, path, near=stored.near) for each in stored.lamps),
        near=stored.near,
        common_deg=stored.common_deg,
        method=stored.method,
        made_at=stored.made_at,
        scale=scale,
        warnings=tuple(message("formats.recorded", text=line) for line in stored.warnings),
        version=stored.version,
    )


def _lamp(stored: _Lamp, path: Path, *, near: bool) -> RigLamp:
    light = stored.lamp_mm if near else stored.light
    if light is None or not np.isfinite(light).all() or light[2] <= 0:
        raise RigUnusable(message("formats.rig_lamp", file=path.name))
    return RigLamp(
        light,
        stored.error_deg,
        stored.error_mm,
        stored.left_out_deg,
        stored.power,
        stored.power_error,
    )
