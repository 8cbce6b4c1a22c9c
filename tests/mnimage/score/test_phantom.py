from dataclasses import replace

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import ScoreRecipe
from mnimage.kernels.geometry import block_mean
from mnimage.phantom.render import Shot, shoot
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.score.focus import match_focus
from mnimage.score.score import score_photo
from tests.mnimage.phantom.shown import REAL

RECIPE = ScoreRecipe()


def redness_and_blood(tone, all_skin):
    skin = make_skin(seed=11, size_mm=(24, 24), mm_per_px=0.05, look=SkinAppearance(tone=tone))
    photo = shoot(skin, Shot(sensor=replace(REAL, jpeg=90)))
    card = score_photo(photo, all_skin(photo.shape), ImageScale(0.05, "rig", 0.0), RECIPE)
    layer = card.layers["redness"]
    # The map is smoothed over half a millimetre; so is the truth it is held against.
    blood = gaussian_filter(skin.chromophores.blood, RECIPE.redness_sigma_mm / 0.05)
    blood = block_mean(blood, layer.step)
    blood = blood - np.median(blood)
    known = np.isfinite(layer.values)
    return layer.values[known], 100 * blood[known]


def test_redness_follows_blood_over_skin_tones(all_skin):
    pairs = [redness_and_blood(tone, all_skin) for tone in ("I", "II", "III", "IV", "V")]
    for redness, blood in pairs:
        assert np.corrcoef(redness, blood)[0, 1] >= 0.95
    pooled = [np.concatenate(side) for side in zip(*pairs, strict=True)]
    assert np.corrcoef(*pooled)[0, 1] >= 0.95
    slopes = [np.polyfit(blood, redness, 1)[0] for redness, blood in pairs]
    assert max(slopes) / min(slopes) < 1.15


@pytest.mark.parametrize("blur", [1.0, 1.5, 2.0])
def test_difference_in_focus_is_found(visit, all_skin, blur):
    _, before, after, field = visit(3, "II", blur_px=blur)
    focus = match_focus((before, after), np.ones(before.shape, bool), field, 1.02)
    true = np.sqrt((blur / 1.02) ** 2 - REAL.blur_px**2)
    assert focus.difference_px == pytest.approx(true, abs=0.35)
    assert focus.blur_after_px == 0
    # A small difference is left alone: healed relief would look the same.
    assert focus.equalised == (blur > 1.2)
