"""Work done band of rows by band of rows, on two threads.

NumPy and OpenCV let go of the interpreter while they compute. What a band needs stays in the
processor's cache, and no plane of the picture's size has to be made for it: with large pictures,
fresh memory takes as long as the sums.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from mnimage.kernels.threads import one_blas_thread

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mnimage.domain.progress import Tick

B = TypeVar("B")
T = TypeVar("T")

WORKERS = 2
PIXELS = 250_000
"""Pixels of a band: a handful of its planes fill the cache."""

_REACHES = 6


def bands_of(
    shape: tuple[int, ...], pixels: int = PIXELS, reach: int = 0, step: int = 1
) -> list[slice]:
    """Return the rows of a picture of `shape` in bands of about so many pixels.

    Parameters
    ----------
    shape
        Rows and columns.
    pixels
        Pixels of a band.
    reach
        How many rows beyond its own the work on a band looks at: bands are so high that it does not
        look at many rows twice.
    step
        Bands begin at whole blocks of so many rows.
    """
    height = max(pixels // max(shape[1], 1), _REACHES * reach, 1)
    height = -(-height // step) * step
    return [slice(top, min(top + height, shape[0])) for top in range(0, shape[0], height)]


def in_bands(work: Callable[[B], T], bands: Sequence[B], tick: Tick | None = None) -> list[T]:
    """Return what `work` gives for each band, in order; `tick` is called after each.

    What is raised by `work` or `tick` ends the work: bands not yet begun are let be.
    """
    one_blas_thread()
    answers: list[T] = []
    with ThreadPoolExecutor(WORKERS) as pool:
        for answer in pool.map(work, bands):
            answers.append(answer)
            if tick is not None:
                tick(len(answers), len(bands))
    return answers


def widened(span: slice, reach: int, rows: int) -> tuple[slice, slice]:
    """Return a band with `reach` rows more on both sides, and where the band lies within that."""
    wide = slice(max(span.start - reach, 0), min(span.stop + reach, rows))
    return wide, slice(span.start - wide.start, span.stop - wide.start)


def only_to_stop(tick: Tick) -> Tick:
    """Return what shows no progress of its own, but stops where `tick` would."""

    def stop(_done: int, _total: int) -> None:
        tick(1, 1)

    return stop
