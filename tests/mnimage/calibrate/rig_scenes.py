"""Lamps, balls and cards whose truth is known, as a camera would see them."""

from __future__ import annotations

import numpy as np

from mnimage.domain.rig import TargetShots
from mnimage.phantom.light import Lamp
from mnimage.phantom.targets import Ball, Card, Stage, stack_lamps

STAGE = Stage((300, 400), 0.2, 450.0, samples=2)
CARD_STAGE = Stage((240, 320), 0.32, 600.0, samples=1, vignetting=0.08)
PLACES = ((0, 0), (-24, -15), (24, -15), (-24, 15), (24, 15))


def lamps(seed: int, count: int = 5, *, far: bool = False) -> list[Lamp]:
    chance = np.random.default_rng(seed)
    found = []
    for number in range(count):
        turn = 2 * np.pi * number / count + chance.normal(0, 0.1)
        slant, away = np.radians(chance.uniform(35, 58)), chance.uniform(220, 380)
        aside = away * np.sin(slant)
        x, y, z = aside * np.cos(turn), aside * np.sin(turn), away * np.cos(slant)
        found.append(Lamp(float(x), float(y), float(z), float(chance.uniform(0.8, 1.2)), far))
    return found


def noisy(frames, seed, gain):
    light = np.clip(frames, 0, None) * gain
    chance = np.random.default_rng(seed)
    light = light + np.sqrt(light / 12000 + (4 / 12000) ** 2) * chance.standard_normal(light.shape)
    return np.clip(light, 0, 1).astype(np.float32)


def ball_shots(shown, seed, *, chrome, position=(0, 0), stage=STAGE, gamma=1.0, radius=15.0):
    ball = Ball((position[0], position[1], radius), radius, chrome)
    frames = stack_lamps(ball, shown, stage)
    frames = noisy(frames, seed, 3.0 if chrome else 0.7) ** (1 / gamma)
    return TargetShots(
        frames,
        frames >= 0.99,
        f"position{position[0]}",
        mm_per_px=stage.mm_per_px,
        camera_mm=stage.camera_mm,
        darkened=stage.room == 0,
    )


def card_shots(shown, seed, height, *, stage=CARD_STAGE, gamma=1.0, tilt=None):
    chance = np.random.default_rng([seed, int(height)])
    tilt = tilt or tuple(chance.normal(0, 0.5, 2).tolist())
    card = Card(height, tilt, mottle=0.01, seed=seed)
    frames = noisy(stack_lamps(card, shown, stage), seed, 0.42) ** (1 / gamma)
    return TargetShots(
        frames,
        frames >= 0.99,
        f"height{height}",
        mm_per_px=stage.mm_per_px,
        camera_mm=stage.camera_mm,
        height_mm=height,
        darkened=stage.room == 0,
    )


def off_deg(rig, shown):
    """Angle of each lamp found to the true one, seen from the picture's centre."""
    true = np.array([[lamp.x, lamp.y, lamp.z] for lamp in shown])
    units = [each / np.linalg.norm(each, axis=1, keepdims=True) for each in (true, rig.lights)]
    return np.degrees(np.arccos(np.clip(np.sum(units[0] * units[1], axis=1), -1, 1)))


def off_mm(rig, shown):
    true = np.array([[lamp.x, lamp.y, lamp.z] for lamp in shown])
    return np.linalg.norm(rig.lights - true, axis=1)
