"""The scars of one session on the relief of another: which are seen whole, which are new there.

Our own; how scars that were followed over three sessions read: `docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Labels = NDArray[np.int32]

_WHOLE = 0.9
"""Share of a scar's pixels from which it counts as resampled whole, and as seen."""
_HALF = 0.5
"""Share of a scar that must be seen for all of it to be measured."""
_APART = 0.2
"""Share of a new scar that known ones may cover."""


def fill_seen(seen: Mask, labels: Labels) -> Mask:
    """Return `seen` with every scar whole that is half seen.

    Inside a scar the registration often finds little to hold on to. A scar measured only where it
    is sure of itself would look filled.
    """
    count = np.bincount(labels.ravel())
    shown = np.bincount(labels[seen], minlength=count.size)
    whole = shown > _HALF * np.maximum(count, 1)
    whole[0] = False
    return np.asarray(seen | whole[labels], dtype=np.bool_)


def cut_scars(before: Labels, carried: Labels, area_ratio: float) -> frozenset[int]:
    """Return the ids of scars of which less than nine tenths came along.

    Parameters
    ----------
    before, carried
        The scars' masks in their own session, and carried to the other one.
    area_ratio
        Pixels of the other session to one of their own.
    """
    own = np.bincount(before.ravel())
    there = np.bincount(carried.ravel(), minlength=own.size)[: own.size]
    lost = (own > 0) & (there < _WHOLE * area_ratio * own)
    return frozenset(np.flatnonzero(lost).tolist()) - {0}


def fresh_scars(found: Labels, carried: Labels, seen: Mask, first: int) -> Labels:
    """Return the scars found in a session of its own that none of those carried there touches.

    They are numbered from `first`; those not seen in both sessions are left out.
    """
    count = np.bincount(found.ravel())
    touched = np.bincount(found[carried > 0], minlength=count.size)
    shown = np.bincount(found[seen], minlength=count.size)
    fresh = (count > 0) & (touched <= _APART * count) & (shown >= _WHOLE * count)
    fresh[0] = False
    numbers = np.zeros(count.size, dtype=np.int32)
    numbers[fresh] = first + np.arange(int(fresh.sum()))
    return np.where(carried > 0, 0, numbers[found]).astype(np.int32)
