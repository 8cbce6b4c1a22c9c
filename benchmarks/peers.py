"""Our registration and public ones on the same pairs, whose true field is known.

    python -m benchmarks.peers [--seeds N] [--only ours,dis] [--markdown]

Errors are in pixels of the photo before, on skin seen in both photos: on all of it, and on that
which our registration trusts. Every method runs in a process of its own, twice on each pair (what
takes longer than 15 s, once). Time is that of the faster run, from two decoded photos (with our
landmarks, where there is a face) to the field; CPU is the time of all cores together, which a busy
machine alters less; memory is what the first run takes on top of what was there before it.
"""

from __future__ import annotations

import argparse
import json
import pickle
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from benchmarks.contenders import CONTENDERS, NoTransform, make_window, skin_of
from benchmarks.pairs import TruePair, true_pairs
from mnimage import pipeline
from mnimage.domain.recipe import Recipe
from mnimage.register.warp import full_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from benchmarks.contenders import Contender
    from mnimage.domain.pair import AnalyzedPhoto

OURS = "ours"
_SAMPLES = 20_000
_RUNS = 2
_LONG_S = 15.0
"""Beyond this once is enough: what else the machine does no longer decides."""
_LONGEST_S = 900
_COLUMNS = (
    "median", "95 %", "worst median", "worst 95 %",
    "trusted median", "trusted 95 %", "trusted worst 95 %",
    "s", "worst s", "CPU s", "worst MB",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One method on one pair.

    `error` is the distance from the true place at the pair's samples, in px of the photo before,
    None where the method gave no field; `trusted` is where ours is trusted.
    """

    kind: str
    error: NDArray[np.float32] | None = field(repr=False)
    trusted: NDArray[np.bool_] = field(repr=False)
    seconds: float
    cpu_s: float
    memory_mb: float


Table: TypeAlias = dict[str, list[Measured]]
"""Per method, what was measured on each pair."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the tables, or, as a child process, run one method on one pair."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--only", default="", help="methods, separated by commas")
    parser.add_argument("--markdown", action="store_true")
    parser.add_argument("--child", nargs=2, metavar=("METHOD", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.child:
        return _child(options.child[0], Path(options.child[1]))
    chosen = _chosen(options.only)
    table = measure(true_pairs(options.seeds), chosen)
    print("\n".join(report(table, markdown=options.markdown)))
    return 0


def _chosen(only: str) -> list[str]:
    """Return the methods asked for that can run here; says which cannot."""
    names = [name.strip() for name in only.split(",") if name.strip()] or [OURS, *CONTENDERS]
    unknown = set(names) - {OURS, *CONTENDERS}
    if unknown:
        raise SystemExit(f"Unknown: {', '.join(unknown)}. Known: {', '.join([OURS, *CONTENDERS])}")
    lacking = {
        name: CONTENDERS[name].package
        for name in names
        if name in CONTENDERS and not CONTENDERS[name].installed
    }
    for name, package in lacking.items():
        _say(f"{name} left out: {package} is not installed (pip install 'mnimage[bench]')")
    return [name for name in names if name not in lacking]


def measure(pairs: Iterable[TruePair], methods: Sequence[str]) -> Table:
    """Return what each method reaches on each pair."""
    table: Table = {name: [] for name in methods}
    for pair in pairs:
        _say(pair.name)
        with tempfile.TemporaryDirectory() as folder:
            for name, measured in _on_pair(pair, methods, Path(folder)).items():
                table[name].append(measured)
    return table


def _on_pair(pair: TruePair, methods: Sequence[str], folder: Path) -> Mapping[str, Measured]:
    before = pipeline.analyze_photo(pair.before, name="", check=False)
    after = pipeline.analyze_photo(pair.after, name="", check=False)
    pixels = _samples(skin_of(before) & pair.seen)
    true = np.stack([pair.row[tuple(pixels)], pair.column[tuple(pixels)]])
    (folder / "pair.pickle").write_bytes(pickle.dumps((before, after, pixels)))
    # Ours always runs: it says which skin is trusted.
    answers = {name: _in_child(name, folder) for name in dict.fromkeys([OURS, *methods])}
    trusted = answers[OURS].trusted
    kind = pair.name.rstrip("0123456789 ").split(",")[0]
    return {name: answers[name].against(true, trusted, kind) for name in methods}


def _samples(skin: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return as many pixels (row, column; shape (2, n)) of every pair, so that all weigh alike."""
    every = np.flatnonzero(skin)
    picked = np.random.default_rng(0).choice(every, _SAMPLES, replace=every.size < _SAMPLES)
    return np.stack(np.unravel_index(np.sort(picked), skin.shape))


@dataclass(frozen=True, slots=True)
class _Answer:
    """What a child process found: the places of the samples in the photo after, or nothing."""

    places: NDArray[np.float32] | None
    trusted: NDArray[np.bool_]
    seconds: float
    cpu_s: float
    memory_mb: float

    def against(self, true: NDArray[np.float32], trusted: NDArray[np.bool_], kind: str) -> Measured:
        """Return how far it is from the truth."""
        error = None if self.places is None else np.hypot(*(self.places - true))
        return Measured(kind, error, trusted, self.seconds, self.cpu_s, self.memory_mb)


def _in_child(name: str, folder: Path) -> _Answer:
    """Return a method's answer from a fresh process, whose time and memory nothing else touches."""
    command = [sys.executable, "-m", "benchmarks.peers", "--child", name, str(folder)]
    root = Path(__file__).parents[1]
    try:
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=root, timeout=_LONGEST_S
        )
    except subprocess.TimeoutExpired:
        _say(f"  {name}: not done after {_LONGEST_S} s")
        return _Answer(None, np.zeros(_SAMPLES, dtype=np.bool_), *[float("nan")] * 3)
    except subprocess.CalledProcessError as problem:
        raise SystemExit(f"{name} broke off:\n{problem.stderr}") from problem
    said = json.loads(done.stdout.splitlines()[-1])
    _say(f"  {name}: {said['seconds']:.2f} s, {said['memory_mb']:.0f} MB")
    with np.load(folder / f"{name}.npz") as kept:
        places, trusted = kept["places"], kept["trusted"]
    return _Answer(
        places if places.size else None, trusted, said["seconds"], said["cpu_s"], said["memory_mb"]
    )


def _child(name: str, folder: Path) -> int:
    before, after, pixels = pickle.loads((folder / "pair.pickle").read_bytes())
    work = _ours if name == OURS else _theirs(CONTENDERS[name])
    _reset_peak()
    resting = _status_mb("VmRSS")
    seconds, spent, memory = [], [], float("nan")
    for run in range(_RUNS):
        started, busy = time.perf_counter(), time.process_time()
        answer = work(before, after)
        seconds.append(time.perf_counter() - started)
        spent.append(time.process_time() - busy)
        memory = _status_mb("VmHWM") - resting if run == 0 else memory
        if seconds[-1] > _LONG_S:
            break
    places, trusted = answer(pixels)
    np.savez(folder / f"{name}.npz", places=places, trusted=trusted)
    print(json.dumps({"seconds": min(seconds), "cpu_s": min(spent), "memory_mb": memory}))
    return 0


Field: TypeAlias = "Callable[[NDArray[np.intp]], tuple[NDArray[np.float32], NDArray[np.bool_]]]"
"""Gives the places of pixels in the photo after, and where they are trusted."""


def _ours(before: AnalyzedPhoto, after: AnalyzedPhoto) -> Field:
    alignment = pipeline.align(before, after, Recipe())

    def found(pixels: NDArray[np.intp]) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        if not alignment.aligned:
            return _nothing()
        whole, at = full_field(alignment), tuple(pixels)
        return np.stack([whole.row[at], whole.column[at]]), whole.valid[at]

    return found


def _theirs(contender: Contender) -> Callable[[AnalyzedPhoto, AnalyzedPhoto], Field]:
    contender.load()
    longest = Recipe().register.working_px

    def work(before: AnalyzedPhoto, after: AnalyzedPhoto) -> Field:
        try:
            window = make_window(before, after, longest)
            places = contender.match(window)
        except NoTransform:
            return lambda _: _nothing()
        return lambda pixels: (
            window.in_photos(places, pixels),
            np.ones(pixels.shape[1], dtype=np.bool_),
        )

    return work


def _nothing() -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    return np.zeros((2, 0), dtype=np.float32), np.zeros(_SAMPLES, dtype=np.bool_)


def _reset_peak() -> None:
    """Have the kernel count this process's peak memory anew, where it counts at all."""
    counter = Path("/proc/self/clear_refs")
    if counter.exists():
        counter.write_text("5")


def _status_mb(what: str) -> float:
    status = Path("/proc/self/status")
    if not status.exists():
        return float("nan")
    line = next(line for line in status.read_text().splitlines() if line.startswith(what))
    return float(line.split()[1]) / 1024


def report(table: Table, *, markdown: bool) -> list[str]:
    """Return the tables as lines, and where ours is not first."""
    summed = {name: _summed(rows) for name, rows in table.items() if rows}
    kinds = sorted({row.kind for rows in table.values() for row in rows})
    by_kind = {
        name: [_middle_and_tail([row for row in rows if row.kind == kind]) for kind in kinds]
        for name, rows in table.items()
        if rows
    }
    pairs = max((len(rows) for rows in table.values()), default=0)
    cells = {name: [_number(value) for value in values] for name, values in summed.items()}
    return [
        f"All {pairs} pairs:",
        *_lines(_COLUMNS, cells, markdown=markdown),
        "",
        "Median / 95 % on all skin, by kind of pair:",
        *_lines(kinds, by_kind, markdown=markdown),
        "",
        *_standing(summed),
    ]


def _summed(rows: Sequence[Measured]) -> list[float]:
    """Return a method's numbers in the order of the columns; a pair it failed on is infinite."""
    whole = [_errors(row) for row in rows]
    trusted = [_errors(row)[row.trusted] for row in rows if row.trusted.any()]
    return [
        *_percentiles(whole),
        *np.max([_percentiles([error]) for error in whole], axis=0),
        *_percentiles(trusted),
        max((float(_percentiles([error])[1]) for error in trusted), default=float("nan")),
        float(np.median([row.seconds for row in rows])),
        max(row.seconds for row in rows),
        float(np.median([row.cpu_s for row in rows])),
        max(row.memory_mb for row in rows),
    ]


def _errors(row: Measured) -> NDArray[np.float32]:
    return np.full(_SAMPLES, np.inf, dtype=np.float32) if row.error is None else row.error


def _percentiles(errors: Sequence[NDArray[np.float32]]) -> NDArray[np.float64]:
    if not errors:
        return np.full(2, np.nan)
    # Of the samples themselves: between two that are infinite there is no mean.
    return np.percentile(np.concatenate(errors), [50, 95], method="higher").astype(np.float64)


def _middle_and_tail(rows: Sequence[Measured]) -> str:
    return " / ".join(_number(value) for value in _percentiles([_errors(row) for row in rows]))


def _number(value: float) -> str:
    if not np.isfinite(value):
        return "failed" if np.isinf(value) else "-"
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _lines(
    columns: Sequence[str], cells: Mapping[str, Sequence[str]], *, markdown: bool
) -> list[str]:
    titles = {name: CONTENDERS[name].title if name in CONTENDERS else name for name in cells}
    rows = [["method", *columns], *([titles[name], *row] for name, row in cells.items())]
    if markdown:
        marked = ["| " + " | ".join(row) + " |" for row in rows]
        return [marked[0], "|---" * len(rows[0]) + "|", *marked[1:]]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    return [
        "  ".join(
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in rows
    ]


def _standing(summed: Mapping[str, Sequence[float]]) -> list[str]:
    """Return where a peer is better: in accuracy any, in time those that give a dense field."""
    if OURS not in summed or len(summed) < 2:
        return []
    behind = [
        f"{column}: {CONTENDERS[name].title} {_number(values[place])}"
        f" against {_number(summed[OURS][place])}"
        for place, column in enumerate(_COLUMNS[:-1])
        for name, values in summed.items()
        if name != OURS
        and (CONTENDERS[name].dense or "s" not in column.split())
        and values[place] < summed[OURS][place]
    ]
    return ["Ours is behind in", *behind] if behind else ["Ours is first in every column."]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
