"""Painted skin of several tones beside cloth, hair and background: what is what is known."""

import numpy as np
import pytest

from mnimage.face.skin import clipping_mask, like_skin, skin_features
from mnimage.kernels.color import encode_srgb

TONES = {
    "I": (0.72, 0.50, 0.40),
    "III": (0.50, 0.31, 0.21),
    "V": (0.20, 0.105, 0.06),
    "VI": (0.09, 0.045, 0.028),
}
MM = 0.4
SAMPLE = np.s_[20:100, 20:100]


def paint(tone, other, rough=0.02, seed=0):
    """Return a picture: skin on the left, something else on the right from column 120."""
    rng = np.random.default_rng(seed)
    light = np.empty((120, 200, 3))
    light[:, :120] = tone
    light[:, 120:] = other
    texture = np.full((120, 200, 1), 0.02)
    texture[:, 120:] = rough
    light *= np.exp(rng.normal(0, 1, (120, 200, 1)) * texture)
    return np.round(encode_srgb(light) * 255).astype(np.uint8)


def sample():
    mask = np.zeros((120, 200), dtype=bool)
    mask[SAMPLE] = True
    return mask


@pytest.mark.parametrize("tone", TONES)
@pytest.mark.parametrize(
    "other", [(0.05, 0.1, 0.3), (0.4, 0.4, 0.4), (0.003, 0.003, 0.003), (0.9, 0.9, 0.9)]
)
def test_cloth_and_background_are_not_like_skin(tone, other):
    alike = like_skin(skin_features(paint(TONES[tone], other), MM), sample())
    assert alike[:, :100].mean() > 0.99
    assert alike[:, 128:].mean() < 0.02


@pytest.mark.parametrize("tone", TONES)
def test_dark_rough_hair_of_the_skins_own_hue_is_not_like_skin(tone):
    hair = tuple(0.35 * level for level in TONES[tone])
    alike = like_skin(skin_features(paint(TONES[tone], hair, rough=0.35), MM), sample())
    assert alike[:, 135:].mean() < 0.05


@pytest.mark.parametrize("tone", TONES)
def test_shading_to_half_the_light_stays_skin(tone):
    pixels = paint(TONES[tone], TONES[tone])
    slope = np.linspace(1.0, 0.5, 200)[None, :, None]
    linear = np.array(TONES[tone]) * slope * np.ones((120, 200, 1))
    shaded = np.round(encode_srgb(linear) * 255).astype(np.uint8)
    assert shaded.shape == pixels.shape
    assert like_skin(skin_features(shaded, MM), sample()).mean() > 0.97


def test_glare_and_clipping_are_lost():
    pixels = paint(TONES["III"], TONES["III"]).copy()
    pixels[50:56, 50:56] = 255
    pixels[80:84, 150:154] = np.round(encode_srgb(np.array([0.75, 0.56, 0.46])) * 255)
    gone = clipping_mask(skin_features(pixels, MM), np.ones((120, 200), dtype=bool))
    assert gone[50:56, 50:56].all()
    assert gone[80:84, 150:154].mean() > 0.8
    assert gone.mean() < 0.02
