"""The job on a whole course of directional shots: every scar followed from the first session on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mnimage import __version__, pipeline
from mnimage.compare.scars import follow_scars
from mnimage.domain.progress import no_tick
from mnimage.errors import NotComparable
from mnimage.formats.manifest import frames_of
from mnimage.formats.output import prepare_folder, refuse_overwrite, write_whole
from mnimage.formats.shots import read_shots
from mnimage.formats.sources import is_manifest
from mnimage.kernels.memory import kept_memory
from mnimage.report.course import build_course_report
from mnimage.report.history import history_answer, history_csv
from mnimage.report.pdf import render_pdf
from mnimage.report.plain import json_text
from mnimage.words.message import message

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
    manifests: Sequence[Path], out: Path, report: Path | None = None, *, tick: Tick = no_tick
) -> Followed:
    """Follow the scars over sets of directional shots, the first one first; keep it all in `out`.

    The scars of the first session are carried to every later one by the registration, so that the
    same skin is measured each time; those that only a later one shows are new.

    Raises
    ------
    NotComparable
        If there are fewer than two sets, or one is no set of directional shots.
    """
    _check(manifests)
    inputs = [each for manifest in manifests for each in (manifest, *frames_of(manifest))]
    kept = [out / ANSWER, out / LIST, *([report] if report is not None else [])]
    refuse_overwrite(inputs, kept)
    followed = _follow(manifests, tick)
    # Folders are made only now, so that a course that fails or is stopped leaves no trace.
    folder = prepare_folder(out)
    answer = json_text(history_answer(followed.pairs, followed.scars))
    write_whole(folder / ANSWER, answer.encode())
    write_whole(folder / LIST, history_csv(followed.scars))
    if report is not None:
        prepare_folder(report.parent)
        write_whole(report, _report(followed))
    tick(len(manifests) + 1, len(manifests) + 1)
    return followed


def _check(manifests: Sequence[Path]) -> None:
    if len(manifests) < 2:
        raise NotComparable(message("workflow.too_few_sessions"))
    for manifest in manifests:
        if not is_manifest(manifest):
            raise NotComparable(message("workflow.not_directional_shots", name=manifest.name))


@kept_memory()
def _follow(manifests: Sequence[Path], tick: Tick) -> Followed:
    pairs: list[Pair] = []
    steps = len(manifests) + 1
    tick(0, steps)
    first = _session(manifests[0], None)
    for number in range(1, len(manifests)):
        tick(number, steps)
        pairs.append(
            pipeline.compare_shots(first, _session(manifests[number], first.relief.channel))
        )
    scale = first.analyzed.scale
    if scale is None:
        raise ValueError("directional shots carry no scale")
    scars = follow_scars([pair.comparison.scars for pair in pairs], scale.mm_per_px)
    return Followed(tuple(pairs), scars)


def _session(manifest: Path, channel: str | None) -> pipeline.AnalyzedShots:
    """Return one session, measured in the colour of the first: other light spreads otherwise."""
    shots = read_shots(manifest, channel=channel)
    return pipeline.analyze_shots(shots, name=f"{manifest.parent.name}/{manifest.name}")


def _report(followed: Followed) -> bytes:
    built = build_course_report(
        followed.pairs,
        program=f"mnimage {__version__}",
        made_at=datetime.now(UTC),
        scars=followed.scars,
    )
    return render_pdf(built)
