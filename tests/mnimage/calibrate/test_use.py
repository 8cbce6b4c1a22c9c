from dataclasses import replace

import numpy as np
import pytest

from mnimage.calibrate.calibrate import make_profile
from mnimage.calibrate.use import true_colors, with_profile
from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.errors import ChartUnusable
from mnimage.kernels.color import decode_srgb, difference_2000, lab_d50_to_linear, to_lab
from mnimage.phantom.camera import CAMERAS, Rig, true_lab
from mnimage.phantom.chart import chart_spectra, take
from mnimage.phantom.sensor import Sensor

FACTS = {"camera": "Maker One", "exposure_s": 0.01, "f_number": 8.0, "iso": 100.0}


@pytest.fixture
def profile(charted):
    return make_profile(charted(facts=FACTS)[0])


def photo_by(**facts):
    return Photo(np.full((70, 90, 3), 120, np.uint8), CaptureFacts("JPEG", 8, **facts))


def test_a_photo_with_the_same_settings_takes_the_profile(profile):
    photo = photo_by(**FACTS)
    assert with_profile(photo, profile).profile is profile
    assert photo.profile is None
    # What the camera did not write is trusted.
    assert with_profile(photo_by(), profile).profile is profile
    # The same light by other numbers.
    assert with_profile(photo_by(**FACTS | {"exposure_s": 0.02, "iso": 50.0}), profile).profile


def test_another_camera_is_refused(profile):
    with pytest.raises(ChartUnusable, match="Maker One, but the photo was taken with Maker Two"):
        with_profile(photo_by(**FACTS | {"camera": "Maker Two"}), profile)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"iso": 200.0}, "1.0 stops more"),
        ({"f_number": 11.3}, "1.0 stops less"),
        ({"exposure_s": 0.005}, "1.0 stops less"),
    ],
)
def test_another_exposure_is_refused(profile, change, words):
    with pytest.raises(ChartUnusable, match=words):
        with_profile(photo_by(**FACTS | change), profile)


def test_a_light_correction_holds_for_one_size_only(profile):
    evened = replace(profile, flat=np.ones((2, 3, 3), np.float32))
    with pytest.raises(ChartUnusable, match="differ in size"):
        with_profile(photo_by(), evened)


@pytest.mark.parametrize("camera", [CAMERAS[1], CAMERAS[4]], ids=["straight", "bent tones"])
@pytest.mark.parametrize("bits", [8, 16])
def test_true_colours_are_near_the_truth(charted, camera, bits):
    rig = Rig(camera, "flash", (1.1, 1.0, 0.9))
    profile = make_profile(charted(rig, exposure=0.7)[0])
    spectra = (chart_spectra()[:12] + 0.3) / 2
    scene = np.repeat(rig.light(spectra)[None], 600, axis=0).repeat(30, axis=1)
    photo = take(scene.astype(np.float32), rig, Sensor(exposure=0.7, bits=bits))
    coded = true_colors(with_profile(photo, profile))
    assert (coded.dtype, coded.shape) == (np.uint8, photo.coded.shape)
    found = to_lab(decode_srgb(coded[::200, 15::30] / 255))
    wanted = to_lab(lab_d50_to_linear(true_lab(spectra)).astype(np.float32))
    assert difference_2000(found, wanted[None]).max() < 3
    plain = to_lab(decode_srgb(photo.coded[0, 15::30] / np.iinfo(photo.coded.dtype).max))
    assert difference_2000(plain, wanted).mean() > 3 * difference_2000(found, wanted).mean()


def test_a_plain_matrix_and_one_with_roots_are_both_used(profile):
    photo, matrix = photo_by(), np.diag([0.5, 0.8, 1.2])
    plain = replace(profile, gains=(1.0, 1.0, 1.0), matrix=matrix)
    roots = replace(plain, matrix=np.concatenate([matrix, np.zeros((3, 3))]))
    one, other = (true_colors(replace(photo, profile=each)) for each in (plain, roots))
    assert (one == other).all()
    light = decode_srgb(np.array([120 / 255]))[0]
    assert decode_srgb(one[3, 4] / 255) == pytest.approx(light * np.diag(matrix), rel=0.02)


def test_uneven_light_is_corrected(profile):
    rig = Rig()
    lamp = np.linspace(1.0, 0.5, 900, dtype=np.float32)[None, :, None].repeat(300, axis=0)
    grey = np.broadcast_to(rig.light(np.full((1, 31), 0.4)).astype(np.float32), (300, 900, 3))
    photo = take(grey * lamp, rig, Sensor(exposure=0.85))
    flat = np.linspace(1.0, 0.5, 90, dtype=np.float32)[None, :, None].repeat(30, 0).repeat(3, 2)
    evened = true_colors(replace(photo, profile=replace(profile, flat=flat)))
    assert np.ptp(evened[:, 20:-20].astype(int), axis=1).max() <= 6
    assert np.ptp(photo.coded.astype(int), axis=1).max() > 30


def test_without_a_profile_colours_are_unchanged():
    photo = photo_by()
    assert (true_colors(photo) == photo.coded).all()
    deep = Photo((photo.coded.astype(np.uint16) * 257), photo.facts)
    assert (true_colors(deep) == photo.coded).all()
