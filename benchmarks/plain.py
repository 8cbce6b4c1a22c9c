"""The flat scores written plainly with scikit-image and scipy: the yardstick for speed and truth.

Whole picture at once, float64, one step after another as one would write them for a paper, no
strips, no reduced sizes, no tables, no threads. `plain_scores` measures what
`mnimage.score.score_photo` measures on a close-up that is all skin; `disagreement` says how far the
two are apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage
from scipy.stats import trim_mean
from skimage import color, feature, measure, morphology
from skimage.measure import block_reduce

from mnimage.domain.face import WHOLE, Zones
from mnimage.kernels.memory import kept_memory
from mnimage.kernels.statistics import background
from mnimage.score.colour import USUAL_SKIN
from mnimage.score.plan import make_plan
from mnimage.score.score import score_photo

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from mnimage.domain.photo import ImageScale, Photo
    from mnimage.domain.recipe import ScoreRecipe

    Plane = NDArray[np.float64]

REC2020 = np.array([[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]])
COLOURLESS = np.array([1.18, 0.36, -0.54])
LUMINANCE = np.array([0.2126, 0.7152, 0.0722])


def plain_scores(photo: Photo, scale: ImageScale, recipe: ScoreRecipe) -> Mapping[str, float]:
    """Return every flat score of a close-up that is all skin."""
    plan = make_plan(np.ones(photo.shape, dtype=bool), scale.mm_per_px, recipe)
    linear = _linear(photo)
    middle = _blocks(linear, plan.middle)
    cells = _blocks(linear, plan.step)
    scores = _colour_scores(cells, plan.cell_mm, recipe)
    scores["texture_contrast"] = _texture(
        middle, plan.middle_mm, plan.cell_mm, plan.finest_mm, recipe
    )
    area_cm2 = photo.rows * photo.columns * plan.mm**2 / 100
    scores["pores"] = _pores(np.log(np.maximum(linear[..., 0], 1e-5)), plan.mm, recipe) / area_cm2
    scores["lines"] = _lines(middle, plan.middle_mm, recipe) / area_cm2
    return scores


def fast_scores(photo: Photo, scale: ImageScale, recipe: ScoreRecipe) -> Mapping[str, float]:
    """Return the same scores as the library measures them."""
    everywhere = np.ones(photo.shape, dtype=bool)
    zones = Zones((WHOLE,), everywhere.view(np.uint8), everywhere)
    with kept_memory():  # As every job of the program has it.
        card = score_photo(photo, zones, scale, recipe)
    return {name: score.value for name, score in card.zones[WHOLE].scores.items()}


def disagreement(photo: Photo, scale: ImageScale, recipe: ScoreRecipe) -> Mapping[str, float]:
    """Return by how much of the plain value the library's value differs, per score."""
    plain, fast = plain_scores(photo, scale, recipe), fast_scores(photo, scale, recipe)
    return {name: abs(fast[name] - plain[name]) / max(abs(plain[name]), 1e-9) for name in plain}


def _linear(photo: Photo) -> Plane:
    coded = photo.coded.astype(np.float64) / np.iinfo(photo.coded.dtype).max
    low, high = coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4
    return np.asarray(np.where(coded <= 0.04045, low, high), dtype=np.float64)


def _blocks(values: Plane, size: int) -> Plane:
    means = block_reduce(values, (size, size, 1), np.mean)  # type: ignore[no-untyped-call]
    return np.asarray(means, dtype=np.float64)


def _blur(values: Plane, sigma: float) -> Plane:
    return np.asarray(ndimage.gaussian_filter(values, sigma, mode="reflect"), dtype=np.float64)


def _colour_scores(cells: Plane, cell_mm: float, recipe: ScoreRecipe) -> dict[str, float]:
    index = _hemoglobin(cells, np.median(cells, axis=(0, 1)), recipe.redness_k)
    sigma = recipe.redness_sigma_mm / cell_mm
    smooth = _blur(index, sigma)
    reference = background(smooth.astype(np.float32))
    limit = 2 * 1.4826 * np.median(np.abs(smooth[reference] - np.median(smooth[reference])))
    limit = max(limit, recipe.least_red_hi)
    light = np.median(cells[reference], axis=0)
    index = _hemoglobin(cells, light, recipe.redness_k)
    redness = index - trim_mean(index[reference], 0.25)
    melanin = _melanin(cells, recipe.flatten_mm / cell_mm)
    lab = color.xyz2lab(cells @ np.asarray(color.colorconv.xyz_from_rgb).T)
    balanced = color.xyz2lab(
        cells * (USUAL_SKIN / light) @ np.asarray(color.colorconv.xyz_from_rgb).T
    )
    uneven = np.mean(_unevenness(balanced, cell_mm, recipe.flatten_mm))
    return {
        "redness_hi": float(np.mean(redness)),
        "red_area": float(100 * np.mean(_blur(redness, sigma) > limit)),
        "pigment_mi": float(np.mean(melanin) - trim_mean(melanin[reference], 0.25)),
        "ita_deg": float(np.degrees(np.arctan2(lab[..., 0].mean() - 50, lab[..., 2].mean()))),
        "evenness": float(100 * np.exp(-np.sqrt(uneven) / 10)),
        "scar_visibility": _marks(cells, cell_mm, recipe),
    }


def _hemoglobin(cells: Plane, light: Plane, k: float) -> Plane:
    balanced = np.log10(np.maximum(cells * (USUAL_SKIN / light) @ REC2020.T, 1e-5))
    red, green, blue = balanced[..., 0], balanced[..., 1], balanced[..., 2]
    return np.asarray(100 * (red - green - k * (green - blue)), dtype=np.float64)


def _melanin(cells: Plane, sigma: float) -> Plane:
    light = np.log10(np.maximum(cells @ LUMINANCE, 1e-5))
    red = np.log10(np.maximum(cells[..., 0], 1e-5))
    return np.asarray(-100 * (red - _blur(light, sigma)), dtype=np.float64)


def _unevenness(lab: Plane, cell_mm: float, broad_mm: float) -> Plane:
    bands = [
        _blur(lab[..., axis], 1 / cell_mm) - _blur(lab[..., axis], broad_mm / cell_mm)
        for axis in range(3)
    ]
    return np.asarray(np.sum(np.square(bands), axis=0), dtype=np.float64)


def _marks(cells: Plane, cell_mm: float, recipe: ScoreRecipe) -> float:
    light = np.log(np.maximum(cells, 1e-5)) @ COLOURLESS
    smooth = _blur(light, recipe.mark_sigma_mm / cell_mm)
    wide = recipe.mark_surround_mm / cell_mm
    plain = np.abs(smooth - _blur(light, wide)) < recipe.mark_contrast
    weight = plain.astype(np.float64) + 1e-3
    contrast = smooth - _blur(light * weight, wide) / _blur(weight, wide)
    spread = 1.4826 * np.median(np.abs(contrast - np.median(contrast)))
    limit = max(3 * spread, recipe.mark_contrast)
    return float(100 * np.mean(np.maximum(np.abs(contrast) - limit, 0)))


def _texture(
    middle: Plane, middle_mm: float, cell_mm: float, finest_mm: float, recipe: ScoreRecipe
) -> float:
    log = np.log(np.maximum(middle, 1e-4))
    axes = (
        log @ [0.3, 0.5, 0.2],
        log[..., 0] - log[..., 1],
        log[..., 1] - log[..., 2],
    )
    low = (0.1874 * finest_mm) ** 2 - middle_mm**2 / 12
    sigmas = np.sqrt(max(low, 0)) / middle_mm, 0.1874 * recipe.texture_high_mm / middle_mm
    light, blood, melanin = (_blur(axis, sigmas[0]) - _blur(axis, sigmas[1]) for axis in axes)
    window = np.hypot(2.0 / cell_mm, 0.29) * cell_mm / middle_mm
    slopes = _slopes(light, blood, melanin, window)
    left = light + slopes[0] * blood + slopes[1] * melanin
    return float(100 * np.sqrt(np.mean(left**2)))


def _slopes(light: Plane, blood: Plane, melanin: Plane, window: float) -> tuple[Plane, Plane]:
    lb, lm = _blur(light * blood, window), _blur(light * melanin, window)
    bb = _blur(blood**2, window) * 1.05 + 1e-6
    mm = _blur(melanin**2, window) * 1.05 + 1e-6
    bm = _blur(blood * melanin, window)
    whole = bb * mm - bm**2
    first, second = (bm * lm - mm * lb) / whole, (bm * lb - bb * lm) / whole
    alone = np.where(second > 0, first, -lb / bb), np.where(first > 0, second, -lm / mm)
    return np.clip(alone[0], 0, 1.5), np.clip(alone[1], 0, 0.7)


def _pores(log: Plane, mm: float, recipe: ScoreRecipe) -> float:
    sigmas = [sigma / mm for sigma in recipe.pore_sigmas_mm]
    levels = [_blur(log, sigma) for sigma in sigmas]
    answers = [
        (large - small) / np.log(wide / narrow)
        for small, large, narrow, wide in zip(levels, levels[1:], sigmas, sigmas[1:], strict=False)
    ]
    answer = np.max(answers, axis=0)
    disk = morphology.disk(max(1, round(0.15 / mm)))  # type: ignore[no-untyped-call]
    peaks = feature.peak_local_max(  # type: ignore[no-untyped-call]
        answer,
        footprint=disk,
        threshold_abs=recipe.pore_contrast,
        exclude_border=max(1, round(0.08 / mm)),
    )
    return float(np.sum(_round(answer, peaks, max(1, round(0.08 / mm))) >= recipe.pore_roundness))


def _round(answer: Plane, peaks: NDArray[np.intp], reach: int) -> Plane:
    padded = np.pad(answer, reach, mode="edge")
    rows, columns = (peaks + reach).T

    def at(down: int, along: int) -> Plane:
        return np.asarray(padded[rows + down * reach, columns + along * reach], dtype=np.float64)

    rr, cc = at(1, 0) + at(-1, 0) - 2 * at(0, 0), at(0, 1) + at(0, -1) - 2 * at(0, 0)
    rc = (at(1, 1) + at(-1, -1) - at(1, -1) - at(-1, 1)) / 4
    root = np.sqrt(((rr - cc) / 2) ** 2 + rc**2)
    return np.asarray(((rr + cc) / 2 + root) / ((rr + cc) / 2 - root), dtype=np.float64)


def _lines(middle: Plane, middle_mm: float, recipe: ScoreRecipe) -> float:
    """Return mm of line: hysteresis on the ridge strength, then centre points of what is kept."""
    light = np.log(np.maximum(middle, 1e-4)) @ [0.3, 0.5, 0.2]
    scales = [_ridge(light, sigma / middle_mm) for sigma in recipe.line_sigmas_mm]
    strength = np.stack([scale[0] for scale in scales])
    best = np.argmax(strength, axis=0)[None]
    strength = np.take_along_axis(strength, best, axis=0)[0]
    offset = np.take_along_axis(np.stack([scale[1] for scale in scales]), best, axis=0)[0]
    points = (strength > recipe.line_low) & (np.abs(offset) < 1)
    # A mirrored edge is a ridge of its own making.
    points[[0, -1]] = points[:, [0, -1]] = False
    length = np.where(points, 1 - np.abs(offset), 0) * middle_mm
    grown = ndimage.binary_dilation(points, np.ones((3, 3), dtype=bool))
    labels = measure.label(grown, connectivity=2)  # type: ignore[no-untyped-call]
    numbers = np.arange(1, labels.max() + 1)
    if not numbers.size:
        return 0.0
    total = ndimage.sum_labels(length, labels, numbers)
    strongest = ndimage.maximum(np.where(points, strength, 0), labels, numbers)
    good = (total >= recipe.line_min_mm) & (strongest >= recipe.line_high)
    return float(np.sum(total[good]))


def _ridge(light: Plane, sigma: float) -> tuple[Plane, Plane]:
    smooth = _blur(light, sigma)
    rr = ndimage.correlate1d(smooth, [1, -2, 1], axis=0)
    cc = ndimage.correlate1d(smooth, [1, -2, 1], axis=1)
    slope_r = ndimage.correlate1d(smooth, [-0.5, 0, 0.5], axis=0)
    slope_c = ndimage.correlate1d(smooth, [-0.5, 0, 0.5], axis=1)
    rc = ndimage.correlate1d(slope_r, [-0.5, 0, 0.5], axis=1)
    root = np.sqrt(((rr - cc) / 2) ** 2 + rc**2)
    across, along = (rr + cc) / 2 + root, (rr + cc) / 2 - root
    angle = np.arctan2(2 * rc, rr - cc) / 2
    slope = slope_r * np.cos(angle) + slope_c * np.sin(angle)
    return (across - np.abs(along)) * sigma**2, -slope / np.maximum(across, 1e-9)
