"""What one pair of 24-megapixel photos costs: `make bench`.

Measured is what a user waits for: whole commands in their own process, start-up and files included,
and the window from its start to the answer. Every time is held against decoding both photos, or
against plain scikit-image, in the same run, so that ratios hold on slow and busy machines alike.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.plain import fast_scores, plain_scores
from benchmarks.window import window_times
from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import Recipe
from mnimage.formats.files import read_photo
from mnimage.phantom.face import make_face, shoot_face
from mnimage.phantom.files import write_photo
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

SHAPE = (6000, 4000)
RUNS = 5

_FIXED_S = 0.5
"""What starting Python and loading libraries may take, whatever the size of the photos."""

_MEMORY_PROBE = """
import sys
from mnimage.commands.root import run
status = run(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(int(peak.split()[1]) / 1024, file=sys.stderr)
sys.exit(status)
"""
"""The command, and then the kernel's own count of its peak memory in MB: `ru_maxrss` would carry
over the size of the process that started it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One figure, and the largest or the least value that is wanted of it."""

    name: str
    value: float
    most: float | None = None
    least: float | None = None

    @property
    def goal(self) -> str:
        """The goal in words, and whether it is met; empty where there is none."""
        if self.most is None and self.least is None:
            return ""
        met = (self.most is None or self.value <= self.most) and (
            self.least is None or self.value >= self.least
        )
        words = f"<= {self.most:g}" if self.most is not None else f">= {self.least:g}"
        return f"{words:<9} {'met' if met else 'NOT MET'}"


def main(arguments: Sequence[str]) -> int:
    """Print the table of figures and goals, then the figures as one line of JSON.

    Two photos may be named; else a synthetic pair is rendered.
    """
    rows: list[Row] = []
    with tempfile.TemporaryDirectory() as folder:
        named = [Path(name) for name in arguments]
        before, after = named if len(named) == 2 else _pair(Path(folder))
        for row in _measured(before, after, Path(folder) / "out"):
            print(f"{row.name:<52} {row.value:>9.3g}  {row.goal}", flush=True)
            rows.append(row)
    print(json.dumps({row.name: row.value for row in rows}))
    return 0


def _pair(folder: Path) -> tuple[Path, Path]:
    """Return two 24-megapixel JPEG photos of one synthetic face, the second treated."""
    face = make_face(seed=1, shape=SHAPE)
    first = shoot_face(face, Shot(seed=1))
    moved = Shot(
        pose=Pose(yaw_deg=2.0, pitch_deg=1.0, scale=1.02, shift_mm=(2.0, 1.0)),
        sensor=Sensor(exposure=1.05),
        seed=2,
    )
    second = shoot_face(face, moved)
    return write_photo(folder / "before.jpg", first), write_photo(folder / "after.jpg", second)


def _measured(before: Path, after: Path, out: Path) -> Iterator[Row]:
    yield from _help()
    yield from _command(before, after, out)
    yield from _beside_plain(before)
    yield from _window(before, after)


def _help() -> Iterator[Row]:
    for words in (("--version",), ("--help",), ("compare", "--help"), ("library", "--help")):
        seconds = statistics.median(_timed(partial(_run, *words)) for _ in range(RUNS))
        yield Row(f"mnimage {' '.join(words)}, s", seconds, most=0.2)


def _command(before: Path, after: Path, out: Path) -> Iterator[Row]:
    compare = partial(_run, "compare", str(before), str(after), "--out", str(out))
    times = [(_timed(partial(_decode, before, after)), _timed(compare)) for _ in range(RUNS)]
    decode, whole = (statistics.median(column) for column in zip(*times, strict=True))
    ratios = [(command - _FIXED_S) / one for one, command in times]
    yield Row("decoding both photos, s", decode)
    yield Row("mnimage compare, all files written, s", whole)
    yield Row("(compare - 0.5 s) / decoding both", statistics.median(ratios), most=10)
    if Path("/proc/self/status").exists():
        yield Row("peak memory of mnimage compare, MB", _peak_mb(before, after, out), most=1000)


def _beside_plain(path: Path) -> Iterator[Row]:
    """Yield our time and the plain one for the same measures on the same 24 megapixels."""
    photo, scale, options = read_photo(path), ImageScale(0.06, "rig", 0.01), Recipe().score
    fast = statistics.median(
        _timed(lambda: fast_scores(photo, scale, options)) for _ in range(RUNS)
    )
    plain = _timed(lambda: plain_scores(photo, scale, options))
    yield Row("scoring, all 24 megapixels skin, s", fast)
    yield Row("the same with plain scikit-image, s", plain)
    yield Row("plain / scoring", plain / fast, least=30)


def _window(before: Path, after: Path) -> Iterator[Row]:
    runs = [window_times(before, after) for _ in range(3)]
    window, picture, result = (
        statistics.median(run[name] for run in runs) for name in ("window", "picture", "result")
    )
    yield Row("window visible after its start, s", window, most=1.2)
    yield Row("first picture after the drop, s", picture, most=0.3)
    yield Row("result after the drop, s", result, most=3)


def _run(*arguments: str) -> None:
    command = [sys.executable, "-m", "mnimage", *arguments]
    subprocess.run(command, check=True, capture_output=True)


def _decode(before: Path, after: Path) -> None:
    for path in (before, after):
        read_photo(path)


def _peak_mb(before: Path, after: Path, out: Path) -> float:
    words = ("compare", str(before), str(after), "--out", str(out))
    command = [sys.executable, "-c", _MEMORY_PROBE, *words]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stderr.split()[-1])


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
