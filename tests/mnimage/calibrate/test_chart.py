import numpy as np
import pytest

from mnimage.calibrate.chart import chart_at, find_chart
from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.errors import ChartUnusable
from mnimage.phantom.camera import CAMERAS, Rig, bend
from mnimage.phantom.chart import patch_light


@pytest.mark.parametrize("turn", [0.0, 12.0, 90.0, 180.0, -25.0])
def test_the_chart_is_found_whichever_way_up(charted, turn):
    photo, laid = charted(turn_deg=turn, pitch_px=50.0)
    chart = find_chart(photo)
    assert np.abs(chart.corners - laid.corners()).max() < 0.2 * laid.pitch_px
    assert chart.pitch_px == pytest.approx(50, rel=0.1)


def test_patches_are_read_as_the_camera_saw_them(charted):
    rig = Rig(CAMERAS[1], "good led", (1.05, 1.0, 0.93))
    photo, _ = charted(rig, exposure=0.7)
    chart = find_chart(photo)
    true = 0.7 * patch_light(rig)
    seen = chart.usable
    assert seen.sum() >= 20
    assert chart.light[seen] == pytest.approx(true[seen], rel=0.05, abs=0.004)
    assert chart.uneven.max() < 0.05


def test_sixteen_bits_give_the_same_light(charted):
    small, large = (find_chart(charted(bits=bits)[0]).light for bits in (8, 16))
    assert large == pytest.approx(small, rel=0.05, abs=0.004)


@pytest.mark.parametrize("turned", range(4))
@pytest.mark.parametrize("way", [1, -1])
def test_corners_by_hand_in_any_order(charted, turned, way):
    photo, laid = charted(pitch_px=18.0, turn_deg=8.0)
    corners = np.roll(laid.corners(), turned, axis=0)[::way]
    chart = chart_at(photo, [(row, column) for row, column in corners.tolist()])
    assert chart.corners == pytest.approx(laid.corners(), abs=1e-3)


@pytest.mark.parametrize("tilt", [15.0, 30.0])
def test_tilt_is_measured(charted, tilt):
    photo, laid = charted(tilt_deg=tilt, turn_deg=0.0)
    chart = chart_at(photo, [(row, column) for row, column in laid.corners().tolist()])
    assert chart.tilt_deg == pytest.approx(tilt, abs=1.5)


def test_a_photo_without_a_chart_is_refused():
    rng = np.random.default_rng(1)
    noise = Photo(rng.integers(90, 160, (300, 400, 3), np.uint8), CaptureFacts("PNG", 8))
    with pytest.raises(ChartUnusable, match="No colour chart") as caught:
        find_chart(noise)
    assert "corners" in caught.value.hint


@pytest.mark.parametrize(
    "corners", [[(0, 0), (100, 0), (0, 100), (100, 100)], [(10, 10)] * 4, [(0, 0), (1, 1)]]
)
def test_corners_that_span_nothing_are_refused(charted, corners):
    with pytest.raises(ChartUnusable, match="do not span"):
        chart_at(charted()[0], corners)


def test_charts_too_small_or_cut_off_are_refused(charted):
    photo, laid = charted()
    with pytest.raises(ChartUnusable, match="too small"):
        chart_at(photo, [(200, 300), (200, 340), (228, 340), (228, 300)])
    outside = laid.corners() + np.array([0, 200])
    with pytest.raises(ChartUnusable, match="cut off"):
        chart_at(photo, [(row, column) for row, column in outside.tolist()])


def test_clipped_light_is_marked(charted):
    bright = find_chart(charted(exposure=1.4)[0])
    assert bright.bright[18] > 0.9
    assert bright.bright[20] == 0
    assert not bright.usable[18]
    dark = find_chart(charted(exposure=0.85)[0])
    assert dark.bright.max() == 0
    # sRGB has no red for cyan.
    assert dark.dark[17] > 0.5


def test_tones_bend_what_is_read(charted):
    rig = Rig(CAMERAS[4])
    chart = find_chart(charted(rig, exposure=0.7)[0])
    true = bend((0.7 * patch_light(rig)).astype(np.float32), rig.camera.contrast)
    assert chart.light[18:] == pytest.approx(true[18:], rel=0.06)
