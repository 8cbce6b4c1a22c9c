from __future__ import annotations

import json

import cv2
import numpy as np
import pytest
from PIL import Image

from mnimage.errors import Cancelled, ShotsUnusable
from mnimage.formats.shots import read_shots

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


def codes(shots):
    return [note.code for note in shots.notes]


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


def test_blue_is_the_default_channel(tmp_path, frames):
    assert read_shots(_rig(tmp_path, frames)).channel == "blue"
    with pytest.raises(ValueError, match="mauve"):
        read_shots(_rig(tmp_path, frames), channel="mauve")


def test_lights_scale_and_shape(tmp_path, frames):
    shots = read_shots(_rig(tmp_path, frames))
    np.testing.assert_allclose(shots.lights, np.array(LIGHTS) / np.hypot(0.7, 0.7))
    assert (shots.scale.mm_per_px, shots.scale.source) == (0.05, "user")
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
    seen = [0.02 + shade * frame for frame in frames]
    _write(tmp_path / "dark.png", np.full((ROWS, COLUMNS, 3), 0.02))
    _write(tmp_path / "flat.png", 0.02 + 0.9 * shade)
    shots = read_shots(_rig(tmp_path, seen, dark="dark.png", flat=["flat.png"]))
    for number, frame in enumerate(frames):
        np.testing.assert_allclose(shots.frames[number], frame[..., 2] * shade.mean(), atol=2e-4)
    assert codes(shots) == ["formats.scale_entered"]


def test_flat_frames_of_each_shot_even_out_the_lamps_powers(tmp_path, frames):
    shades = [
        np.linspace(0.4 + 0.1 * n, 1.0, ROWS)[:, None, None] * np.ones((1, COLUMNS, 3))
        for n in range(4)
    ]
    for number, shade in enumerate(shades):
        _write(tmp_path / f"flat{number}.png", shade)
    seen = [shade * frame for shade, frame in zip(shades, frames, strict=True)]
    shots = read_shots(_rig(tmp_path, seen, flat=[f"flat{n}.png" for n in range(4)]))
    for number, frame in enumerate(frames):
        expected = frame[..., 2] * np.mean(shades)
        np.testing.assert_allclose(shots.frames[number], expected, atol=2e-4)


def test_saturated_is_where_any_channel_is_at_its_end(tmp_path, frames):
    frames[1][3, 4, 0] = 1.0
    frames[2][5, 6, 1] = 0.9905
    frames[3][7, 8, 2] = 0.989
    shots = read_shots(_rig(tmp_path, frames))
    assert shots.saturated is not None
    assert [tuple(place) for place in np.argwhere(shots.saturated)] == [(1, 3, 4), (2, 5, 6)]


def test_areas_where_a_flat_frame_is_dark_are_not_used(tmp_path, frames):
    flat = np.full((ROWS, COLUMNS, 3), 0.8)
    flat[10:20, 10:20] = 0.001
    _write(tmp_path / "flat.png", flat)
    shots = read_shots(_rig(tmp_path, frames, flat=["flat.png"]))
    assert shots.saturated is not None
    assert shots.saturated[:, 10:20, 10:20].all()
    assert shots.saturated.sum() == 4 * 100
    assert "formats.flat_faint" in codes(shots)


def test_missing_frames_are_noted(tmp_path, frames):
    shots = read_shots(_rig(tmp_path, frames, coded=True, bits=8))
    assert shots.bits == 8
    lacking = ["formats.scale_entered", "formats.eight_bits", "formats.no_dark", "formats.no_flat"]
    assert codes(shots) == lacking


def test_only_three_shots_give_a_warning(tmp_path, frames):
    manifest = _rig(tmp_path, frames)
    content = json.loads(manifest.read_text())
    assert "formats.three_shots" not in codes(read_shots(manifest))
    manifest.write_text(json.dumps({**content, "shots": content["shots"][:3]}))
    assert "formats.three_shots" in codes(read_shots(manifest))


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
        ({"dark": "nowhere.png"}, "nowhere.png does not exist"),
        ({"flat": ["small.png"]}, "small.png has 80 x 70 pixels, but the first shot has 90 x 70"),
        ({"dark": "small.png"}, "small.png has 80 x 70"),
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
    with pytest.raises(ShotsUnusable, match=r"2\.png has 70 x 90 pixels"):
        read_shots(path)


def test_reading_can_be_cancelled_between_frames(tmp_path, frames):
    ticks = []

    def tick(done, total):
        ticks.append((done, total))
        if done == 2:
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        read_shots(_rig(tmp_path, frames), tick=tick)
    assert ticks == [(0, 4), (1, 4), (2, 4)]


NEAR = ([150, 0, 160], [-140, 10, 150], [5, 170, 140], [0, -150, 170])


def _near(folder, **changes):
    """Level grey skin under near lamps of unlike power, a lens that fades, and its flat frames.

    What falls on it is written out here: cosine over distance squared.
    """
    y, x = np.mgrid[:ROWS, :COLUMNS].astype(float)
    y, x = (y - (ROWS - 1) / 2) * 0.5, (x - (COLUMNS - 1) / 2) * 0.5
    fade = 1 - 0.2 * (x**2 + y**2) / (x**2 + y**2).max()
    shots = []
    for number, (lamp, power) in enumerate(zip(NEAR, (1.0, 0.8, 1.2, 0.9), strict=True)):
        gap = np.stack([lamp[0] - x, lamp[1] - y, np.full_like(x, lamp[2])])
        away = np.linalg.norm(gap, axis=0)
        light = power * fade * 1.5e4 * gap[2] / away**3
        _write(folder / f"skin{number}.png", np.repeat(0.35 * light[..., None], 3, axis=2))
        _write(folder / f"card{number}.png", np.repeat(0.9 * light[..., None], 3, axis=2))
        shots.append({"file": f"skin{number}.png", "lamp_mm": lamp})
    path = folder / "SHOTS.json"
    manifest = {"mm_per_px": 0.5, "linear": True, "shots": shots, **changes}
    path.write_text(json.dumps(manifest))
    return path


def test_flat_frames_do_not_correct_the_falloff_of_near_lamps_twice(tmp_path):
    """Solved with the lamps' falloff, level skin must come out level and evenly coloured."""
    from mnimage.domain.recipe import ReliefRecipe
    from mnimage.relief.relief import recover_relief

    path = _near(tmp_path, flat=[f"card{n}.png" for n in range(4)])
    relief = recover_relief(read_shots(path), ReliefRecipe(align_frames=False))
    inner = relief.height_mm[5:-5, 5:-5]
    assert np.ptp(inner) < 0.02
    assert np.ptp(relief.albedo[5:-5, 5:-5]) < 0.01 * relief.albedo.mean()
    bare = recover_relief(read_shots(_near(tmp_path)), ReliefRecipe(align_frames=False))
    assert np.ptp(bare.height_mm[5:-5, 5:-5]) > 10 * np.ptp(inner)


def _rig_file(folder, lamps=NEAR, **changes):
    rows = [{"lamp_mm": lamp, "error_deg": 0.5, "error_mm": 3.0} for lamp in lamps]
    rig = {
        "version": 1,
        "made_at": "2026-01-01",
        "method": "chrome ball",
        "near": True,
        "common_deg": 0.2,
        "lamps": [{**row, "light": None, "power": None, "power_error": None} for row in rows],
        **changes,
    }
    (folder / "RIG.json").write_text(json.dumps(rig).replace("150,", "150.0,"))


def _of_rig(folder, **changes):
    manifest = json.loads(_near(folder).read_text())
    for shot in manifest["shots"]:
        del shot["lamp_mm"]
    (folder / "SHOTS.json").write_text(json.dumps({**manifest, "rig": "RIG.json", **changes}))
    return folder / "SHOTS.json"


def test_lamps_come_from_a_rig(tmp_path):
    _rig_file(tmp_path)
    shots = read_shots(_of_rig(tmp_path))
    assert shots.near
    np.testing.assert_allclose(shots.lights, NEAR)
    listed = read_shots(_near(tmp_path))
    _rig_file(tmp_path, common_deg=2.0)
    assert read_shots(_of_rig(tmp_path)).slope_error > listed.slope_error


def test_a_lamp_moved_since_the_rig_was_measured_is_noticed_on_the_card(tmp_path):
    flat = [f"card{n}.png" for n in range(4)]
    _rig_file(tmp_path)
    still = read_shots(_of_rig(tmp_path, flat=flat))
    assert "formats.lamp_moved" not in codes(still)
    _rig_file(tmp_path, lamps=(NEAR[0], [-60, 40, 180], *NEAR[2:]))
    moved = read_shots(_of_rig(tmp_path, flat=flat))
    (note,) = [note for note in moved.notes if note.code == "formats.lamp_moved"]
    assert dict(note.args)["lamp"] == 2
    assert moved.slope_error > 1.5 * still.slope_error


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"lamps": []}, "RIG.json"),
        ({"version": 99}, "newer version"),
        ({"near": False}, "no position in front"),
    ],
)
def test_a_rig_that_cannot_be_used_is_named(tmp_path, changes, words):
    _rig_file(tmp_path, **changes)
    with pytest.raises(ShotsUnusable, match=words) as caught:
        read_shots(_of_rig(tmp_path))
    assert caught.value.hint


def test_a_rig_must_have_a_lamp_for_each_shot(tmp_path):
    _rig_file(tmp_path, lamps=NEAR[:3])
    with pytest.raises(ShotsUnusable, match="4 shots are listed, but the rig has 3 lamps"):
        read_shots(_of_rig(tmp_path))


def test_lamps_on_one_side_give_a_warning_and_a_larger_error(tmp_path, frames):
    around = read_shots(_rig(tmp_path, frames))
    manifest = tmp_path / "SHOTS.json"
    content = json.loads(manifest.read_text())
    side = ([0.7, 0.2, 0.7], [0.6, -0.5, 0.6], [0.3, 0.6, 0.7])
    shots = [{"file": f"{n}.png", "light": list(light)} for n, light in enumerate(side)]
    manifest.write_text(json.dumps({**content, "shots": shots}))
    aside = read_shots(manifest)
    assert "formats.lamps_one_side" in codes(aside)
    assert aside.slope_error > 2 * around.slope_error


def test_a_lit_dark_frame_is_refused_and_a_grey_one_gives_a_warning(tmp_path, frames):
    _write(tmp_path / "lit.png", np.mean(frames, axis=0) * 0.9)
    with pytest.raises(ShotsUnusable, match=r"lit\.png is not a dark frame"):
        read_shots(_rig(tmp_path, frames, dark="lit.png"))
    _write(tmp_path / "black.png", np.full((ROWS, COLUMNS, 3), 0.001))
    _write(tmp_path / "grey.png", np.full((ROWS, COLUMNS, 3), 0.09))
    clear = read_shots(_rig(tmp_path, frames, dark="black.png"))
    grey = read_shots(_rig(tmp_path, frames, dark="grey.png"))
    assert "formats.room_light" in codes(grey)
    assert grey.slope_error > 1.5 * clear.slope_error


def test_a_dark_frame_lit_by_a_lamp_increases_the_error_of_slopes(tmp_path, frames):
    # Shots of a dark room: what the dark frame holds beyond a tenth was not there.
    _write(tmp_path / "lamp.png", np.full((ROWS, COLUMNS, 3), 0.15))
    seen = read_shots(_rig(tmp_path, frames, dark="lamp.png"))
    share = 0.15 / np.mean([frame[..., 2] for frame in frames])
    too_steep = 1 / (1 - share) - 1
    assert 0.5 * too_steep < seen.slope_error < 2 * too_steep


@pytest.mark.parametrize("light", [0.0, 0.02])
def test_a_lamp_that_did_not_fire_is_named(tmp_path, frames, light):
    frames[2] = light * frames[2]
    with pytest.raises(ShotsUnusable, match=r"2\.png is nearly black"):
        read_shots(_rig(tmp_path, frames))


@pytest.mark.parametrize("coded", [False, True])
@pytest.mark.parametrize(("grey", "words"), [((2,), r"2\.png is grey"), ((0, 1, 3), "in colour,")])
def test_grey_and_coloured_shots_in_one_set_are_refused(tmp_path, frames, coded, grey, words):
    sound = [frame * np.array([1.0, 0.6, 0.4], np.float32) for frame in frames]
    read_shots(_rig(tmp_path, sound, coded=coded))
    for number in grey:
        sound[number] = np.repeat(sound[number].mean(axis=2, keepdims=True), 3, axis=2)
    with pytest.raises(ShotsUnusable, match=words):
        read_shots(_rig(tmp_path, sound, coded=coded))


@pytest.mark.parametrize(("side_mm", "warned"), [(520.0, True), (480.0, False)])
def test_a_scale_with_skin_wider_than_a_body_gives_a_warning(tmp_path, frames, side_mm, warned):
    wide = [np.tile(frame, (1200 // ROWS, 1200 // COLUMNS, 1)) for frame in frames]
    side_px = min(wide[0].shape[:2])
    shots = read_shots(_rig(tmp_path, wide, mm_per_px=side_mm / side_px))
    assert ("formats.too_wide" in codes(shots)) == warned


def test_a_set_of_grey_shots_is_read(tmp_path, frames):
    grey = [np.repeat(frame[..., :1], 3, axis=2) for frame in frames]
    assert len(read_shots(_rig(tmp_path, grey)).frames) == len(frames)


def test_one_picture_under_two_names_is_refused(tmp_path, frames):
    frames[3] = frames[1]
    with pytest.raises(ShotsUnusable, match=r"1\.png and 3\.png are the same picture"):
        read_shots(_rig(tmp_path, frames))


def test_of_very_many_shots_only_some_are_read(tmp_path, frames):
    """The files of the rest need not even be there."""
    manifest = json.loads(_rig(tmp_path, frames).read_text())
    turn = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    manifest["shots"] = [
        {"file": f"nowhere{n}.png", "light": [float(np.cos(t)), float(np.sin(t)), -0.3]}
        for n, t in enumerate(turn)
    ]
    for number in range(30):
        angle = 2 * np.pi * number / 30
        light = [0.6 * float(np.cos(angle)), 0.6 * float(np.sin(angle)), 0.8]
        chance = np.random.default_rng(number).uniform(0.2, 0.8, (ROWS, COLUMNS, 3))
        _write(tmp_path / f"lit{number}.png", chance)
        manifest["shots"].append({"file": f"lit{number}.png", "light": light})
    path = tmp_path / "many.json"
    path.write_text(json.dumps(manifest))
    shots = read_shots(path)
    assert shots.frames.shape[0] == 24
    assert any(str(note).startswith("24 of the 150 shots are used") for note in shots.notes)
