import numpy as np
import pytest

from mnimage.domain.face import Zones
from mnimage.domain.photo import ImageScale, Photo
from mnimage.domain.recipe import Recipe, ScoreRecipe
from mnimage.errors import Cancelled, NotComparable
from mnimage.score.score import measure_layers, score_photo

RECIPE = ScoreRecipe()
SCALE = ImageScale(0.05, "rig", 0.0)
SHAPE = (480, 640)
ROWS, COLUMNS = np.mgrid[: SHAPE[0], : SHAPE[1]].astype(np.float64)


def scores(card, zone="whole"):
    return {name: score.value for name, score in card.zones[zone].scores.items()}


def test_even_skin_has_no_redness_texture_pores_lines_or_scars(paint, all_skin):
    found = scores(score_photo(paint(np.zeros(SHAPE)), all_skin(SHAPE), SCALE, RECIPE))
    for name in ("redness_hi", "red_area", "texture_contrast", "pores", "lines"):
        assert found[name] == pytest.approx(0, abs=1e-3)
    assert found["scar_visibility"] == 0
    assert found["evenness"] == pytest.approx(100, abs=0.1)


@pytest.mark.parametrize("wavelength_mm", [0.8, 1.2])
def test_texture_is_the_rms_of_a_grey_grating(paint, all_skin, wavelength_mm):
    grating = 0.05 * np.sin(2 * np.pi * COLUMNS * 0.05 / wavelength_mm)
    # The band's own transmission, from the definition of the Gaussian filters.
    passed = [
        np.exp(-2 * (np.pi * 0.1874 * cut / wavelength_mm) ** 2)
        for cut in (RECIPE.texture_low_mm, RECIPE.texture_high_mm)
    ]
    true = 100 * 0.05 / np.sqrt(2) * (passed[0] - passed[1])
    card = score_photo(paint(grating), all_skin(SHAPE), SCALE, RECIPE)
    assert scores(card)["texture_contrast"] == pytest.approx(true, rel=0.05)


def test_pigment_is_taken_off_texture(paint, all_skin):
    density = 0.05 * np.sin(2 * np.pi * COLUMNS * 0.05 / 1.0)
    # Melanin of the skin model: R, G, B in about this ratio.
    pigment = np.exp(density[..., None] * np.array([-0.6, -1.0, -1.7]))
    spotted = score_photo(
        paint(np.array([0.5, 0.28, 0.2]) * pigment), all_skin(SHAPE), SCALE, RECIPE
    )
    grey = score_photo(paint(density), all_skin(SHAPE), SCALE, RECIPE)
    ratio = scores(spotted)["texture_contrast"] / scores(grey)["texture_contrast"]
    assert ratio < 0.35


def test_pores_are_counted(paint, all_skin):
    picture = np.zeros(SHAPE)
    places = [(r, c) for r in range(40, 450, 50) for c in range(40, 620, 50)]
    for row, column in places:
        picture -= 0.15 * np.exp(-((ROWS - row) ** 2 + (COLUMNS - column) ** 2) / (2 * 2.6**2))
    card = score_photo(paint(picture), all_skin(SHAPE), SCALE, RECIPE)
    area_cm2 = 480 * 640 * 0.05**2 / 100
    assert scores(card)["pores"] * area_cm2 == pytest.approx(len(places), abs=0.5)


def test_lines_are_measured_and_short_ones_left_out(paint, all_skin):
    def line(row, first, last):
        beyond = np.maximum(np.maximum(first - COLUMNS, COLUMNS - last), 0)
        return -0.2 * np.exp(-((ROWS - row) ** 2 + beyond**2) / (2 * 5.0**2))

    def length(picture):
        card = score_photo(paint(picture), all_skin(SHAPE), SCALE, RECIPE)
        assert scores(card)["pores"] < 1
        return scores(card)["lines"] * 480 * 640 * 0.05**2 / 100

    short, long = length(line(120, 100, 300)), length(line(120, 100, 500))
    # The difference is 10 mm; how far the faded ends show is the same in both.
    assert long - short == pytest.approx(10, abs=0.5)
    assert short == pytest.approx(10, abs=3)
    # Half a millimetre is no line.
    assert length(line(120, 100, 300) + line(400, 500, 510)) == pytest.approx(short, abs=0.1)


def test_zones_are_distinguished_and_area_is_right(paint):
    redder = np.where(COLUMNS < 320, 0, -0.05)
    linear = np.array([0.5, 0.28, 0.2]) * np.exp(redder[..., None] * np.array([0, 1, 1]))
    labels = np.where(COLUMNS < 320, 1, 2).astype(np.uint8)
    zones = Zones(("left", "right"), labels, (labels == 1) & (ROWS < 100))
    card = score_photo(paint(linear), zones, SCALE, RECIPE)
    assert set(card.zones) == {"left", "right", "whole"}
    assert scores(card, "left")["redness_hi"] == pytest.approx(0, abs=0.05)
    assert scores(card, "right")["redness_hi"] > 1
    assert scores(card, "right")["red_area"] > 90
    assert card.zones["left"].area_mm2 == pytest.approx(480 * 320 * 0.05**2, rel=0.02)


def test_without_a_scale_scores_per_cm2_are_refused(paint, all_skin):
    card = score_photo(paint(np.zeros(SHAPE)), all_skin(SHAPE), None, RECIPE)
    assert "needs a scale" in str(card.not_measured["pores"])
    assert "needs a scale" in str(card.not_measured["lines"])
    assert "texture_contrast" in card.zones["whole"].scores
    assert card.zones["whole"].area_mm2 is None


def test_pores_need_fine_pixels_and_depth_needs_directional_shots(paint, all_skin):
    card = score_photo(
        paint(np.zeros(SHAPE)), all_skin(SHAPE), ImageScale(0.12, "rig", 0.0), RECIPE
    )
    assert "0.08 mm" in str(card.not_measured["pores"])
    assert "lines" in card.zones["whole"].scores
    for name in ("texture_sq_um", "scar_depth_index_um", "scar_depth_mm", "scar_volume_mm3"):
        assert "directional" in str(card.not_measured[name])


def test_an_error_of_the_scale_widens_only_what_hangs_on_it(paint, all_skin):
    picture = paint(0.03 * np.random.default_rng(1).standard_normal(SHAPE))
    cards = [
        score_photo(picture, all_skin(SHAPE), ImageScale(0.05, "face", error), RECIPE)
        for error in (0.0, 0.05)
    ]
    uncertainty_ = [
        {n: s.uncertainty for n, s in card.zones["whole"].scores.items()} for card in cards
    ]
    assert uncertainty_[1]["pores"] > uncertainty_[0]["pores"] > 0
    assert uncertainty_[1]["redness_hi"] == uncertainty_[0]["redness_hi"] > 0


def test_layers_lie_on_the_grid_of_the_photo(paint, all_skin):
    card = score_photo(paint(np.zeros(SHAPE)), all_skin(SHAPE), SCALE, RECIPE)
    assert card.recipe == Recipe().version
    assert set(card.layers) == {
        "redness", "pigment", "texture_contrast", "pores", "lines", "scar_visibility"
    }  # fmt: skip
    for layer in card.layers.values():
        assert layer.values.shape == (-(-480 // layer.step), -(-640 // layer.step))


def test_raw_layers_show_skin_only(paint):
    skin = COLUMNS < 320
    layers = measure_layers(paint(np.zeros(SHAPE)), skin, SCALE, RECIPE)
    known = np.isfinite(layers["hi"].values)
    assert known[:, : 300 // layers["hi"].step].all()
    assert not known[:, 340 // layers["hi"].step :].any()


def test_eight_bits_give_the_same_as_sixteen(paint, all_skin):
    picture = paint(0.05 * np.sin(COLUMNS / 4))
    small = Photo(np.round(picture.coded / 257).astype(np.uint8), picture.facts)
    both = [scores(score_photo(one, all_skin(SHAPE), SCALE, RECIPE)) for one in (picture, small)]
    assert both[0]["texture_contrast"] == pytest.approx(both[1]["texture_contrast"], rel=0.02)
    assert both[0]["redness_hi"] == pytest.approx(both[1]["redness_hi"], abs=0.1)


def test_no_skin_is_an_error_a_clinician_understands(paint):
    nothing = Zones(("whole",), np.zeros(SHAPE, np.uint8), np.zeros(SHAPE, bool))
    with pytest.raises(NotComparable, match="No skin"):
        score_photo(paint(np.zeros(SHAPE)), nothing, SCALE, RECIPE)


def test_stops_when_asked(paint, all_skin):
    def stop(done, total):
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        score_photo(paint(np.zeros(SHAPE)), all_skin(SHAPE), SCALE, RECIPE, stop)
