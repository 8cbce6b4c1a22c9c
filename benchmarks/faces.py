"""Relief of whole faces under single lamps against the truth.

    python -m benchmarks.faces [--only WORD] [--others N] [--keep DIR] [--workers N]

Heads (`benchmarks.heads`) are photographed under 3 to 16 lamps, near and far, in 16-bit linear and
8-bit sRGB files, and go through the whole command; other faces (`--others`) have scars and a form
of their own. Printed per case: what is found of the scars of known depth (the 95th percentile) and
volume, their errors over the half width of the stated 95 % interval (`x`; what is beyond 1 and no
lower bound says something untrue), what else was taken for a scar and where it lies, Sq of the fine
relief, the angle between true and found normals by how far the skin is turned away, how much of
each part of the face is trusted, seconds and the peak of memory.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from math import hypot
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from benchmarks.heads import (
    KINDS,
    SKIN,
    Features,
    Head,
    Light,
    Taking,
    make_head,
    other_features,
    ring,
    shoot,
    write,
)
from benchmarks.heads import lit_by as light_of
from mnimage import pipeline
from mnimage.domain.recipe import Recipe
from mnimage.formats.shots import read_shots
from mnimage.relief.texture import band_sq_um

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.relief import Relief, ReliefCard, Scar
    from mnimage.phantom.scars import TrueScar

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

SLANTS = ((0, 30), (30, 50), (50, 60), (60, 70), (70, 80))
NEAR_MM = 2.5
SMOOTH_MM = 0.3
CHEEK, FOREHEAD = ((-5, 50), (22, 58)), ((-76, -54), (-35, 35))
"""Where Sq is compared: rows and columns in mm."""


@dataclass(frozen=True, slots=True)
class Case:
    """One way to photograph a head."""

    name: str
    lamps: tuple[Light, ...]
    taking: Taking = field(default_factory=Taking)
    pitch: float = 0.1
    fine_um: float = 20.0
    other: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """What came out of a case."""

    case: str
    found: tuple[tuple[str, TrueScar, Scar | None], ...]
    false: dict[str, int]
    sq_um: tuple[tuple[str, float, float], ...]
    normals: tuple[tuple[float, float, float], ...]
    trusted: dict[str, float]
    seconds: float
    peak_gb: float
    said: tuple[str, ...]


def cases() -> tuple[Case, ...]:
    """Return the cases of the study."""
    eight = Taking(bits=8)
    return (
        Case("8 lamps 45", ring(8, 45)),
        Case("8 lamps 45, 8 bit", ring(8, 45), eight),
        Case("8 lamps 30", ring(8, 30)),
        Case("8 lamps 60", ring(8, 60)),
        Case("4 lamps 45", ring(4, 45)),
        Case("8 lamps 60, 8 bit", ring(8, 60), eight),
        Case("4 lamps 45, 8 bit", ring(4, 45), eight),
        Case("4 lamps 60, 8 bit", ring(4, 60), eight),
        Case("6 lamps 45", ring(6, 45)),
        Case("16 lamps 45", ring(16, 45)),
        Case("8 lamps 45 at 0.5 m", ring(8, 45, 500)),
        Case("8 lamps 45, still", ring(8, 45), Taking(motion_px=0)),
        Case("8 lamps 45, gloss x 4", ring(8, 45), Taking(gloss=0.08)),
        Case("8 lamps 45, 0.2 mm", ring(8, 45), pitch=0.2),
        Case("8 lamps 45, Sq 40", ring(8, 45), fine_um=40.0),
        Case("8 lamps 45, Sq 10", ring(8, 45), fine_um=10.0),
        Case("3 lamps 45", ring(3, 45)),
    )


def others(count: int) -> tuple[Case, ...]:
    """Return other faces under other lamps."""
    eight = Taking(bits=8)
    return tuple(
        Case(f"face {number}, {name}", lamps, replace(taking, seed=number), other=number)
        for number in range(1, count + 1)
        for name, lamps, taking in (
            ("4 lamps 45, 8 bit", ring(4, 45), eight),
            ("6 lamps 50", ring(6, 50), Taking()),
            ("8 lamps 45 at 0.45 m, 8 bit", ring(8, 45, 450), eight),
            ("8 lamps 60, 8 bit", ring(8, 60), eight),
        )
    )


def main() -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="cases whose name holds this")
    parser.add_argument("--others", type=int, default=0, help="so many other faces instead")
    parser.add_argument("--keep", type=Path, help="write the shots here and leave them")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    known = others(options.others) if options.others else cases()
    chosen = [case for case in known if options.only in case.name]
    keep = options.keep or Path(tempfile.mkdtemp(prefix="faces"))
    # A new process for each case, or the peak of memory would be that of the largest so far.
    with ProcessPoolExecutor(options.workers, max_tasks_per_child=1) as pool:
        results = list(pool.map(measure, chosen, [keep] * len(chosen)))
    for result in results:
        _print(result)
    _sum_up(results)
    return 0


def measure(case: Case, folder: Path) -> Result:
    """Photograph a head as a case says, put it through the command's chain and compare."""
    features = Features() if case.other is None else other_features(case.other)
    whole = make_head(case.pitch, seed=case.other or 1, fine_um=case.fine_um, features=features)
    head = whole.seen()
    place = folder / case.name.replace(" ", "_").replace(",", "")
    sheet = place / "SHOTS.json"
    if not sheet.exists():
        frames = shoot(whole, case.lamps, case.taking)
        sheet = write(place, frames, case.lamps, case.taking, case.pitch)
    seen = sum(light_of(head, lamp)[2].astype(int) for lamp in case.lamps)
    start = time.perf_counter()
    done = pipeline.analyze_shots(read_shots(sheet), name="", recipe=Recipe())
    seconds = time.perf_counter() - start
    card = done.analyzed.relief
    if card is None:
        raise ValueError("a relief was not measured")
    usable = np.isfinite(card.band_um) | (card.scar_labels > 0)
    return Result(
        case.name,
        matched(head, card),
        false_ones(head, card),
        textures(head, done.relief, card, usable),
        normals_error(head, done.relief),
        shares(head, done.relief.trusted, np.asarray(seen)),
        seconds,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20,
        tuple(map(str, card.warnings)),
    )


def matched(head: Head, card: ReliefCard) -> tuple[tuple[str, TrueScar, Scar | None], ...]:
    """Return each true scar with the one found there."""
    answer = []
    for part, true in head.scars:
        near = [(_away(head, true, scar), scar.id, scar) for scar in card.scars]
        best = min(near, default=None)
        answer.append((part, true, best[2] if best and best[0] < NEAR_MM else None))
    return tuple(answer)


def _away(head: Head, true: TrueScar, scar: Scar) -> float:
    row, column = head.place_px(true)
    return float(np.hypot(scar.row - row, scar.column - column)) * head.mm_per_px


def false_ones(head: Head, card: ReliefCard) -> dict[str, int]:
    """Return how many scars lie where none is, by what is there."""
    count: dict[str, int] = {}
    for scar in card.scars:
        if min(_away(head, true, scar) for _, true in head.scars) < NEAR_MM:
            continue
        inside = head.kind[card.scar_labels == scar.id]
        other = inside[inside != SKIN]
        name = KINDS[int(np.bincount(other).argmax())] if other.size > 0.1 * inside.size else "skin"
        count[name] = count.get(name, 0) + 1
    return count


def textures(
    head: Head, relief: Relief, card: ReliefCard, usable: Mask
) -> tuple[tuple[str, float, float], ...]:
    """Return the true and the found Sq of cheek and forehead, by the same filter, in um."""
    answer = []
    middle = (np.array(head.height_mm.shape) - 1) / 2
    for name, (rows, columns) in (("cheek", CHEEK), ("forehead", FOREHEAD)):
        top, bottom = np.rint(np.array(rows) / head.mm_per_px + middle[0]).astype(int)
        left, right = np.rint(np.array(columns) / head.mm_per_px + middle[1]).astype(int)
        box = slice(top, bottom), slice(left, right)
        skin = usable[box] & (card.scar_labels[box] == 0)
        true = band_sq_um(head.fine_mm[box], skin, head.mm_per_px, Recipe().relief)
        found = (
            float(np.sqrt(np.nanmean(np.square(card.band_um[box][skin])))) if skin.any() else np.nan
        )
        answer.append((name, true, found))
    return tuple(answer)


def normals_error(head: Head, relief: Relief) -> tuple[tuple[float, float, float], ...]:
    """Return per slant the angle to the true normal, median and 95 %, and the trusted share.

    Both surfaces are softened alike, so that it is the shape that is compared.
    """
    sigma = SMOOTH_MM / head.mm_per_px
    true, found = (
        _normals(height, sigma, head.mm_per_px) for height in (head.height_mm, relief.height_mm)
    )
    cosine = np.clip(np.sum(true * found, axis=-1), -1, 1)
    error = np.degrees(np.arccos(cosine))
    slant = np.degrees(np.arccos(head.turned))
    answer = []
    for low, high in SLANTS:
        inside = (head.kind == SKIN) & (slant >= low) & (slant < high)
        known = inside & relief.trusted
        if not known.any():
            answer.append((np.nan, np.nan, 0.0))
            continue
        middle, far = np.percentile(error[known], (50, 95))
        answer.append((float(middle), float(far), float(known.sum() / inside.sum())))
    return tuple(answer)


def _normals(height: Plane, sigma: float, pitch: float) -> Plane:
    soft = cv2.GaussianBlur(height, (0, 0), sigma)
    down, right = np.gradient(soft, pitch)
    normal = np.stack([-right, -down, np.ones_like(down)], axis=-1)
    return np.asarray(normal / np.linalg.norm(normal, axis=-1, keepdims=True), dtype=np.float32)


def shares(head: Head, trusted: Mask, seen: NDArray[np.intp]) -> dict[str, float]:
    """Return how much of each part is trusted, and of the skin that fewer than three lamps see."""
    answer = {name: float(trusted[head.kind == number].mean()) for number, name in enumerate(KINDS)}
    dark = (head.kind == SKIN) & (seen < 3)
    answer["skin under < 3 lamps"] = float(trusted[dark].mean()) if dark.any() else np.nan
    return answer


def over(true: TrueScar, scar: Scar) -> tuple[float, float]:
    """Return the errors of depth and volume over the half width of their 95 % intervals."""
    depth = hypot(scar.depth_uncertainty_mm, scar.depth_systematic_mm)
    volume = hypot(scar.volume_uncertainty_mm3, scar.volume_systematic_mm3)
    return (
        abs(scar.depth_mm - true.depth_p95_mm) / (1.96 * depth),
        abs(scar.volume_mm3 - true.volume_mm3) / (1.96 * volume),
    )


def _sum_up(results: list[Result]) -> None:
    found = [(true, scar) for one in results for _, true, scar in one.found if scar is not None]
    stated = [over(true, scar) for true, scar in found if not scar.lower_bound]
    print(
        f"== all: {len(found)} of {sum(len(one.found) for one in results)} scars, false "
        f"{sum(sum(one.false.values()) for one in results)}, not flagged {len(stated)}, beyond "
        f"their interval {sum(max(one) > 1 for one in stated)}"
    )


def _print(result: Result) -> None:
    found = [(part, true, scar) for part, true, scar in result.found if scar is not None]
    print(f"== {result.case}: {len(found)} of {len(result.found)} scars, false {result.false}")
    for part, true, scar in found:
        beyond = over(true, scar)
        print(
            f"   {part:13} {true.kind:9} depth {true.depth_p95_mm:.3f} found {scar.depth_mm:.3f} "
            f"({scar.depth_mm / true.depth_p95_mm - 1:+.0%}, {beyond[0]:.2f} x), volume "
            f"{true.volume_mm3:.2f} found {scar.volume_mm3:.2f} "
            f"({scar.volume_mm3 / true.volume_mm3 - 1:+.0%}, {beyond[1]:.2f} x)"
            f"{' bound' if scar.lower_bound else ''}"
        )
    print(
        "   missed:", [f"{part} {true.kind}" for part, true, scar in result.found if scar is None]
    )
    print("   Sq:", [f"{name} {true:.1f} found {got:.1f}" for name, true, got in result.sq_um])
    print("   normals:", [f"{m:.1f}/{f:.1f} ({s:.0%})" for m, f, s in result.normals])
    print("   trusted:", {name: f"{share:.0%}" for name, share in result.trusted.items()})
    print(f"   {result.seconds:.1f} s, {result.peak_gb:.2f} GB")
    for word in result.said:
        print("   -", word)


if __name__ == "__main__":
    sys.exit(main())
