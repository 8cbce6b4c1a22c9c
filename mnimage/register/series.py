"""Lay a whole series of sessions onto its baseline, and check that two ways agree.

How well both ways agree: `docs/registration.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.progress import Tick, no_tick
from mnimage.kernels.geometry import grid_places
from mnimage.register.register import register_pair

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mnimage.domain.face import Face
    from mnimage.domain.photo import Photo
    from mnimage.domain.recipe import RegisterRecipe

    Plane = NDArray[np.float32]

_ROUNDABOUT = (
    "It could not be registered onto the first photo directly ({}), but through the photo of "
    "session {}."
)
_LEAST_SHARED = 50


@dataclass(frozen=True, slots=True)
class SessionInput:
    """One session as registration needs it: the photo, its face or None, and where its skin is."""

    photo: Photo
    face: Face | None
    skin: NDArray[np.bool_] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Closure:
    """How far the places found through a middle session lie from those found straight.

    In px of the baseline, over nodes trusted on both ways, whose share of those trusted straight
    is `shared`; NaN where the two ways share no skin.
    """

    median_px: float
    p95_px: float
    shared: float


@dataclass(frozen=True, slots=True)
class RegisteredSession:
    """A session registered onto the baseline.

    `through` is the number of the session (0 the baseline) that the way went over, or None when it
    went straight; then `closure` compares it with the way over the session before, if there is one.
    """

    alignment: Alignment
    through: int | None = None
    closure: Closure | None = None


def register_series(
    sessions: Sequence[SessionInput],
    recipe: RegisterRecipe,
    *,
    check: bool = True,
    tick: Tick = no_tick,
) -> tuple[RegisteredSession, ...]:
    """Return every session after the first one registered onto the first, in their order.

    Each session is laid straight onto the baseline, so that errors never add up. One that cannot
    be (too much has changed, too little is shared) goes over the nearest session before it that
    was laid; its errors are those of both ways together, and its alignment says so.

    Parameters
    ----------
    sessions
        The sessions, the baseline first.
    recipe
        Options of registration.
    check
        Whether to go over the session before as well and show how far the ways lie apart; costs a
        second registration for each session but the first two.
    tick
        Called once for each session.
    """
    laid: list[RegisteredSession] = []
    for number in range(1, len(sessions)):
        tick(number - 1, len(sessions) - 1)
        straight = _registered(sessions[0], sessions[number], recipe)
        if straight.aligned:
            closure = _closure_over(sessions, laid, straight, recipe) if check else None
            laid.append(RegisteredSession(straight, None, closure))
        else:
            laid.append(_roundabout(sessions, laid, straight, recipe))
    tick(len(laid), len(laid))
    return tuple(laid)


def _registered(before: SessionInput, after: SessionInput, recipe: RegisterRecipe) -> Alignment:
    faces = (before.face, after.face)
    return register_pair(before.photo, after.photo, faces, before.skin, recipe)


def _closure_over(
    sessions: Sequence[SessionInput],
    laid: Sequence[RegisteredSession],
    straight: Alignment,
    recipe: RegisterRecipe,
) -> Closure | None:
    """Return how far the way over the session before lies from the straight one."""
    number = len(laid) + 1
    if number < 2 or not laid[-1].alignment.aligned:
        return None
    last = _registered(sessions[number - 1], sessions[number], recipe)
    return closure_error(laid[-1].alignment, last, straight) if last.aligned else None


def _roundabout(
    sessions: Sequence[SessionInput],
    laid: Sequence[RegisteredSession],
    straight: Alignment,
    recipe: RegisterRecipe,
) -> RegisteredSession:
    number = len(laid) + 1
    for middle in range(number - 1, 0, -1):
        first = laid[middle - 1].alignment
        if not first.aligned:
            continue
        last = _registered(sessions[middle], sessions[number], recipe)
        if not last.aligned:
            continue
        whole = compose(first, last)
        if whole.aligned and whole.covered >= recipe.min_covered:
            said = _ROUNDABOUT.format(straight.reason.rstrip("."), middle)
            return RegisteredSession(
                replace(whole, warnings=(*whole.warnings, said)), through=middle
            )
    return RegisteredSession(straight)


def compose(first: Alignment, last: Alignment) -> Alignment:
    """Return the way from A to C over B, from A to B and B to C, in the frame of A.

    The expected errors add up as squares, those of the second way brought to pixels of A; a place
    is trusted where both ways trust it. Where either pair was refused, so is the whole.

    Errors of both ways are taken as independent (JCGM 100:2008).

    Raises
    ------
    ValueError
        If the first way does not end where the second one begins.
    """
    if not (first.aligned and last.aligned):
        return _refused(first, last)
    if first.after_shape != last.shape:
        raise ValueError(f"no way on from {first.after_shape} to {last.shape}")
    there = (first.row, first.column)
    row, column = _field_at(last, there)
    magnified = float(np.sqrt(abs(np.linalg.det(_plane(first)[:2]))))
    error = _grid_at(last, last.error_px, there) / np.float32(magnified)
    moved = first.moved | (_grid_at(last, last.moved.astype(np.float32), there) > 0)
    valid = first.valid & (_grid_at(last, last.valid.astype(np.float32), there) > 0.99) & ~moved
    laid = int((first.valid | first.moved).sum())
    return replace(
        first,
        after_shape=last.after_shape,
        row=row,
        column=column,
        error_px=np.hypot(first.error_px, error).astype(np.float32),
        valid=valid,
        moved=moved & ~valid,
        moved_share=float(moved.sum()) / max(1, int((valid | moved).sum())),
        covered=first.covered * min(1.0, float((valid | moved).sum()) / max(1, laid)),
        seconds=first.seconds + last.seconds,
        warnings=tuple(dict.fromkeys((*first.warnings, *last.warnings))),
    )


def closure_error(first: Alignment, last: Alignment, straight: Alignment) -> Closure:
    """Return how far going over a middle session lies from going straight.

    The transitivity error of Skrinjar, Bistoquet and Tagare (2008).

    Parameters
    ----------
    first, last
        From A to B and from B to C.
    straight
        From A to C.

    Raises
    ------
    ValueError
        If the ways do not join, or one of the pairs was refused.
    """
    if not (first.aligned and last.aligned and straight.aligned):
        raise ValueError("a pair was refused: there is no way to compare")
    over = compose(first, last)
    if (over.shape, over.after_shape) != (straight.shape, straight.after_shape):
        raise ValueError("the two ways do not join the same photos")
    nodes = grid_places(straight.shape, straight.step)
    row, column = _field_at(over, nodes)
    both = straight.valid & (_grid_at(over, over.valid.astype(np.float32), nodes) > 0.99)
    if int(both.sum()) < _LEAST_SHARED:
        return Closure(float("nan"), float("nan"), 0.0)
    there = np.hypot(row - straight.row, column - straight.column)
    gap = there[both] / np.sqrt(abs(np.linalg.det(_plane(straight)[:2])))
    median, high = np.percentile(gap, [50, 95]).tolist()
    return Closure(median, high, float(both.sum() / max(1, int(straight.valid.sum()))))


def _refused(first: Alignment, last: Alignment) -> Alignment:
    nothing = np.zeros((0, 0), dtype=np.float32)
    return Alignment(
        status=Status.NOT_COMPARABLE,
        reason=first.reason if not first.aligned else last.reason,
        shape=first.shape,
        after_shape=last.after_shape,
        step=1,
        row=nothing,
        column=nothing,
        error_px=nothing,
        valid=np.zeros((0, 0), dtype=np.bool_),
        seconds=first.seconds + last.seconds,
    )


def _plane(alignment: Alignment) -> NDArray[np.float64]:
    """Return the affine map (3 x 2) nearest to a field: (row, column, 1) of before to after."""
    row, column = grid_places(alignment.shape, alignment.step)
    here = np.column_stack([row.ravel(), column.ravel(), np.ones(row.size, np.float32)])
    there = np.column_stack([alignment.row.ravel(), alignment.column.ravel()])
    return np.linalg.lstsq(here.astype(np.float64), there.astype(np.float64), rcond=None)[0]


def _field_at(alignment: Alignment, places: tuple[Plane, Plane]) -> tuple[Plane, Plane]:
    """Return where places of the photo before lie after; beyond its edge as its plane goes on."""
    row, column = grid_places(alignment.shape, alignment.step)
    plane = _plane(alignment).astype(np.float32)
    went = []
    for axis, grid in enumerate((alignment.row, alignment.column)):
        down, right, start = plane[:, axis]
        bent = grid - (down * row + right * column + start)
        straight = down * places[0] + right * places[1] + start
        went.append(straight + _grid_at(alignment, bent, places))
    return went[0], went[1]


def _grid_at(alignment: Alignment, grid: Plane, places: tuple[Plane, Plane]) -> Plane:
    """Return a grid's values at places of the photo before, smooth between its nodes."""
    step = np.float32(alignment.step)
    row, column = ((part + np.float32(0.5)) / step - np.float32(0.5) for part in places)
    drawn = cv2.remap(grid, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, dtype=np.float32)
