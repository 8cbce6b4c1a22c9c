"""The job on a whole course of directional shots: every scar followed from the first session on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mnimage import __version__, pipeline
from mnimage.capture.output import prepare_folder, refuse_overwrite, write_whole
from mnimage.capture.sheet import frames_of, is_sheet
from mnimage.capture.shots import read_shots
from mnimage.compare.scars import follow_scars
from mnimage.domain.progress import no_tick
from mnimage.errors import NotComparable
from mnimage.kernels.memory import kept_memory
from mnimage.report.course import build_course_report
from mnimage.report.history import history_answer, history_csv
from mnimage.report.pdf import render_pdf
from mnimage.report.plain import json_text

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from mnimage.domain.comparison import ScarCourse
    from mnimage.domain.pair import Pair
    from mnimage.domain.progress import Tick

ANSWER, LIST = "follow.json", "scars.csv"


@dataclass(frozen=True, slots=True)
class Followed:
    """Each later session against the first, and every scar over all of them."""

    pairs: tuple[Pair, ...]
    scars: tuple[ScarCourse, ...]


def follow_files(
    sheets: Sequence[Path], out: Path, report: Path | None = None, *, tick: Tick = no_tick
) -> Followed:
    """Follow the scars over sets of directional shots, the first one first; keep it all in `out`.

    The scars of the first session are carried to every later one by the registration, so that the
    same skin is measured each time; those that only a later one shows are new.

    Raises
    ------
    NotComparable
        If there are fewer than two sets, or one is no set of directional shots.
    """
    _check(sheets)
    inputs = [each for sheet in sheets for each in (sheet, *frames_of(sheet))]
    kept = [out / ANSWER, out / LIST, *([report] if report is not None else [])]
    refuse_overwrite(inputs, kept)
    followed = _follow(sheets, tick)
    # Folders are made only now, so that a course that fails or is stopped leaves no trace.
    folder = prepare_folder(out)
    answer = json_text(history_answer(followed.pairs, followed.scars))
    write_whole(folder / ANSWER, answer.encode())
    write_whole(folder / LIST, history_csv(followed.scars))
    if report is not None:
        prepare_folder(report.parent)
        write_whole(report, _report(followed))
    tick(len(sheets) + 1, len(sheets) + 1)
    return followed


def _check(sheets: Sequence[Path]) -> None:
    if len(sheets) < 2:
        raise NotComparable(
            "Scars are followed over two sessions or more.",
            hint="Name the SHOTS.json of every session, the first one first.",
        )
    for sheet in sheets:
        if not is_sheet(sheet):
            raise NotComparable(
                f"{sheet.name} is no set of directional shots.",
                hint="Name the SHOTS.json of every session.",
            )


@kept_memory()
def _follow(sheets: Sequence[Path], tick: Tick) -> Followed:
    pairs: list[Pair] = []
    steps = len(sheets) + 1
    tick(0, steps)
    first = _session(sheets[0], None)
    for number in range(1, len(sheets)):
        tick(number, steps)
        pairs.append(pipeline.compare_shots(first, _session(sheets[number], first.relief.channel)))
    scale = first.examined.scale
    if scale is None:
        raise ValueError("directional shots carry no scale")
    scars = follow_scars([pair.comparison.scars for pair in pairs], scale.mm_per_px)
    return Followed(tuple(pairs), scars)


def _session(sheet: Path, channel: str | None) -> pipeline.ExaminedShots:
    """Return one session, measured in the colour of the first: other light spreads otherwise."""
    shots = read_shots(sheet, channel=channel)
    return pipeline.examine_shots(shots, name=f"{sheet.parent.name}/{sheet.name}")


def _report(followed: Followed) -> bytes:
    built = build_course_report(
        followed.pairs,
        program=f"mnimage {__version__}",
        made_at=datetime.now(UTC),
        scars=followed.scars,
    )
    return render_pdf(built)
