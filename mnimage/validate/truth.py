"""What is true of a phantom skin's colour by the definitions, from its spectra and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from mnimage.phantom.camera import true_lab
from mnimage.phantom.spectrum import skin_reflectance, srgb_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.phantom.skin import Skin

    Values = NDArray[np.float64]

BIN_MM = 0.24
FLATTEN_MM = 15.0
USUAL_K = 0.45
"""Share of melanin's slope taken off in linear Rec. 2020 of a balanced photo (redness, 2.2)."""

_TO_REC2020 = np.array(
    [[0.6274, 0.3293, 0.0433], [0.0691, 0.9195, 0.0114], [0.0164, 0.0880, 0.8956]]
)
_LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
_UNMARKED = 0.1


def hemoglobin(spectra: Values) -> Values:
    """Return the hemoglobin index of spectra (..., 31), in points."""
    log = np.log10(np.maximum(srgb_of(spectra) @ _TO_REC2020.T, 1e-5))
    return np.asarray(100 * ((log[..., 0] - log[..., 1]) - USUAL_K * (log[..., 1] - log[..., 2])))


def true_colours(skin: Skin) -> dict[str, float]:
    """Return `redness_hi`, `pigment_mi` and `ita_deg` of a close-up.

    The reference is all skin that no mark reaches.
    """
    colours = skin.chromophores
    step = max(1, round(BIN_MM / skin.mm_per_px))
    spectra = skin_reflectance(
        *(_binned(one, step) for one in (colours.melanin, colours.blood, colours.oxygen))
    )
    plain = _unmarked(skin, step)
    index = hemoglobin(spectra)
    light = np.maximum(srgb_of(spectra), 1e-5)
    broad = ndimage.gaussian_filter(
        np.log10(light @ _LUMINANCE), FLATTEN_MM / (step * skin.mm_per_px), mode="reflect"
    )
    pigment = -100 * (np.log10(light[..., 0]) - broad)
    lightness, _, yellow = true_lab(spectra).mean(axis=(0, 1)).tolist()
    return {
        "redness_hi": float(index.mean() - np.median(index[plain])),
        "pigment_mi": float(pigment.mean() - np.median(pigment[plain])),
        "ita_deg": float(np.degrees(np.arctan2(lightness - 50, yellow))),
    }


def _unmarked(skin: Skin, step: int) -> NDArray[np.bool_]:
    plain = np.ones(tuple(side // step for side in skin.shape), dtype=np.bool_)
    colours = skin.chromophores
    for marks in (colours.blood_marks, colours.melanin_marks):
        strong = float(marks.max())
        if strong > 0:
            plain &= _binned(marks, step) < _UNMARKED * strong
    return plain


def _binned(values: NDArray[np.float32], step: int) -> Values:
    rows, columns = (side // step for side in values.shape)
    cut = values[: rows * step, : columns * step].astype(np.float64)
    return np.asarray(cut.reshape(rows, step, columns, step).mean(axis=(1, 3)))
