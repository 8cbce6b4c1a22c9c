"""Which skin the facial expression moved, and whether the camera distance changed."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.alignment import Status
from mnimage.register.rigid import Head, at_nodes, fit_head
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.face import Face, Zones
    from mnimage.domain.recipe import RegisterRecipe
    from mnimage.words.message import Message

SMILE_AS_PERSPECTIVE, TURN_AS_PERSPECTIVE = 0.3, 0.1
"""Perspective that an expression, per share of skin moved, or a turn of the head can mimic.

Measured on 24 smiles taken from one place and 12 rendered heads turned by up to 8 degrees.
"""

NAMED_SHARE, DROPPED_SHARE = 0.2, 0.5
"""Share of a zone's skin that moved above which it is named, or not scored at all."""

ZONE_NAMES: Mapping[str, Message] = {
    "forehead": message("register.forehead"),
    "cheek_left": message("register.cheek_left"),
    "cheek_right": message("register.cheek_right"),
    "nose": message("register.nose"),
    "chin": message("register.chin"),
    "periorbital_left": message("register.periorbital_left"),
    "periorbital_right": message("register.periorbital_right"),
    "perioral": message("register.perioral"),
}
BOTH_SIDES: Mapping[str, Message] = {
    "cheek": message("register.both_cheeks"),
    "periorbital": message("register.both_eyes"),
}


def mark_moved(
    alignment: Alignment, face: Face | None, zones: Zones, recipe: RegisterRecipe
) -> Alignment:
    """Return the alignment without skin moved by expression, with warnings about it.

    The motion of a rigid head and a different camera distance are separated from expression
    (`register.rigid`); a change of distance that changes the perspective adds a warning. Without a
    face neither can be estimated, and the alignment is returned unchanged.

    Our own, measured on 12 people in
    `docs/decisions/0008-expression-is-what-a-rigid-head-leaves.md`.

    Parameters
    ----------
    alignment
        Any; a refused one is returned unchanged. One in which nearly all skin moved is refused.
    face, zones
        Of the photo before.
    recipe
        Limits.
    """
    if face is None or not alignment.aligned:
        return alignment
    head = fit_head(alignment, face, zones)
    if head is None:
        return alignment
    moved = _moved(head, recipe)
    share = float(moved.sum() / head.known.sum())
    if 1 - share < recipe.min_unmoved:
        return _refused(alignment)
    dropped, expression = _expression(moved, alignment, zones)
    perspective = _perspective(head, share, recipe)
    return replace(
        alignment,
        moved=moved,
        valid=alignment.valid & ~moved,
        moved_share=share,
        moved_zones=dropped,
        perspective=head.perspective if perspective else 0.0,
        warnings=(*alignment.warnings, *expression, *perspective),
    )


def _refused(alignment: Alignment) -> Alignment:
    no_values, no_nodes = np.zeros((0, 0), np.float32), np.zeros((0, 0), np.bool_)
    return replace(
        alignment,
        status=Status.NOT_COMPARABLE,
        reason=message("register.expression_everywhere"),
        step=1,
        row=no_values,
        column=no_values,
        error_px=no_values,
        valid=no_nodes,
        moved=no_nodes,
        covered=0.0,
    )


def _moved(head: Head, recipe: RegisterRecipe) -> NDArray[np.bool_]:
    """Return the skin that moved on the head, none where it is too little to be an expression."""
    clearly = head.residual > recipe.moved_eyes
    if clearly.sum() < recipe.min_moved * head.known.sum():
        return np.zeros_like(clearly)
    folded = (head.strain > recipe.moved_strain) & (head.residual > recipe.moved_eyes / 2)
    # Islands and gaps of a node or two are noise.
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    whole = cv2.morphologyEx((clearly | folded).astype(np.uint8), cv2.MORPH_CLOSE, disk)
    return (np.asarray(cv2.morphologyEx(whole, cv2.MORPH_OPEN, disk)) > 0) & head.known


def _expression(
    moved: NDArray[np.bool_], alignment: Alignment, zones: Zones
) -> tuple[tuple[str, ...], tuple[Message, ...]]:
    """Return the zones of which too much moved to be scored, and the warnings."""
    if not moved.any():
        return (), ()
    labels = at_nodes(zones.labels, alignment)
    # Near moved skin, what could not be matched moved too far to be followed.
    gone = moved | ~alignment.valid
    shares = {
        name: float(gone[skin].mean())
        for number, name in enumerate(zones.names, start=1)
        if (skin := labels == number).any()
    }
    dropped = tuple(name for name, share in shares.items() if share > DROPPED_SHARE)
    named = [name for name, share in shares.items() if share > NAMED_SHARE]
    differs = (
        message("register.expression_differs", zones=_named(named))
        if named
        else message("register.expression_differs_somewhere")
    )
    if not dropped:
        return (), (differs,)
    return dropped, (differs, message("register.zones_not_scored", zones=_named(dropped)))


def _named(zones: Sequence[str]) -> tuple[Message | str, ...]:
    """Return the names of zones, left and right in one where both are there."""
    pairs = {kind: {f"{kind}_left", f"{kind}_right"} for kind in BOTH_SIDES}
    both = {
        zone: BOTH_SIDES[kind] for kind, pair in pairs.items() if pair <= {*zones} for zone in pair
    }
    names = (both.get(zone) or ZONE_NAMES.get(zone) or zone for zone in zones)
    return tuple(dict.fromkeys(names))


def _perspective(head: Head, share: float, recipe: RegisterRecipe) -> tuple[Message, ...]:
    limit = recipe.max_perspective
    limit += SMILE_AS_PERSPECTIVE * share + TURN_AS_PERSPECTIVE * head.turn
    if abs(head.perspective) <= limit:
        return ()
    if head.perspective > 0:
        return (message("register.perspective_farther"),)
    return (message("register.perspective_nearer"),)
