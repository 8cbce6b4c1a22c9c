import numpy as np
import pytest

from mnimage.phantom.camera import Rig, true_lab
from mnimage.phantom.chart import (
    CHART_LAB,
    Laid,
    chart_spectra,
    lay_chart,
    patch_light,
    skin_scene,
    take,
    wall,
)
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin

RIG = Rig()


def at(picture, laid, column, row):
    place = laid.homography() @ np.array([column, row, 1.0])
    x, y = place[:2] / place[2]
    return picture[round(y), round(x)]


@pytest.mark.parametrize(
    "laid", [Laid((220, 320)), Laid((220, 320), 45.0, turn_deg=150.0, tilt_deg=25.0)]
)
def test_each_patch_lies_where_it_is_said(laid):
    scene = lay_chart(wall((440, 640), RIG), RIG, laid)
    for number, light in enumerate(patch_light(RIG)):
        lit = light * np.cos(np.radians(laid.tilt_deg))
        assert at(scene, laid, number % 6, number // 6) == pytest.approx(lit, abs=2e-3)
    # Between the patches the board, beyond it the wall.
    assert at(scene, laid, 2.5, 1.5) == pytest.approx(np.full(3, 0.045), abs=0.02)
    assert scene[2, 2] == pytest.approx(np.full(3, 0.25), abs=1e-4)


def test_corners_run_clockwise_from_dark_skin():
    corners = Laid((200.0, 300.0), 50.0).corners()
    assert corners[0] == pytest.approx([200 - 1.93 * 50, 300 - 2.93 * 50])
    assert corners[2] == pytest.approx([200 + 1.93 * 50, 300 + 2.93 * 50])
    assert corners[1][1] > corners[0][1]


def test_tilt_makes_the_far_side_small():
    corners = Laid((200.0, 300.0), 50.0, tilt_deg=40.0).corners()
    top, bottom = np.ptp(corners[:2, 1]), np.ptp(corners[2:, 1])
    assert abs(top / bottom - 1) > 0.03
    assert np.ptp(corners[:, 0]) < 50 * 3.9 * np.cos(np.radians(30))


def test_lamp_and_hand_are_drawn():
    plain, lit = (
        lay_chart(wall((440, 640), RIG), RIG, Laid((220, 320), falloff=f)) for f in (0, 0.6)
    )
    laid = Laid((220, 320))
    ratio = [at(lit, laid, column, 3)[1] / at(plain, laid, column, 3)[1] for column in (0, 5)]
    assert ratio[1] / ratio[0] == pytest.approx(np.exp(-0.5), rel=0.02)
    hand = Laid((220, 320), covered=(0, 0, 1, 1))
    covered = lay_chart(wall((440, 640), RIG), RIG, hand)
    assert at(covered, hand, 0, 0) == pytest.approx(hand.hand, abs=0.01)
    assert at(covered, hand, 1, 0) == pytest.approx(patch_light(RIG)[1], abs=2e-3)


def test_paint_is_the_makers():
    found, wanted = true_lab(chart_spectra()), np.array(CHART_LAB)
    assert found[2:] == pytest.approx(wanted[2:], abs=1e-3)
    # The skin patches have a measured shape, and their colour nearly.
    assert found[:2] == pytest.approx(wanted[:2], abs=0.2)


def test_skin_by_a_camera_is_skin():
    skin = make_skin(seed=1, size_mm=(6.0, 6.0), mm_per_px=0.1, look=SkinAppearance(tone="II"))
    scene = skin_scene(skin, RIG, Shot())
    red, green, blue = np.median(scene, axis=(0, 1))
    assert 0.8 > red > green > blue > 0.05
    photo = take(scene, RIG, Sensor(bits=16), camera="X")
    assert (photo.coded.dtype, photo.facts.camera, photo.facts.bits) == (np.uint16, "X", 16)
