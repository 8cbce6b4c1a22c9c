"""The demo: one synthetic patient through a course of treatment, and how near the numbers come."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from mnimage import __version__, pipeline
from mnimage.compare.scars import follow_scars
from mnimage.domain.face import WHOLE
from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.report import Labels
from mnimage.domain.session import NO_INPUTS
from mnimage.formats.files import read_photo
from mnimage.formats.output import prepare_folder, write_whole
from mnimage.formats.shots import read_shots
from mnimage.kernels.memory import kept_memory
from mnimage.phantom.course import make_course, write_course
from mnimage.report.answers import comparison_answer
from mnimage.report.course import build_course_report
from mnimage.report.pdf import render_pdf
from mnimage.report.plain import json_text
from mnimage.workflow.origin import made_from
from mnimage.workflow.pairfiles import write_pair

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from mnimage.domain.comparison import ScarCourse
    from mnimage.domain.pair import AnalyzedPhoto, Pair
    from mnimage.domain.relief import Scar
    from mnimage.domain.scorecard import Layer
    from mnimage.phantom.course import CourseFiles

    Truth: TypeAlias = dict[str, Any]

SEED = 2026


@dataclass(frozen=True, slots=True)
class Agreement:
    """One number of one session: what is true of the phantom, and what was measured.

    `lower_bound` says that the truth is at least what was measured (a pit in its own shadow).
    """

    session: int
    quantity: str
    true: float
    measured: float
    uncertainty: float
    unit: str
    lower_bound: bool = False

    @property
    def within(self) -> bool:
        """Whether the truth lies within two standard errors of what was measured, or above it."""
        if self.lower_bound and self.true >= self.measured:
            return True
        return abs(self.measured - self.true) <= 2 * self.uncertainty


@dataclass(frozen=True, slots=True)
class Demo:
    """What the demo left: the report to open, and how its numbers compare with the truth."""

    report: Path
    agreement: tuple[Agreement, ...]


@dataclass(frozen=True, slots=True)
class _Course:
    """Every later session against the first: ordinary photos, and directional shots."""

    faces: tuple[Pair, ...]
    cheeks: tuple[Pair, ...]


def run_demo(
    out: Path, *, sessions: int = 4, seed: int | None = None, tick: Tick = no_tick
) -> Demo:
    """Make a synthetic course of treatment, run the whole chain on it, keep everything in `out`."""
    folder = prepare_folder(out)
    steps = 4 * sessions + 2
    made = make_course(seed=SEED if seed is None else seed, sessions=sessions)
    files = write_course(made, folder / "photos", lambda done, _: tick(done, steps))
    course = _measure(files, lambda done: tick(2 * sessions + done, steps))
    agreement = _agreement(course, files.truth["sessions"])
    for number, (face, cheek) in enumerate(zip(course.faces, course.cheeks, strict=True), start=2):
        ends = files.sessions[0], files.sessions[number - 1]
        _keep(face, [end.photo for end in ends], folder / f"session{number}" / "face")
        _keep(cheek, [end.shots for end in ends], folder / f"session{number}" / "cheek")
    write_whole(folder / "numbers.json", _numbers(course, files.truth, agreement).encode())
    tick(steps - 1, steps)
    report = folder / "report.pdf"
    write_whole(report, _report(course, files))
    tick(steps, steps)
    return Demo(report, agreement)


def _keep(pair: Pair, paths: Sequence[Path], folder: Path) -> None:
    """Keep a pair with what it was made from, so that `mnimage rescore` finds it."""
    decoded = pair.before.photo, pair.after.photo
    write_pair(pair, prepare_folder(folder), made_from(paths, NO_INPUTS, folder, decoded))


@kept_memory()
def _measure(files: CourseFiles, done: Callable[[int], None]) -> _Course:
    faces, cheeks = [], []
    first, first_shots = _face(files, 0), _cheek(files, 0)
    for number in range(1, len(files.sessions)):
        faces.append(pipeline.compare_photos(first, _face(files, number)))
        done(2 * number)
        cheeks.append(pipeline.compare_shots(first_shots, _cheek(files, number)))
        done(2 * number + 1)
    return _Course(tuple(faces), tuple(cheeks))


def _face(files: CourseFiles, number: int) -> AnalyzedPhoto:
    path = files.sessions[number].photo
    return pipeline.analyze_photo(read_photo(path), name=f"Session {number + 1}")


def _cheek(files: CourseFiles, number: int) -> pipeline.AnalyzedShots:
    session = files.sessions[number]
    name = f"Session {number + 1}, cheek"
    return pipeline.analyze_shots(read_shots(session.shots), name=name, taken_at=session.taken_at)


def _agreement(course: _Course, truth: Sequence[Truth]) -> tuple[Agreement, ...]:
    rows = _scar_rows(course.cheeks[0], truth[0]["cheek"])
    for number, pair in enumerate(course.cheeks, start=1):
        first, now = truth[0]["cheek"], truth[number]["cheek"]
        true = {
            "scar_volume_mm3": _percent(first, now, "scar_volume_mm3"),
            "scar_depth_mm": -100 * truth[number]["scar_fraction"],
            "texture_sq_um": _percent(first, now, "texture_rms_um"),
        }
        rows += [_percent_row(number + 1, pair, name, value) for name, value in true.items()]
        rows.append(_mark_row(number + 1, pair, first["marks"], now["marks"]))
    return tuple(rows)


def _percent(before: Truth, after: Truth, name: str) -> float:
    return 100 * (float(after[name]) / float(before[name]) - 1)


def _percent_row(session: int, pair: Pair, name: str, true: float) -> Agreement:
    """Return the change of one score over the whole patch, in percent."""
    change = pair.comparison.zones.get(WHOLE, {}).get(name)
    if change is None or change.change_percent is None:
        return Agreement(session, f"change of {name}", true, math.nan, math.nan, "%")
    error = 100 * change.uncertainty / change.before
    return Agreement(session, f"change of {name}", true, change.change_percent, error, "%")


def _mark_row(number: int, pair: Pair, first: Sequence[Truth], now: Sequence[Truth]) -> Agreement:
    """Return by how much the true red marks paled: their redness above the skin around."""
    red = [index for index, mark in enumerate(first) if mark["kind"] == "red"]
    excess = [_excess(layer, [first[index] for index in red]) for layer in pair.layers["redness"]]
    paled = 100 * (excess[1] / excess[0] - 1)
    among = float(np.nanstd(paled)) / math.sqrt(max(1, int(np.isfinite(paled).sum())))
    session = pair.comparison.zones[WHOLE]["redness_hi"].uncertainty
    error = math.hypot(among, 100 * session / float(np.nanmean(excess[0])))
    true = [100 * (now[index]["redness"] / first[index]["redness"] - 1) for index in red]
    measured = float(np.nanmean(paled))
    return Agreement(number, "redness of the marks", float(np.mean(true)), measured, error, "%")


def _excess(layer: Layer, marks: Sequence[Truth]) -> NDArray[np.float64]:
    """Return the redness in the middle of each mark above that of most skin."""
    at = [(round(mark["row"]) // layer.step, round(mark["col"]) // layer.step) for mark in marks]
    around = float(np.nanmedian(layer.values))
    return np.array([layer.values[place] - around for place in at], dtype=np.float64)


def _scar_rows(pair: Pair, truth: Truth) -> list[Agreement]:
    """Return the depth of each true scar at the first session and that of the one found there."""
    found = pair.before.relief.scars if pair.before.relief else ()
    rows = []
    for scar in truth["scars"]:
        near = _found_at(scar, found, truth["mm_per_px"])
        rows.append(
            Agreement(
                session=1,
                quantity=f"depth, {scar['kind']} scar",
                true=scar["depth_mm"],
                measured=near.depth_mm if near else math.nan,
                uncertainty=near.depth_uncertainty_mm if near else math.nan,
                unit="mm",
                lower_bound=near.lower_bound if near else False,
            )
        )
    return rows


def _found_at(scar: Truth, found: Sequence[Scar], mm_per_px: float) -> Scar | None:
    """Return the scar found nearest to a true one, if that is near enough to be the same."""

    def away(other: Scar) -> float:
        return math.hypot(other.row - scar["row"], other.column - scar["col"]) * mm_per_px

    near = min(found, key=away, default=None)
    return near if near and away(near) < max(1.0, scar["width_mm"] / 2) else None


def _numbers(course: _Course, truth: Truth, agreement: Sequence[Agreement]) -> str:
    return json_text(
        {
            "program": f"mnimage {__version__}",
            "sessions": [
                {
                    "session": number,
                    "face": comparison_answer(face.comparison, face.before),
                    "cheek": comparison_answer(cheek.comparison, cheek.before),
                }
                for number, (face, cheek) in enumerate(
                    zip(course.faces, course.cheeks, strict=True), start=2
                )
            ],
            "agreement": [{**asdict(row), "within": row.within} for row in agreement],
            "truth": truth,
        }
    )


def _followed(pairs: Sequence[Pair]) -> tuple[ScarCourse, ...]:
    scale = pairs[0].before.scale
    if scale is None:
        return ()
    return follow_scars([pair.comparison.scars for pair in pairs], scale.mm_per_px)


def _report(course: _Course, files: CourseFiles) -> bytes:
    """Return one PDF: the course of the face, then that of the cheek."""
    labels = Labels(patient="Synthetic patient", course="Acne scars, 4 sessions of needling")
    days = [session.taken_at.date() for session in files.sessions]
    made_at = datetime.now(UTC)
    face, cheek = (
        build_course_report(
            pairs,
            program=f"mnimage {__version__}",
            made_at=made_at,
            words=replace(labels, course=f"{labels.course}: {place}"),
            treatments=days,
            scars=_followed(pairs),
        )
        for pairs, place in ((course.faces, "face"), (course.cheeks, "cheek, directional shots"))
    )
    return render_pdf(replace(face, pages=(*face.pages, *cheek.pages)))
