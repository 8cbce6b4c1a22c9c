import numpy as np
import pytest

from mnimage.calibrate.calibrate import make_profile
from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.errors import ChartUnusable
from mnimage.formats.files import read_photo
from mnimage.kernels.color import difference_2000, lab_d50_to_linear, straighten, to_lab
from mnimage.phantom.camera import CAMERAS, Rig, bend, true_lab
from mnimage.phantom.chart import chart_spectra, take, wall
from mnimage.phantom.sensor import Sensor
from mnimage.score.colour import true_srgb


@pytest.mark.parametrize("camera", CAMERAS, ids=lambda one: one.name)
@pytest.mark.parametrize("lamp", ["flash", "led"])
def test_corrected_colours_match_the_spectra(charted, camera, lamp):
    rig = Rig(camera, lamp, (1.06, 1.0, 0.94))
    profile = make_profile(charted(rig, exposure=0.7)[0])
    assert profile.error.mean <= 1.5
    assert profile.error.p95 <= 3.0
    # Mixtures of patches: colours the fit has not seen, their truth from the spectra.
    mixed = (chart_spectra()[:18] + chart_spectra()[19:22].mean(axis=0)) / 2
    light = bend((0.7 * rig.light(mixed)).astype(np.float32), camera.contrast)
    balanced = straighten(light, profile.tone) * np.array(profile.gains)
    found = to_lab(true_srgb(balanced[None].astype(np.float32), profile)[0])
    wanted = to_lab(lab_d50_to_linear(true_lab(mixed)).astype(np.float32))
    assert difference_2000(found, wanted).mean() < 1.2


def test_facts_of_the_photo_are_kept(charted):
    facts = {"camera": "A", "exposure_s": 0.01, "f_number": 8.0, "iso": 100.0}
    photo, laid = charted(facts=facts)
    profile = make_profile(photo)
    assert (profile.camera, profile.exposure_s, profile.iso) == ("A", 0.01, 100.0)
    assert profile.shape == photo.shape
    assert np.abs(profile.corners - laid.corners()).max() < 12
    assert profile.flat is None
    assert profile.warnings == ()


REFUSED = {
    "one patch covered": ({"covered": (2, 1, 3, 2)}, "are wrong: moderate red"),
    "half a patch covered": ({"covered": (2, 1, 2.5, 2)}, "are not even: moderate red"),
    "a corner covered": ({"covered": (-0.3, -0.3, 2, 2)}, "wrong|not even"),
    "lower half covered": ({"covered": (-0.3, 1.5, 6.3, 4.3)}, "No colour chart|wrong|not|turned"),
    "turned away": ({"tilt_deg": 50.0}, "turned too far|No colour chart"),
    "overexposed": ({"exposure": 1.4}, "white patch of the colour chart is overexposed"),
    "underexposed": ({"exposure": 0.02}, "underexposed|No colour chart"),
    "lit from one side": ({"falloff": 1.2, "exposure": 0.5}, "too uneven|wrong|poorly"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_poor_chart_is_refused_with_its_reason(charted, what):
    options, reason = REFUSED[what]
    with pytest.raises(ChartUnusable, match=reason) as caught:
        make_profile(charted(**options)[0])
    assert caught.value.hint


def codes(profile):
    return [warning.code for warning in profile.warnings]


def test_warnings_are_given(charted):
    assert "calibrate.tones_corrected" in codes(make_profile(charted(Rig(CAMERAS[4]))[0]))
    assert "calibrate.light_corrected" in codes(make_profile(charted(falloff=0.4)[0]))


def lit(photo, rig, seed):
    """Return an even card under a lamp that is weaker towards the corners."""
    rows, columns = np.mgrid[-1:1:440j, -1:1:640j]
    lamp = np.exp(-0.3 * (rows**2 + columns**2))[..., None].astype(np.float32)
    return take(
        wall(photo.shape, rig, 0.5) * lamp, rig, Sensor(exposure=0.9, electrons=9e3), seed=seed
    )


def test_the_card_gives_the_light_over_the_picture(charted):
    rig = Rig(CAMERAS[0])
    photo, _ = charted(rig)
    card = lit(photo, rig, 3)
    profile = make_profile(photo, flat=card)
    assert profile.flat.shape == (22, 32, 3)
    middle, corner = profile.flat[11, 16], profile.flat[0, 0]
    assert corner / middle == pytest.approx(np.full(3, np.exp(-0.6)), rel=0.08)


def test_an_unsuitable_photo_of_the_card_is_refused(charted):
    photo, _ = charted()
    facts = CaptureFacts("PNG", 8)
    with pytest.raises(ChartUnusable, match="differ in size"):
        make_profile(photo, flat=Photo(np.full((100, 200, 3), 128, np.uint8), facts))
    with pytest.raises(ChartUnusable, match="not even"):
        make_profile(photo, flat=photo)
    with pytest.raises(ChartUnusable, match="too bright"):
        make_profile(photo, flat=Photo(np.full((440, 640, 3), 255, np.uint8), facts))


REAL = {
    "calibrite-passport.png": (None, "white patch of the colour chart is overexposed"),
    "camera-trax.png": (None, "white patch of the colour chart is overexposed"),
    "classic.png": (None, "white patch of the colour chart is overexposed"),
    "color_card_mask.jpg": (None, "No colour chart"),
    # Marks lie on most patches; OpenCV finds nothing, corners given by hand.
    "tilted_color_card.jpg": (
        [(94.5, 64.6), (101.2, 322.8), (495.8, 310.0), (489.9, 50.6)],
        "not clean",
    ),
}


@pytest.mark.parametrize("name", REAL)
def test_unsuitable_real_charts_are_refused(shared_charts, name):
    corners, reason = REAL[name]
    with pytest.raises(ChartUnusable, match=reason):
        make_profile(read_photo(shared_charts / name), corners=corners)


def test_a_real_chart_with_a_strong_picture_style_just_passes(shared_charts):
    profile = make_profile(read_photo(shared_charts / "nano.jpeg"))
    assert 1.5 < profile.error.mean < 4
    assert profile.error.linearity == pytest.approx((1.3, 1.3, 1.3), abs=0.1)
    assert "calibrate.tones_corrected" in codes(profile)
    assert "calibrate.fit_fair" in codes(profile)
