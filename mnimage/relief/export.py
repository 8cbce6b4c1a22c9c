"""A relief and its scars as files others can read."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from typing import TYPE_CHECKING

import tifffile

if TYPE_CHECKING:
    from mnimage.domain.relief import Relief, ReliefCard


def height_tiff(relief: Relief) -> bytes:
    """Return the height as a TIFF: one float32 plane in mm, up is positive, with its resolution."""
    per_cm = 10 / relief.scale.mm_per_px
    buffer = BytesIO()
    tifffile.imwrite(
        buffer,
        relief.height_mm,
        photometric="minisblack",
        resolution=(per_cm, per_cm),
        resolutionunit="CENTIMETER",
        compression="zlib",
        description="height in mm, up is positive",
        metadata=None,
    )
    return buffer.getvalue()


COLUMNS = (
    "id",
    "type",
    "row",
    "col",
    "depth_mm",
    "depth_uncertainty_mm",
    "lower_bound",
    "depth_mean_mm",
    "area_mm2",
    "volume_mm3",
    "volume_uncertainty_mm3",
    "width_mm",
    "wall_angle_deg",
)


def scars_csv(card: ReliefCard) -> bytes:
    """Return one line per scar with all that was measured of it, UTF-8 with a heading."""
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for scar in card.scars:
        table.writerow(
            (
                scar.id,
                scar.kind,
                f"{scar.row:.1f}",
                f"{scar.column:.1f}",
                f"{scar.depth_mm:.4f}",
                f"{scar.depth_uncertainty_mm:.4f}",
                "yes" if scar.lower_bound else "no",
                f"{scar.depth_mean_mm:.4f}",
                f"{scar.area_mm2:.3f}",
                f"{scar.volume_mm3:.4f}",
                f"{scar.volume_uncertainty_mm3:.4f}",
                f"{scar.width_mm:.3f}",
                f"{scar.wall_angle_deg:.1f}",
            )
        )
    return text.getvalue().encode()
