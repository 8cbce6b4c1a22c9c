"""What one pair of 24-megapixel photos costs: `make bench`.

Ratios are taken within one run, so that they hold on slow and busy machines alike.
"""

from __future__ import annotations

import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.plain import fast_scores, plain_scores
from mnimage import pipeline, workflow
from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import Recipe
from mnimage.formats.files import read_photo
from mnimage.phantom.face import make_face, shoot_face
from mnimage.phantom.files import write_photo
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mnimage.domain.pair import AnalyzedPhoto

SHAPE = (6000, 4000)
RUNS = 5
GOALS = {
    "compare / decoding both": "<= 12",
    "plain scikit-image / scoring": ">= 15",
    "peak memory": "<= 2000 MB",
}


def main(arguments: Sequence[str]) -> int:
    """Print the table, or, as a child process, the memory that one comparison takes."""
    if arguments[:1] == ["--memory"]:
        _compare(Path(arguments[1]), Path(arguments[2]))
        print(_peak_mb())
        return 0
    with tempfile.TemporaryDirectory() as folder:
        before, after = _pair(Path(folder))
        rows = _measure(before, after)
    for name, value, goal in rows:
        print(f"{name:<34} {value:>10.3g}  {goal}")
    print(json.dumps({name: value for name, value, _ in rows}))
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


def _measure(before: Path, after: Path) -> list[tuple[str, float, str]]:
    times: dict[str, list[float]] = {"decode": [], "compare": [], "score": [], "align": []}
    first, second = (pipeline.analyze_photo(read_photo(path), name="") for path in (before, after))
    recipe = Recipe()
    for _ in range(RUNS):
        times["decode"].append(_timed(lambda: [read_photo(path) for path in (before, after)]))
        times["compare"].append(_timed(lambda: _compare(before, after)))
        times["align"].append(_timed(lambda: pipeline.align(first, second, recipe)))
        times["score"].append(_timed(lambda: pipeline.score_analyzed(first, recipe)))
    middle = {name: statistics.median(values) for name, values in times.items()}
    ratios = [c / d for c, d in zip(times["compare"], times["decode"], strict=True)]
    return [
        ("decoding both, s", middle["decode"], ""),
        ("compare, s", middle["compare"], ""),
        ("compare / decoding both", statistics.median(ratios), GOALS["compare / decoding both"]),
        ("registration, s", middle["align"], ""),
        ("scoring one photo, s", middle["score"], ""),
        *_beside_plain(first),
        ("peak memory of compare, MB", _memory(before, after), GOALS["peak memory"]),
    ]


def _beside_plain(analyzed: AnalyzedPhoto) -> list[tuple[str, float, str]]:
    """Return our time and the plain one for the same measures on the same 24 megapixels."""
    scale = ImageScale(0.06, "rig", 0.01)
    options = Recipe().score
    fast = statistics.median(
        _timed(lambda: fast_scores(analyzed.photo, scale, options)) for _ in range(RUNS)
    )
    plain = _timed(lambda: plain_scores(analyzed.photo, scale, options))
    return [
        ("scoring, all 24 megapixels skin, s", fast, ""),
        ("the same with plain scikit-image, s", plain, ""),
        ("plain / scoring", plain / fast, GOALS["plain scikit-image / scoring"]),
    ]


def _compare(before: Path, after: Path) -> None:
    workflow.compare_files(before, after)


def _timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _peak_mb() -> float:
    """Return this process's peak memory; the kernel's own count, where there is one."""
    status = Path("/proc/self/status")
    if status.exists():
        # ru_maxrss would carry over the parent's size through fork and exec.
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        return float(peak.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _memory(before: Path, after: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.pair", "--memory", str(before), str(after)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return float(done.stdout)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
