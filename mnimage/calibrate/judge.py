"""Checks of a chart and of the fit to it, with their limits.

The limits are our own; accuracy of charts within them: `docs/colour.md`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mnimage.calibrate.reference import GREYS, NAMES
from mnimage.errors import ChartUnusable
from mnimage.kernels.color import is_rising
from mnimage.words.message import Message, message

if TYPE_CHECKING:
    from mnimage.calibrate.chart import Chart
    from mnimage.calibrate.fit import Fit

MOST_UNEVEN = 0.1
"""Share of a patch that may differ from the rest of it: a shadow, a finger, a reflection."""

MOST_CLIPPED, NOTED_CLIPPED = 6, 2
"""Coloured patches that may be left out because a channel is clipped or too dark; sRGB itself has
no red for cyan, and almost no blue for orange."""

LARGEST_TILT_DEG, NOTED_TILT_DEG = 35.0, 18.0
LARGEST_CONVERGENCE = 1.3
LARGEST_MEAN, NOTED_MEAN = 4.0, 1.5
LARGEST_WORST = 12.0
LARGEST_GREY = 0.06
LARGEST_FALLOFF, NOTED_FALLOFF = 0.7, 0.25
"""Limits of tilt in degrees, of the ratio of opposite sides, of CIEDE2000 (mean, worst patch), of
one grey's error (ln) and of the light across the chart (ln); the smaller ones only warn."""

NOTED_CONTRAST = 0.1
"""Departure of the greys' slope from 1 beyond which a warning is given."""


def require_readable(chart: Chart) -> None:
    """Raise `ChartUnusable` where the patches cannot be trusted."""
    if chart.tilt_deg > LARGEST_TILT_DEG or chart.convergence > LARGEST_CONVERGENCE:
        raise ChartUnusable(message("calibrate.chart_turned"))
    uneven_patches = [
        name for name, uneven in zip(NAMES, chart.uneven, strict=True) if uneven > MOST_UNEVEN
    ]
    if uneven_patches:
        raise ChartUnusable(message("calibrate.patches_uneven", patches=_listed(uneven_patches)))
    if (chart.bright[GREYS] > MOST_UNEVEN).any():
        raise ChartUnusable(message("calibrate.white_overexposed"))
    if (chart.dark[GREYS] > MOST_UNEVEN).any():
        raise ChartUnusable(message("calibrate.black_underexposed"))
    if (~chart.usable).sum() > MOST_CLIPPED:
        raise ChartUnusable(message("calibrate.patches_clipped"))


def require_fit(fit: Fit, chart: Chart) -> None:
    """Raise `ChartUnusable` where the colours do not fit the chart's."""
    patch_errors = np.where(chart.usable, fit.patch_errors, 0.0)
    wrong = [name for name, gap in zip(NAMES, patch_errors, strict=True) if gap > LARGEST_WORST]
    if wrong:
        raise ChartUnusable(message("calibrate.patches_wrong", patches=_listed(wrong)))
    if fit.error.falloff > LARGEST_FALLOFF:
        raise ChartUnusable(message("calibrate.light_uneven"))
    if not is_rising(fit.tone) or fit.error.grey > LARGEST_GREY:
        raise ChartUnusable(message("calibrate.tones_unusable"))
    if fit.error.mean > LARGEST_MEAN:
        raise ChartUnusable(message("calibrate.fit_poor", mean=fit.error.mean, most=LARGEST_MEAN))


def warnings_of(fit: Fit, chart: Chart) -> tuple[Message, ...]:
    """Return what increases the error without making the profile unusable."""
    contrast = max(abs(slope - 1) for slope in fit.error.linearity)
    found = (
        (message("calibrate.chart_angled"), chart.tilt_deg > NOTED_TILT_DEG),
        (message("calibrate.light_corrected"), fit.error.falloff > NOTED_FALLOFF),
        (message("calibrate.tones_corrected"), contrast > NOTED_CONTRAST),
        (message("calibrate.patches_left_out"), bool((~chart.usable).sum() > NOTED_CLIPPED)),
        (message("calibrate.fit_fair"), fit.error.mean > NOTED_MEAN),
    )
    return tuple(warning for warning, holds in found if holds)


def _listed(names: list[str]) -> tuple[str | Message, ...]:
    """Return up to three names; of more, two and the number of the others."""
    if len(names) <= 3:
        return tuple(names)
    return (*names[:2], message("calibrate.more_patches", count=len(names) - 2))
