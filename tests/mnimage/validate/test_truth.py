"""The truth of colour goes with what colours the skin, and with nothing else."""

from dataclasses import replace

import numpy as np
import pytest

from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.spectrum import skin_reflectance
from mnimage.validate.truth import hemoglobin, true_colours


def index(melanin, blood):
    one = np.ones(1)
    return float(hemoglobin(skin_reflectance(melanin * one, blood * one, 0.75 * one))[0])


@pytest.mark.parametrize("melanin", [0.02, 0.06, 0.2])
def test_one_percent_of_blood_is_worth_two_to_four_points_on_any_skin(melanin):
    # Science of redness, 2.2: 2.6 points on the whole; more where there is little blood.
    assert 2.0 < index(melanin, 0.04) - index(melanin, 0.03) < 4.0


def test_melanin_hardly_moves_the_index():
    blood = abs(index(0.04, 0.06) - index(0.04, 0.03))
    assert abs(index(0.08, 0.03) - index(0.04, 0.03)) < 0.3 * blood


def test_marks_move_their_own_score():
    skin = make_skin(seed=7400, size_mm=(16, 16), mm_per_px=0.08, look=SkinAppearance(marks=(3, 3)))
    colours = skin.chromophores
    red = replace(skin, chromophores=replace(colours, blood_marks=2 * colours.blood_marks))
    brown = replace(skin, chromophores=replace(colours, melanin_marks=2 * colours.melanin_marks))
    tanned = replace(skin, chromophores=replace(colours, melanin_skin=2 * colours.melanin_skin))
    was, redder, browner, darker = (true_colours(one) for one in (skin, red, brown, tanned))
    assert redder["redness_hi"] > was["redness_hi"] + 0.2
    # Blood takes a little red light, too.
    leak = redder["pigment_mi"] - was["pigment_mi"]
    assert abs(leak) < browner["pigment_mi"] - was["pigment_mi"]
    assert browner["pigment_mi"] > was["pigment_mi"] + 0.1
    assert darker["ita_deg"] < was["ita_deg"] - 5
    flatter = true_colours(skin.treated(texture_fraction=0.5, scar_fraction=1.0))
    assert flatter == pytest.approx(was)
