"""Zones on the grid: which cells belong where."""

from __future__ import annotations

import numpy as np
import pytest

from mnimage.domain.face import CONTROL, WHOLE, Zones
from mnimage.domain.recipe import ScoreRecipe
from mnimage.score.zones import session_error, zone_cells


def test_a_control_patch_is_no_part_of_the_whole():
    labels = np.zeros((80, 120), np.uint8)
    labels[:, :40], labels[:, 40:80], labels[:, 80:] = 1, 2, 3
    zones = Zones(("forehead", "chin", CONTROL), labels, np.zeros(labels.shape, bool))
    seen = np.ones((20, 30), bool)
    cells = zone_cells(zones, 4, seen).each(seen)
    assert {name: int(found.sum()) for name, found in cells.items()} == {
        "forehead": 200,
        "chin": 200,
        CONTROL: 200,
        WHOLE: 400,
    }
    assert not (cells[WHOLE] & cells[CONTROL]).any()


def test_a_control_too_small_to_score_is_still_no_part_of_the_whole():
    labels = np.ones((80, 120), np.uint8)
    labels[:8, :8] = 2
    zones = Zones(("forehead", CONTROL), labels, np.zeros(labels.shape, bool))
    seen = np.ones((20, 30), bool)
    cells = zone_cells(zones, 4, seen).each(seen)
    assert set(cells) == {"forehead", WHOLE}
    assert np.array_equal(cells[WHOLE], cells["forehead"])


@pytest.mark.parametrize(
    ("lightness", "yellow"), [(62.0, 14.0), (48.0, 9.0), (43.0, 8.0), (30.0, 28.0)]
)
def test_the_uncertainty_of_ita_is_that_of_light_and_white_balance_set_anew(lightness, yellow):
    """Drawn by the definition of L* and b*, no formula of an angle in between (CIE 15)."""
    recipe = ScoreRecipe()
    rng = np.random.default_rng(3)
    bright = np.exp(rng.normal(0, recipe.ita_light, 20_000) / 3)
    again = (lightness + 16) * bright - 16
    shifted = yellow * bright + rng.normal(0, recipe.ita_yellow, bright.size)
    drawn = np.degrees(np.arctan2(again - 50, shifted) - np.arctan2(lightness - 50, yellow))
    drawn = (drawn + 180) % 360 - 180
    reported = session_error("ita_deg", np.array([lightness, yellow]), recipe)
    assert reported == pytest.approx(float(np.sqrt(np.mean(drawn**2))), rel=0.12)


def test_ita_of_a_colour_at_its_pole_is_as_uncertain_as_any_angle():
    reported = session_error("ita_deg", np.array([50.0, 0.1]), ScoreRecipe())
    assert reported == pytest.approx(np.sqrt(np.mean(np.linspace(-180, 180, 3601) ** 2)), rel=0.01)


def test_pores_are_the_less_sure_the_more_of_them_hang_on_the_limit():
    recipe = ScoreRecipe()
    sure, uncertain = (
        session_error("pores", np.array([40.0, edge]), recipe) for edge in (0.0, 200.0)
    )
    assert uncertain == pytest.approx(np.hypot(sure, 200.0 * recipe.pore_light))
