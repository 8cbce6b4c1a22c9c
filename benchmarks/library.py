"""How fast photos come into a library, beside copying and SHA-256 of the same files.

`python -m benchmarks.library`. Each file is copied, hashed and, as the import does it, waited for
until it is on disk; the copy that leaves this to the system is shown beside it. Ratios are taken
within one run; of several runs the median is shown, for a disk is seldom alone.
"""

from __future__ import annotations

import hashlib
import os
import resource
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import cv2
import numpy as np

from mnimage.domain.imported import Status
from mnimage.library.importing import import_photos
from mnimage.library.intake import find_items
from mnimage.library.opening import create_library

COUNT = 60
SHAPE = (1600, 2000, 3)
RUNS = 7
GOAL = 2.0
_PIECE = 1 << 20
_WORD = "a passphrase for the bench"


def main() -> None:
    """Print the times and their ratio."""
    with tempfile.TemporaryDirectory(dir=sys.argv[1] if len(sys.argv) > 1 else None) as name:
        place = Path(name)
        card = _card(place / "card")
        size = sum(path.stat().st_size for path in card.iterdir())
        print(f"{COUNT} JPEG files, {size / COUNT / 1e6:.1f} MB each")
        rows = [_run(place, card) for _ in range(RUNS)]
        for what, numbers in zip(
            ("copy + SHA-256", "copy + SHA-256, on disk", "import", "import, all known"),
            zip(*rows, strict=True),
            strict=True,
        ):
            middle = statistics.median(numbers)
            print(f"{what:26} {middle:6.2f} s  {size / middle / 1e6:6.0f} MB/s  {_spread(numbers)}")
        ratios = [row[2] / row[1] for row in rows]
        lazy = [row[2] / row[0] for row in rows]
        print(f"import / copy on disk      {statistics.median(ratios):6.2f}  (goal {GOAL})")
        print(f"import / copy left to RAM  {statistics.median(lazy):6.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def _spread(numbers: tuple[float, ...]) -> str:
    return f"({min(numbers):.2f} to {max(numbers):.2f})"


def _card(folder: Path) -> Path:
    """Lay photos as a camera would: they cannot be packed any further."""
    folder.mkdir()
    rng = np.random.default_rng(1)
    for place in range(COUNT):
        picture = rng.integers(0, 256, SHAPE, dtype=np.uint8)
        done, stream = cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, 95])
        if not done:
            raise RuntimeError("a picture cannot be made")
        (folder / f"IMG_{place:04}.jpg").write_bytes(stream.tobytes())
    return folder


def _run(place: Path, card: Path) -> tuple[float, float, float, float]:
    for path in card.iterdir():
        path.read_bytes()  # All runs find the card in memory alike.
    lazy, safe = _copied(card, place / "copy", safe=False), _copied(card, place / "copy", safe=True)
    library, _ = create_library(place / "library", _WORD)
    with library:
        times = []
        for status in (Status.STORED, Status.KNOWN):
            os.sync()
            started = time.perf_counter()
            stated = [one.status for one in import_photos(library, find_items([card]))]
            times.append(time.perf_counter() - started)
            if stated != [status] * COUNT:
                raise RuntimeError("the import did not do what it should")
    shutil.rmtree(place / "library")
    return lazy, safe, times[0], times[1]


def _copied(card: Path, target: Path, *, safe: bool) -> float:
    os.sync()
    target.mkdir()
    started = time.perf_counter()
    for path in sorted(card.iterdir()):
        digest = hashlib.sha256()
        with path.open("rb") as one, (target / path.name).open("wb") as other:
            while piece := one.read(_PIECE):
                digest.update(piece)
                other.write(piece)
            if safe:
                other.flush()
                os.fsync(other.fileno())
    took = time.perf_counter() - started
    shutil.rmtree(target)
    return took


if __name__ == "__main__":
    main()
