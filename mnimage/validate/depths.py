"""The lines of relief: what was found against the closed forms of the phantom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.validate.line import Line, correlation, mean, median, rms
from mnimage.validate.relief import LARGE, Followed, Relieved, counts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnimage.domain.relief import Scar
    from mnimage.phantom.scars import TrueScar

_OFF = 0.15
_CM2_25 = 2500.0


def relief_lines(cases: Sequence[Relieved]) -> list[Line]:
    """Return every line of the arm of relief but its verdicts."""
    if not cases:
        return []
    scars = [one for case in cases for one in case.scars if counts(one.true)]
    lines = [line for kind in ("boxcar", "rolling") for line in _depth_lines(scars, kind)]
    lines += [*_ice_pick(scars), *_volume(scars), *_found(cases, scars)]
    return [*lines, *_changes(cases), *_texture(cases), *_fine(cases)]


def _pairs(scars: Sequence[Followed], kind: str = "") -> list[tuple[str, TrueScar, Scar]]:
    return [
        (one.case, one.true, one.found)
        for one in scars
        if one.found is not None and (not kind or one.true.kind == kind)
    ]


def _depth_lines(scars: Sequence[Followed], kind: str) -> list[Line]:
    pairs = _pairs(scars, kind)
    gap = 1000 * np.array([found.depth_mm - true.depth_p95_mm for _, true, found in pairs])
    share = gap / np.array([1000 * true.depth_p95_mm for _, true, _ in pairs])
    far = _worst(gap, [case for case, _, _ in pairs], "um")
    percent = _worst(100 * share, [case for case, _, _ in pairs], "%")
    said = [np.hypot(one.depth_systematic_mm, one.depth_uncertainty_mm) for _, _, one in pairs]
    note = f"error over stated uncertainty {rms(gap / 1000 / np.array(said)):.2f}" if pairs else ""
    return [
        Line("relief", f"{kind}: depth, mean error", mean(np.abs(gap)), "um", len(pairs),
             most=15.0, worst=far, bias=mean(gap), error=rms(gap), note=note),
        Line("relief", f"{kind}: depth, mean error", 100 * mean(np.abs(share)), "%", len(pairs),
             most=8.0, worst=percent, bias=100 * mean(share), error=100 * rms(share)),
    ]  # fmt: skip


def _ice_pick(scars: Sequence[Followed]) -> list[Line]:
    pairs = _pairs(scars, "ice-pick")
    share = np.array([found.depth_mm / true.depth_p95_mm - 1 for _, true, found in pairs])
    bare = np.array([not found.lower_bound for _, _, found in pairs], dtype=np.bool_)
    return [
        Line("relief", "ice-pick: depth off by more than 15 %, not flagged",
             100 * mean(bare & (np.abs(share) > _OFF)), "%", len(pairs), most=0.0,
             worst=_worst(100 * share, [case for case, _, _ in pairs], "%"),
             bias=100 * mean(share), error=100 * rms(share),
             note=f"mean error {100 * mean(np.abs(share)):.1f} %"),
    ]  # fmt: skip


def _volume(scars: Sequence[Followed]) -> list[Line]:
    pairs = _pairs(scars)
    share = 100 * np.array([found.volume_mm3 / true.volume_mm3 - 1 for _, true, found in pairs])
    return [
        Line("relief", "scar volume: median error", median(np.abs(share)), "%", len(pairs),
             most=8.0, worst=_worst(share, [case for case, _, _ in pairs], "%"), bias=mean(share),
             error=rms(share)),
    ]  # fmt: skip


def _found(cases: Sequence[Relieved], scars: Sequence[Followed]) -> list[Line]:
    hits, false = len(_pairs(scars)), sum(case.false for case in cases)
    area = sum(case.area_mm2 for case in cases)
    most = max(cases, key=lambda case: case.false)
    missed = [one for one in scars if one.found is None]
    seldom = ", ".join(f"{one.true.kind} {1000 * one.true.depth_p95_mm:.0f} um" for one in missed)
    return [
        Line("relief", "scars found: F1", 2 * hits / max(hits + false + len(scars), 1), "",
             len(scars), least=0.9, worst=f"missed: {seldom}" if seldom else ""),
        Line("relief", "false scars per 25 cm2", _CM2_25 * false / area, "", false, most=1.0,
             worst=f"{most.false} on {most.case}") if false else
        Line("relief", "false scars per 25 cm2", 0.0, "", len(cases), most=1.0),
    ]  # fmt: skip


def _changes(cases: Sequence[Relieved]) -> list[Line]:
    lines = []
    every = [(case.case, share, read) for case in cases for share, read in case.volumes]
    for low, high in ((0.0, 0.075), (0.075, 0.15), (0.15, 0.25), (0.25, 1.0)):
        own = [(name, share, read) for name, share, read in every if low < share <= high]
        if not own:
            continue
        off = np.array([read + 100 * share for _, share, read in own])
        typical = 100 * mean([share for _, share, _ in own])
        goal = 2.0 if low < LARGE <= high else None
        lines.append(
            Line("relief", f"all scars' volume at -{typical:.0f} %: largest gap",
                 float(np.abs(off).max()), "points", len(own), most=goal,
                 worst=_worst(off, [name for name, _, _ in own], "points"), bias=mean(off),
                 error=rms(off), note=f"within 2 points: {np.mean(np.abs(off) <= 2):.0%}")
        )  # fmt: skip
    single = np.array([read + 100 * share for case in cases for share, read in case.single])
    lines.append(
        Line("relief", "one scar's volume: change read less true", rms(single), "points",
             single.size, bias=median(single), error=rms(single))
    )  # fmt: skip
    return lines


def _texture(cases: Sequence[Relieved]) -> list[Line]:
    bands = np.array([case.bands for case in cases])
    true, found = bands[:, 0, 0], bands[:, 0, 1]
    off = 100 * (found / true - 1)
    again = np.log([case.again_um for case in cases]) - np.log(found)
    names = [case.case for case in cases]
    spread = 100 * rms(again) / np.sqrt(2)
    octaves = ", ".join(
        f"{low:g}-{high:g} mm {value:+.0f} %"
        for (low, high), value in zip(
            ((0.1, 0.2), (0.2, 0.4), (0.4, 0.8), (0.8, 1.6)),
            100 * (bands[:, 1:, 1] / bands[:, 1:, 0] - 1).mean(axis=0),
            strict=True,
        )
    )
    return [
        Line("relief", "texture Sq: r with the truth", correlation(true, found), "", len(cases),
             least=0.99, worst=_worst(off, names, "%")),
        Line("relief", "texture Sq: bias", float(abs(mean(off))), "%", len(cases), most=5.0,
             worst=_worst(off, names, "%"), bias=mean(off), error=rms(off), note=octaves),
        Line("relief", "texture Sq: repeat CV", float(spread), "%", len(cases), most=1.5,
             worst=_worst(100 * again, names, "% apart"), sem=float(spread),
             mdc95=float(100 * np.expm1(1.96 * np.sqrt(2) * spread / 100))),
    ]  # fmt: skip


def _fine(cases: Sequence[Relieved]) -> list[Line]:
    pores = np.array([case.pores_f1 for case in cases])
    named = [(case.case, case.lines_jaccard) for case in cases if np.isfinite(case.lines_jaccard)]
    lines = np.array([value for _, value in named])
    low = cases[int(pores.argmin())].case
    few = f"{lines.min():.2f}, {named[int(lines.argmin())][0]}" if named else ""
    return [
        Line("relief", "pores: F1, median", median(pores), "", len(cases), least=0.85,
             worst=f"{pores.min():.2f}, {low}", note=f"mean {mean(pores):.2f}"),
        Line("relief", "lines: Jaccard (2 px), median", median(lines), "", len(lines), least=0.8,
             worst=few, note=f"mean {mean(lines):.2f}"),
    ]  # fmt: skip


def _worst(
    gaps: np.ndarray[tuple[int, ...], np.dtype[np.float64]], names: Sequence[str], unit: str
) -> str:
    if gaps.size == 0:
        return ""
    far = int(np.abs(gaps).argmax())
    return f"{gaps[far]:+.1f} {unit}, {names[far]}"
