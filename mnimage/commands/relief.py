"""`mnimage relief SHOTS.json --out DIR`: directional shots to relief."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mnimage import workflow
from mnimage.commands.options import FILE, json_option, out_option
from mnimage.commands.output import print_json, print_table, progress

if TYPE_CHECKING:
    from pathlib import Path


@click.command("relief")
@click.argument("shots", type=FILE)
@out_option
@json_option
def command(shots: Path, out: Path, *, as_json: bool) -> int:
    """Turn the directional shots listed in SHOTS into relief.

    Writes height.tif (mm), depth.png, normals.png and scars.csv into DIR.
    """
    from mnimage.report.answers import relief_answer

    with progress("relief") as tick:
        card = workflow.relief_file(shots, out, tick=tick)
    if as_json:
        print_json(relief_answer(card))
        return 0
    click.echo(
        f"texture {card.texture_sq_um:.1f} ± {card.texture_uncertainty_um:.1f} um, "
        f"scar depth index {card.scar_depth_index_um:.1f} um, {card.trusted:.0%} trusted"
    )
    rows = [("scar", "type", "depth mm", "± mm", "area mm2", "volume mm3", "width mm", "wall °")]
    rows += [
        (
            str(scar.id),
            scar.kind,
            f"{'>=' if scar.lower_bound else ''}{scar.depth_mm:.3f}",
            f"{scar.depth_uncertainty_mm:.3f}",
            f"{scar.area_mm2:.2f}",
            f"{scar.volume_mm3:.3f}",
            f"{scar.width_mm:.2f}",
            f"{scar.wall_angle_deg:.0f}",
        )
        for scar in card.scars
    ]
    print_table(rows)
    for warning in card.warnings:
        click.echo(f"warning: {warning}", err=True)
    return 0
