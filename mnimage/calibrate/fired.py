"""Shots of a ball or a card that tell nothing of their lamp: it did not fire, or fired twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.errors import RigUnusable
from mnimage.words.message import message

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
                message("calibrate.lamp_not_fired", lamp=number + 1, shots=shots.name)
            )
        for other in range(number):
            # Noise is never the same twice.
            if np.array_equal(thin[number], thin[other]):
                first, second = other + 1, number + 1
                raise RigUnusable(
                    message("calibrate.same_picture", first=first, second=second, shots=shots.name)
                )
