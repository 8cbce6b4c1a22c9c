"""Fit a tone curve, gains and a matrix to the light of 24 patches, with their errors."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import least_squares, minimize

from mnimage.calibrate.reference import GREYS, PATCH_CENTERS, SKIN, true_light, true_luminance
from mnimage.domain.color import STRAIGHT, FitError, Tone
from mnimage.kernels.color import difference_2000, root_terms, straighten, to_lab, to_rec2020

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Matrix = NDArray[np.float64]

LINEAR_WITHIN = 0.02
"""A slope of the greys this close to 1 is linear (science of redness, 2.2)."""

_SKIN_WEIGHT = 3.0
"""Weight of the two skin patches."""
_FLOOR = 0.02
"""Share of full light below which patches count less: stray light and noise are largest there."""

_CURVATURE_COST, _GREY_WEIGHT = 0.02, 3.0
"""Cost of curvature of the tone curve, so that noise of the patches does not curve it, and weight
of the greys in its fit, which the colours of lamp and camera do not affect."""

_LEAST_LIGHT, _NEGATIVE_COST = 1e-3, 100.0
"""Light below which its logarithm is cut off, and weight of the squares of negative light."""


@dataclass(frozen=True, slots=True)
class Fit:
    """Result of the fit; see `ColorProfile`.

    `patch_errors` is the CIEDE2000 of each patch when it is left out.
    """

    tone: Tone
    gains: tuple[float, float, float]
    redness: Matrix = field(repr=False)
    matrix: Matrix = field(repr=False)
    patch_errors: Matrix = field(repr=False)
    error: FitError


@dataclass(frozen=True, slots=True)
class Patches:
    """The 24 patches to be fitted: linear light of the file (24, 3), and which are `usable`.

    `card` is the light of an even card at the same positions, None if there was none.
    """

    light: Matrix = field(repr=False)
    usable: NDArray[np.bool_] = field(repr=False)
    card: Matrix | None = field(default=None, repr=False)

    def linear(self, tone: Tone, falloff: Matrix) -> Matrix:
        """Return light proportional to reflectance, corrected for lamp and tone curve."""
        middle = PATCH_CENTERS - PATCH_CENTERS.mean(axis=0)
        lamp = np.exp(middle @ falloff)[:, None]
        if self.card is not None:
            lamp = lamp * straighten(self.card, tone)
        return np.asarray(straighten(self.light, tone) / lamp)


def fit_chart(patches: Patches, *, tilt_deg: float = 0.0) -> Fit:
    """Return the fit to the light of the patches.

    The lamp may be brighter on one side of the chart: its logarithm is modelled as a plane. Light
    and curve can be separated because the greys lie along one side while all patches show the
    light. The curve is fitted only where the greys are not proportional already.

    The matrix for display has the terms of Finlayson, Mackiewicz and Hurlbert (2015), as many as
    predict patches left out best (Stone 1974). The matrix for redness preserves white (Finlayson
    and Drew 1997); minimising its error in the logarithm is our own, and so is the tone curve.
    Accuracy of both: `docs/colour.md`.
    """
    tone, falloff = _solve(patches, curved=False)
    linearity = grey_slopes(patches.linear(tone, falloff))
    if max(abs(slope - 1) for slope in linearity) > LINEAR_WITHIN:
        tone, falloff = _solve(patches, curved=True)
        linearity = grey_slopes(patches.linear(STRAIGHT, falloff))
    linear, usable = patches.linear(tone, falloff), patches.usable
    gains = _grey_gains(linear)
    linear = linear * gains
    found = {degree: left_out(linear, usable, degree) for degree in (1, 2)}
    patch_errors = {degree: difference_2000(lab, _true_lab()) for degree, lab in found.items()}
    degree = min(patch_errors, key=lambda one: float(patch_errors[one][usable].mean()))
    matrix = _matrix(linear, usable, degree)
    error = _error(linear, found[degree], usable)
    error = replace(
        error,
        linearity=linearity,
        falloff=float(np.abs(falloff) @ np.ptp(PATCH_CENTERS, axis=0)),
        tilt_deg=tilt_deg,
    )
    return Fit(tone, gains, _redness_matrix(linear, usable), matrix, patch_errors[degree], error)


def _error(linear: Matrix, lab: Matrix, usable: NDArray[np.bool_]) -> FitError:
    """Return the errors of linearized light, and of the CIELAB of patches left out."""
    patch_errors = difference_2000(lab, _true_lab())
    skin = list(SKIN)
    slopes = grey_slopes(linear)
    grey = _grey_errors(linear)
    return FitError(
        mean=float(patch_errors[usable].mean()),
        p95=float(np.quantile(patch_errors[usable], 0.95)),
        worst=float(patch_errors[usable].max()),
        skin=float(patch_errors[skin].mean()),
        lab=float(np.sqrt(np.mean((lab - _true_lab())[skin] ** 2))),
        linearity=slopes,
        tone=float(np.hypot(np.abs(np.array(slopes) - 1).max(), _slope_error(grey))),
        grey=float(np.sqrt(np.mean(grey**2))),
        falloff=0.0,
        tilt_deg=0.0,
    )


def grey_slopes(light: Matrix) -> tuple[float, float, float]:
    """Return the slope of ln light over ln of the true light of the greys, in each channel.

    The slope of the camera's conversion function (ISO 14524) in logarithms; 1 is linear.
    """
    true, seen = np.log(true_light()[GREYS]), np.log(light[GREYS])
    true, seen = true - true.mean(axis=0), seen - seen.mean(axis=0)
    red, green, blue = ((true * seen).sum(axis=0) / (true**2).sum(axis=0)).tolist()
    return red, green, blue


def left_out(linear: Matrix, usable: NDArray[np.bool_], degree: int) -> Matrix:
    """Return CIELAB of each patch as predicted by a matrix fitted to the other usable ones.

    Leave-one-out cross-validation (Stone 1974), terms by Finlayson, Mackiewicz and Hurlbert (2015).
    """
    terms = root_terms(linear, degree).astype(np.float64)
    others = ~np.eye(len(linear), dtype=np.bool_) & usable
    found = [terms[i] @ _matrix(linear, rows, degree) for i, rows in enumerate(others)]
    return to_lab(np.array(found, dtype=np.float32)).astype(np.float64)


def _true_lab() -> Matrix:
    return to_lab(true_light().astype(np.float32)).astype(np.float64)


def _solve(patches: Patches, *, curved: bool) -> tuple[Tone, Matrix]:
    """Return the tone curve (linear unless `curved`) and the fall-off per patch of ln light.

    The matrix is solved at each step, so that the search has only two or five unknowns.
    """

    def residuals(unknown: Matrix) -> Matrix:
        linear = patches.linear(_tone(unknown), unknown[:2])
        found = linear @ _matrix(linear, patches.usable, 1)
        gap = ((found - true_light()) * _weights()[:, None])[patches.usable]
        if not curved:
            return gap.ravel()
        grey = _GREY_WEIGHT * _grey_errors(linear)
        return np.concatenate([gap.ravel(), grey.ravel(), _CURVATURE_COST * unknown[3:]])

    start = np.array([0.0, 0.0, *STRAIGHT] if curved else [0.0, 0.0])
    found = least_squares(residuals, start, loss="soft_l1", f_scale=0.05).x
    return _tone(found), found[:2]


def _tone(unknown: Matrix) -> Tone:
    if unknown.size == 2:
        return STRAIGHT
    slope, curvature, twist = unknown[2:].tolist()
    return slope, curvature, twist


def _weights() -> Matrix:
    weights = 1 / (true_luminance() + _FLOOR)
    weights[list(SKIN)] *= np.sqrt(_SKIN_WEIGHT)
    return weights


def _matrix(linear: Matrix, usable: NDArray[np.bool_], degree: int) -> Matrix:
    """Return the matrix from terms to linear sRGB, by least squares of the relative error."""
    terms = root_terms(linear, degree).astype(np.float64)
    weight = _weights()[:, None]
    solved = np.linalg.lstsq((terms * weight)[usable], (true_light() * weight)[usable], rcond=None)
    return np.asarray(solved[0], dtype=np.float64)


def _redness_matrix(linear: Matrix, usable: NDArray[np.bool_]) -> Matrix:
    """Return the 3 x 3 matrix to linear Rec. 2020 with the least error in ln light.

    It preserves white. Negative colours are penalized; the skin patches count three times.
    """
    true, seen = _rec2020(true_light())[usable], linear[usable]
    weight = np.where(np.isin(np.arange(len(linear)), SKIN), _SKIN_WEIGHT, 1.0)[usable, None]
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


def _grey_gains(linear: Matrix) -> tuple[float, float, float]:
    """Return the gains that map the greys to their reflectance, without black (stray light)."""
    greys = slice(GREYS.start, GREYS.stop - 1)
    gap = np.log(true_light()[greys]) - np.log(linear[greys])
    red, green, blue = np.exp(gap.mean(axis=0)).tolist()
    return red, green, blue


def _grey_errors(linear: Matrix) -> Matrix:
    """Return ln of each grey's light over the true one, shape (6, 3)."""
    return np.log(linear[GREYS] * _grey_gains(linear)) - np.log(true_light()[GREYS])


def _slope_error(grey: Matrix) -> float:
    """Return the standard error of the slope from the scatter of the greys."""
    true = np.log(true_luminance()[GREYS])
    return float(np.sqrt(np.mean(grey.var(axis=0))) / (true.std() * np.sqrt(true.size - 2)))
