"""A colour profile as a JSON file, readable by people, made once and used for a session."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from mnimage.domain.color import PROFILE_VERSION, ColorProfile, FitError
from mnimage.errors import ChartUnusable
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    Document = Mapping[str, Any]

KIND = "mnimage colour profile"
_MAX_BYTES = 4_000_000
"""No profile is larger; other files need not be read."""


def profile_document(profile: ColorProfile) -> dict[str, Any]:
    """Return a profile as values that JSON can represent."""
    taken = profile.taken_at
    return {
        "kind": KIND,
        "version": profile.version,
        "camera": profile.camera,
        "exposure_s": profile.exposure_s,
        "f_number": profile.f_number,
        "iso": profile.iso,
        "taken_at": taken.isoformat() if taken else None,
        "photo_sha256": profile.photo,
        "rows": profile.shape[0],
        "cols": profile.shape[1],
        "corners": [{"row": row, "col": column} for row, column in profile.corners.tolist()],
        "tone": list(profile.tone),
        "gains": list(profile.gains),
        "redness": profile.redness.tolist(),
        "matrix": profile.matrix.tolist(),
        "flat": None if profile.flat is None else profile.flat.tolist(),
        "error": asdict(profile.error),
        "warnings": [str(warning) for warning in profile.warnings],
    }


def profile_text(profile: ColorProfile) -> str:
    """Return a profile as JSON text, numbers with full precision."""
    return json.dumps(profile_document(profile), ensure_ascii=False, indent=1, allow_nan=False)


def read_profile(path: Path) -> ColorProfile:
    """Return the colour profile stored in a file.

    Raises
    ------
    ChartUnusable
        If the file is missing, not a profile, damaged, or of another version.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise _no_profile(path)
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        reason = error.strerror or str(error)
        raise ChartUnusable(
            message("formats.profile_unreadable", file=path.name, reason=reason)
        ) from error
    except ValueError as error:
        raise _no_profile(path) from error
    if not isinstance(document, dict) or document.get("kind") != KIND:
        raise _no_profile(path)
    if document.get("version") != PROFILE_VERSION:
        raise ChartUnusable(message("formats.profile_version", file=path.name))
    try:
        return _profile(document)
    except (KeyError, TypeError, ValueError) as error:
        raise ChartUnusable(message("formats.profile_damaged", file=path.name)) from error


def _no_profile(path: Path) -> ChartUnusable:
    return ChartUnusable(message("formats.not_a_profile", file=path.name))


def _profile(document: Document) -> ColorProfile:
    error = dict(document["error"])
    flat, taken = document["flat"], document["taken_at"]
    corners = [(corner["row"], corner["col"]) for corner in document["corners"]]
    return ColorProfile(
        tone=_three(document["tone"]),
        gains=_three(document["gains"]),
        redness=_numbers(document["redness"]),
        matrix=_numbers(document["matrix"]),
        error=FitError(**(error | {"linearity": _three(error["linearity"])})),
        shape=(int(document["rows"]), int(document["cols"])),
        corners=_numbers(corners),
        camera=document["camera"],
        exposure_s=document["exposure_s"],
        f_number=document["f_number"],
        iso=document["iso"],
        taken_at=datetime.fromisoformat(taken) if taken else None,
        photo=str(document["photo_sha256"]),
        flat=None if flat is None else _numbers(flat).astype(np.float32),
        warnings=tuple(
            message("formats.recorded", text=str(line)) for line in document["warnings"]
        ),
    )


def _numbers(values: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    array = np.array(values, dtype=np.float64)
    if not np.isfinite(array).all():
        raise ValueError("not finite")
    return array


def _three(values: Any) -> tuple[float, float, float]:
    first, second, third = _numbers(values).tolist()
    return first, second, third
