"""`mnimage validate`: phantoms with known truth through the whole chain, against the goals."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from mnimage import __version__
from mnimage.commands.options import FILE, json_option
from mnimage.commands.output import print_json, print_table, progress

if TYPE_CHECKING:
    from pathlib import Path

    from mnimage.validate.validate import Study


@click.command("validate")
@click.option("--full", is_flag=True, help="The whole study: up to ten minutes on two cores.")
@click.option(
    "--out",
    type=FILE,
    default=None,
    metavar="DIR",
    help="Keep validation.md and validation.json there.",
)
@json_option
def command(*, full: bool, out: Path | None, as_json: bool) -> int:
    """Measure synthetic skin whose truth is known, and hold the figures against the goals.

    It ends with status 0 when the study ran: the table says which goals are not met.
    """
    from mnimage.formats.output import prepare_folder, write_whole
    from mnimage.report.plain import json_text
    from mnimage.validate.plan import FULL, SHORT
    from mnimage.validate.table import answer, page
    from mnimage.validate.validate import run_study

    with progress("validate") as tick:
        study = run_study(FULL if full else SHORT, tick)
    made_at = datetime.now(UTC)
    found = answer(study, __version__, made_at.isoformat(timespec="seconds"))
    if out is not None:
        folder = prepare_folder(out)
        text = page(study, __version__, made_at.date().isoformat())
        write_whole(folder / "validation.md", text.encode())
        write_whole(folder / "validation.json", json_text(found).encode())
    if as_json:
        print_json(found)
    else:
        _print(study)
    return 0


def _print(study: Study) -> None:
    from mnimage.validate.table import rows, summary

    print_table(rows(study))
    for one in study.controls:
        click.echo(f"{one.name}: {one.outcome}: {one.said}")
    for said in study.refused:
        click.echo(f"refused: {said}", err=True)
    click.echo(summary(study))
