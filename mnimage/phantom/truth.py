"""What is true of a phantom skin as plain numbers, with the pixels where a picture shows it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from mnimage.phantom.pose import Places, project
from mnimage.phantom.render import Shot, scale_of, shape_of, true_height
from mnimage.phantom.spectrum import skin_rgb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnimage.phantom.chromophores import TrueMark
    from mnimage.phantom.scars import TrueScar
    from mnimage.phantom.skin import Skin


class Placed(Protocol):
    """Something at a place of the skin, in mm from its middle."""

    @property
    def row_mm(self) -> float:
        """Downwards."""

    @property
    def column_mm(self) -> float:
        """To the right."""


def skin_truth(skin: Skin, shot: Shot) -> dict[str, Any]:
    """Return texture, redness, scars and marks; rows and columns are pixels of the shot."""
    marks = skin.chromophores.marks
    return {
        "mm_per_px": scale_of(skin, shot).mm_per_px,
        "texture_rms_um": float(skin.texture_mm.std() * 1000),
        "blood_mean": float(skin.chromophores.blood.mean()),
        "scar_volume_mm3": sum(scar.volume_mm3 for scar in skin.scars),
        "scars": true_scars(skin, shot),
        "marks": [
            {
                "kind": mark.kind,
                **place,
                "radius_mm": mark.radius_mm,
                "strength": mark.strength,
                "redness": _redness(skin, mark),
            }
            for mark, place in zip(marks, seen_at(skin, shot, marks), strict=True)
        ],
    }


def _redness(skin: Skin, mark: TrueMark) -> float:
    """Return 100 lg R/G in the middle of a mark above the same skin without any mark's blood."""
    row, column = (round(place) for place in skin.place_px(mark.row_mm, mark.column_mm))
    here = (slice(row, row + 1), slice(column, column + 1))
    colour = skin.chromophores
    melanin, oxygen = colour.melanin[here], colour.oxygen[here]
    light = [
        skin_rgb(melanin, blood[here], oxygen)[0, 0] for blood in (colour.blood, colour.blood_skin)
    ]
    ratio = [math.log10(float(rgb[0] / rgb[1])) for rgb in light]
    return 100 * (ratio[0] - ratio[1])


def true_scars(skin: Skin, shot: Shot) -> list[dict[str, Any]]:
    """Return every scar as plain numbers, with the pixel where a shot's picture shows it."""
    places = seen_at(skin, shot, skin.scars)
    return [
        {"kind": scar.kind, **place, **_sizes(scar)}
        for scar, place in zip(skin.scars, places, strict=True)
    ]


def _sizes(scar: TrueScar) -> dict[str, float]:
    return {
        "depth_mm": scar.depth_p95_mm,
        "depth_max_mm": scar.depth_mm,
        "depth_mean_mm": scar.depth_mean_mm,
        "area_mm2": scar.area_mm2,
        "volume_mm3": scar.volume_mm3,
        "width_mm": scar.width_mm,
        "wall_angle_deg": scar.wall_angle_deg,
    }


def seen_at(skin: Skin, shot: Shot, placed: Sequence[Placed]) -> list[dict[str, float]]:
    """Return the `row` and `col` in a shot's picture of each thing on the skin."""
    if not placed:
        return []
    down = np.array([[one.row_mm for one in placed]], dtype=np.float32)
    right = np.array([[one.column_mm for one in placed]], dtype=np.float32)
    height = true_height(skin, Places(down, right, np.zeros_like(down)))
    pitch = skin.mm_per_px * shot.binning
    row, column = project(Places(down, right, height), shot.pose, shape_of(skin, shot), pitch)
    pairs = zip(row[0].tolist(), column[0].tolist(), strict=True)
    return [{"row": at_row, "col": at_column} for at_row, at_column in pairs]
