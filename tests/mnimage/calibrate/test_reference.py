import numpy as np
import pytest

from mnimage.calibrate.reference import LAB_D50, NAMES, PATCH_CENTERS, true_light, true_luminance
from mnimage.kernels.color import difference_2000
from mnimage.phantom.camera import true_lab

# Reflectance every 10 nm from 400 to 700 (Ohta 1997), in thousandths: an independent measurement.
OHTA = {
    "dark skin": [
        65, 68, 64, 59, 55, 53, 52, 52, 54, 57, 61, 65, 70, 74, 76, 79,
        87, 100, 115, 129, 138, 146, 154, 163, 173, 188, 204, 222, 242, 261, 282,
    ],
    "light skin": [
        182, 197, 201, 205, 212, 224, 240, 262, 282, 293, 301, 321, 322, 298, 292, 300,
        295, 305, 358, 435, 494, 530, 550, 564, 574, 590, 605, 624, 652, 682, 713,
    ],
    "blue sky": [
        266, 320, 336, 337, 335, 331, 322, 310, 293, 276, 260, 243, 225, 208, 198, 191,
        183, 172, 163, 157, 150, 144, 137, 130, 123, 118, 112, 108, 105, 104, 103,
    ],
    "foliage": [
        50, 49, 50, 52, 54, 58, 61, 64, 67, 70, 78, 106, 155, 181, 177, 157,
        137, 126, 122, 115, 104, 98, 98, 100, 97, 95, 95, 101, 125, 174, 247,
    ],
    "bluish green": [
        252, 303, 322, 336, 353, 375, 408, 460, 523, 566, 582, 580, 569, 549, 519, 480,
        436, 392, 346, 302, 260, 234, 221, 215, 210, 208, 211, 220, 233, 244, 252,
    ],
    "orange": [
        54, 53, 52, 52, 52, 52, 52, 53, 55, 57, 61, 68, 86, 120, 170, 228,
        297, 380, 452, 503, 532, 552, 566, 578, 587, 599, 604, 608, 615, 622, 628,
    ],
}  # fmt: skip


@pytest.mark.parametrize("name", OHTA)
def test_the_table_against_measured_spectra(name):
    spectrum = np.array(OHTA[name]) / 1000
    assert spectrum.shape == (31,)
    # Charts before and after November 2014 differ by 1 to 2; D50 is approximated by Planck's light.
    gap = difference_2000(true_lab(spectrum), LAB_D50[NAMES.index(name)])
    assert gap < 4


def test_greys_are_grey_and_fall():
    greys = true_light()[18:]
    assert np.ptp(greys / greys.mean(axis=1, keepdims=True), axis=1).max() < 0.09
    assert (np.diff(true_luminance()[18:]) < 0).all()
    assert true_luminance()[[18, 23]] == pytest.approx([0.88, 0.032], rel=0.05)


def test_patch_centers_are_listed_by_rows():
    assert PATCH_CENTERS[[0, 5, 6, 23]].tolist() == [[0, 0], [5, 0], [0, 1], [5, 3]]
