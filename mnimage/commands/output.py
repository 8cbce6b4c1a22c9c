"""What commands print: one JSON document, or a short readable answer; progress apart."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from mnimage.domain.progress import Tick

_QUIET_S = 1.0


def print_json(document: Mapping[str, Any]) -> None:
    """Print one JSON document on standard output."""
    from mnimage.report.plain import json_text

    click.echo(json_text(document))


def print_kept(path: Path) -> None:
    """Print the JSON document that was kept in a file: what is printed and kept is the same."""
    click.echo(path.read_text(encoding="utf-8"))


@contextmanager
def progress(label: str) -> Iterator[Tick]:
    """Give a tick that shows a bar on standard error once the work takes longer than a second."""
    if not sys.stderr.isatty():
        yield lambda done, total: None
        return
    from tqdm import tqdm  # Help needs no progress bar.

    with tqdm(desc=label, delay=_QUIET_S, leave=False, file=sys.stderr, unit="step") as bar:

        def tick(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield tick


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in aligned columns, the first row as heading."""
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        click.echo("  ".join(cells).rstrip())


def since(started: float) -> str:
    """Return the seconds since `started` in words."""
    return f"{time.perf_counter() - started:.1f} s"
