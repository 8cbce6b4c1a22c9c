from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from PIL import Image

from mnimage.capture.shots import read_shots
from mnimage.errors import Cancelled, ShotsUnusable

LIGHTS = ([0.7, 0, 0.7], [-0.7, 0, 0.7], [0, 0.7, 0.7], [0, -0.7, 0.7])
ROWS, COLUMNS = 70, 90


def _write(path, linear_rgb, *, coded=False, bits=16):
    """Linear light 0..1 as a 16- or 8-bit PNG, sRGB-coded if `coded`."""
    light = np.asarray(linear_rgb, dtype=np.float64)
    if coded:
        light = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    top, kind = (65535, np.uint16) if bits == 16 else (255, np.uint8)
    cv2.imwrite(str(path), np.ascontiguousarray(np.rint(light * top).astype(kind)[..., ::-1]))


def _rig(folder, frames, *, coded=False, bits=16, **changes):
    for number, frame in enumerate(frames):
        _write(folder / f"{number}.png", frame, coded=coded, bits=bits)
    shots = [{"file": f"{n}.png", "light": light} for n, light in enumerate(LIGHTS)]
    path = folder / "SHOTS.json"
    path.write_text(json.dumps({"mm_per_px": 0.05, "linear": not coded, "shots": shots, **changes}))
    return path


@pytest.fixture
def frames():
    chance = np.random.default_rng(4)
    return [chance.uniform(0.1, 0.8, (ROWS, COLUMNS, 3)) for _ in LIGHTS]


@pytest.mark.parametrize("coded", [False, True])
@pytest.mark.parametrize(("channel", "index"), [("blue", 2), ("green", 1), ("red", 0)])
def test_frames_are_linear_light_of_one_channel(tmp_path, frames, coded, channel, index):
    shots = read_shots(_rig(tmp_path, frames, coded=coded), channel=channel)
    assert (shots.frames.dtype, shots.frames.shape) == (np.float32, (4, ROWS, COLUMNS))
    assert shots.channel == channel
    for number, frame in enumerate(frames):
        np.testing.assert_allclose(shots.frames[number], frame[..., index], atol=3e-5)


def test_blue_is_taken_unless_told_otherwise(tmp_path, frames):
    assert read_shots(_rig(tmp_path, frames)).channel == "blue"
    with pytest.raises(ValueError, match="mauve"):
        read_shots(_rig(tmp_path, frames), channel="mauve")


def test_lights_scale_and_shape(tmp_path, frames):
    shots = read_shots(_rig(tmp_path, frames))
    np.testing.assert_allclose(shots.lights, np.array(LIGHTS) / np.hypot(0.7, 0.7))
    assert (shots.scale.mm_per_px, shots.scale.source) == (0.05, "rig")
    assert shots.shape == (ROWS, COLUMNS)
    assert not shots.near


def test_the_picture_is_the_mean_of_all_in_srgb(tmp_path, frames):
    shots = read_shots(_rig(tmp_path, frames))
    mean = np.mean(frames, axis=0)
    expected = 255 * (1.055 * mean ** (1 / 2.4) - 0.055)
    assert shots.picture.dtype == np.uint8
    assert np.abs(shots.picture - expected).max() < 1


def test_stray_light_and_uneven_light_are_undone(tmp_path, frames):
    shade = np.linspace(0.4, 1.0, COLUMNS)[None, :, None] * np.ones((ROWS, 1, 3))
    seen = [0.05 + shade * frame for frame in frames]
    _write(tmp_path / "dark.png", np.full((ROWS, COLUMNS, 3), 0.05))
    _write(tmp_path / "flat.png", 0.05 + 0.9 * shade)
    shots = read_shots(_rig(tmp_path, seen, dark="dark.png", flat=["flat.png"]))
    for number, frame in enumerate(frames):
        np.testing.assert_allclose(shots.frames[number], frame[..., 2] * shade.mean(), atol=2e-4)
    assert shots.notes == ()


def test_each_shot_may_have_its_own_flat_frame(tmp_path, frames):
    shades = [
        np.linspace(0.4 + 0.1 * n, 1.0, ROWS)[:, None, None] * np.ones((1, COLUMNS, 3))
        for n in range(4)
    ]
    for number, shade in enumerate(shades):
        _write(tmp_path / f"flat{number}.png", shade)
    seen = [shade * frame for shade, frame in zip(shades, frames, strict=True)]
    shots = read_shots(_rig(tmp_path, seen, flat=[f"flat{n}.png" for n in range(4)]))
    for number, frame in enumerate(frames):
        expected = frame[..., 2] * shades[number].mean()
        np.testing.assert_allclose(shots.frames[number], expected, atol=2e-4)


def test_saturated_is_where_any_channel_is_at_its_end(tmp_path, frames):
    frames[1][3, 4, 0] = 1.0
    frames[2][5, 6, 1] = 0.9905
    frames[3][7, 8, 2] = 0.989
    shots = read_shots(_rig(tmp_path, frames))
    assert shots.saturated is not None
    assert [tuple(place) for place in np.argwhere(shots.saturated)] == [(1, 3, 4), (2, 5, 6)]


def test_where_a_flat_frame_is_dark_nothing_is_trusted(tmp_path, frames):
    flat = np.full((ROWS, COLUMNS, 3), 0.8)
    flat[10:20, 10:20] = 0.001
    _write(tmp_path / "flat.png", flat)
    shots = read_shots(_rig(tmp_path, frames, flat=["flat.png"]))
    assert shots.saturated is not None
    assert shots.saturated[:, 10:20, 10:20].all()
    assert shots.saturated.sum() == 4 * 100
    assert any("nearly dark" in note for note in shots.notes)


def test_what_is_lacking_is_noted(tmp_path, frames):
    shots = read_shots(_rig(tmp_path, frames, coded=True, bits=8))
    assert shots.bits == 8
    assert shots.notes[0] == "8-bit frames: fine depth is less certain; use 16-bit or RAW."
    assert len(shots.notes) == 3
    assert any("dark" in note for note in shots.notes)
    assert any("flat" in note for note in shots.notes)


def test_three_shots_are_noted_as_few(tmp_path, frames):
    sheet = _rig(tmp_path, frames)
    content = json.loads(sheet.read_text())
    assert not any("three" in note for note in read_shots(sheet).notes)
    sheet.write_text(json.dumps({**content, "shots": content["shots"][:3]}))
    assert any("Only three shots" in note for note in read_shots(sheet).notes)


def test_a_profile_is_left_alone_in_linear_frames(tmp_path, frames, shared):
    with Image.open(shared / "chart" / "nano.jpeg") as picture:
        icc = picture.info["icc_profile"]
    path = _rig(tmp_path, frames, bits=8)
    for number in range(4):
        with Image.open(tmp_path / f"{number}.png") as picture:
            picture.load()
        picture.save(tmp_path / f"{number}.png", icc_profile=icc)
    shots = read_shots(path)
    np.testing.assert_allclose(shots.frames[0], frames[0][..., 2], atol=0.003)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"dark": "nowhere.png"}, "nowhere.png is not there"),
        ({"flat": ["small.png"]}, "small.png is 80 x 70 pixels, but the first shot is 90 x 70"),
        ({"dark": "small.png"}, "small.png is 80 x 70"),
        ({"dark": "SHOTS.json"}, "SHOTS.json is a text file"),
        ({"flat": ["black.png"], "dark": "black.png"}, "black.png is no brighter than the dark"),
    ],
)
def test_unusable_frames_are_named(tmp_path, frames, changes, words):
    _write(tmp_path / "small.png", np.full((ROWS, 80, 3), 0.5))
    _write(tmp_path / "black.png", np.zeros((ROWS, COLUMNS, 3)))
    with pytest.raises(ShotsUnusable, match=words) as caught:
        read_shots(_rig(tmp_path, frames, **changes))
    assert caught.value.hint


def test_a_shot_of_another_size_is_named(tmp_path, frames):
    path = _rig(tmp_path, frames)
    _write(tmp_path / "2.png", np.full((COLUMNS, ROWS, 3), 0.5))
    with pytest.raises(ShotsUnusable, match=r"2\.png is 70 x 90 pixels"):
        read_shots(path)


def test_it_can_be_stopped_between_frames(tmp_path, frames):
    told = []

    def tick(done, total):
        told.append((done, total))
        if done == 2:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        read_shots(_rig(tmp_path, frames), tick=tick)
    assert told == [(0, 4), (1, 4), (2, 4)]
