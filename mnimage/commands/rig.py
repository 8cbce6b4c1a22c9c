"""`mnimage rig SHOTS.json... --ball chrome|matte or --card --out RIG.json`: lamps of a rig."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from mnimage import workflow
from mnimage.commands.options import FILE, json_option
from mnimage.commands.output import print_json, print_table, progress

if TYPE_CHECKING:
    from pathlib import Path

    from mnimage.domain.rig import LightRig, RigLamp


@click.command("rig")
@click.argument("shots", nargs=-1, required=True, type=FILE)
@click.option("--ball", type=click.Choice(["chrome", "matte"]), help="The shots show a ball.")
@click.option("--card", is_flag=True, help="The shots show a flat white card (near lamps).")
@click.option(
    "--diameter-mm",
    type=click.FloatRange(1, 200),
    default=None,
    help="Diameter of the ball.",
)
@click.option("--near", is_flag=True, help="Find the lamps' places: the ball at several places.")
@click.option("--out", type=FILE, required=True, metavar="RIG.json", help="The rig's file.")
@json_option
def command(  # noqa: PLR0913 # one argument per option
    shots: tuple[Path, ...],
    ball: str | None,
    *,
    card: bool,
    diameter_mm: float | None,
    near: bool,
    out: Path,
    as_json: bool,
) -> int:
    """Measure the lamps from SHOTS of a ball or a card, one sheet for each of its places.

    SHOTS list one frame per lamp, always in the same order, and "dark", "mm_per_px" and "camera_mm"
    (the camera's distance).
    """
    from mnimage.formats.rig import rig_text

    if (ball is None) != card:
        raise click.UsageError("Give one of --ball and --card.")
    if ball is not None and diameter_mm is None:
        raise click.UsageError("A ball needs its --diameter-mm.")
    with progress("rig") as tick:
        rig = workflow.measure_rig(
            shots, out, ball=ball, diameter_mm=diameter_mm or 0.0, near=near, tick=tick
        )
    if as_json:
        print_json(json.loads(rig_text(rig)))
    else:
        _print(rig)
    return 0


def _print(rig: LightRig) -> None:
    place = "mm" if rig.near else "direction"
    rows: list[tuple[str, ...]] = [
        ("lamp", f"x {place}", "y", "z", "± deg", "± mm", "left out deg", "power")
    ]
    rows += [(str(number), *_cells(lamp)) for number, lamp in enumerate(rig.lamps, 1)]
    print_table(rows)
    for warning in rig.warnings:
        click.echo(f"warning: {warning}", err=True)


def _cells(lamp: RigLamp) -> tuple[str, ...]:
    parts = [f"{part:.4g}" for part in lamp.light]
    rest = (lamp.error_deg, lamp.error_mm, lamp.left_out_deg, lamp.power)
    return (*parts, *("-" if value is None else f"{value:.2g}" for value in rest))
