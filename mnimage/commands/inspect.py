"""`mnimage inspect PHOTO...`: what each photo is and whether it will do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from mnimage import workflow
from mnimage.commands.options import FILE, json_option, scale_option
from mnimage.commands.output import print_json, progress
from mnimage.errors import MnimageError

if TYPE_CHECKING:
    from pathlib import Path

    from mnimage.report.answers import Document


@click.command("inspect")
@click.argument("photos", nargs=-1, required=True, type=FILE)
@scale_option
@json_option
def command(photos: tuple[Path, ...], mm_per_px: float | None, *, as_json: bool) -> int:
    """Say what each photo is and whether it will do."""
    entries = []
    with progress("inspect") as tick:
        for done, path in enumerate(photos):
            tick(done, len(photos))
            entries.append(_entry(path, mm_per_px))
        tick(len(photos), len(photos))
    if as_json:
        print_json({"photos": entries})
    else:
        for entry in entries:
            _print(entry)
    return 0 if any("error" not in entry for entry in entries) else 1


def _entry(path: Path, mm_per_px: float | None) -> Document:
    from mnimage.report.answers import photo_answer

    try:
        return photo_answer(str(path), workflow.analyze_file(path, mm_per_px=mm_per_px))
    except MnimageError as error:
        return {"file": str(path), "error": str(error), "hint": error.hint}


def _print(entry: Document) -> None:
    if "error" in entry:
        click.echo(f"error: {entry['file']}: {entry['error']}", err=True)
        click.echo(f"hint: {entry['hint']}", err=True)
        return
    click.echo(
        f"{entry['file']}: {entry['width']} x {entry['height']} {entry['format']}, "
        f"{entry['bits']} bit, {entry['taken_at'] or 'time unknown'}, "
        f"{entry['camera'] or 'camera unknown'}"
    )
    face = entry["face"]
    click.echo(
        f"  face: {entry['view']}, yaw {face['yaw_deg']:+.0f}°, pitch {face['pitch_deg']:+.0f}°, "
        f"roll {face['roll_deg']:+.0f}°"
        if face
        else "  no face: treated as a close-up or profile"
    )
    for finding in entry["findings"]:
        mark = "ok " if finding["ok"] else "BAD" if finding["grave"] else "low"
        click.echo(
            f"  {mark} {finding['check']}: {_number(finding['measured'])} {finding['unit']} "
            f"({finding['rule']} {_number(finding['needed'])})  {finding['advice']}".rstrip()
        )
    click.echo("  comparable" if entry["comparable"] else "  not comparable")


def _number(value: float) -> str:
    """Return three figures, and thousands of pixels in full."""
    return f"{value:.0f}" if abs(value) >= 100 else f"{value:.3g}"
