"""`mnimage score PHOTO --out DIR`: score one ordinary photo."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mnimage import workflow
from mnimage.commands.options import FILE, json_option, out_option, profile_option, scale_option
from mnimage.commands.output import print_kept, print_table, progress

if TYPE_CHECKING:
    from pathlib import Path


@click.command("score")
@click.argument("photo", type=FILE)
@out_option
@scale_option
@profile_option
@json_option
def command(
    photo: Path, out: Path, mm_per_px: float | None, profile: Path | None, *, as_json: bool
) -> int:
    """Score one ordinary PHOTO; its numbers (answer.json) and maps go into DIR."""
    with progress("score") as tick:
        card = workflow.score_file(photo, out, mm_per_px=mm_per_px, profile=profile, tick=tick)
    if as_json:
        print_kept(out / "answer.json")
        return 0
    rows = [("zone", "score", "value", "± error", "unit")]
    rows += [
        (zone, name, f"{score.value:.2f}", f"{score.uncertainty:.2f}", score.unit)
        for zone, measured in card.zones.items()
        for name, score in measured.scores.items()
    ]
    print_table(rows)
    if card.color is not None:
        click.echo(f"colour calibrated: {card.color.mean:.1f} dE2000 on the chart's patches")
    for name, reason in card.not_measured.items():
        click.echo(f"not measured: {name}: {reason}", err=True)
    return 0
