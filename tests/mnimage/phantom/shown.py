"""What tests need of phantoms beside what the program does with them."""

from __future__ import annotations

import json
from dataclasses import replace

import cv2
import numpy as np

from mnimage.domain.relief import Shots
from mnimage.kernels.color import to_coded8
from mnimage.phantom.files import write_whole
from mnimage.phantom.render import Shot, picture, scale_of, shoot_lamps
from mnimage.phantom.sensor import Sensor

REAL = Sensor(exposure=1.3, blur_px=0.7, electrons=12000.0, bits=8)
"""A good camera of today: sharp to a pixel, 12,000 electrons, 8 bit."""


def true_map(skin, shot, values):
    """Return a map on the skin's samples (a height, a pigment) as a shot's picture sees it."""
    return picture(skin, replace(shot, sensor=Sensor()), values[..., None])[..., 0]


def shots_value(skin, lamps, shot=None, *, reported=None, channel=2):
    """Return directional shots as the relief stage takes them; one channel, blue by default.

    `stated` are the lamps the measurer believes in, where they differ from the true `lamps`.
    """
    shot = shot or Shot(sensor=Sensor(exposure=0.0, electrons=12000.0, bits=12))
    frames = list(shoot_lamps(skin, lamps, shot))
    reported = reported or lamps
    near = not all(lamp.far for lamp in reported)
    lights = [(one.x, one.y, one.z) if near else one.direction for one in reported]
    return Shots(
        frames=np.stack([frame[..., channel] for frame in frames]),
        lights=np.array(lights, dtype=np.float64),
        near=near,
        scale=scale_of(skin, shot),
        picture=to_coded8(np.mean(frames, axis=0)),
        channel=("red", "green", "blue")[channel],
        bits=shot.sensor.bits,
    )


def write_target(folder, frames, dark, **reported):
    """Write grey frames as linear 16-bit PNG with the sheet that lists them; return its path."""
    names = [f"shot{number}.png" for number in range(1, len(frames) + 1)]
    for name, frame in zip((*names, "dark.png"), (*frames, dark), strict=True):
        grey = np.rint(np.clip(frame, 0, 1) * 65535).astype(np.uint16)
        done, stream = cv2.imencode(".png", cv2.merge([grey] * 3))
        assert done
        write_whole(folder / name, stream.tobytes())
    shots = [{"file": name} for name in names]
    sheet = {"linear": True, **reported, "shots": shots, "dark": "dark.png"}
    write_whole(folder / "SHOTS.json", json.dumps(sheet).encode())
    return folder / "SHOTS.json"
