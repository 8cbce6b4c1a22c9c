"""Shots of a ball or a card that tell nothing of their lamp: it did not fire, or fired twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.errors import RigUnusable

if TYPE_CHECKING:
    from mnimage.domain.rig import TargetShots

_UNLIT = 0.15
"""Brightest light over that of the other lamps below which one did not fire."""
_THIN = 3


def check_fired(shots: TargetShots) -> None:
    """Refuse shots of which one is black or two are the same picture.

    Our own rule; the rest of what is refused of a rig: `docs/rig.md`.

    Raises
    ------
    RigUnusable
        If it is so; the message tells the lamp by its number in the list, from 1.
    """
    thin = shots.frames[:, ::_THIN, ::_THIN]
    bright = np.quantile(thin.reshape(len(thin), -1), 0.999, axis=1)
    usual = float(np.median(bright))
    for number, light in enumerate(bright):
        if light < _UNLIT * usual:
            raise RigUnusable(
                f"Lamp {number + 1} did not fire in {shots.name}: its shot is nearly black.",
                hint="Take the shots again, or take that lamp off every list.",
            )
        for other in range(number):
            # Noise is never the same twice.
            if np.array_equal(thin[number], thin[other]):
                raise RigUnusable(
                    f"Shots {other + 1} and {number + 1} of {shots.name} are the same picture.",
                    hint="List one shot for each lamp, always in the same order.",
                )
