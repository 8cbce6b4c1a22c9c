from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnimage.calibrate.card import rig_of_card
from mnimage.errors import RigUnusable
from tests.mnimage.calibrate.rig_scenes import CARD_STAGE, card_shots, lamps, off_deg, off_mm


def _measured(shown, seed, heights=(0.0, 40.0), **more):
    places = [card_shots(shown, seed, height, **more) for height in heights]
    return rig_of_card(places, made_at="2026-01-01")


def test_positions_of_near_lamps_from_two_heights():
    shown = lamps(1)
    rig = _measured(shown, 1)
    off, errors = off_mm(rig, shown), np.array([lamp.error_mm for lamp in rig.lamps])
    assert np.all(off < 3 * errors)
    assert np.median(off / [lamp.distance_mm for lamp in shown]) < 0.03
    true = np.array([lamp.power for lamp in shown])
    assert [lamp.power for lamp in rig.lamps] == pytest.approx(true / true.mean(), rel=0.08)


def test_one_height_gives_larger_errors_and_a_warning():
    shown = lamps(2)
    rig = _measured(shown, 2, heights=(0.0,))
    errors = np.array([lamp.error_mm for lamp in rig.lamps])
    assert np.all(off_mm(rig, shown) < 3 * errors)
    assert "calibrate.card_one_height" in [warning.code for warning in rig.warnings]


@pytest.mark.parametrize("wrong", [{"gamma": 2.2}, {"stage": replace(CARD_STAGE, room=0.1)}])
def test_gamma_and_room_light_are_caught(wrong):
    with pytest.raises(RigUnusable, match="does not fall off"):
        _measured(lamps(3), 3, **wrong)


def test_a_card_cannot_measure_far_lamps():
    with pytest.raises(RigUnusable, match="too far"):
        _measured(lamps(4, far=True), 4, heights=(0.0,))


def test_a_card_tilted_at_one_position_is_noticed():
    shown = lamps(2)
    places = [card_shots(shown, 2, 0.0), card_shots(shown, 2, 40.0, tilt=(0.0, 10.0))]
    rig = rig_of_card(places, made_at="")
    off = off_deg(rig, shown)
    assert np.all(off < 2.5 * np.array([lamp.error_deg for lamp in rig.lamps]))
    assert off.max() < 1.5
    (tilted,) = [one for one in rig.warnings if one.code == "calibrate.card_tilted"]
    assert dict(tilted.args)["shots"] == "height40.0"
    assert dict(tilted.args)["degrees"] == pytest.approx(10, abs=0.5)
