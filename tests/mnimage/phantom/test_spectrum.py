import math

import numpy as np
import pytest

from mnimage.phantom.spectrum import WAVELENGTHS, camera_rgb, skin_reflectance, skin_rgb

# Molar extinction (oxygenated, not oxygenated) at some bands: S. Prahl, OMLC.
HAEMOGLOBIN = {
    450: (62816, 103292),
    540: (53236, 46592),
    560: (32613.2, 53788),
    650: (368, 3750.12),
}


@pytest.mark.parametrize("band", HAEMOGLOBIN)
@pytest.mark.parametrize(("melanin", "blood", "oxygen"), [(0.02, 0.03, 0.7), (0.3, 0.09, 0.9)])
def test_reflectance_against_the_formulas(band, melanin, blood, oxygen):
    base = 0.244 + 85.3 * math.exp(-(band - 154) / 66.2)
    epidermis = melanin * 6.6e11 * band**-3.33 + (1 - melanin) * base
    oxy, deoxy = HAEMOGLOBIN[band]
    bloody = math.log(10) * (oxygen * oxy + (1 - oxygen) * deoxy) * 150 / 64500
    k = blood * bloody + (1 - blood) * base
    s = 14.74 * band**-0.22 + 2.2e11 * band**-4
    # Kubelka and Munk over a black ground, in their own hyperbolic form.
    a = (s + k) / s
    b = math.sqrt(a * a - 1)
    dermis = 1 / (a + b / math.tanh(b * s * 0.2))
    wanted = math.exp(-epidermis * 0.006) ** 2 * dermis
    seen = skin_reflectance(np.array(melanin), np.array(blood), np.array(oxygen))
    assert seen[list(WAVELENGTHS).index(band)] == pytest.approx(wanted, rel=1e-4)


def test_white_stays_white():
    assert camera_rgb(np.ones(31)) == pytest.approx(np.ones(3), abs=1e-9)
    assert camera_rgb(np.full(31, 0.2)) == pytest.approx(np.full(3, 0.2), abs=1e-9)


def test_the_table_against_the_model():
    rng = np.random.default_rng(4)
    melanin = np.exp(rng.uniform(np.log(0.013), np.log(0.43), (40, 50)))
    blood = np.exp(rng.uniform(np.log(0.01), np.log(0.12), (40, 50)))
    oxygen = rng.uniform(0.6, 0.9, (40, 50))
    wanted = np.maximum(camera_rgb(skin_reflectance(melanin, blood, oxygen)), 0.002)
    seen = skin_rgb(*(part.astype(np.float32) for part in (melanin, blood, oxygen)))
    assert np.abs(seen - wanted).max() < 5e-4


def test_blood_reddens_and_melanin_darkens():
    steps = np.linspace(0.01, 0.1, 10)
    level = np.full(10, 0.7)
    bloody = camera_rgb(skin_reflectance(np.full(10, 0.05), steps, level))
    assert np.all(np.diff(np.log(bloody[:, 0] / bloody[:, 1])) > 0)
    tanned = camera_rgb(skin_reflectance(steps * 3, np.full(10, 0.03), level))
    assert np.all(np.diff(tanned, axis=0) < 0)
