"""Colour scores with a chart, against skin whose blood and colour are known."""

from dataclasses import replace

import numpy as np
import pytest

from mnimage.calibrate.calibrate import make_profile
from mnimage.calibrate.use import with_profile
from mnimage.domain.photo import ImageScale, Photo
from mnimage.domain.recipe import ScoreRecipe
from mnimage.kernels.color import lab_d50_to_linear, to_lab
from mnimage.phantom.camera import CAMERAS, LAMPS, Rig, draw_camera, true_lab
from mnimage.phantom.chart import Laid, lay_chart, skin_scene, take, wall
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.spectrum import skin_reflectance
from mnimage.score.colour import redness_index
from mnimage.score.pair import score_pair
from mnimage.score.score import score_photo

RECIPE = ScoreRecipe()
SCALE = ImageScale(0.1, "rig", 0.0)
SENSOR = Sensor(exposure=0.75, blur_px=0.6, electrons=12000.0, jpeg=92)


def profile_by(rig, sensor=SENSOR, tilt_deg=0.0):
    laid = Laid((220, 320), 62.0, turn_deg=3.0, tilt_deg=tilt_deg)
    scene = lay_chart(wall((440, 640), rig), rig, laid)
    return make_profile(take(scene, rig, sensor, seed=4))


def test_redness_follows_blood_over_cameras_lamps_and_skins():
    rng = np.random.default_rng(7)
    melanin, blood = np.geomspace(0.015, 0.3, 400), rng.uniform(0.012, 0.11, 400)
    spectra = skin_reflectance(melanin, blood, rng.uniform(0.6, 0.9, 400))
    correlations, ratios = [], []
    for seed, lamp in enumerate(LAMPS):
        rig = Rig(draw_camera(np.random.default_rng(seed)), lamp, (1.05, 1.0, 0.95))
        profile = profile_by(rig)
        light = (SENSOR.exposure * rig.light(spectra) * profile.gains)[None].astype(np.float32)
        index = redness_index(light, light, RECIPE, profile)[0]
        correlations.append(np.corrcoef(index, blood)[0, 1])
        slopes = [
            np.polyfit(blood[part], index[part], 1)[0] for part in (melanin > 0.15, melanin < 0.04)
        ]
        ratios.append(slopes[0] / slopes[1])
    assert np.mean(correlations) >= 0.97
    assert min(correlations) >= 0.95
    assert 0.9 <= np.mean(ratios) <= 1.1


@pytest.fixture(scope="module")
def skin():
    return make_skin(seed=3, size_mm=(20.0, 20.0), mm_per_px=0.1, look=SkinAppearance(tone="III"))


@pytest.fixture(scope="module")
def taken(skin):
    """Return the skin taken twice, exposure and white balance set anew, chart beside each."""
    photos = []
    settings = [((1.0, 1.0, 1.0), 0.75), ((1.08, 1.0, 0.9), 0.6)]
    for seed, (balance, exposure) in enumerate(settings):
        rig, sensor = Rig(CAMERAS[3], "good led", balance), replace(SENSOR, exposure=exposure)
        photo = take(skin_scene(skin, rig, Shot()), rig, sensor, seed=seed)
        photos.append(with_profile(photo, profile_by(rig, sensor)))
    return tuple(photos)


def measure(photos, all_skin, still):
    shape = photos[0].shape
    return score_pair(photos, all_skin(shape), still(shape), (SCALE, SCALE), RECIPE)


def bare(photos):
    return tuple(replace(photo, profile=None) for photo in photos)


def change(pair, name):
    cards = (pair.before, pair.after)
    return abs(np.subtract(*(card.zones["whole"].scores[name].value for card in cards)))


def test_settings_set_anew_do_not_show_with_a_chart(taken, all_skin, still):
    plain, chart = measure(bare(taken), all_skin, still), measure(taken, all_skin, still)
    assert change(chart, "redness_hi") <= 0.4
    assert change(chart, "ita_deg") < 2 < change(plain, "ita_deg")
    assert (plain.before.calibrated, chart.before.calibrated) == (False, True)
    assert chart.before.color == taken[0].profile.error
    assert plain.before.color is None


def test_a_pair_is_calibrated_only_as_a_whole(taken, all_skin, still):
    half = (taken[0], replace(taken[1], profile=None))
    one, none = measure(half, all_skin, still), measure(bare(taken), all_skin, still)
    assert not one.before.calibrated
    assert not one.after.calibrated
    assert change(one, "ita_deg") == pytest.approx(change(none, "ita_deg"))


def test_colour_is_near_that_of_the_spectra(skin, all_skin):
    # The lamp and camera in which smooth patches and skin are least unlike.
    rig = Rig(CAMERAS[2], "good led")
    photo = take(skin_scene(skin, rig, Shot()), rig, SENSOR, seed=9)
    photo = with_profile(photo, profile_by(rig))
    colours = skin.chromophores
    parts = [np.median(one) for one in (colours.melanin, colours.blood, colours.oxygen)]
    spectrum = skin_reflectance(*(np.array([one], dtype=float) for one in parts))
    lab = to_lab(lab_d50_to_linear(true_lab(spectrum)).astype(np.float32))[0]
    true = np.degrees(np.arctan2(lab[0] - 50, lab[2]))
    card = score_photo(photo, all_skin(photo.shape), SCALE, RECIPE)
    assert card.zones["whole"].scores["ita_deg"].value == pytest.approx(true, abs=12)


def test_uncertainty_is_smaller_with_a_chart_and_grows_with_the_fits_error(taken, all_skin):
    photo = taken[0]
    zones, profile = all_skin(photo.shape), photo.profile
    rough = replace(profile, error=replace(profile.error, lab=6.0, grey=0.1, tone=0.2))
    cards = [
        score_photo(replace(photo, profile=each), zones, SCALE, RECIPE)
        for each in (None, profile, rough)
    ]
    plain, chart, poor = (
        {name: score.uncertainty for name, score in card.zones["whole"].scores.items()}
        for card in cards
    )
    assert chart["ita_deg"] < plain["ita_deg"] / 2
    for name in ("redness_hi", "pigment_mi", "ita_deg", "evenness", "red_area"):
        assert poor[name] > chart[name]
    assert poor["lines"] == chart["lines"]


@pytest.mark.parametrize("tilt", [15.0, 24.0, 33.0])
def test_a_tilted_chart_shifts_skin_tone_by_no_more_than_is_said(skin, all_skin, tilt):
    rig = Rig(CAMERAS[2], "good led")
    photo = take(skin_scene(skin, rig, Shot()), rig, SENSOR, seed=9)
    straight, tilted = (
        score_photo(
            with_profile(photo, profile_by(rig, tilt_deg=each)),
            all_skin(photo.shape),
            SCALE,
            RECIPE,
        ).zones["whole"]
        for each in (0.0, tilt)
    )
    tone, turned = (card.scores["ita_deg"] for card in (straight, tilted))
    gap = abs(turned.value - tone.value)
    assert gap < 1.96 * turned.uncertainty
    if tilt > 20:
        assert gap > 1.96 * tone.uncertainty
    red = [card.scores["redness_hi"].value for card in (straight, tilted)]
    assert abs(red[1] - red[0]) < 0.2


def test_the_lamps_light_is_evened(skin, all_skin):
    rig = Rig(CAMERAS[0])
    scene = skin_scene(skin, rig, Shot())
    lamp = np.linspace(1.2, 0.6, scene.shape[1], dtype=np.float32)[None, :, None]
    photo = take(scene * lamp, rig, SENSOR, seed=1)
    profile = profile_by(rig)
    flat = np.linspace(1.2, 0.6, 40, dtype=np.float32)[None, :, None].repeat(30, 0).repeat(3, 2)
    sides = np.ones(photo.shape, np.uint8)
    sides[:, sides.shape[1] // 2 :] = 2
    zones = replace(all_skin(photo.shape), names=("left", "right"), labels=sides)
    gaps = []
    for each in (profile, replace(profile, flat=flat)):
        card = score_photo(Photo(photo.coded, photo.facts, profile=each), zones, SCALE, RECIPE)
        gaps.append(
            abs(np.subtract(*(card.zones[z].scores["ita_deg"].value for z in ("left", "right"))))
        )
    assert gaps[1] < gaps[0] / 3
