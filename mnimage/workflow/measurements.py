"""From answers to the records that the library keeps of them, and into the library."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from mnimage import __version__
from mnimage.domain.comparison import Verdict
from mnimage.domain.record import FAILED_CHECKS, REGISTRATION_ERROR, Measurement, Region, new_id
from mnimage.words.message import Message, message, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from mnimage.domain.comparison import Change, Comparison
    from mnimage.domain.pair import AnalyzedPhoto, Pair
    from mnimage.domain.record import PhotoRecord
    from mnimage.domain.scorecard import ScoreCard
    from mnimage.domain.session import PairNotes
    from mnimage.errors import MnimageError
    from mnimage.library.library import Library


DAYS = "days_since_needling"
"""The option that follows from the records of treatments."""


def of_photo(photo: PhotoRecord, analyzed: AnalyzedPhoto, card: ScoreCard) -> list[Measurement]:
    """Return the scores of one photo, every zone, and how many checks of its quality failed."""
    failed = sum(not finding.ok for finding in analyzed.quality.findings)
    first = replace(_first_of_photo(photo, card.recipe), value=failed)
    rows = [
        replace(
            first,
            id=new_id(),
            region_name=zone,
            metric=name,
            unit=score.unit,
            mode=score.mode,
            value=_finite(score.value),
            uncertainty=_finite(score.uncertainty),
            session_error=_finite(score.uncertainty),
        )
        for zone, measured in card.zones.items()
        for name, score in measured.scores.items()
    ]
    return [first, *rows]


def of_failed_photo(photo: PhotoRecord, error: MnimageError, recipe: str) -> list[Measurement]:
    """Return the one row of a photo that could not be measured, with the reason."""
    return [replace(_first_of_photo(photo, recipe), reason=_why(error))]


def of_pair(
    baseline: PhotoRecord, follow_up: PhotoRecord, pair: Pair, options: Mapping[str, object]
) -> list[Measurement]:
    """Return the changes of one pair: every zone and every scar, and the registration error."""
    comparison = pair.comparison
    alignment = comparison.alignment
    first = replace(
        _first_of_pair(baseline, follow_up, comparison.recipe, options),
        grade=comparison.comparability.grade,
        value=_finite(alignment.error_p95_px) if alignment.aligned else None,
        verdict=None if alignment.aligned else Verdict.NOT_COMPARABLE,
        reason=() if alignment.aligned else _said(alignment.reason),
    )
    return [first, *_changes(comparison, first)]


def of_failed_pair(
    baseline: PhotoRecord,
    follow_up: PhotoRecord,
    error: MnimageError,
    recipe: str,
    options: Mapping[str, object],
) -> list[Measurement]:
    """Return the one row of a pair that could not be compared at all, with the reason."""
    first = _first_of_pair(baseline, follow_up, recipe, options)
    return [replace(first, verdict=Verdict.NOT_COMPARABLE, reason=_why(error))]


def options_of(notes: PairNotes, mm_per_px: float | None = None) -> dict[str, object]:
    """Return what was entered for a comparison, as it is kept with its measurements."""
    patch = notes.control
    entered = {
        "mm_per_px": mm_per_px,
        DAYS: notes.days_since_needling,
        "control": [patch.row, patch.column, patch.height, patch.width] if patch else None,
    }
    return {name: value for name, value in entered.items() if value is not None}


def keep(library: Library, measured: Sequence[Measurement]) -> int:
    """Keep what was measured on one photo or one pair; return how many measurements are new.

    Measurements of the same thing under another recipe, or with other days since needling, are
    kept, and superseded by these. Where another station measured the same thing in the same way in
    the meantime, nothing is added.

    Raises
    ------
    RecordUnusable
        If a photo was removed or given to another patient in the meantime.
    StorageFailed
        If the disk or the server does not take it.
    """
    first = measured[0]
    with library.changing() as changes:
        before = changes.select(
            Measurement,
            photo_id=first.photo_id,
            baseline_id=first.baseline_id,
            superseded_by=None,
        )
        before = tuple(one for one in before if _chosen(one) == _chosen(first))
        if any((one.recipe, one.options) == (first.recipe, first.options) for one in before):
            return 0
        heirs = {_subject(one): one.id for one in measured}
        superseded = {one.id: heirs.get(_subject(one), first.id) for one in before}
        changes.keep_measurements(measured, superseded)
    return len(measured)


def _chosen(one: Measurement) -> Mapping[str, object]:
    """Return the options that a user chose; the days since needling follow from the records."""
    return {name: value for name, value in one.options.items() if name != DAYS}


def _subject(one: Measurement) -> tuple[str, str, str]:
    return one.region, one.region_name, one.metric


def _first_of_photo(photo: PhotoRecord, recipe: str) -> Measurement:
    return Measurement(
        patient_id=photo.patient_id,
        photo_id=photo.id,
        set_name=photo.set_name,
        metric=FAILED_CHECKS,
        unit="1",
        recipe=recipe,
        program=__version__,
        inputs=(photo.sha256,),
    )


def _first_of_pair(
    baseline: PhotoRecord, follow_up: PhotoRecord, recipe: str, options: Mapping[str, object]
) -> Measurement:
    return replace(
        _first_of_photo(follow_up, recipe),
        baseline_id=baseline.id,
        baseline_set=baseline.set_name,
        metric=REGISTRATION_ERROR,
        unit="px",
        options=options,
        inputs=(baseline.sha256, follow_up.sha256),
    )


def _changes(comparison: Comparison, first: Measurement) -> Iterator[Measurement]:
    for zone, changes in comparison.zones.items():
        for name, change in changes.items():
            yield _change((Region.ZONE, zone, name), change, first)
    for scar in comparison.scars:
        for name, found in (("scar_depth_mm", scar.depth), ("scar_volume_mm3", scar.volume)):
            if found is not None:
                yield _change((Region.SCAR, str(scar.id), name), found, first)


def _change(subject: tuple[Region, str, str], change: Change, first: Measurement) -> Measurement:
    region, where, name = subject
    return replace(
        first,
        id=new_id(),
        region=region,
        region_name=where,
        metric=name,
        unit=change.unit,
        mode=change.mode,
        value=_finite(change.after),
        before=_finite(change.before),
        uncertainty=_finite(change.uncertainty),
        session_error=_finite(change.session),
        spatial_error=_finite(change.spatial),
        source=change.source,
        mdc95=_finite(change.mdc95),
        mdc95_family=_finite(change.mdc95_family),
        family=change.family,
        beyond_control=asdict(change.controlled) if change.controlled else {},
        verdict=change.verdict,
        reason=_said(change.reason),
    )


def _said(reason: Message | str) -> tuple[object, ...]:
    if not reason:
        return ()
    return tuple(plain(reason if isinstance(reason, Message) else _text(reason)))


def _why(error: MnimageError) -> tuple[object, ...]:
    return _said(error.message or _text(str(error)))


def _text(text: str) -> Message:
    return message("common.text", text=text)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
