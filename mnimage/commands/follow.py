"""`mnimage follow SHOTS.json SHOTS.json ... --out DIR`: every scar over a course of sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mnimage import workflow
from mnimage.commands.options import FILE, json_option, out_option
from mnimage.commands.output import print_kept, print_table, progress

if TYPE_CHECKING:
    from pathlib import Path

    from mnimage.domain.comparison import ScarChange, ScarCourse


@click.command("follow")
@click.argument("shots", type=FILE, nargs=-1, required=True)
@out_option
@click.option("--report", type=FILE, default=None, metavar="FILE.pdf", help="Write a PDF report.")
@json_option
def command(shots: tuple[Path, ...], *, out: Path, report: Path | None, as_json: bool) -> int:
    """Follow every scar over sets of directional shots, the first session first.

    Scars of the first session keep their number; each later session says of each whether it is
    filled, unchanged, deeper or new. Writes follow.json and scars.csv into DIR.
    """
    with progress("follow") as tick:
        followed = workflow.follow_files(shots, out, report, tick=tick)
    refused = [pair for pair in followed.pairs if not pair.comparison.alignment.aligned]
    if as_json:
        print_kept(out / "follow.json")
    else:
        _print(followed.scars, len(shots))
    for pair in refused:
        click.echo(f"warning: {pair.after.name}: {pair.comparison.alignment.reason}", err=True)
    if len(refused) < len(followed.pairs):
        return 0
    click.echo("error: no later session could be registered onto the first one", err=True)
    click.echo("hint: Photograph the same skin in the same view, sharp.", err=True)
    return 1


def _print(scars: tuple[ScarCourse, ...], sessions: int) -> None:
    rows = [("scar", "type", *(f"session {number}" for number in range(1, sessions + 1)))]
    rows += [
        (str(course.id), _known(course).before.kind, _first(course), *map(_words, course.changes))
        for course in scars
    ]
    print_table(rows)


def _known(course: ScarCourse) -> ScarChange:
    return next(one for one in course.changes if one is not None)


def _first(course: ScarCourse) -> str:
    scar = _known(course).before
    return f"{scar.depth_mm:.3f} mm {scar.volume_mm3:.3f} mm3"


def _words(one: ScarChange | None) -> str:
    if one is None or one.after is None:
        return "not measured"
    volume = one.volume.change_percent if one.volume is not None else None
    change = "" if volume is None or one.fresh else f" {volume:+.0f} %"
    return f"{one.after.depth_mm:.3f} mm {one.after.volume_mm3:.3f} mm3{change} {one.state.value}"
