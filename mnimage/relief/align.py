"""Taking back the motion of the skin between directional shots.

How motion is found: `relief.track`; how well: `docs/studies/2026-11-relief.md`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.progress import no_tick
from mnimage.kernels.bands import bands_of, in_bands
from mnimage.kernels.color import light_table, to_coded8
from mnimage.relief.track import find_motion
from mnimage.words.message import message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.domain.relief import Shots
    from mnimage.relief.motion import Motion
    from mnimage.words.message import Message

    Plane = NDArray[np.float32]

_BAND, _MOST_LIGHT = 64, 65535
"""Rows of a picture that are drawn at once; the largest number of the 16 bits in which colours are
added."""
_LEAST_PX, _NOTED_PX = 0.05, 0.5
"""Motion in px below which frames are left alone, about the error with which it is found; and
from which a warning states it."""
_MOST_PX = 30.0
"""Motion in px that is not believed: nothing is undone, and a warning says so. Bursts of the study
moved by up to 4 px each way (`docs/studies/2026-11-relief.md`)."""
_UNCERTAIN_PX = 0.5
"""Standard error of a shot's position in px from which a warning names the shot."""


@dataclass(frozen=True, slots=True)
class Steady:
    """Shots whose frames are freed of motion, that motion (None: none), and notes on it.

    The colours of the shots stay behind; `picture` is their mean, freed of motion too.
    """

    shots: Shots
    motion: Motion | None = None
    notes: tuple[Message, ...] = ()
    picture: NDArray[np.uint8] | None = None


def align_shots(shots: Shots, recipe: ReliefRecipe, tick: Tick = no_tick) -> Steady:
    """Return the shots with the motion of their frames taken back; `tick` only stops."""
    if not recipe.align_frames or len(shots.frames) < 3:
        return Steady(shots)
    motion = find_motion(shots, tick)
    largest = motion.largest_px
    unmatched = np.flatnonzero(np.isinf(motion.error_px))
    if unmatched.size:
        return Steady(shots, notes=(_of_shots("unmatched", unmatched),))
    if largest > _MOST_PX:
        return Steady(shots, notes=(message("relief.moved_too_far", limit=_MOST_PX),))
    notes = _notes(motion, largest)
    if largest < _LEAST_PX:
        return Steady(shots, notes=notes)
    moved, picture = _moved(shots, motion)
    return Steady(moved, motion, notes, picture)


def _notes(motion: Motion, largest: float) -> tuple[Message, ...]:
    worst = float(motion.error_px.max())
    if worst > _UNCERTAIN_PX:
        return (_of_shots("displaced", np.flatnonzero(motion.error_px > _UNCERTAIN_PX), worst),)
    if largest < _NOTED_PX:
        return ()
    return (message("relief.moved", largest=largest, left=max(2 * worst, 0.1)),)


def _of_shots(what: str, shots: NDArray[np.intp], error: float | None = None) -> Message:
    """Return a warning about one shot or several, which are counted from 1."""
    numbers = tuple(str(shot + 1) for shot in shots)
    if what == "unmatched":
        if len(numbers) == 1:
            return message("relief.shot_unmatched", shot=numbers[0])
        return message("relief.shots_unmatched", shots=numbers)
    if len(numbers) == 1:
        return message("relief.shot_displaced", shot=numbers[0], error=error)
    return message("relief.shots_displaced", shots=numbers, error=error)


def drawn_colors(
    picture: NDArray[np.uint8], places: tuple[Plane, Plane], way: int = cv2.INTER_CUBIC
) -> NDArray[np.uint8]:
    """Return an 8-bit picture drawn at places (rows, columns) in one of OpenCV's ways.

    Coded values, as an eye sees them: cubic drawing overshoots less in them.

    Cubic as of Keys (1981).
    """
    row, column = places
    drawn = cv2.remap(picture, column, row, way, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, dtype=np.uint8)


def _moved(shots: Shots, motion: Motion) -> tuple[Shots, NDArray[np.uint8] | None]:
    """Return the shots freed of motion, and the mean of their colours in linear light."""
    frames = np.empty_like(shots.frames)
    picture = None if shots.colors is None else np.empty(shots.colors.shape[1:], dtype=np.uint8)

    def move(span: slice) -> None:
        total = None if picture is None else _Mean((*frames[0, span].shape, 3), len(frames))
        for number, frame in enumerate(shots.frames):
            row, column = motion.field(number, span)
            cv2.remap(
                frame,
                column,
                row,
                cv2.INTER_CUBIC,
                dst=frames[number, span],
                borderMode=cv2.BORDER_REPLICATE,
            )
            if total is not None and shots.colors is not None:
                total.add(shots.colors[number], row, column)
        if total is not None and picture is not None:
            picture[span] = total.coded()

    in_bands(move, bands_of(shots.shape, _BAND * shots.shape[1]))
    return replace(shots, frames=frames, saturated=_saturated(shots, motion), colors=None), picture


class _Mean:
    """The mean in linear light of so many pictures drawn at places.

    In 16 bits, each picture having its part of them: of light coded in 8 bits hardly any is lost.
    """

    def __init__(self, shape: tuple[int, ...], count: int) -> None:
        self._levels = _MOST_LIGHT // count
        self._table = np.rint(light_table(256) * self._levels).astype(np.uint16)
        self._count = count
        self._light = np.zeros(shape, dtype=np.uint16)
        self._drawn, self._own = np.empty(shape, dtype=np.uint8), np.empty_like(self._light)

    def add(self, picture: NDArray[np.uint8], row: Plane, column: Plane) -> None:
        """Add an 8-bit picture at places, by lines: that softens by a third of a pixel at most."""
        edge = cv2.BORDER_REPLICATE
        # To 1/32 of a pixel: of 8 bits nothing finer is left.
        places = cv2.convertMaps(column, row, cv2.CV_16SC2)
        cv2.remap(picture, *places, cv2.INTER_LINEAR, dst=self._drawn, borderMode=edge)
        cv2.LUT(self._drawn, self._table, dst=self._own)
        cv2.add(self._light, self._own, dst=self._light)

    def coded(self) -> NDArray[np.uint8]:
        """Return the mean, coded again."""
        table = _coding_table(self._levels * self._count)
        return np.asarray(np.take(table, self._light), dtype=np.uint8)


@cache
def _coding_table(brightest: int) -> NDArray[np.uint8]:
    return to_coded8(np.arange(brightest + 1) / brightest)


def _saturated(shots: Shots, motion: Motion) -> NDArray[np.bool_] | None:
    """Return where pixels of the shots freed of motion hold lost light."""
    if shots.saturated is None or not shots.saturated.any():
        return shots.saturated
    return np.stack(
        [_touched(marked, *motion.field(n)) for n, marked in enumerate(shots.saturated)]
    )


def _touched(marked: NDArray[np.bool_], row: Plane, column: Plane) -> NDArray[np.bool_]:
    """Return where any marked pixel plays into the resampled one."""
    if not marked.any():
        return marked
    grown = cv2.dilate(marked.view(np.uint8), np.ones((4, 4), np.uint8), anchor=(1, 1))
    moved = cv2.remap(grown, column, row, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.dilate(np.asarray(moved), np.ones((3, 3), np.uint8)) > 0)
