"""Why a chart, or the fit to it, cannot be used; each as a sentence with a remedy.

The limits are our own; what charts within them are worth: `docs/colour.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.calibrate.reference import GREYS, NAMES
from mnimage.errors import ChartUnusable
from mnimage.kernels.color import is_rising

if TYPE_CHECKING:
    from mnimage.calibrate.chart import Chart
    from mnimage.calibrate.fit import Fit

MOST_ODD = 0.1
"""Share of a patch that may be unlike the rest of it: a shadow, a finger, a reflection."""

MOST_ENDS, NOTED_ENDS = 6, 2
"""Coloured patches that may be left out because a channel is at its end; sRGB itself has no red
for cyan, and hardly a blue for orange."""

LARGEST_TILT_DEG, NOTED_TILT_DEG = 35.0, 18.0
LARGEST_CONVERGENCE = 1.3
LARGEST_MEAN, NOTED_MEAN = 4.0, 1.5
LARGEST_WORST = 12.0
LARGEST_GREY = 0.06
LARGEST_FALLOFF, NOTED_FALLOFF = 0.7, 0.25
"""Limits of tilt in degrees, of the ratio of opposite sides, of CIEDE2000, of one grey's error
(ln) and of the light across the chart (ln); the smaller ones only warn."""


def require_readable(chart: Chart) -> None:
    """Raise `ChartUnusable` where the patches cannot be trusted."""
    if chart.tilt_deg > LARGEST_TILT_DEG or chart.convergence > LARGEST_CONVERGENCE:
        raise ChartUnusable(
            "The colour chart is turned too far from the camera.",
            hint="Hold it where the skin is, facing the camera.",
        )
    spoiled = [name for name, odd in zip(NAMES, chart.odd, strict=True) if odd > MOST_ODD]
    if spoiled:
        raise ChartUnusable(
            f"The colour chart is not clean: {_listed(spoiled)} not even.",
            hint="Look for a finger, a shadow, a reflection or dirt on the chart.",
        )
    if (chart.bright[GREYS] > MOST_ODD).any():
        raise ChartUnusable(
            "The white of the colour chart is overexposed.",
            hint="Take it again with less light or a shorter exposure, the skin likewise.",
        )
    if (chart.dark[GREYS] > MOST_ODD).any():
        raise ChartUnusable(
            "The black of the colour chart is underexposed.",
            hint="Take it again with more light or a longer exposure, the skin likewise.",
        )
    if (~chart.usable).sum() > MOST_ENDS:
        raise ChartUnusable(
            "Too many colours of the chart are overexposed or too dark.",
            hint="Set the exposure by the white patch, and a neutral picture style in the camera.",
        )


def require_fit(fit: Fit, chart: Chart) -> None:
    """Raise `ChartUnusable` where the colours do not fit the chart's."""
    each = np.where(chart.usable, fit.each, 0.0)
    wrong = [name for name, gap in zip(NAMES, each, strict=True) if gap > LARGEST_WORST]
    if wrong:
        raise ChartUnusable(
            f"The colour chart does not show its colours: {_listed(wrong)} wrong.",
            hint="Is a part covered, dirty or faded, or is it a chart of another kind?",
        )
    if fit.error.falloff > LARGEST_FALLOFF:
        raise ChartUnusable(
            "The light on the colour chart is too uneven.",
            hint="Light it from both sides, or hold it where the skin is.",
        )
    if not is_rising(fit.tone) or fit.error.grey > LARGEST_GREY:
        raise ChartUnusable(
            "The greys of the chart do not follow the light: the camera bends the tones too much.",
            hint="Choose a neutral picture style without HDR or automatic contrast, or RAW.",
        )
    if fit.error.mean > LARGEST_MEAN:
        raise ChartUnusable(
            f"The colours of the chart fit badly: {fit.error.mean:.1f} dE on average, "
            f"{LARGEST_MEAN:.0f} are allowed.",
            hint="Use an even white light of good colour rendering, and an unfaded chart.",
        )


def warnings_of(fit: Fit, chart: Chart) -> tuple[str, ...]:
    """Return sentences on what widens the error without spoiling the profile."""
    found = {
        "The chart looks turned away from the camera: its light is not quite that of the skin, and "
        "skin tone is less certain. Hold it facing the camera.": chart.tilt_deg > NOTED_TILT_DEG,
        "The light falls off across the chart; it was evened out.": fit.error.falloff
        > NOTED_FALLOFF,
        "The camera bends the tones; that was undone by the greys. A neutral style or RAW is "
        "better.": max(abs(slope - 1) for slope in fit.error.linearity) > 0.1,
        "Some colours of the chart are beyond what the file can hold and were left out.": bool(
            (~chart.usable).sum() > NOTED_ENDS
        ),
        "The colours fit less well than a good camera and lamp allow.": fit.error.mean > NOTED_MEAN,
    }
    return tuple(sentence for sentence, holds in found.items() if holds)


def _listed(names: list[str]) -> str:
    """Return up to three names with their verb."""
    if len(names) > 3:
        return f"{', '.join(names[:2])} and {len(names) - 2} more are"
    return f"{' and '.join(names)} {'is' if len(names) == 1 else 'are'}"
