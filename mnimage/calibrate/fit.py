"""From the light of 24 patches to a curve, gains and a matrix, with their errors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import least_squares, minimize

from mnimage.calibrate.reference import GREYS, PLACES, SKIN, true_light, true_luminance
from mnimage.domain.color import STRAIGHT, FitError, Tone
from mnimage.kernels.color import difference_2000, root_terms, straighten, to_lab, to_rec2020

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

LINEAR_WITHIN = 0.02
"""A slope of the greys this near 1 is linear (science of redness, 2.2)."""

_SKIN_WEIGHT = 3.0
_FLOOR = 0.02
"""Share of full light below which patches count less: stray light and noise weigh most there."""

_TONE_HOLD, _GREY_WEIGHT = 0.02, 3.0
"""How much a bend of the curve costs, so that noise of the patches does not bend it, and how much
the greys count there, in which no colour of lamp or camera meddles."""


_LEAST_LIGHT, _NEGATIVE_COST = 1e-3, 100.0


@dataclass(frozen=True, slots=True)
class Fit:
    """What was fitted; see `ColorProfile`. `each` is the CIEDE2000 of each patch left out."""

    tone: Tone
    gains: tuple[float, float, float]
    redness: Matrix = field(repr=False)
    matrix: Matrix = field(repr=False)
    each: Matrix = field(repr=False)
    error: FitError


@dataclass(frozen=True, slots=True)
class Patches:
    """The 24 patches to be fitted: linear light of the file (24, 3), and which are `kept`.

    `card` is the light of an even card at the same places, None where there was none.
    """

    light: Matrix = field(repr=False)
    kept: NDArray[np.bool_] = field(repr=False)
    card: Matrix | None = field(default=None, repr=False)

    def straight(self, tone: Tone, falloff: Matrix) -> Matrix:
        """Return the light in proportion to the patches' own, lamp and tones undone."""
        middle = PLACES - PLACES.mean(axis=0)
        lamp = np.exp(middle @ falloff)[:, None]
        if self.card is not None:
            lamp = lamp * straighten(self.card, tone)
        return np.asarray(straighten(self.light, tone) / lamp)


def fit_chart(patches: Patches, *, tilt_deg: float = 0.0) -> Fit:
    """Return the fit to the light of the patches.

    The lamp may be brighter on one side of the chart: its logarithm is taken for a plane. Light
    and curve are told apart because the greys lie along one side while all patches tell of the
    light. The curve is fitted only where the greys are not in proportion already.

    The matrix for the eye has the terms of Finlayson, Mackiewicz and Hurlbert (2015), as many as
    predict patches left out best (Stone 1974). The matrix for redness keeps white (Finlayson and
    Drew 1997); that it errs least in the logarithm is our own, and so is the tone curve. How well
    both do: `docs/colour.md`.
    """
    tone, falloff = _solve(patches, curved=False)
    linearity = grey_slopes(patches.straight(tone, falloff))
    if max(abs(slope - 1) for slope in linearity) > LINEAR_WITHIN:
        tone, falloff = _solve(patches, curved=True)
        linearity = grey_slopes(patches.straight(STRAIGHT, falloff))
    straight, kept = patches.straight(tone, falloff), patches.kept
    gains = _grey_gains(straight)
    straight = straight * gains
    found = {degree: left_out(straight, kept, degree) for degree in (1, 2)}
    each = {degree: difference_2000(lab, _true_lab()) for degree, lab in found.items()}
    degree = min(each, key=lambda one: float(each[one][kept].mean()))
    matrix = _matrix(straight, kept, degree)
    error = _error(straight, found[degree], kept)
    error = replace(
        error,
        linearity=linearity,
        falloff=float(np.abs(falloff) @ np.ptp(PLACES, axis=0)),
        tilt_deg=tilt_deg,
    )
    return Fit(tone, gains, _redness_matrix(straight, kept), matrix, each[degree], error)


def _error(straight: Matrix, lab: Matrix, kept: NDArray[np.bool_]) -> FitError:
    """Return the errors of light that has been put straight, and CIELAB of patches left out."""
    each = difference_2000(lab, _true_lab())
    skin = list(SKIN)
    slopes = grey_slopes(straight)
    grey = _grey_errors(straight)
    return FitError(
        mean=float(each[kept].mean()),
        p95=float(np.quantile(each[kept], 0.95)),
        worst=float(each[kept].max()),
        skin=float(each[skin].mean()),
        lab=float(np.sqrt(np.mean((lab - _true_lab())[skin] ** 2))),
        linearity=slopes,
        tone=float(np.hypot(np.abs(np.array(slopes) - 1).max(), _slope_error(grey))),
        grey=float(np.sqrt(np.mean(grey**2))),
        falloff=0.0,
        tilt_deg=0.0,
    )


def grey_slopes(light: Matrix) -> tuple[float, float, float]:
    """Return the slope of ln light over ln of what the greys truly are, in each channel.

    The slope of the camera's conversion function (ISO 14524) in logarithms; 1 is linear.
    """
    true, seen = np.log(true_light()[GREYS]), np.log(light[GREYS])
    true, seen = true - true.mean(axis=0), seen - seen.mean(axis=0)
    red, green, blue = ((true * seen).sum(axis=0) / (true**2).sum(axis=0)).tolist()
    return red, green, blue


def left_out(straight: Matrix, kept: NDArray[np.bool_], degree: int) -> Matrix:
    """Return CIELAB of each patch as a matrix fitted on the other kept ones predicts it.

    Cross-validation of one (Stone 1974), terms as of Finlayson, Mackiewicz and Hurlbert (2015).
    """
    terms = root_terms(straight, degree).astype(np.float64)
    others = ~np.eye(len(straight), dtype=np.bool_) & kept
    found = [terms[i] @ _matrix(straight, rows, degree) for i, rows in enumerate(others)]
    return to_lab(np.array(found, dtype=np.float32)).astype(np.float64)


def _true_lab() -> Matrix:
    return to_lab(true_light().astype(np.float32)).astype(np.float64)


def _solve(patches: Patches, *, curved: bool) -> tuple[Tone, Matrix]:
    """Return the tone curve (straight unless `curved`) and the fall-off per patch of ln light.

    The matrix is solved for at each step, so that what is searched has two or five unknowns.
    """

    def rest(unknown: Matrix) -> Matrix:
        straight = patches.straight(_tone(unknown), unknown[:2])
        found = straight @ _matrix(straight, patches.kept, 1)
        gap = ((found - true_light()) * _weights()[:, None])[patches.kept]
        if not curved:
            return gap.ravel()
        grey = _GREY_WEIGHT * _grey_errors(straight)
        return np.concatenate([gap.ravel(), grey.ravel(), _TONE_HOLD * unknown[3:]])

    start = np.array([0.0, 0.0, *STRAIGHT] if curved else [0.0, 0.0])
    found = least_squares(rest, start, loss="soft_l1", f_scale=0.05).x
    return _tone(found), found[:2]


def _tone(unknown: Matrix) -> Tone:
    if unknown.size == 2:
        return STRAIGHT
    slope, bend, twist = unknown[2:].tolist()
    return slope, bend, twist


def _weights() -> Matrix:
    weights = 1 / (true_luminance() + _FLOOR)
    weights[list(SKIN)] *= np.sqrt(_SKIN_WEIGHT)
    return weights


def _matrix(straight: Matrix, kept: NDArray[np.bool_], degree: int) -> Matrix:
    """Return the matrix from terms to linear sRGB, least squares of relative error."""
    terms = root_terms(straight, degree).astype(np.float64)
    weight = _weights()[:, None]
    solved = np.linalg.lstsq((terms * weight)[kept], (true_light() * weight)[kept], rcond=None)
    return np.asarray(solved[0], dtype=np.float64)


def _redness_matrix(straight: Matrix, kept: NDArray[np.bool_]) -> Matrix:
    """Return the 3 x 3 to linear Rec. 2020 that keeps white and errs least in ln light.

    Colours that come out negative cost on their own; the skin patches count three times.
    """
    true, seen = _rec2020(true_light())[kept], straight[kept]
    weight = np.where(np.isin(np.arange(len(straight)), SKIN), _SKIN_WEIGHT, 1.0)[kept, None]
    wanted = np.log(np.maximum(true, _LEAST_LIGHT))
    start = _rec2020(np.eye(3)).T

    def keep_white(parts: Matrix) -> Matrix:
        pair = parts.reshape(3, 2)
        return np.concatenate([pair, 1 - pair.sum(axis=1, keepdims=True)], axis=1)

    def cost(parts: Matrix) -> float:
        found = seen @ keep_white(parts).T
        gap = np.log(np.maximum(found, _LEAST_LIGHT)) - wanted
        return float((weight * gap**2).sum() + _NEGATIVE_COST * (np.minimum(found, 0) ** 2).sum())

    found = minimize(cost, start[:, :2].ravel(), method="BFGS").x
    return keep_white(np.asarray(found, dtype=np.float64))


def _rec2020(linear: Matrix) -> Matrix:
    wide = to_rec2020(linear[None].astype(np.float32))[0]
    return np.asarray(wide, dtype=np.float64)


def _grey_gains(straight: Matrix) -> tuple[float, float, float]:
    """Return the gains that bring the greys to their reflectance, black left out (stray light)."""
    greys = slice(GREYS.start, GREYS.stop - 1)
    gap = np.log(true_light()[greys]) - np.log(straight[greys])
    red, green, blue = np.exp(gap.mean(axis=0)).tolist()
    return red, green, blue


def _grey_errors(straight: Matrix) -> Matrix:
    """Return ln of each grey's light over what it should be, shape (6, 3)."""
    return np.log(straight[GREYS] * _grey_gains(straight)) - np.log(true_light()[GREYS])


def _slope_error(grey: Matrix) -> float:
    """Return the standard error of the slope that the scatter of the greys leaves."""
    true = np.log(true_luminance()[GREYS])
    return float(np.sqrt(np.mean(grey.var(axis=0))) / (true.std() * np.sqrt(true.size - 2)))
