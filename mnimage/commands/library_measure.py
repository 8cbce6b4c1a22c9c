"""`mnimage library measure | show`: measures a library's photos, and shows what is kept."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from mnimage.commands.library import FOLDER, opened, print_timeline
from mnimage.commands.options import json_option
from mnimage.commands.output import print_json, print_table, progress

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from mnimage.domain.record import Measurement, Patient, PhotoRecord, Timeline
    from mnimage.library.library import Library

_HEADS = ("zone", "score", "before", "after", "± error", "MDC95", "unit", "verdict")


@click.command("measure")
@FOLDER
@click.option("--patient", "code", default="", metavar="CODE", help="Only this patient's photos.")
@json_option
def measure(where: str, code: str, *, as_json: bool) -> int:
    """Score every photo, and compare each session with the first one; keep what is measured.

    What was measured by the same version and recipe before is left alone. It may be stopped, and
    goes on with the rest when it is run again.
    """
    from mnimage.workflow.measure import measure_patient

    rows = []
    with opened(where) as library:
        for patient in _patients(library, code):
            with progress(patient.code) as tick:
                done = measure_patient(library, patient, tick)
            rows.append(
                {
                    "patient": patient.code,
                    "photos": done.photos,
                    "pairs": done.pairs,
                    "failed": done.failed,
                    "measurements": done.rows,
                }
            )
    if as_json:
        print_json({"measured": rows})
        return 0
    for row in rows:
        click.echo(
            f"{row['patient']}: {row['photos']} photos and {row['pairs']} pairs measured, "
            f"{row['failed']} could not be"
        )
    return 0


def _patients(library: Library, code: str) -> Iterable[Patient]:
    if code:
        return (library.patient(code),)
    return tuple(line.patient for line in library.patients())


@click.command("show")
@FOLDER
@click.argument("code")
@click.option("--measurements", is_flag=True, help="With every measurement that is kept.")
@json_option
def show(where: str, code: str, *, measurements: bool, as_json: bool) -> int:
    """Show all that is kept of the patient CODE."""
    from mnimage.library.records import document

    with opened(where) as library:
        timeline = library.timeline(library.patient(code))
    if as_json:
        shown = timeline if measurements else replace(timeline, measurements=())
        print_json(document(shown))
        return 0
    print_timeline(timeline)
    if measurements:
        _print_measurements(timeline)
    return 0


def _print_measurements(timeline: Timeline) -> None:
    photos = {photo.id: photo for photo in timeline.photos}
    by_pair: dict[tuple[str | None, str], list[Measurement]] = defaultdict(list)
    for one in timeline.measurements:
        if one.superseded_by is None:
            by_pair[one.baseline_id, one.photo_id].append(one)
    for (baseline, photo), measured in by_pair.items():
        first = measured[0]
        pair = f"{_name(photos, baseline)} to " if baseline else ""
        grade = f", comparability {first.grade}" if first.grade else ""
        click.echo(f"{pair}{_name(photos, photo)}{grade}, recipe {first.recipe}")
        for one in measured:
            if one.reason and one.value is None:
                click.echo(f"  {one.said}")
        print_table([_HEADS, *_rows(measured)])


def _name(photos: dict[str, PhotoRecord], id_: str | None) -> str:
    photo = photos.get(id_ or "")
    if photo is None:
        return "a photo that is gone"
    moment = f"{photo.taken_at:%Y-%m-%d}" if photo.taken_at else "undated"
    return f"{moment} {photo.view or 'view unknown'}"


def _rows(measured: Sequence[Measurement]) -> list[tuple[str, ...]]:
    return [
        (
            one.region_name if one.region == "zone" else f"{one.region} {one.region_name}",
            one.metric,
            _number(one.before),
            _number(one.value),
            _number(one.uncertainty),
            _number(one.mdc95),
            one.unit,
            one.verdict or "",
        )
        for one in measured
    ]


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.3g}"


COMMANDS = {"measure": measure, "show": show}
"""The commands of this module by name."""
