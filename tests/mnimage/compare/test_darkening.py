"""The alarm for darker skin: heard when it should be, and rarely otherwise."""

from __future__ import annotations

import numpy as np
import pytest

from mnimage.compare.control import beyond_control
from mnimage.compare.darkening import DARKENING, darkening_cautions
from mnimage.compare.verdict import ChangeUncertainty, hold_family, weigh_change
from mnimage.domain.comparison import Verdict
from mnimage.domain.scorecard import Score

ZONES = ("forehead", "cheek_left", "cheek_right", "nose", "chin", "perioral")
ERROR = {"pigment_mi": 0.5, "ita_deg": 9.2}


def change(name, step):
    scores = (Score(name, 20.0 + value, "u", 1.0) for value in (0.0, step))
    return weigh_change(*scores, ChangeUncertainty(ERROR[name] / np.sqrt(2), 0.0))


def face(**steps):
    """Return both scores of all zones, changed by `steps` errors in the zones named."""
    return {
        (zone, name): change(name, way * ERROR[name] * steps.get(zone, 0.0))
        for zone in (*ZONES, "whole", "control")
        for name, way in (("pigment_mi", 1), ("ita_deg", -1))
    }


def test_the_zones_that_grew_darker_are_named():
    (alarm,) = darkening_cautions(face(cheek_left=4.0, chin=5.0))
    assert alarm.name == DARKENING
    assert set(alarm.zones) == {"cheek_left", "chin"}
    assert "not a diagnosis" in str(alarm.words)


def test_paler_skin_the_whole_and_the_control_do_not_alarm():
    assert darkening_cautions(face(cheek_left=-6.0)) == []
    assert darkening_cautions(face(whole=6.0, control=6.0)) == []


def test_a_close_up_has_only_the_whole():
    changes = {
        ("whole", name): each for (zone, name), each in face(whole=4.0).items() if zone == "whole"
    }
    assert darkening_cautions(changes)[0].zones == ("whole",)


@pytest.mark.parametrize(("name", "way"), [("pigment_mi", 1), ("ita_deg", -1)])
def test_either_score_alone_suffices(name, way):
    changes = face() | {("nose", name): change(name, 4 * way * ERROR[name])}
    assert darkening_cautions(changes)[0].zones == ("nose",)


def test_what_the_control_did_as_well_does_not_alarm():
    treated = {("nose", "pigment_mi"): change("pigment_mi", 2.0)}
    assert darkening_cautions(treated)
    control = change("pigment_mi", 2.0)
    beyond = {key: beyond_control(key[1], each, control) for key, each in treated.items()}
    assert darkening_cautions(beyond) == []


def test_unchanged_patients_are_alarmed_once_in_twenty_at_most():
    random = np.random.default_rng(8)
    alarmed = 0
    for _ in range(1500):
        noise = random.normal(0, 1, (len(ZONES), 2))
        changes = {
            (zone, name): change(name, ERROR[name] * noise[row, column])
            for row, zone in enumerate(ZONES)
            for column, name in enumerate(ERROR)
        }
        alarmed += bool(darkening_cautions(changes))
    assert 0.02 < alarmed / 1500 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1500)


def test_it_hears_what_the_family_of_all_scores_does_not():
    others = {
        (zone, f"score {number}"): change("pigment_mi", 0.0)
        for zone in ZONES
        for number in range(7)
    }
    changes = face(nose=3.0) | others
    held = hold_family(changes)
    assert held["nose", "pigment_mi"].verdict is Verdict.WITHIN_ERROR
    assert darkening_cautions(changes)[0].zones == ("nose",)
