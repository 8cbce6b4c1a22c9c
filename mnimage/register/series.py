"""Register a series of sessions to its baseline, and check that two paths agree.

How well both paths agree: `docs/registration.md`.
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
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from mnimage.domain.face import Face
    from mnimage.domain.photo import Photo
    from mnimage.domain.recipe import RegisterRecipe

    Plane = NDArray[np.float32]

_LEAST_SHARED = 50
"""Nodes that two paths must share: fewer give no meaningful percentile."""


@dataclass(frozen=True, slots=True)
class SessionInput:
    """One session as registration needs it: the photo, its face or None, and where its skin is."""

    photo: Photo
    face: Face | None
    skin: NDArray[np.bool_] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Closure:
    """How far positions found through a middle session lie from those found directly.

    In px of the baseline, over nodes trusted on both paths; `shared` is their share of the nodes
    trusted directly. NaN where the two paths share too little skin.
    """

    median_px: float
    p95_px: float
    shared: float


@dataclass(frozen=True, slots=True)
class RegisteredSession:
    """A session registered to the baseline.

    `through` is the number of the middle session (0: the baseline), None where registration was
    direct; then `closure` compares it with the path through the previous session, if there is one.
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
    """Return every session after the first registered to the first, in their order.

    Each session is registered directly to the baseline, so that errors do not accumulate. Where
    that fails (too much has changed, too little is shared), it is registered through the nearest
    earlier session that was registered; its error then combines both steps, and a warning says so.

    Parameters
    ----------
    sessions
        The sessions, the baseline first.
    recipe
        Options of registration.
    check
        Whether to register through the previous session as well and compare; this costs a second
        registration for each session but the first two.
    tick
        Called once for each session.
    """
    registered: list[RegisteredSession] = []
    for number in range(1, len(sessions)):
        tick(number - 1, len(sessions) - 1)
        direct = _registered(sessions[0], sessions[number], recipe)
        if direct.aligned:
            closure = _closure_over(sessions, registered, direct, recipe) if check else None
            registered.append(RegisteredSession(direct, None, closure))
        else:
            registered.append(_through_middle(sessions, registered, direct, recipe))
    tick(len(registered), len(registered))
    return tuple(registered)


def _registered(before: SessionInput, after: SessionInput, recipe: RegisterRecipe) -> Alignment:
    faces = (before.face, after.face)
    return register_pair(before.photo, after.photo, faces, before.skin, recipe)


def _closure_over(
    sessions: Sequence[SessionInput],
    registered: Sequence[RegisteredSession],
    direct: Alignment,
    recipe: RegisterRecipe,
) -> Closure | None:
    """Return how far the path through the previous session lies from the direct one."""
    number = len(registered) + 1
    if number < 2 or not registered[-1].alignment.aligned:
        return None
    last = _registered(sessions[number - 1], sessions[number], recipe)
    return closure_error(registered[-1].alignment, last, direct) if last.aligned else None


def _through_middle(
    sessions: Sequence[SessionInput],
    registered: Sequence[RegisteredSession],
    direct: Alignment,
    recipe: RegisterRecipe,
) -> RegisteredSession:
    number = len(registered) + 1
    for middle in range(number - 1, 0, -1):
        first = registered[middle - 1].alignment
        if not first.aligned:
            continue
        last = _registered(sessions[middle], sessions[number], recipe)
        if not last.aligned:
            continue
        whole = compose(first, last)
        if whole.aligned and whole.covered >= recipe.min_covered:
            warning = message("register.through_session", reason=direct.reason, session=middle)
            found = replace(whole, warnings=(*whole.warnings, warning))
            return RegisteredSession(found, through=middle)
    return RegisteredSession(direct)


def compose(first: Alignment, last: Alignment) -> Alignment:
    """Return the alignment from A to C composed of A to B and B to C, in the frame of A.

    The expected errors add in quadrature, those of the second converted to pixels of A; a node is
    trusted where both alignments trust it. If either pair was refused, so is the composition.

    The errors of both are treated as independent (JCGM 100:2008).

    Raises
    ------
    ValueError
        If the first does not end in the photo in which the second begins.
    """
    if not (first.aligned and last.aligned):
        return _refused(first, last)
    if first.after_shape != last.shape:
        raise ValueError(f"these do not join: {first.after_shape} and {last.shape}")
    there = (first.row, first.column)
    row, column = _field_at(last, there)
    magnified = float(np.sqrt(abs(np.linalg.det(_affine(first)[:2]))))
    error = _grid_at(last, last.error_px, there) / np.float32(magnified)
    moved = first.moved | (_grid_at(last, last.moved.astype(np.float32), there) > 0)
    valid = first.valid & (_grid_at(last, last.valid.astype(np.float32), there) > 0.99) & ~moved
    registered = int((first.valid | first.moved).sum())
    return replace(
        first,
        after_shape=last.after_shape,
        row=row,
        column=column,
        error_px=np.hypot(first.error_px, error).astype(np.float32),
        valid=valid,
        moved=moved & ~valid,
        moved_share=float(moved.sum()) / max(1, int((valid | moved).sum())),
        covered=first.covered * min(1.0, float((valid | moved).sum()) / max(1, registered)),
        seconds=first.seconds + last.seconds,
        warnings=tuple(dict.fromkeys((*first.warnings, *last.warnings))),
    )


def closure_error(first: Alignment, last: Alignment, direct: Alignment) -> Closure:
    """Return how far registration through a middle session lies from direct registration.

    The transitivity error of Skrinjar, Bistoquet and Tagare (2008).

    Parameters
    ----------
    first, last
        From A to B and from B to C.
    direct
        From A to C.

    Raises
    ------
    ValueError
        If the alignments do not join, or one of the pairs was refused.
    """
    if not (first.aligned and last.aligned and direct.aligned):
        raise ValueError("a pair was refused: nothing to compare")
    composed = compose(first, last)
    if (composed.shape, composed.after_shape) != (direct.shape, direct.after_shape):
        raise ValueError("the two paths do not join the same photos")
    nodes = grid_places(direct.shape, direct.step)
    row, column = _field_at(composed, nodes)
    both = direct.valid & (_grid_at(composed, composed.valid.astype(np.float32), nodes) > 0.99)
    if int(both.sum()) < _LEAST_SHARED:
        return Closure(float("nan"), float("nan"), 0.0)
    there = np.hypot(row - direct.row, column - direct.column)
    gap = there[both] / np.sqrt(abs(np.linalg.det(_affine(direct)[:2])))
    median, high = np.percentile(gap, [50, 95]).tolist()
    return Closure(median, high, float(both.sum() / max(1, int(direct.valid.sum()))))


def _refused(first: Alignment, last: Alignment) -> Alignment:
    empty = np.zeros((0, 0), dtype=np.float32)
    return Alignment(
        status=Status.NOT_COMPARABLE,
        reason=first.reason if not first.aligned else last.reason,
        shape=first.shape,
        after_shape=last.after_shape,
        step=1,
        row=empty,
        column=empty,
        error_px=empty,
        valid=np.zeros((0, 0), dtype=np.bool_),
        seconds=first.seconds + last.seconds,
    )


def _affine(alignment: Alignment) -> NDArray[np.float64]:
    """Return the affine map (3 x 2) that best fits a field: (row, column, 1) of before to after."""
    row, column = grid_places(alignment.shape, alignment.step)
    here = np.column_stack([row.ravel(), column.ravel(), np.ones(row.size, np.float32)])
    there = np.column_stack([alignment.row.ravel(), alignment.column.ravel()])
    return np.linalg.lstsq(here.astype(np.float64), there.astype(np.float64), rcond=None)[0]


def _field_at(alignment: Alignment, points: tuple[Plane, Plane]) -> tuple[Plane, Plane]:
    """Return where points of the photo before lie after, extrapolated beyond its edge."""
    row, column = grid_places(alignment.shape, alignment.step)
    affine = _affine(alignment).astype(np.float32)
    found = []
    for axis, grid in enumerate((alignment.row, alignment.column)):
        down, right, start = affine[:, axis]
        residual = grid - (down * row + right * column + start)
        linear = down * points[0] + right * points[1] + start
        found.append(linear + _grid_at(alignment, residual, points))
    return found[0], found[1]


def _grid_at(alignment: Alignment, grid: Plane, points: tuple[Plane, Plane]) -> Plane:
    """Return a grid's values at points of the photo before, bilinear between its nodes."""
    step = np.float32(alignment.step)
    row, column = ((part + np.float32(0.5)) / step - np.float32(0.5) for part in points)
    drawn = cv2.remap(grid, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, dtype=np.float32)
