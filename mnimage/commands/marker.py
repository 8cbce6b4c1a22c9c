"""`mnimage marker --out SHEET.pdf`: markers to print, which show the scale in a photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mnimage import workflow
from mnimage.commands.options import FILE, json_option
from mnimage.commands.output import print_json

if TYPE_CHECKING:
    from pathlib import Path


@click.command("marker")
@click.option(
    "--out", type=FILE, required=True, metavar="SHEET.pdf|png", help="The sheet to print."
)
@click.option("--paper", type=click.Choice(["a4", "us-letter"]), default="a4", show_default=True)
@json_option
def command(out: Path, paper: str, *, as_json: bool) -> int:
    """Make a sheet of markers of known size, with a ruler that checks the printer.

    Print it at 100 %, measure the ruler, cut a marker out and photograph it beside the skin.
    """
    if out.suffix.lower() not in (".pdf", ".png"):
        raise click.BadParameter("must end in .pdf or .png", param_hint="--out")
    workflow.write_markers(out, paper)
    if as_json:
        from mnimage.domain.marker import SIDES_MM

        print_json({"file": str(out), "paper": paper, "sides_mm": list(SIDES_MM)})
    else:
        click.echo(f"{out}: print at 100 %, and check that its ruler is 100 mm long")
    return 0
