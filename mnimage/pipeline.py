"""The order of the stages, pure: values in, values out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import cv2
import numpy as np

from mnimage.calibrate.marker import find_markers, marker_scale
from mnimage.compare.compare import compare_pair
from mnimage.compare.control import mark_control
from mnimage.compare.repeats import ShotFingerprint, why_no_replicate
from mnimage.compare.scale_uncertainty import add_scale_uncertainty
from mnimage.domain.pair import AnalyzedPhoto, Measured, Pair, Registered
from mnimage.domain.photo import SCALE_ENTERED, CaptureFacts, ImageScale, Photo
from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.quality import QualityReport
from mnimage.domain.recipe import Recipe
from mnimage.domain.scorecard import Layer
from mnimage.domain.session import NO_NOTES, PairNotes, Replicate, Sessions, Side
from mnimage.errors import FaceNotFound, ModelsMissing, NotComparable
from mnimage.face.find import find_face
from mnimage.face.scale import face_scale
from mnimage.face.zones import bare_skin, skin_zones
from mnimage.kernels.geometry import block_mean, expand, invert, sample
from mnimage.kernels.memory import kept_memory
from mnimage.quality.check import check_photo
from mnimage.quality.marker import check_face_scale, check_markers, check_same_scale
from mnimage.quality.shot import Earlier
from mnimage.register.moved import mark_moved
from mnimage.register.register import register_pair
from mnimage.register.warp import warp_photo
from mnimage.relief.body import is_body
from mnimage.relief.follow import cut_scars, fill_seen, fresh_scars
from mnimage.relief.measure import measure_relief, with_texture_of
from mnimage.relief.relief import recover_relief
from mnimage.score.pair import score_pair
from mnimage.score.resample import typical_magnification
from mnimage.score.score import score_photo

_CLOSE_UP_SHARE = 0.7
"""Share of skin above which a picture is taken for a close-up when no face can be looked for."""

_MARKER_EDGE = 1.6
"""Size of a marker's paper, cut along its line, over that of its black square."""

_FACE_DEPTH_MM, _CLOSE_DEPTH_MM = 10.0, 2.0
"""How far skin lies before or behind a marker beside it (standard deviation), on a face, nearby."""

_CHART_EDGE = 1.35
"""Size of the chart with its frame over that of its patches."""

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.face import Face, Zones
    from mnimage.domain.marker import Marker
    from mnimage.domain.quality import Finding
    from mnimage.domain.relief import Relief, ReliefCard, Scar, Shots
    from mnimage.domain.scorecard import PairScores, ScoreCard

    Drawn: TypeAlias = Callable[[NDArray[np.uint8], NDArray[np.bool_]], None]


@kept_memory()
def analyze_photo(
    photo: Photo,
    *,
    name: str,
    scale: ImageScale | None = None,
    recipe: Recipe | None = None,
    check: bool = True,
) -> AnalyzedPhoto:
    """Return the photo with its face, zones, quality and scale.

    Parameters
    ----------
    photo
        Any ordinary photo.
    name
        A label for lists and reports.
    scale
        Where it is known; else it is taken from printed markers in the photo, or roughly from the
        face, if there is one.
    recipe
        Options.
    check
        Off where the photo will be checked against another one anyway (`compare_photos` does), or
        later (`check_analyzed`).

    Raises
    ------
    FaceNotFound
        If two faces are in the photo.
    ModelsMissing
        If the face models are not there and the photo is no close-up.
    """
    recipe = recipe or Recipe()
    # Markers need no face: where one core is free, they are found meanwhile.
    with ThreadPoolExecutor(1, thread_name_prefix="markers") as pool:
        finding = pool.submit(find_markers, photo)
        face, zones = _face_and_zones(photo)
        markers = finding.result()
    zones = _without_markers(_without_chart(zones, photo), markers)
    quality = check_photo(photo, face, zones, recipe.quality) if check else QualityReport(())
    seen = marker_scale(photo, markers, _CLOSE_DEPTH_MM if face is None else _FACE_DEPTH_MM)
    quality = _with(quality, check_markers(markers, scale, seen))
    rough = face_scale(face) if face is not None else None
    quality = _with(quality, check_face_scale(scale or seen, rough))
    return AnalyzedPhoto(name, photo, face, zones, quality, scale or seen or rough)


def check_analyzed(analyzed: AnalyzedPhoto, recipe: Recipe | None = None) -> AnalyzedPhoto:
    """Return a photo that was analyzed without checks, checked."""
    return _checked(analyzed, None, recipe or Recipe())


def _with(quality: QualityReport, more: tuple[Finding, ...]) -> QualityReport:
    return QualityReport((*quality.findings, *more)) if more else quality


def _without_markers(zones: Zones, markers: Sequence[Marker]) -> Zones:
    """Return the zones without the paper of the printed markers."""
    if not markers:
        return zones
    paper = _paper_of(markers, zones.reference.shape)
    labels = np.where(paper, np.uint8(0), zones.labels)
    return replace(zones, labels=labels, reference=zones.reference & ~paper)


def _paper_of(markers: Sequence[Marker], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Return where the paper of printed markers lies."""
    paper = np.zeros(shape, dtype=np.uint8)
    for marker in markers:
        corners = np.array(marker.corners)[:, ::-1]
        middle = corners.mean(axis=0)
        edge = middle + (corners - middle) * _MARKER_EDGE
        cv2.fillConvexPoly(paper, np.rint(edge).astype(np.int32), 1)
    return np.asarray(paper > 0, dtype=np.bool_)


def _face_and_zones(photo: Photo) -> tuple[Face | None, Zones]:
    try:
        face = find_face(photo)
    except ModelsMissing:
        # A picture that is skin nearly to its edges needs no face to be measured.
        zones = skin_zones(photo, None)
        if (zones.labels > 0).mean() < _CLOSE_UP_SHARE:
            raise
        return None, zones
    return face, skin_zones(photo, face)


def _without_chart(zones: Zones, photo: Photo) -> Zones:
    """Return the zones without the colour chart, where the photo is the one that shows it."""
    profile = photo.profile
    if profile is None or not profile.photo or profile.photo != photo.sha256:
        return zones
    middle = profile.corners.mean(axis=0)
    edge = middle + (profile.corners - middle) * _CHART_EDGE
    chart = np.zeros(photo.shape, dtype=np.uint8)
    cv2.fillConvexPoly(chart, np.rint(edge[:, ::-1]).astype(np.int32), 1)
    labels = np.where(chart > 0, np.uint8(0), zones.labels)
    return replace(zones, labels=labels, reference=zones.reference & (chart == 0))


@dataclass(frozen=True, slots=True)
class AnalyzedShots:
    """A set of directional shots with its mean picture analyzed and its relief."""

    analyzed: AnalyzedPhoto
    relief: Relief


@kept_memory()
def analyze_shots(
    shots: Shots,
    *,
    name: str,
    taken_at: datetime | None = None,
    recipe: Recipe | None = None,
    tick: Tick = no_tick,
) -> AnalyzedShots:
    """Return the relief of a set of directional shots, measured, beside its mean picture.

    Raises
    ------
    ShotsUnusable
        If nothing of the relief can be trusted.
    Cancelled
        If `tick` says so.
    """
    recipe = recipe or Recipe()
    photo = Photo(shots.picture, CaptureFacts("directional shots", shots.bits, taken_at=taken_at))
    markers = find_markers(photo)
    # A printed marker is no skin: its edges would be scars, its slopes would bend the skin beside.
    relief = recover_relief(shots, recipe.relief, tick, hidden=_paper_of(markers, photo.shape))
    if relief.picture is not None:
        photo = replace(photo, coded=relief.picture)
        markers = find_markers(photo)
        relief = replace(relief, trusted=relief.trusted & ~_paper_of(markers, photo.shape))
    face = _any_face(photo)
    relief = replace(relief, trusted=relief.trusted & _skin_of_face(photo, face, relief.scale))
    seen = marker_scale(photo, markers, _CLOSE_DEPTH_MM)
    relief = _sure_by_marker(relief, seen)
    tick(1, 1)
    card = _measured(relief, recipe, tick)
    tick(1, 1)
    zones = _without_markers(skin_zones(photo, None), markers)
    tick(1, 1)
    quality = _without_focus(check_photo(photo, None, zones, recipe.quality))
    quality = _with(quality, check_markers(markers, shots.scale, seen))
    rough = face_scale(face) if face is not None else None
    quality = _with(quality, check_face_scale(seen or shots.scale, rough))
    analyzed = AnalyzedPhoto(name, photo, None, zones, quality, relief.scale, card)
    return AnalyzedShots(analyzed, relief)


def _any_face(photo: Photo) -> Face | None:
    """Return the face in a picture, None where none or more than one is found."""
    try:
        return find_face(photo)
    except (FaceNotFound, ModelsMissing):
        return None


def _skin_of_face(photo: Photo, face: Face | None, scale: ImageScale) -> NDArray[np.bool_]:
    """Return a whole face's skin, without eyes, brows, lips, nostrils and hair; all of a close-up.

    Where no face is found the relief alone shows what is skin.
    """
    if face is None or not is_body(photo.shape, scale.mm_per_px):
        return np.ones(photo.shape, dtype=np.bool_)
    return bare_skin(photo, face)


def _sure_by_marker(relief: Relief, seen: ImageScale | None) -> Relief:
    """Return a relief whose scale is no longer only entered where a marker checks it."""
    if seen is None:
        return relief
    shared = min(relief.scale.shared_error, seen.relative_error)
    return replace(
        relief,
        scale=replace(relief.scale, shared_error=shared),
        warnings=tuple(one for one in relief.warnings if one.code != SCALE_ENTERED),
    )


def _measured(
    relief: Relief,
    recipe: Recipe,
    tick: Tick,
    *,
    scars: NDArray[np.int32] | None = None,
    mask: NDArray[np.bool_] | None = None,
) -> ReliefCard:
    card = measure_relief(relief, recipe.relief, scars=scars, mask=mask, tick=tick)
    return add_scale_uncertainty(replace(card, recipe=recipe.version), relief.scale)


def _without_focus(quality: QualityReport) -> QualityReport:
    """Return the checks that hold for a mean of many lights, which shows no shading to focus on."""
    return QualityReport(tuple(each for each in quality.findings if each.check != "focus"))


@kept_memory()
def score_analyzed(analyzed: AnalyzedPhoto, recipe: Recipe, tick: Tick = no_tick) -> ScoreCard:
    """Return the flat scores of one analyzed photo."""
    return replace(
        score_photo(analyzed.photo, analyzed.zones, analyzed.scale, recipe.score, tick),
        recipe=recipe.version,
    )


def align(
    before: AnalyzedPhoto, after: AnalyzedPhoto, recipe: Recipe, tick: Tick = no_tick
) -> Alignment:
    """Return how the photo after lies on the photo before, without skin that expression moved."""
    return _unmoved(before, _registered(before, after, recipe, tick), recipe)


def _registered(
    before: AnalyzedPhoto, after: AnalyzedPhoto, recipe: Recipe, tick: Tick = no_tick
) -> Alignment:
    skin = (before.zones.labels > 0) | before.zones.reference
    faces = (before.face, after.face)
    return register_pair(before.photo, after.photo, faces, skin, recipe.register, tick=tick)


def _unmoved(before: AnalyzedPhoto, found: Alignment, recipe: Recipe) -> Alignment:
    return mark_moved(found, before.face, before.zones, recipe.register)


@kept_memory()
def compare_photos(
    before: AnalyzedPhoto,
    after: AnalyzedPhoto,
    *,
    again: tuple[Iterable[AnalyzedPhoto], Iterable[AnalyzedPhoto]] = ((), ()),
    notes: PairNotes = NO_NOTES,
    recipe: Recipe | None = None,
    tick: Tick = no_tick,
) -> Pair:
    """Return the whole answer for two ordinary photos.

    Parameters
    ----------
    before, after
        The first shot of each session.
    again
        Repeat shots of both sessions, each analyzed and asked for only once and when it is needed,
        so that one more photo at a time is in memory. Each is registered onto the photo before, on
        which everything is measured, so that the errors of registration differ and average.
    notes
        What the clinic knows of the pair.
    recipe
        Options.
    tick
        Progress.

    Raises
    ------
    PatchUnusable
        If the control patch cannot serve.
    """
    recipe = recipe or Recipe()
    ready = register_photos(before, after, notes=notes, recipe=recipe, tick=tick)
    return compare_registered(ready, again=again, notes=notes, recipe=recipe, tick=tick)


@dataclass(frozen=True, slots=True)
class Ready:
    """Two ordinary photos, checked against each other and registered, ready to be scored.

    `before` has the control patch of the clinic's notes, and `alignment` is without skin that
    expression moved; `registered` is the same without the notes.
    """

    before: AnalyzedPhoto
    after: AnalyzedPhoto
    alignment: Alignment
    registered: Registered

    def with_quality(self, before: QualityReport) -> Ready:
        """Return the same with the quality of the photo before, where it was checked meanwhile."""
        registered = replace(
            self.registered, before=replace(self.registered.before, quality=before)
        )
        return replace(self, before=replace(self.before, quality=before), registered=registered)


@kept_memory()
def register_photos(
    before: AnalyzedPhoto,
    after: AnalyzedPhoto,
    *,
    notes: PairNotes = NO_NOTES,
    recipe: Recipe | None = None,
    tick: Tick = no_tick,
) -> Ready:
    """Return two ordinary photos registered: the first half of `compare_photos`.

    Raises
    ------
    PatchUnusable
        If the control patch cannot serve.
    """
    recipe = recipe or Recipe()
    first = mark_control(before, notes.control, recipe.compare)
    tick(0, 4)
    # The checks against the photo before need no alignment: the second core has them done.
    with ThreadPoolExecutor(1, thread_name_prefix="check") as pool:
        checked = pool.submit(_checked_against, first, after, recipe)
        found = _registered(first, after, recipe)
        later = checked.result()
    alignment = _unmoved(first, found, recipe)
    tick(1, 4)
    return Ready(first, later, alignment, Registered(before, after, found))


@kept_memory()
def compare_registered(
    ready: Ready,
    *,
    again: tuple[Iterable[AnalyzedPhoto], Iterable[AnalyzedPhoto]] = ((), ()),
    notes: PairNotes = NO_NOTES,
    recipe: Recipe | None = None,
    drawn: Drawn | None = None,
    tick: Tick = no_tick,
) -> Pair:
    """Return the whole answer for two registered photos: the second half of `compare_photos`.

    Parameters
    ----------
    ready
        From `register_photos`, with the same notes and options.
    again, notes, recipe, tick
        As in `compare_photos`.
    drawn
        Given the photo after in the frame of the photo before, and where it shows anything, while
        the pair is scored; not called where the pair is not aligned.
    """
    recipe = recipe or Recipe()
    first, later, alignment = ready.before, ready.after, ready.alignment
    replicates: tuple[Replicate, ...] = ()
    if alignment.aligned:
        measure = partial(_photo_again, first, recipe)
        replicates = tuple(_replicates((first, later), again, measure))
    pair = _pair(first, later, alignment, recipe, Sessions(notes, replicates), drawn)
    tick(4, 4)
    return replace(pair, registered=ready.registered)


@kept_memory()
def compare_again(
    pair: Pair, notes: PairNotes, *, recipe: Recipe | None = None, tick: Tick = no_tick
) -> Pair | None:
    """Return the answer for the same shots with other notes of the clinic, as if compared anew.

    Other days since needling change verdicts only; another control patch has the photos, whose
    registration is kept, scored again. None where the shots themselves are needed again: for
    another patch, repeats and directional shots have to be measured on other skin.

    Parameters
    ----------
    pair
        An earlier answer for these shots.
    notes
        What the clinic knows of the pair now.
    recipe
        Options; of an answer made with others nothing is used.
    tick
        Progress.

    Raises
    ------
    PatchUnusable
        If the control patch cannot serve.
    """
    recipe = recipe or Recipe()
    if pair.measured is None or pair.comparison.recipe != recipe.version:
        return None
    if notes.control == pair.comparison.notes.control:
        return _weighed_again(pair, pair.measured, notes, recipe)
    if pair.registered is None or pair.measured.replicates:
        return None
    return _scored_again(pair.registered, notes, recipe, tick)


def _weighed_again(pair: Pair, measured: Measured, notes: PairNotes, recipe: Recipe) -> Pair:
    comparison = compare_pair(
        pair.before,
        pair.after,
        pair.comparison.alignment,
        measured.scores,
        recipe,
        Sessions(notes, measured.replicates),
    )
    return replace(pair, comparison=comparison)


def _scored_again(registered: Registered, notes: PairNotes, recipe: Recipe, tick: Tick) -> Pair:
    before = mark_control(registered.before, notes.control, recipe.compare)
    tick(0, 2)
    after = _checked_against(before, registered.after, recipe)
    alignment = _unmoved(before, registered.alignment, recipe)
    tick(1, 2)
    pair = _pair(before, after, alignment, recipe, Sessions(notes))
    tick(2, 2)
    return replace(pair, registered=registered)


@kept_memory()
def compare_shots(
    before: AnalyzedShots,
    after: AnalyzedShots,
    *,
    again: tuple[Iterable[AnalyzedShots], Iterable[AnalyzedShots]] = ((), ()),
    notes: PairNotes = NO_NOTES,
    recipe: Recipe | None = None,
    tick: Tick = no_tick,
) -> Pair:
    """Return the whole answer for two sets of directional shots of one place.

    The scars found before are carried to the relief after by the registration, so that the same
    skin is measured twice; likewise to each repeat. Parameters are those of `compare_photos`.

    Raises
    ------
    PatchUnusable
        If the control patch cannot serve.
    """
    recipe = recipe or Recipe()
    marked = mark_control(before.analyzed, notes.control, recipe.compare)
    before = replace(before, analyzed=marked)
    tick(0, 4)
    alignment = align(before.analyzed, after.analyzed, recipe)
    tick(1, 4)
    first, later = before.analyzed, after.analyzed
    replicates: tuple[Replicate, ...] = ()

    def stop(_done: int, _total: int) -> None:
        tick(1, 4)

    if alignment.aligned:
        cards = _same_scars((before, after), alignment, recipe, stop)
        first, later = replace(first, relief=cards[0]), replace(later, relief=cards[1])
        measure = partial(_shots_again, before, recipe, stop)
        replicates = tuple(_replicates((first, later), again, measure))
    tick(2, 4)
    pair = _pair(first, later, alignment, recipe, Sessions(notes, replicates))
    tick(4, 4)
    return pair


_Shot = TypeVar("_Shot", AnalyzedPhoto, AnalyzedShots)


def _replicates(
    firsts: tuple[AnalyzedPhoto, AnalyzedPhoto],
    again: tuple[Iterable[_Shot], Iterable[_Shot]],
    measure: Callable[[_Shot, Side], Replicate],
) -> Iterator[Replicate]:
    """Yield every repeat of both sessions, measured or left out with the reason."""
    for side, first, shots in zip(Side, firsts, again, strict=True):
        taken: list[ShotFingerprint] = []
        for shot in shots:
            analyzed = shot if isinstance(shot, AnalyzedPhoto) else shot.analyzed
            taken = taken or [ShotFingerprint.of(first.photo)]
            own = ShotFingerprint.of(analyzed.photo)
            why = why_no_replicate(taken, own)
            taken.append(own)
            yield Replicate(analyzed.name, side, why) if why else measure(shot, side)


def _photo_again(
    before: AnalyzedPhoto, recipe: Recipe, again: AnalyzedPhoto, side: Side
) -> Replicate:
    """Return one repeat photo, measured on the skin of the photo before."""
    alignment = align(before, again, recipe)
    return _scored_replicate(before, again, side, alignment, recipe)


def _shots_again(
    before: AnalyzedShots, recipe: Recipe, tick: Tick, again: AnalyzedShots, side: Side
) -> Replicate:
    """Return one repeat set of directional shots, measured on the scars of the one before."""
    alignment = align(before.analyzed, again.analyzed, recipe)
    scored = _scored_replicate(before.analyzed, again.analyzed, side, alignment, recipe)
    if scored.left_out:
        return scored
    first, later = _same_scars((before, again), alignment, recipe, tick)
    return replace(scored, relief=(_numbers_of(first), _numbers_of(later)))


def _numbers_of(card: ReliefCard) -> ReliefCard:
    """Return a relief's numbers without its pictures, of which a repeat has no more use."""
    none = np.zeros((0, 0), np.float32)
    labels = np.zeros((0, 0), np.int32)
    return replace(card, depth_mm=none, band_um=none, scar_labels=labels, marks=None)


def _scored_replicate(
    before: AnalyzedPhoto, again: AnalyzedPhoto, side: Side, alignment: Alignment, recipe: Recipe
) -> Replicate:
    if not alignment.aligned:
        return Replicate(again.name, side, alignment.reason)
    photos, scales = (before.photo, again.photo), (before.scale, again.scale)
    try:
        scores = score_pair(photos, before.zones, alignment, scales, recipe.score)
    except NotComparable as error:
        return Replicate(again.name, side, error.message)
    return Replicate(again.name, side, scores=_without_maps(scores))


def _without_maps(scores: PairScores) -> PairScores:
    """Return the numbers of a pair without the maps, of which a repeat has no more use."""
    before, after = (replace(card, layers={}) for card in (scores.before, scores.after))
    return replace(scores, before=before, after=after)


def _checked_against(before: AnalyzedPhoto, after: AnalyzedPhoto, recipe: Recipe) -> AnalyzedPhoto:
    return _checked(after, Earlier(before.photo, before.face, before.zones), recipe)


def _checked(analyzed: AnalyzedPhoto, before: Earlier | None, recipe: Recipe) -> AnalyzedPhoto:
    quality = check_photo(
        analyzed.photo, analyzed.face, analyzed.zones, recipe.quality, before=before
    )
    # What was found already and is not found again (markers) is no part of these checks.
    found = {one.check for one in quality.findings}
    kept = tuple(one for one in analyzed.quality.findings if one.check not in found)
    return replace(analyzed, quality=_with(quality, kept))


def _same_scars(
    both: tuple[AnalyzedShots, AnalyzedShots], alignment: Alignment, recipe: Recipe, tick: Tick
) -> tuple[ReliefCard, ReliefCard]:
    """Return the reliefs before and after, each measured on the scars of both."""
    before, after = both
    card, own = before.analyzed.relief, after.analyzed.relief
    if card is None or own is None:
        raise ValueError("a relief was not measured")
    there = _places_before(alignment)
    carried = _carried(card.scar_labels, there)
    seen = sample(_valid_at_pixels(alignment), there[0], there[1], outside=0.0) > 0.5
    seen = fill_seen(seen, carried)
    fresh = fresh_scars(own.scar_labels, carried, seen, int(card.scar_labels.max()) + 1)
    later = _measured(after.relief, recipe, tick, scars=carried + fresh, mask=seen)
    cut = cut_scars(card.scar_labels, carried, _area_ratio(alignment))
    whole = tuple(scar for scar in later.scars if scar.id not in cut)
    later = replace(later, scars=whole)
    card = replace(card, places=_places(before, fresh, alignment, recipe, tick))
    skin = seen & after.relief.trusted & (later.scar_labels == 0)
    return _same_texture((card, later), (before.relief, after.relief), skin, alignment, recipe)


def _same_texture(
    cards: tuple[ReliefCard, ReliefCard],
    reliefs: tuple[Relief, Relief],
    skin: NDArray[np.bool_],
    alignment: Alignment,
    recipe: Recipe,
) -> tuple[ReliefCard, ReliefCard]:
    """Return both cards with the texture of the skin that both show; `skin` is that of the latter.

    Furrows and lines differ from place to place by more than treatment changes them.
    """
    own = reliefs[0].trusted & (cards[0].scar_labels == 0)
    both = skin & (_carried(own.astype(np.int32), _places_before(alignment)) > 0)
    row = expand(alignment.row, alignment.step, alignment.shape)
    column = expand(alignment.column, alignment.step, alignment.shape)
    back = own & (_carried(both.astype(np.int32), (row, column)) > 0)
    if not both.any() or not back.any():
        return cards
    return (
        with_texture_of(cards[0], reliefs[0], back, recipe.relief),
        with_texture_of(cards[1], reliefs[1], both, recipe.relief),
    )


def _places(
    before: AnalyzedShots,
    fresh: NDArray[np.int32],
    alignment: Alignment,
    recipe: Recipe,
    tick: Tick,
) -> tuple[Scar, ...]:
    """Return what the relief before shows where scars were found after only."""
    card = before.analyzed.relief
    if card is None or not fresh.any():
        return ()
    row = expand(alignment.row, alignment.step, alignment.shape)
    column = expand(alignment.column, alignment.step, alignment.shape)
    back = np.where(card.scar_labels > 0, 0, _carried(fresh, (row, column)))
    both = card.scar_labels + back.astype(np.int32)
    measured = _measured(before.relief, recipe, tick, scars=both)
    return tuple(scar for scar in measured.scars if (back == scar.id).any())


def _carried(
    labels: NDArray[np.int32], places: tuple[NDArray[np.float32], NDArray[np.float32]]
) -> NDArray[np.int32]:
    """Return labels as they lie in the other picture, whose pixels lie at `places` in this one."""
    drawn = cv2.remap(
        labels.astype(np.float32),
        places[1],
        places[0],
        cv2.INTER_NEAREST,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=0,
    )
    return np.asarray(np.rint(drawn), dtype=np.int32)


def _valid_at_pixels(alignment: Alignment) -> NDArray[np.float32]:
    valid = cv2.resize(alignment.valid.astype(np.float32), alignment.shape[::-1])
    return np.asarray(valid, dtype=np.float32)


def _area_ratio(alignment: Alignment) -> float:
    """Return how many pixels of the photo after show what one of the photo before does."""
    down = np.gradient(alignment.row, alignment.step)
    right = np.gradient(alignment.column, alignment.step)
    return float(np.median(down[0] * right[1] - down[1] * right[0]))


def _places_before(alignment: Alignment) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return where each pixel of the photo after lies in the photo before."""
    row, column = invert(alignment.row, alignment.column, alignment.step, alignment.after_shape)
    shape, step = alignment.after_shape, alignment.step
    return expand(row, step, shape), expand(column, step, shape)


def _pair(
    before: AnalyzedPhoto,
    after: AnalyzedPhoto,
    alignment: Alignment,
    recipe: Recipe,
    sessions: Sessions,
    drawn: Drawn | None = None,
) -> Pair:
    if not alignment.aligned:
        comparison = compare_pair(before, after, alignment, None, recipe, sessions)
        return Pair(
            before, after, comparison, None, None, {}, measured=Measured(None, sessions.replicates)
        )
    photos, scales = (before.photo, after.photo), (before.scale, after.scale)
    larger = typical_magnification(alignment)
    after = replace(after, quality=_with(after.quality, check_same_scale(*scales, larger)))
    # The picture for the eye is drawn beside the scoring, which leaves the second core some room.
    with ThreadPoolExecutor(1, thread_name_prefix="warp") as pool:
        drawing = pool.submit(_drawn, after, alignment, drawn)
        scores = score_pair(photos, before.zones, alignment, scales, recipe.score)
        aligned, seen = drawing.result()
    comparison = compare_pair(before, after, alignment, scores, recipe, sessions)
    layers = {
        name: (layer, scores.after.layers[name]) for name, layer in scores.before.layers.items()
    }
    layers.update(_relief_layers(before, after, alignment))
    measured = Measured(scores, sessions.replicates)
    return Pair(before, after, comparison, aligned, seen, layers, measured)


def _drawn(
    after: AnalyzedPhoto, alignment: Alignment, drawn: Drawn | None
) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    picture, seen = warp_photo(after.photo, alignment)
    if drawn is not None:
        drawn(picture, seen)
    return picture, seen


def _relief_layers(
    before: AnalyzedPhoto, after: AnalyzedPhoto, alignment: Alignment
) -> Mapping[str, tuple[Layer, Layer]]:
    """Return the depth below healthy skin, before and after, in the frame of before."""
    if before.relief is None or after.relief is None:
        return {}
    pitch = before.scale.mm_per_px if before.scale else 0.06
    step = max(1, round(0.12 / pitch))
    first = Layer("depth", "mm", block_mean(before.relief.depth_mm, step), step)
    row = expand(alignment.row, alignment.step, alignment.shape)
    column = expand(alignment.column, alignment.step, alignment.shape)
    later = sample(after.relief.depth_mm, row, column)
    return {"depth": (first, Layer("depth", "mm", block_mean(later, step), step))}
