"""One mistake through files: a picture curve left in is caught, sound shots are not."""

import pytest

from mnimage.validate import controls
from mnimage.validate.controls import CAUGHT, NEITHER, REFUSED, control


@pytest.mark.parametrize(
    ("name", "outcomes"),
    [
        ("none (must not be caught)", {"covered", NEITHER}),
        ("gamma left in", {CAUGHT, REFUSED}),
    ],
)
def test_mistakes_are_caught_and_sound_shots_are_not(name, outcomes, monkeypatch):
    monkeypatch.setattr(controls, "SIDE_MM", 12.0)
    monkeypatch.setattr(controls, "SEED", 7000)
    assert control(name, 1).outcome in outcomes
