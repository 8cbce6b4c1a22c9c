"""Lamps that did not fire, or were listed with one picture, on rendered balls and cards."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnimage.calibrate.card import rig_of_card
from mnimage.calibrate.fired import check_fired
from mnimage.calibrate.lamps import rig_of_ball
from mnimage.errors import RigUnusable
from tests.mnimage.calibrate.rig_scenes import ball_shots, card_shots, lamps


def with_frame(shots, number, frame):
    frames = shots.frames.copy()
    frames[number] = frame
    return replace(shots, frames=frames, saturated=frames >= 0.99)


def dark(shots):
    noise = 0.001 * np.random.default_rng(2).standard_normal(shots.frames[0].shape)
    return np.abs(noise).astype(np.float32)


@pytest.mark.parametrize("chrome", [True, False])
def test_a_dead_lamp_over_a_ball_is_named(chrome):
    shots = ball_shots(lamps(3), 1, chrome=chrome)
    check_fired(shots)
    dead = with_frame(shots, 1, dark(shots))
    with pytest.raises(RigUnusable, match="Lamp 2 did not fire"):
        rig_of_ball([dead], 30.0, chrome=chrome, near=False, made_at="")


@pytest.mark.parametrize("chrome", [True, False])
def test_one_picture_for_two_lamps_is_refused(chrome):
    shots = ball_shots(lamps(3), 1, chrome=chrome)
    doubled = with_frame(shots, 3, shots.frames[0])
    with pytest.raises(RigUnusable, match=r"Shots 1 and 4 of .* are the same picture"):
        rig_of_ball([doubled], 30.0, chrome=chrome, near=False, made_at="")


def test_a_dead_lamp_over_a_card_is_named():
    shots = card_shots(lamps(3), 1, 0.0)
    check_fired(shots)
    with pytest.raises(RigUnusable, match="Lamp 5 did not fire"):
        rig_of_card([with_frame(shots, 4, dark(shots))], made_at="")
