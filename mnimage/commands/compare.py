"""`mnimage compare BEFORE AFTER --out DIR`: the main job on one pair."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mnimage import workflow
from mnimage.commands.options import FILE, input_options, json_option, out_option
from mnimage.commands.output import print_kept, print_table, progress
from mnimage.domain.session import Side

if TYPE_CHECKING:
    from pathlib import Path

    from mnimage.domain.comparison import Change, Comparison
    from mnimage.domain.pair import AnalyzedPhoto
    from mnimage.workflow import PairInputs


@click.command("compare")
@click.argument("before", type=FILE)
@click.argument("after", type=FILE)
@out_option
@click.option("--report", type=FILE, default=None, metavar="FILE.pdf", help="Write a PDF report.")
@input_options
@json_option
def command(
    before: Path,
    after: Path,
    *,
    out: Path,
    report: Path | None,
    inputs: PairInputs,
    as_json: bool,
) -> int:
    """Compare two photos, or two SHOTS.json of directional shots.

    Writes aligned.png, error.png, the maps and the numbers (comparison.json) into DIR.

    With two or three shots of each session (--repeat-before, --repeat-after) the values are their
    means, and the error is that of this patient too.
    """
    with progress("compare") as tick:
        pair = workflow.compare_into(before, after, out, report, inputs=inputs, tick=tick)
    comparison = pair.comparison
    if as_json:
        print_kept(out / "comparison.json")
    elif comparison.alignment.aligned:
        _print(comparison, pair.before)
    if comparison.alignment.aligned:
        return 0
    click.echo(f"error: not comparable: {comparison.alignment.reason}", err=True)
    click.echo("hint: Take both photos of the same skin, same view, sharp.", err=True)
    return 1


def _print(comparison: Comparison, before: AnalyzedPhoto) -> None:
    from mnimage.report.registration import registration_lines

    grade = comparison.comparability
    click.echo(f"comparability {grade.grade}")
    for reason in grade.reasons:
        click.echo(f"  {reason}")
    for line in registration_lines(comparison.alignment, before):
        click.echo(line)
    for side in Side:
        if used := comparison.repeats(side):
            click.echo(f"{used + 1} shots of the session {side.value}")
    rows = [("zone", "score", "before", "after", "change", "± error", "from", "unit", "verdict")]
    rows += [
        (zone, name, *_cells(change))
        for zone, changes in comparison.zones.items()
        for name, change in changes.items()
    ]
    rows += [
        (f"scar {scar.id}", "scar_depth_mm", *_cells(scar.depth))
        for scar in comparison.scars
        if scar.depth
    ]
    print_table(rows)
    for one in comparison.replicates:
        if one.left_out:
            click.echo(f"repeat {one.side.value} left out: {one.name}: {one.left_out}", err=True)
    for caution in comparison.cautions:
        zones = f" ({', '.join(caution.zones)})" if caution.zones else ""
        click.echo(f"{caution.name}{zones}: {caution.words}", err=True)


def _cells(change: Change) -> tuple[str, str, str, str, str, str, str]:
    value, error, _ = change.weighed
    return (
        f"{change.before:.3g}",
        f"{change.after:.3g}",
        f"{value:+.3g}{'' if change.controlled is None else ' beyond control'}",
        f"{error:.2g}",
        change.source.value,
        change.unit,
        change.verdict.value,
    )
