"""The profile along a line as words, as a table and as a picture."""

from __future__ import annotations

import csv
from io import BytesIO, StringIO
from math import isfinite
from typing import TYPE_CHECKING

import numpy as np

from mnimage.report.words import PLUS_MINUS, number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from mnimage.domain.surfaces import Deepest, Profile, ProfileTrace

COLUMNS = (
    "along_mm",
    "row",
    "col",
    "before_um",
    "before_uncertainty_um",
    "after_um",
    "after_uncertainty_um",
)
INK, QUIET, HAIR = "#1b1d1f", "#5c6166", "#d4d7da"
BEFORE, AFTER = "#8a8f94", "#1a5fa8"
_SURE = 1.96
_SIZE_IN, _DPI = (8.0, 3.4), 200
_LEAST_UM = 100.0


def deepest_words(deepest: Deepest | None) -> str:
    """Return the greatest depth of one session, such as "437 ± 9 µm"."""
    if deepest is None:
        return "not measured"
    least = "at least " if deepest.at_least else ""
    depth, error = number(deepest.depth_um, 0), number(deepest.error_um, 0)
    return f"{least}{depth} {PLUS_MINUS} {error} µm"


def change_words(profile: Profile) -> str:
    """Return how the greatest depth changed, or that the change is within its uncertainty."""
    change, error = profile.change_um
    if not isfinite(change):
        return "not known"
    words = f"{number(change, 0, signed=True)} {PLUS_MINUS} {number(error, 0)} µm"
    if is_sure(profile):
        return f"{words}, {'shallower' if change < 0 else 'deeper'}"
    return f"{words}, within error"


def is_sure(profile: Profile) -> bool:
    """Say whether the greatest depth changed by more than its uncertainty (95 %)."""
    change, error = profile.change_um
    return isfinite(change) and abs(change) > _SURE * error


def height_range(profile: Profile) -> tuple[float, float]:
    """Return one range of heights in um for both sessions, with their uncertainty, 0 within it."""
    known = [0.0]
    for trace in (profile.before, profile.after):
        for way in (-1.0, 1.0):
            edge = trace.height_um + way * trace.error_um
            known += [float(edge[np.isfinite(edge)].min(initial=0.0))]
            known += [float(edge[np.isfinite(edge)].max(initial=0.0))]
    low, high = min(known), max(known)
    short = max(_LEAST_UM - (high - low), 0.0)
    margin = 0.06 * (high - low + short)
    return low - 0.7 * short - margin, high + 0.3 * short + margin


def profile_csv(profile: Profile) -> bytes:
    """Return one line per sample, UTF-8 with a heading; empty where not measured."""
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    before, after = profile.before, profile.after
    values = (
        profile.along_mm,
        profile.row,
        profile.column,
        before.height_um,
        before.error_um,
        after.height_um,
        after.error_um,
    )
    digits = (4, 2, 2, 2, 2, 2, 2)
    for line in zip(*values, strict=True):
        table.writerow([_cell(value, places) for value, places in zip(line, digits, strict=True)])
    return text.getvalue().encode()


def profile_png(profile: Profile) -> bytes:
    """Return the profile as a picture for a page, 1600 px wide: before in grey behind after."""
    from matplotlib.figure import Figure  # slow to import, and needed only here

    figure = Figure(figsize=_SIZE_IN, layout="constrained", facecolor="white")
    box = figure.subplots()
    _draw(box, profile, profile.before, BEFORE, "Before")
    _draw(box, profile, profile.after, AFTER, "After")
    _dress(box, profile)
    content = BytesIO()
    figure.savefig(content, format="png", dpi=_DPI, metadata={"Software": None})
    return content.getvalue()


def _draw(box: Axes, profile: Profile, trace: ProfileTrace, tone: str, name: str) -> None:
    along, height, error = profile.along_mm, trace.height_um, trace.error_um
    box.fill_between(along, height - error, height + error, color=tone, alpha=0.22, linewidth=0)
    words = f"{name}: deepest {deepest_words(profile.deepest(trace))}"
    box.plot(along, height, color=tone, linewidth=1.6, label=words)


def _dress(box: Axes, profile: Profile) -> None:
    box.axhline(0, color=HAIR, linewidth=0.8, zorder=0)
    box.set_xlim(0, float(profile.along_mm[-1]) or 1.0)
    box.set_ylim(*height_range(profile))
    box.set_xlabel("mm along the line", color=QUIET, fontsize=9)
    box.set_ylabel("µm above healthy skin", color=QUIET, fontsize=9)
    box.tick_params(colors=QUIET, labelsize=8, length=0)
    box.spines[["top", "right", "left"]].set_visible(False)
    box.spines["bottom"].set_color(HAIR)
    box.grid(axis="y", color=HAIR, linewidth=0.4)
    box.set_axisbelow(True)
    box.set_title(
        f"Change of the greatest depth: {change_words(profile)}", loc="left", fontsize=9, color=INK
    )
    box.legend(frameon=False, fontsize=8, loc="lower right", labelcolor=INK)


def _cell(value: float, places: int) -> str:
    return f"{value:.{places}f}" if np.isfinite(value) else ""
