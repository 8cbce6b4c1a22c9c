"""Which skin the expression has moved, and from how far the photos were taken."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.alignment import Status
from mnimage.register.rigid import Head, at_nodes, fit_head

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment
    from mnimage.domain.face import Face, Zones
    from mnimage.domain.recipe import RegisterRecipe

# A larger part moved by itself, or a turn, passes for perspective by up to so much of it
# (measured on 24 smiles taken from one place and 12 rendered heads turned by up to 8 degrees).
SMILE_AS_PERSPECTIVE, TURN_AS_PERSPECTIVE = 0.3, 0.1

NAMED_SHARE, DROPPED_SHARE = 0.2, 0.5
"""Share of a zone's skin from which on it is named, or not scored at all."""

WORDS: Mapping[str, str] = {
    "cheek_left": "left cheek",
    "cheek_right": "right cheek",
    "periorbital_left": "skin about the left eye",
    "periorbital_right": "skin about the right eye",
    "perioral": "skin about the mouth",
}
BOTH: Mapping[str, str] = {"cheek": "both cheeks", "periorbital": "skin about both eyes"}


def mark_moved(
    alignment: Alignment, face: Face | None, zones: Zones, recipe: RegisterRecipe
) -> Alignment:
    """Return the alignment with skin moved by expression left out, and warned of.

    A turned or shifted head and another camera distance are distinguished from expression
    (`register.rigid`); a change of distance large enough to change the perspective is warned of.
    Without a face nothing is known of either, and the alignment is returned as it is.

    Our own, measured on 12 people in
    `docs/decisions/0008-expression-is-what-a-rigid-head-leaves.md`.

    Parameters
    ----------
    alignment
        Any; a refused one is returned as it is. One whose skin has nearly all moved is refused.
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
    dropped, words = _expression(moved, alignment, zones)
    seen_from = _perspective(head, share, recipe)
    return replace(
        alignment,
        moved=moved,
        valid=alignment.valid & ~moved,
        moved_share=share,
        moved_zones=dropped,
        perspective=head.perspective if seen_from else 0.0,
        warnings=(*alignment.warnings, *words, *seen_from),
    )


def _refused(alignment: Alignment) -> Alignment:
    nothing, none = np.zeros((0, 0), np.float32), np.zeros((0, 0), np.bool_)
    return replace(
        alignment,
        status=Status.NOT_COMPARABLE,
        reason="The expression differs over nearly the whole face",
        step=1,
        row=nothing,
        column=nothing,
        error_px=nothing,
        valid=none,
        moved=none,
        covered=0.0,
    )


def _moved(head: Head, recipe: RegisterRecipe) -> NDArray[np.bool_]:
    """Return the skin that moved by itself, nothing where it is too little to be an expression."""
    clearly = head.apart > recipe.moved_eyes
    if clearly.sum() < recipe.min_moved * head.known.sum():
        return np.zeros_like(clearly)
    folded = (head.strain > recipe.moved_strain) & (head.apart > recipe.moved_eyes / 2)
    # Islands and gaps of a node or two mean nothing.
    disk = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    whole = cv2.morphologyEx((clearly | folded).astype(np.uint8), cv2.MORPH_CLOSE, disk)
    return (np.asarray(cv2.morphologyEx(whole, cv2.MORPH_OPEN, disk)) > 0) & head.known


def _expression(
    moved: NDArray[np.bool_], alignment: Alignment, zones: Zones
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the zones of which too much moved to be scored, and the sentences to be said."""
    if not moved.any():
        return (), ()
    labels = at_nodes(zones.labels, alignment)
    # Where one part moved, what could not be found again beside it moved too far to be followed.
    gone = moved | ~alignment.valid
    shares = {
        name: float(gone[skin].mean())
        for number, name in enumerate(zones.names, start=1)
        if (skin := labels == number).any()
    }
    dropped = tuple(name for name, share in shares.items() if share > DROPPED_SHARE)
    named = [name for name, share in shares.items() if share > NAMED_SHARE]
    where = _listed(named) if named else "some of the skin"
    said = f"The expression differs: {where} moved; what moved is left out of the scores."
    if not dropped:
        return (), (said,)
    return dropped, (said, f"Not scored, moved by expression: {_listed(dropped)}.")


def _listed(names: Sequence[str]) -> str:
    """Return zones in words, left and right together where both are there."""
    sides = {kind: {f"{kind}_left", f"{kind}_right"} for kind in BOTH}
    whole = {name: BOTH[kind] for kind, pair in sides.items() if pair <= {*names} for name in pair}
    words = list(dict.fromkeys(whole.get(name, WORDS.get(name, name)) for name in names))
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _perspective(head: Head, share: float, recipe: RegisterRecipe) -> tuple[str, ...]:
    limit = recipe.max_perspective
    limit += SMILE_AS_PERSPECTIVE * share + TURN_AS_PERSPECTIVE * head.turn
    if abs(head.perspective) <= limit:
        return ()
    way = "farther away" if head.perspective > 0 else "nearer"
    back = "closer" if head.perspective > 0 else "back"
    return (
        f"The camera stood at another distance: perspective differs, the photo after was taken "
        f"from {way}. Go {back}, to the distance of the earlier photo.",
    )
