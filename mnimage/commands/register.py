"""`mnimage register BEFORE AFTER --out DIR`: lay one photo onto the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mnimage import workflow
from mnimage.commands.options import FILE, json_option, out_option, scale_option
from mnimage.commands.output import print_json, progress

if TYPE_CHECKING:
    from pathlib import Path


@click.command("register")
@click.argument("before", type=FILE)
@click.argument("after", type=FILE)
@out_option
@scale_option
@json_option
def command(before: Path, after: Path, out: Path, mm_per_px: float | None, *, as_json: bool) -> int:
    """Lay the photo AFTER onto the photo BEFORE.

    Writes aligned.png, field.npz and error.png into DIR.
    """
    from mnimage.report.answers import alignment_answer
    from mnimage.report.registration import registration_lines

    with progress("register") as tick:
        alignment, photo = workflow.register_files(
            before, after, out, mm_per_px=mm_per_px, tick=tick
        )
    if as_json:
        print_json(alignment_answer(alignment, photo))
    elif alignment.aligned:
        for line in (
            "aligned",
            *registration_lines(alignment, photo),
            *map(str, alignment.warnings),
        ):
            click.echo(line)
    if not alignment.aligned:
        click.echo(f"error: not comparable: {alignment.reason}", err=True)
        click.echo("hint: Take both photos of the same skin, same view, sharp.", err=True)
    return 0 if alignment.aligned else 1
