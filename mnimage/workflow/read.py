"""From files to answers, nothing written: one photo, or a pair with all that is given with it."""

from __future__ import annotations

import importlib
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING

from mnimage.domain.original import Original
from mnimage.domain.photo import ImageScale
from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.recipe import Recipe
from mnimage.domain.session import NO_INPUTS, PairInputs
from mnimage.errors import MnimageError, NotComparable
from mnimage.formats.sources import is_manifest
from mnimage.kernels.memory import kept_memory
from mnimage.words.message import message
from mnimage.workflow.color import read_calibrated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from mnimage.domain.pair import AnalyzedPhoto, Pair
    from mnimage.domain.scorecard import ScoreCard
    from mnimage.pipeline import AnalyzedShots

_STEPS = 6
"""Steps of one comparison of two shots: two to analyze, four to compare."""

_ENTERED_ERROR = 0.01
"""Relative error of a scale that the user enters: 3 mm in the distance of a 300 mm rig."""


_LIBRARIES = (
    "mnimage.workflow.files",
    "mnimage.formats.preview",
    "mnimage.pipeline",
    "scipy.fft",
    "scipy.spatial",
    "scipy.interpolate",
    "mnimage.report.panels",
)
"""What a pair needs and is slow to load."""


def load_libraries() -> None:
    """Load what a comparison needs: while photos are decoded, or before there are any."""
    for name in _LIBRARIES:
        importlib.import_module(name)


def analyze_file(
    path: Path | Original,
    *,
    mm_per_px: float | None = None,
    profile: Path | None = None,
    check: bool = True,
) -> AnalyzedPhoto:
    """Return one photo with its face, zones, quality (unless `check` is off) and scale."""
    scale, photo = _entered_scale(mm_per_px), read_calibrated(path, profile)
    from mnimage import pipeline  # Its libraries load while photos are decoded.

    return pipeline.analyze_photo(photo, name=path.name, scale=scale, check=check)


def _entered_scale(mm_per_px: float | None) -> ImageScale | None:
    return None if mm_per_px is None else ImageScale(mm_per_px, "user", _ENTERED_ERROR)


def score_photo_file(
    path: Path,
    *,
    mm_per_px: float | None = None,
    profile: Path | None = None,
    tick: Tick = no_tick,
) -> tuple[AnalyzedPhoto, ScoreCard]:
    """Return one ordinary photo and its scores."""
    if is_manifest(path):
        raise MnimageError(message("workflow.shots_not_photo"))
    analyzed = analyze_file(path, mm_per_px=mm_per_px, profile=profile)
    if not (analyzed.zones.labels > 0).any():
        raise MnimageError(message("workflow.no_skin"))
    from mnimage import pipeline

    return analyzed, pipeline.score_analyzed(analyzed, Recipe(), tick)


def steps_of(inputs: PairInputs) -> int:
    """Return the steps of comparing two files with all that is given with them."""
    return _STEPS + len(inputs.repeats_before) + len(inputs.repeats_after)


def compare_files(
    before: Path | Original,
    after: Path | Original,
    *,
    inputs: PairInputs = NO_INPUTS,
    tick: Tick = no_tick,
    drawn: Callable[[NDArray[np.uint8], NDArray[np.bool_]], None] | None = None,
) -> Pair:
    """Return the whole answer for two photos, or for two sets of directional shots.

    Photos may be files or originals of the clinic's library. Of photos, the one after in the frame
    of the one before, and where it shows anything, are given to `drawn` while they are scored.

    Raises
    ------
    NotComparable
        If one is a photo and the other a set of shots.
    """
    of_shots = require_alike(before, after, inputs)
    tick(0, steps_of(inputs))
    if not of_shots or isinstance(before, Original) or isinstance(after, Original):
        return _compare_photos((before, after), inputs, tick, drawn)
    return _compare_manifests(before, after, inputs, tick)


def require_alike(before: Path | Original, after: Path | Original, inputs: PairInputs) -> bool:
    """Return whether all files are sets of directional shots; a mixture is no pair.

    Raises
    ------
    NotComparable
        If some are photos and some are sets of shots.
    """
    every = (before, after, *inputs.repeats_before, *inputs.repeats_after)
    kinds = {not isinstance(shot, Original) and is_manifest(shot) for shot in every}
    if len(kinds) > 1:
        raise NotComparable(message("workflow.mixed_kinds"))
    of_shots = kinds == {True}
    if of_shots and inputs.profiles:
        raise MnimageError(message("workflow.profile_for_shots"))
    return of_shots


@kept_memory()
def _compare_photos(
    photos: tuple[Path | Original, Path | Original],
    inputs: PairInputs,
    tick: Tick,
    drawn: Callable[[NDArray[np.uint8], NDArray[np.bool_]], None] | None,
) -> Pair:
    analyzed = _both_analyzed(photos, inputs)
    steps = _Steps(inputs, tick)

    def repeats(paths: tuple[Path, ...], profile: Path | None) -> Iterator[AnalyzedPhoto]:
        for path in paths:
            steps.repeat()
            yield analyze_file(path, profile=profile, check=False)

    from mnimage import pipeline

    # Registration leaves a core free for checking the photo before.
    with ThreadPoolExecutor(1, thread_name_prefix="check") as pool:
        checking = pool.submit(pipeline.check_analyzed, analyzed[0])
        ready = pipeline.register_photos(*analyzed, notes=inputs.notes, tick=steps.tick)
        ready = ready.with_quality(checking.result().quality)
    return pipeline.compare_registered(
        ready,
        again=(
            repeats(inputs.repeats_before, inputs.profile_before),
            repeats(inputs.repeats_after, inputs.profile_after),
        ),
        notes=inputs.notes,
        drawn=drawn,
        tick=steps.tick,
    )


def _both_analyzed(
    photos: tuple[Path | Original, Path | Original], inputs: PairInputs
) -> tuple[AnalyzedPhoto, AnalyzedPhoto]:
    # Two cores: decoding and looking at one photo leaves room for the other.
    with ThreadPoolExecutor(2, thread_name_prefix="analyze") as pool:
        first = pool.submit(
            analyze_file,
            photos[0],
            mm_per_px=inputs.mm_per_px,
            profile=inputs.profile_before,
            check=False,
        )
        second = pool.submit(analyze_file, photos[1], profile=inputs.profile_after, check=False)
        load_libraries()
        return first.result(), second.result()


@kept_memory()
def _compare_manifests(before: Path, after: Path, inputs: PairInputs, tick: Tick) -> Pair:
    first = _analyze_manifest(before, tick=partial(_still, tick, 0, steps_of(inputs)))
    tick(1, steps_of(inputs))
    # In the colour of the first session: light of another one spreads otherwise in the skin.
    channel = first.relief.channel
    second = _analyze_manifest(after, channel, partial(_still, tick, 1, steps_of(inputs)))
    steps = _Steps(inputs, tick)

    def repeats(paths: tuple[Path, ...]) -> Iterator[AnalyzedShots]:
        for path in paths:
            steps.repeat()
            yield _analyze_manifest(path, channel, steps.still)

    from mnimage import pipeline

    again = repeats(inputs.repeats_before), repeats(inputs.repeats_after)
    return pipeline.compare_shots(first, second, again=again, notes=inputs.notes, tick=steps.tick)


def _still(tick: Tick, done: int, total: int, _: int, __: int) -> None:
    """Report that a step is still being done, so that it can be stopped in the middle."""
    tick(done, total)


def _analyze_manifest(
    path: Path, channel: str | None = None, tick: Tick = no_tick
) -> AnalyzedShots:
    # A label for a set of shots: the folder says more than a file named shots.json.
    name = f"{path.parent.name}/{path.name}"
    from mnimage import pipeline
    from mnimage.formats.shots import read_shots

    shots = read_shots(path, channel=channel, tick=tick)
    return pipeline.analyze_shots(shots, name=name, tick=tick)


class _Steps:
    """Counts the steps of a comparison whose two first shots are analyzed."""

    def __init__(self, inputs: PairInputs, tick: Tick) -> None:
        self._total, self._report, self._done, self._repeats = steps_of(inputs), tick, 2, 0
        self.tick(0, 0)

    def tick(self, done: int, _: int) -> None:
        """Report a step of the pipeline."""
        self._done = 2 + done
        self._report(self._done + self._repeats, self._total)

    def still(self, _: int, __: int) -> None:
        """Report that the step is still being done."""
        self._report(self._done + self._repeats, self._total)

    def repeat(self) -> None:
        """Report that one more repeat shot is read."""
        self._repeats += 1
        self._report(self._done + self._repeats, self._total)
