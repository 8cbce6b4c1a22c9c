"""Measures the photos of a library: what has no measurement of today's recipe gets one."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mnimage import pipeline
from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.recipe import Recipe
from mnimage.domain.session import PairNotes
from mnimage.errors import EditConflict, MnimageError, RecordUnusable
from mnimage.formats.files import DecodeOptions, decode_photo
from mnimage.formats.kinds import HEAD_BYTES, kind_of
from mnimage.workflow import measurements

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Mapping, Sequence

    from mnimage.domain.pair import AnalyzedPhoto
    from mnimage.domain.record import Measurement, Patient, PhotoRecord, Session, Timeline
    from mnimage.library.library import Library


@dataclass(frozen=True, slots=True)
class Group:
    """Photos of one view over the sessions of one series, and what is to be measured on them.

    `follow_ups` are compared with `baseline`; `alone` are scored by themselves; `days` are those
    since needling, by the identifier of a photo.
    """

    baseline: PhotoRecord
    follow_ups: tuple[PhotoRecord, ...]
    alone: tuple[PhotoRecord, ...]
    days: Mapping[str, int]

    @property
    def steps(self) -> int:
        """How many measurements of photos and pairs it takes."""
        return len(self.follow_ups) + len(self.alone)


@dataclass(frozen=True, slots=True)
class MeasureSummary:
    """What was measured: photos, pairs, how many of both gave only a reason, and rows kept."""

    photos: int = 0
    pairs: int = 0
    failed: int = 0
    rows: int = 0
    stopped: bool = False


def measure_patient(
    library: Library,
    patient: Patient,
    tick: Tick = no_tick,
    stop: Callable[[], bool] = lambda: False,
) -> MeasureSummary:
    """Measure what has no measurement of today's recipe yet; keep each as soon as it is done.

    Photos are scored alone and compared with the first session's photo of the same view; what was
    measured before with another recipe is kept, and superseded.

    Raises
    ------
    NotAllowed
        If the user's role does not allow it.
    StorageFailed
        If the disk or the server does not take it; what was kept before stays.
    """
    timeline = library.timeline(patient)
    groups = missing(timeline, Recipe().version)
    total = sum(group.steps for group in groups)
    done = MeasureSummary()
    tick(0, total)
    for group in groups:
        for one in _measured(library, group, stop):
            done = _added(done, library, one)
            tick(done.photos + done.pairs, total)
        if stop():
            return replace(done, stopped=True)
    return done


def missing(timeline: Timeline, recipe: str) -> tuple[Group, ...]:
    """Return what is still to be measured with a recipe, the groups by when they began.

    A pair is measured anew where records entered later change its days since needling.
    """
    sessions = {session.id: session for session in timeline.sessions}
    measured = {
        (one.photo_id, one.baseline_id, one.options.get(measurements.DAYS))
        for one in timeline.measurements
        if one.recipe == recipe and one.superseded_by is None
    }
    by_view: dict[tuple[object, ...], list[PhotoRecord]] = defaultdict(list)
    for photo in timeline.photos:
        if photo.session_id in sessions and photo.light is None:
            by_view[_view(photo, sessions[photo.session_id])].append(photo)
    groups = (_group(photos, sessions, timeline, measured) for photos in by_view.values())
    return tuple(group for group in groups if group.steps)


def _view(photo: PhotoRecord, session: Session) -> tuple[object, ...]:
    return (
        session.series_id,
        photo.view,
        photo.site,
        photo.laterality,
        photo.zone,
        photo.mode,
        photo.lighting,
    )


def _group(
    photos: Sequence[PhotoRecord],
    sessions: Mapping[str, Session],
    timeline: Timeline,
    measured: Container[tuple[str, str | None, object]],
) -> Group:
    ordered = sorted(
        photos,
        key=lambda one: (
            sessions[one.session_id].held_at,
            one.session_id,
            (one.taken_at or one.added_at).timestamp(),
            one.file_name,
        ),
    )
    firsts = {one.session_id: one for one in reversed(ordered)}
    baseline = ordered[0]
    later = [one for one in ordered if firsts[one.session_id] is one and one is not baseline]
    days = {one.id: timeline.days_since_last(sessions[one.session_id]) for one in later}
    return Group(
        baseline=baseline,
        follow_ups=tuple(
            one for one in later if (one.id, baseline.id, days[one.id]) not in measured
        ),
        alone=tuple(one for one in ordered if (one.id, None, None) not in measured),
        days={id_: count for id_, count in days.items() if count is not None},
    )


def _measured(
    library: Library, group: Group, stop: Callable[[], bool]
) -> Iterable[list[Measurement]]:
    """Yield the rows of each photo and each pair; every photo is decoded and analyzed once."""
    first: AnalyzedPhoto | MnimageError | None = None
    wanted = {one.id for one in group.alone}
    if group.follow_ups or group.baseline.id in wanted:
        first = _analyzed(library, group.baseline)
    follow_ups = {one.id: one for one in group.follow_ups}
    rest = {one.id: one for one in (*group.alone, *group.follow_ups)}
    for photo in sorted(rest.values(), key=lambda one: one.id != group.baseline.id):
        if stop():
            return
        own = first if photo.id == group.baseline.id else _analyzed(library, photo)
        if own is not None and photo.id in wanted:
            yield _scored(photo, own)
        if own is not None and first is not None and photo.id in follow_ups:
            yield _compared(group, photo, (first, own))


def _analyzed(library: Library, photo: PhotoRecord) -> AnalyzedPhoto | MnimageError | None:
    """Return a photo analyzed, why that fails, or None where it was removed in the meantime."""
    try:
        content = library.read_original(photo)
        name = photo.file_name or "the photo"
        decoded = decode_photo(content, kind_of(content[:HEAD_BYTES]), name, DecodeOptions())
        if decoded.facts.taken_at is None and photo.taken_at is not None:
            decoded = replace(decoded, facts=replace(decoded.facts, taken_at=photo.taken_at))
        return pipeline.analyze_photo(decoded, name=name)
    except RecordUnusable:
        return None
    except MnimageError as error:
        return error


def _scored(photo: PhotoRecord, own: AnalyzedPhoto | MnimageError) -> list[Measurement]:
    recipe = Recipe()
    if isinstance(own, MnimageError):
        return measurements.of_failed_photo(photo, own, recipe.version)
    try:
        card = pipeline.score_analyzed(own, recipe)
    except MnimageError as error:
        return measurements.of_failed_photo(photo, error, recipe.version)
    return measurements.of_photo(photo, own, card)


def _compared(
    group: Group,
    photo: PhotoRecord,
    both: tuple[AnalyzedPhoto | MnimageError, AnalyzedPhoto | MnimageError],
) -> list[Measurement]:
    notes = PairNotes(days_since_needling=group.days.get(photo.id))
    options = measurements.options_of(notes)
    try:
        before, after = (_or_raised(one) for one in both)
        pair = pipeline.compare_photos(before, after, notes=notes)
    except MnimageError as error:
        version = Recipe().version
        return measurements.of_failed_pair(group.baseline, photo, error, version, options)
    return measurements.of_pair(group.baseline, photo, pair, options)


def _or_raised(one: AnalyzedPhoto | MnimageError) -> AnalyzedPhoto:
    if isinstance(one, MnimageError):
        raise one
    return one


def _added(
    done: MeasureSummary, library: Library, measured: Sequence[Measurement]
) -> MeasureSummary:
    first = measured[0]
    try:
        rows = measurements.keep(library, measured)
    except (EditConflict, RecordUnusable):  # Removed, moved or measured by another station.
        rows = 0
    pair = first.baseline_id is not None
    return replace(
        done,
        photos=done.photos + (not pair),
        pairs=done.pairs + pair,
        failed=done.failed + (len(measured) == 1 and bool(first.reason)),
        rows=done.rows + rows,
    )
