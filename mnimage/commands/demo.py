"""`mnimage demo`: a synthetic patient, the whole chain, and how near the numbers come."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mnimage import workflow
from mnimage.commands.options import FILE, json_option
from mnimage.commands.output import print_json, print_table, progress, since

if TYPE_CHECKING:
    from mnimage.workflow.demo import Agreement


@click.command("demo")
@click.option("--out", type=FILE, default=Path("demo"), metavar="DIR", show_default=True)
@click.option("--sessions", type=click.IntRange(2, 12), default=4, show_default=True)
@click.option("--seed", type=click.IntRange(0), default=None, help="Another patient.")
@json_option
def command(out: Path, sessions: int, seed: int | None, *, as_json: bool) -> int:
    """Make a synthetic patient and run the whole chain on a course of treatment.

    The photos, the truth, the numbers, the maps and the report go into DIR.
    """
    started = time.perf_counter()
    with progress("demo") as tick:
        demo = workflow.run_demo(out, sessions=sessions, seed=seed, tick=tick)
    rows = [_row(row) for row in demo.agreement]
    if as_json:
        names = (
            "session",
            "quantity",
            "true",
            "measured",
            "uncertainty",
            "unit",
            "lower_bound",
            "within",
        )
        agreement = [{name: getattr(row, name) for name in names} for row in demo.agreement]
        print_json({"report": str(demo.report), "agreement": agreement})
        return 0
    click.echo("What is true of the synthetic patient, and what was measured:")
    print_table(
        [("session", "quantity", "true", "measured", "± error", "unit", "within 2 ±"), *rows]
    )
    within = sum(row.within for row in demo.agreement)
    click.echo(f"{within} of {len(rows)} within two standard errors; {since(started)}")
    click.echo(f"Open {demo.report}")
    return 0


def _row(row: Agreement) -> tuple[str, ...]:
    return (
        str(row.session),
        row.quantity,
        f"{row.true:.3g}",
        f"{'>=' if row.lower_bound else ''}{row.measured:.3g}",
        f"{row.uncertainty:.2g}",
        row.unit,
        "yes" if row.within else "no",
    )
