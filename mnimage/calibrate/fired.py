"""Refuse shots of a ball or a card whose lamp did not fire, or that are listed twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.errors import RigUnusable
from mnimage.words.message import message

if TYPE_CHECKING:
    from mnimage.domain.rig import TargetShots

_UNLIT = 0.15
"""Brightest light over that of the other lamps below which one did not fire."""
_STEP = 3
"""Every third row and column is compared."""


def check_fired(shots: TargetShots) -> None:
    """Refuse shots of which one is black or two are the same picture.

    Our own rule; further reasons to refuse a rig: `docs/rig.md`.

    Raises
    ------
    RigUnusable
        If so; the message gives the number of the lamp in the list, from 1.
    """
    sparse = shots.frames[:, ::_STEP, ::_STEP]
    bright = np.quantile(sparse.reshape(len(sparse), -1), 0.999, axis=1)
    median = float(np.median(bright))
    for number, light in enumerate(bright):
        if light < _UNLIT * median:
            raise RigUnusable(
                message("calibrate.lamp_not_fired", lamp=number + 1, shots=shots.name)
            )
        for other in range(number):
            # Noise is never the same twice.
            if np.array_equal(sparse[number], sparse[other]):
                first, second = other + 1, number + 1
                raise RigUnusable(
                    message("calibrate.same_picture", first=first, second=second, shots=shots.name)
                )
