"""Directional shots of scarred skin: depth, volume, texture, pores, lines against the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage
from scipy.spatial import KDTree

from mnimage import pipeline
from mnimage.domain.face import WHOLE
from mnimage.phantom.session import FINER, PITCH, Fault, scarred_skin, shoot_session
from mnimage.validate.calls import POWER, Call, call_of, calls_of
from mnimage.validate.plan import SEED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mnimage.domain.comparison import Change, Comparison
    from mnimage.domain.relief import Marks, ReliefCard, Scar
    from mnimage.phantom.scars import TrueScar
    from mnimage.phantom.session import Session
    from mnimage.phantom.skin import Skin
    from mnimage.pipeline import AnalyzedShots

    Mask = NDArray[np.bool_]

BANDS = ((0.1, 2.5), (0.1, 0.2), (0.2, 0.4), (0.4, 0.8), (0.8, 1.6))
CUTOFF = 0.1874
"""Sigma of ISO 16610's Gaussian filter over its cutoff."""

ARMS = (0.05, 0.1, 0.3)
LARGE = 0.2
_LEAST_DEPTH_MM, _LEAST_AREA_MM2 = 0.08, 0.3
_PORE_MM, _LINE_PX, _EDGE_MM = 0.2, 2, 0.5
_STANDS_OUT, _SEEN_MM = 1.2, 0.02


@dataclass(frozen=True, slots=True)
class Followed:
    """One true scar, and the one found there."""

    case: str
    true: TrueScar
    found: Scar | None


@dataclass(frozen=True, slots=True)
class Relieved:
    """All that is compared of one skin.

    `bands` are true and found Sq in um, whole band and octaves; `volumes` per arm the true share
    filled and what was read of all scars together, in percent; `single` the same of each scar with
    its true share.
    """

    case: str
    scars: tuple[Followed, ...]
    false: int
    area_mm2: float
    bands: tuple[tuple[float, float], ...]
    again_um: float
    pores_f1: float
    lines_jaccard: float
    volumes: tuple[tuple[float, float], ...]
    single: tuple[tuple[float, float], ...]
    unchanged: tuple[Call, ...]
    changed: tuple[Call, ...]


def relief(number: int, side_mm: float) -> Relieved:
    """Photograph a skin before, again unchanged, 20 % shallower, and by what must just be called.

    The last session is by turns one of the other arms, scars or texture less by 1.5 x MDC95.
    """
    seed = SEED + number
    skin = scarred_skin(seed, side_mm)
    case = f"type {skin.look.tone} skin {number + 1}"
    before = shoot_session(skin, 10 * seed, Fault())
    first = _analyzed(before)
    again = _followed_by(first, skin, 10 * seed + 1)
    zone = again[1].zones.get(WHOLE, {})
    arms = [(LARGE, 0.0), _last(number, zone)]
    later = [
        (scar, texture, _followed_by(first, _less(skin, scar, texture), 10 * seed + 2 + place)[1])
        for place, (scar, texture) in enumerate(arms)
    ]
    card = _card(first)
    found = find_true(skin, card, before)
    healthy = (card.scar_labels == 0) & first.relief.trusted
    used = {scar.id for scar in found.values()}
    true = {scar.id: skin.scars[place] for place, scar in found.items()}
    return Relieved(
        case=case,
        scars=tuple(Followed(case, one, found.get(n)) for n, one in enumerate(skin.scars)),
        false=sum(scar.id not in used for scar in card.scars),
        area_mm2=card.area_mm2,
        bands=texture_bands(skin, card, before, healthy),
        again_um=_card(again[0]).texture_sq_um,
        pores_f1=pores_f1(skin, card.marks, before, healthy),
        lines_jaccard=lines_jaccard(skin, card.marks, before, healthy),
        volumes=tuple((scar, _volume_read(pair)) for scar, _, pair in later if scar > 0),
        single=tuple(
            (scar, read) for scar, _, pair in later if scar > 0 for read in _each_read(pair, true)
        ),
        unchanged=(*_whole(again[1], case), *_scar_calls(again[1], case, None)),
        changed=tuple(
            call
            for scar, texture, pair in later
            for call in _due((pair, true), case, scar, texture)
        ),
    )


def _analyzed(session: Session) -> AnalyzedShots:
    return pipeline.analyze_shots(session.shots, name="")


def _card(analyzed: AnalyzedShots) -> ReliefCard:
    card = analyzed.analyzed.relief
    if card is None:
        raise ValueError("a relief was not measured")
    return card


def _followed_by(first: AnalyzedShots, skin: Skin, seed: int) -> tuple[AnalyzedShots, Comparison]:
    later = _analyzed(shoot_session(skin, seed, Fault()))
    return later, pipeline.compare_shots(first, later).comparison


def _less(skin: Skin, scar: float, texture: float) -> Skin:
    return skin.treated(scar_fraction=scar, texture_fraction=texture)


def _last(number: int, zone: Mapping[str, Change]) -> tuple[float, float]:
    """Return the share of scars' depth and of texture that is gone at the last session."""
    volume, texture = zone.get("scar_volume_mm3"), zone.get("texture_sq_um")
    if number % 3 == 0 and volume is not None:
        return min(POWER * volume.mdc95 / volume.before, 0.95), 0.0
    if number % 3 == 1 and texture is not None:
        return 0.0, min(POWER * texture.mdc95 / texture.before, 0.95)
    return ARMS[number // 3 % len(ARMS)], 0.0


def _whole(pair: Comparison, case: str) -> list[Call]:
    return [call for call in calls_of(pair, case) if _of_relief(call.score)]


def _of_relief(name: str) -> bool:
    return name.startswith(("scar_depth", "scar_volume")) or name == "texture_sq_um"


def _scar_calls(pair: Comparison, case: str, lost: Mapping[int, float] | None) -> list[Call]:
    """Return the volume of each scar that was followed, and how much of it is truly gone.

    `lost` is that in mm3 by the number of the scar found, None where nothing has changed; a dent
    that is no true scar is left out there: nothing of it is gone.
    """
    return [
        call_of(
            one.volume,
            (case, f"scar {one.id}", "volume of one scar"),
            0.0 if lost is None else -lost[one.id],
        )
        for one in pair.scars
        if one.volume is not None and not one.fresh and (lost is None or one.id in lost)
    ]


def _due(
    followed: tuple[Comparison, Mapping[int, TrueScar]], case: str, scar: float, texture: float
) -> list[Call]:
    """Return the calls whose true change is 1.5 x the MDC95 stated for it, within a quarter.

    What is gone of a scar is given by its closed form, not by what was read of it before: furrows
    and lines that run through it are read with it, but stay.
    """
    pair, true = followed
    zone = pair.zones.get(WHOLE, {})
    wanted = {"scar_volume_mm3": scar, "texture_sq_um": texture}
    calls = [
        call_of(zone[name], (case, WHOLE, name), -share * zone[name].before)
        for name, share in wanted.items()
        if share > 0 and name in zone
    ]
    if scar > 0:
        gone = {number: scar * one.volume_mm3 for number, one in true.items()}
        calls += _scar_calls(pair, case, gone)
    return [call for call in calls if call.due]


def _volume_read(pair: Comparison) -> float:
    """Return the change of all scars' volume that was read, in percent."""
    both = [one.volume for one in pair.scars if one.volume is not None and not one.fresh]
    before, after = sum(one.before for one in both), sum(one.after for one in both)
    return 100 * (after / before - 1) if before > 0 else float("nan")


def _each_read(pair: Comparison, true: Mapping[int, TrueScar]) -> list[float]:
    return [
        100 * (one.volume.after / one.volume.before - 1)
        for one in pair.scars
        if one.volume is not None and one.id in true and one.volume.before > 0
    ]


def find_true(skin: Skin, card: ReliefCard, session: Session) -> dict[int, Scar]:
    """Return the scar found at each true one, by the place of the true one in `skin.scars`."""
    found: dict[int, Scar] = {}
    for number, true in enumerate(skin.scars):
        row, column = session.place_px(true.row_mm, true.column_mm)
        free = [scar for scar in card.scars if scar not in found.values()]
        away = [np.hypot(scar.row - row, scar.column - column) * PITCH for scar in free]
        if away and min(away) < max(1.0, true.width_mm / 2):
            found[number] = free[int(np.argmin(away))]
    return found


def counts(true: TrueScar) -> bool:
    """Return whether a scar is large enough to be looked for."""
    return true.depth_p95_mm >= _LEAST_DEPTH_MM and true.area_mm2 >= _LEAST_AREA_MM2


def texture_bands(
    skin: Skin, card: ReliefCard, session: Session, healthy: Mask
) -> tuple[tuple[float, float], ...]:
    """Return true and found Sq of the whole band and of each octave, on the same skin."""
    found = [card.texture_sq_um, *(sq for _, _, sq in card.texture_octaves_um)]
    fine = np.kron(healthy, np.ones((FINER, FINER), dtype=np.uint8)) > 0
    height = skin.texture_mm.astype(np.float32)
    moved = [FINER * way for way in session.moved_px]
    pairs = []
    for (low, high), seen in zip(BANDS, found, strict=True):
        sigma = CUTOFF / skin.mm_per_px
        band = ndimage.gaussian_filter(height, sigma * low)
        band -= ndimage.gaussian_filter(height, sigma * high)
        there = ndimage.shift(band, moved, order=1, mode="nearest")[fine]
        pairs.append((1000 * float(np.sqrt(np.mean(there**2, dtype=np.float64))), seen))
    return tuple(pairs)


def inner_skin(healthy: Mask) -> Mask:
    """Return the skin far enough from its border that marks are looked for."""
    away = ndimage.distance_transform_edt(np.pad(healthy, 1))[1:-1, 1:-1]
    return np.asarray(away > _EDGE_MM / PITCH, dtype=np.bool_)


def pores_f1(skin: Skin, marks: Marks | None, session: Session, healthy: Mask) -> float:
    """Return F1 of the pores found, 0.2 mm being near enough."""
    if marks is None:
        return 0.0
    inner = inner_skin(healthy)
    places = np.array([session.place_px(pore.row_mm, pore.column_mm) for pore in skin.pores])
    whole = np.rint(places).astype(int)
    inside = ((whole >= 0) & (whole < healthy.shape)).all(axis=1)
    places, whole = places[inside], whole[inside]
    places = places[inner[whole[:, 0], whole[:, 1]]]
    if len(places) == 0 or len(marks.pores_px) == 0:
        return 0.0
    away, nearest = KDTree(places).query(marks.pores_px, distance_upper_bound=_PORE_MM / PITCH)
    hits = np.unique(np.asarray(nearest)[np.isfinite(away)]).size
    return 2 * hits / (len(places) + len(marks.pores_px))


def lines_jaccard(skin: Skin, marks: Marks | None, session: Session, healthy: Mask) -> float:
    """Return the Jaccard index (2 px) of lines that are deeper than the furrows about them.

    Lines that are no deeper are neither to be found nor wrong where they are.
    """
    inner = inner_skin(healthy)
    true, lesser = (each & inner for each in _true_lines(skin, session, healthy.shape))
    if not true.any() or marks is None:
        return float("nan")
    seen = np.zeros(healthy.shape, dtype=np.bool_)
    seen[marks.line_px[:, 0], marks.line_px[:, 1]] = True
    right = seen & _near(true)
    seen &= right | ~_near(lesser)
    if not seen.any():
        return 0.0
    hit = float((true & _near(seen)).sum() / true.sum())
    return 1 / (1 / max(float(right.sum() / seen.sum()), 1e-6) + 1 / max(hit, 1e-6) - 1)


def _near(mask: Mask) -> Mask:
    if not mask.any():
        return mask
    return np.asarray(ndimage.distance_transform_edt(~mask) <= _LINE_PX, dtype=np.bool_)


def _true_lines(skin: Skin, session: Session, shape: Sequence[int]) -> tuple[Mask, Mask]:
    """Return the centres of the lines that stand out among the furrows, and of all others."""
    true, lesser = np.zeros((2, *shape), dtype=np.bool_)
    for line in skin.lines:
        stands_out = line.depth_mm >= _STANDS_OUT * skin.look.furrow_um / 1000
        mask, least = (true, _SEEN_MM) if stands_out else (lesser, 0.0)
        share = np.linspace(0, 1, 4000)
        points = np.array([session.place_px(*middle) for middle in line.points_mm])
        way = np.linspace(0, 1, len(points))
        deep = line.depth_mm * np.sqrt(np.sin(np.pi * share)) > least
        row, column = (
            np.rint(np.interp(share[deep], way, points[:, axis])).astype(int) for axis in (0, 1)
        )
        kept = (row >= 0) & (row < shape[0]) & (column >= 0) & (column < shape[1])
        mask[row[kept], column[kept]] = True
    return true, lesser
