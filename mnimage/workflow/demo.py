"""The demo: one synthetic patient through a course of treatment, and how near the numbers come."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mnimage import __version__, pipeline
from mnimage.capture.files import read_photo
from mnimage.capture.output import prepare_folder, write_whole
from mnimage.capture.shots import read_shots
from mnimage.domain.face import WHOLE
from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.report import Labels
from mnimage.phantom.course import CourseFiles, make_course, write_course
from mnimage.report.answers import comparison_answer
from mnimage.report.course import build_course_report
from mnimage.report.pdf import render_pdf
from mnimage.report.plain import json_text
from mnimage.workflow.files import write_pair

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mnimage.domain.pair import Examined, Pair

SEED = 2026


@dataclass(frozen=True, slots=True)
class Agreement:
    """One number of one session: what is true of the phantom, and what was measured."""

    session: int
    quantity: str
    true: float
    measured: float
    uncertainty: float
    unit: str


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo left: the report to open, and how its numbers compare with the truth."""

    report: Path
    agreement: tuple[Agreement, ...]


def run_demo(out: Path, *, sessions: int = 4, seed: int = SEED, tick: Tick = no_tick) -> Demo:
    """Make a synthetic course of treatment, run the whole chain on it, keep everything in `out`."""
    folder = prepare_folder(out)
    steps = 4 * sessions + 2
    course = make_course(seed=seed, sessions=sessions)
    files = write_course(course, folder / "photos", lambda done, _: tick(done, steps))
    faces, cheeks = _measure(files, lambda done: tick(2 * sessions + done, steps))
    agreement = _agreement(cheeks, files.truth)
    for number, (face, cheek) in enumerate(zip(faces, cheeks, strict=True), start=2):
        write_pair(face, prepare_folder(folder / f"session{number}" / "face"))
        write_pair(cheek, prepare_folder(folder / f"session{number}" / "cheek"))
    write_whole(folder / "numbers.json", _numbers(faces, cheeks, files, agreement))
    tick(steps - 1, steps)
    report = folder / "report.pdf"
    write_whole(report, _report(faces, cheeks, files))
    tick(steps, steps)
    return Demo(report, agreement)


def _measure(files: CourseFiles, done: _Done) -> tuple[list[Pair], list[Pair]]:
    """Return every later session against the first: the faces, and the directional shots."""
    faces, cheeks = [], []
    first, first_shots = _face(files, 0), _cheek(files, 0)
    for number in range(1, len(files.sessions)):
        faces.append(pipeline.compare_photos(first, _face(files, number)))
        done(2 * number)
        cheeks.append(pipeline.compare_shots(first_shots, _cheek(files, number)))
        done(2 * number + 1)
    return faces, cheeks


def _face(files: CourseFiles, number: int) -> Examined:
    path = files.sessions[number].photo
    return pipeline.examine_photo(read_photo(path), name=f"Session {number + 1}")


def _cheek(files: CourseFiles, number: int) -> pipeline.ExaminedShots:
    shots = read_shots(files.sessions[number].shots)
    return pipeline.examine_shots(shots, name=f"Session {number + 1}, cheek")


def _agreement(cheeks: Sequence[Pair], truth: dict[str, Any]) -> tuple[Agreement, ...]:
    rows = []
    start = truth["sessions"][0]["cheek"]
    for number, pair in enumerate(cheeks, start=1):
        now = truth["sessions"][number]["cheek"]
        rows += [
            _change_row(number + 1, pair, "scar_volume_mm3", _percent(start, now, "scar_volume_mm3")),
            _change_row(number + 1, pair, "scar_depth_mm", -100 * truth["sessions"][number]["scar_fraction"]),
            _change_row(number + 1, pair, "texture_sq_um", _percent(start, now, "texture_rms_um")),
        ]
    return (*_scar_rows(cheeks[0], start), *rows)


def _percent(before: dict[str, float], after: dict[str, float], name: str) -> float:
    return 100 * (after[name] / before[name] - 1)


def _change_row(session: int, pair: Pair, name: str, true: float) -> Agreement:
    change = pair.comparison.zones.get(WHOLE, {}).get(name)
    measured = change.change_percent if change else None
    error = 100 * change.uncertainty / change.before if change and change.before else math.nan
    return Agreement(
        session, f"change of {name}", true, math.nan if measured is None else measured, error, "%"
    )


def _scar_rows(pair: Pair, truth: dict[str, Any]) -> list[Agreement]:
    """Return the depth of each true scar at the first session and that of the nearest one found."""
    card = pair.before.relief
    rows = []
    for scar in truth["scars"]:
        near = min(
            (found for found in (card.scars if card else ())),
            key=lambda found: math.hypot(found.row - scar["row"], found.column - scar["col"]),
            default=None,
        )
        far = near is None or math.hypot(
            near.row - scar["row"], near.column - scar["col"]
        ) * truth["mm_per_px"] > max(1.0, scar["width_mm"] / 2)
        rows.append(
            Agreement(
                1,
                f"depth, {scar['kind']} scar",
                scar["depth_mm"],
                math.nan if far or near is None else near.depth_mm,
                math.nan if far or near is None else near.depth_uncertainty_mm,
                "mm",
            )
        )
    return rows
