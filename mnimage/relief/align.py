"""Taking back the motion of the skin between directional shots."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.progress import no_tick
from mnimage.kernels.color import to_coded8, to_linear
from mnimage.relief.track import find_motion

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.progress import Tick
    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.domain.relief import Shots
    from mnimage.relief.motion import Motion

    Plane = NDArray[np.float32]

_BAND, _WORKERS = 64, 2
_LEAST_PX, _TOLD_PX = 0.05, 0.5
_MOST_PX = 30.0
_UNSURE_PX = 0.5
_HINT = "Take the shots again in quicker succession, camera and head held still."
_STEADY = (
    "The skin moved by up to {:.1f} pixels between the shots; this was taken back to within about "
    "{:.1f}."
)
_RESTLESS = "The skin moved by more than {:.0f} pixels between the shots: the relief may be wrong. "
_STRANGE = "{} not fit the others, wherever laid: the relief may be wrong. "
_UNSURE = "{} be off by about {:.1f} pixels against the others: the relief may be wrong. "


@dataclass(frozen=True, slots=True)
class Steady:
    """Shots whose frames are freed of motion, that motion (None: none), and what to say of it.

    The colours of the shots stay behind: `picture` draws their mean.
    """

    shots: Shots
    motion: Motion | None = None
    notes: tuple[str, ...] = ()


def align_shots(shots: Shots, recipe: ReliefRecipe, tick: Tick = no_tick) -> Steady:
    """Return the shots with the motion of their frames taken back; `tick` only stops."""
    if not recipe.align_frames or len(shots.frames) < 3:
        return Steady(shots)
    motion = find_motion(shots, tick)
    largest = motion.largest_px
    strange = np.flatnonzero(np.isinf(motion.error_px))
    if strange.size:
        return Steady(shots, notes=(_STRANGE.format(_named(strange, "does", "do")) + _HINT,))
    if largest > _MOST_PX:
        return Steady(shots, notes=(_RESTLESS.format(_MOST_PX) + _HINT,))
    notes = _notes(motion, largest)
    if largest < _LEAST_PX:
        return Steady(shots, notes=notes)
    return Steady(_moved(shots, motion), motion, notes)


def _notes(motion: Motion, largest: float) -> tuple[str, ...]:
    worst = float(motion.error_px.max())
    if worst > _UNSURE_PX:
        unsure = np.flatnonzero(motion.error_px > _UNSURE_PX)
        return (_UNSURE.format(_named(unsure, "may", "may"), worst) + _HINT,)
    return (_STEADY.format(largest, max(2 * worst, 0.1)),) if largest >= _TOLD_PX else ()


def _named(shots: NDArray[np.intp], one: str, many: str) -> str:
    """Return the shots' numbers, counted from 1, with the verb that goes with them."""
    numbers = [str(shot + 1) for shot in shots]
    if len(numbers) == 1:
        return f"Shot {numbers[0]} {one}"
    return f"Shots {', '.join(numbers[:-1])} and {numbers[-1]} {many}"


def steady_picture(colors: NDArray[np.uint8], motion: Motion) -> NDArray[np.uint8]:
    """Return the mean in linear light of the shots' 8-bit pictures, freed of motion, coded again.

    Parameters
    ----------
    colors
        The shots as taken, (k, rows, columns, 3).
    motion
        How they are moved.
    """
    picture = np.empty(colors.shape[1:], dtype=np.uint8)

    def draw(span: slice) -> None:
        total = np.zeros(picture[span].shape, dtype=np.float32)
        for number in range(len(colors)):
            total += to_linear(drawn_colors(colors[number], motion.field(number, span)))
        picture[span] = to_coded8(total / np.float32(len(colors)))

    tops = range(0, len(picture), _BAND)
    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(draw, [slice(top, min(top + _BAND, len(picture))) for top in tops]))
    return picture


def drawn_colors(picture: NDArray[np.uint8], places: tuple[Plane, Plane]) -> NDArray[np.uint8]:
    """Return an 8-bit picture drawn at places (rows, columns).

    Coded values, as an eye sees them: cubic drawing overshoots less in them.
    """
    row, column = places
    drawn = cv2.remap(picture, column, row, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, dtype=np.uint8)


def _moved(shots: Shots, motion: Motion) -> Shots:
    frames = np.empty_like(shots.frames)
    saturated = None if shots.saturated is None else np.empty_like(shots.saturated)

    def move(index: int) -> None:
        row, column = motion.field(index)
        frames[index] = cv2.remap(
            shots.frames[index], column, row, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
        )
        if saturated is not None and shots.saturated is not None:
            saturated[index] = _touched(shots.saturated[index], row, column)

    with ThreadPoolExecutor(_WORKERS) as pool:
        list(pool.map(move, range(len(frames))))
    return replace(shots, frames=frames, saturated=saturated, colors=None)


def _touched(marked: NDArray[np.bool_], row: Plane, column: Plane) -> NDArray[np.bool_]:
    """Return where any marked pixel plays into the resampled one."""
    if not marked.any():
        return marked
    grown = cv2.dilate(marked.view(np.uint8), np.ones((4, 4), np.uint8), anchor=(1, 1))
    moved = cv2.remap(grown, column, row, cv2.INTER_NEAREST, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.dilate(np.asarray(moved), np.ones((3, 3), np.uint8)) > 0)
