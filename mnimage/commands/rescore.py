"""`mnimage rescore DIR...`: bring a history of answers to today's version."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mnimage import workflow
from mnimage.commands.options import FILE, json_option
from mnimage.commands.output import print_json, print_table, progress

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mnimage.workflow.rescore import Entry


@click.command("rescore")
@click.argument("folders", type=FILE, nargs=-1, required=True, metavar="DIR...")
@click.option(
    "--photos", type=FILE, default=None, metavar="FOLDER", help="Where the original photos are now."
)
@click.option(
    "--out", type=FILE, default=None, metavar="DIR", help="Folder for one file with both values."
)
@json_option
def command(
    folders: tuple[Path, ...], photos: Path | None, out: Path | None, *, as_json: bool
) -> int:
    """Measure again all that `score` and `compare` kept below each DIR, by today's version.

    The originals must be those of then: their fingerprints are compared. Both values are given,
    and nothing that was kept is altered.
    """
    from mnimage.workflow.rescore import Rescored, rescore_answer

    with progress("rescore") as tick:
        entries = workflow.rescore_folders(folders, photos=photos, out=out, tick=tick)
    if as_json:
        print_json(rescore_answer(entries))
    else:
        _print(entries)
    failed = [entry for entry in entries if entry.status is Rescored.FAILED]
    for entry in failed:
        click.echo(f"{entry.answer}: {entry.reason} {entry.hint}".rstrip(), err=True)
    if len(failed) < len(entries):
        return 0
    click.echo("error: No kept answer could be brought to today's version.", err=True)
    click.echo("hint: Name folders that `score` or `compare` wrote, and --photos.", err=True)
    return 1


def _print(entries: Sequence[Entry]) -> None:
    from mnimage.workflow.rescore import Rescored

    for entry in entries:
        if entry.status is Rescored.FAILED:
            continue
        versions = f"{entry.then.get('recipe')} then, {entry.now.get('recipe')} now"
        click.echo(f"{entry.answer}: {entry.status.value} ({versions})")
        if entry.status is Rescored.DONE:
            rows = [("zone", "score", "then", "now", "verdict then", "verdict now")]
            rows += [
                (one["zone"], one["score"], *_cells(one["then"], one["now"]))
                for one in entry.changed
            ]
            print_table(rows)


def _cells(then: dict[str, object] | None, now: dict[str, object] | None) -> tuple[str, ...]:
    sides = (then or {}, now or {})
    values = (side.get("change", side.get("value")) for side in sides)
    shown = (f"{value:.3g}" if isinstance(value, int | float) else "-" for value in values)
    return (*shown, *(str(side.get("verdict", "-")) for side in sides))
