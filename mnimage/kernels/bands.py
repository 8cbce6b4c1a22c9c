"""Processing of pictures in bands of rows, on two threads.

NumPy and OpenCV release the interpreter lock while they compute. The data of a band stays in the
processor's cache, and no plane of the size of the picture has to be allocated for it: with large
pictures, fresh memory takes as long as the arithmetic.
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
"""Threads that share the bands."""

PIXELS = 250_000
"""Pixels of a band: a few of its planes fill the cache."""

_REACHES = 6
"""Least height of a band over its reach, so that few rows are computed twice."""


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
        How many rows beyond its own the work on a band reads: bands are high enough that few rows
        are read twice.
    step
        Bands begin at multiples of this many rows.
    """
    height = max(pixels // max(shape[1], 1), _REACHES * reach, 1)
    height = -(-height // step) * step
    return [slice(top, min(top + height, shape[0])) for top in range(0, shape[0], height)]


def in_bands(work: Callable[[B], T], bands: Sequence[B], tick: Tick | None = None) -> list[T]:
    """Return the result of `work` for each band, in order; `tick` is called after each.

    An exception from `work` or `tick` ends the work: bands not yet started are skipped.
    """
    one_blas_thread()
    results: list[T] = []
    with ThreadPoolExecutor(WORKERS) as pool:
        for result in pool.map(work, bands):
            results.append(result)
            if tick is not None:
                tick(len(results), len(bands))
    return results


def widened(span: slice, reach: int, rows: int) -> tuple[slice, slice]:
    """Return a band widened by `reach` rows on both sides, and where the band lies in it."""
    wide = slice(max(span.start - reach, 0), min(span.stop + reach, rows))
    return wide, slice(span.start - wide.start, span.stop - wide.start)


def only_to_stop(tick: Tick) -> Tick:
    """Return a tick that reports no progress, but stops where `tick` would."""

    def stop(_done: int, _total: int) -> None:
        tick(1, 1)

    return stop
