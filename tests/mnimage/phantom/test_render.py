import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import mnimage.phantom
from mnimage.phantom.chromophores import Chromophores
from mnimage.phantom.light import Lamp, ring
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import (
    Shot,
    picture,
    scale_of,
    shoot,
    shoot_lamps,
    shoot_linear,
    true_field,
)
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.spectrum import camera_rgb, skin_reflectance
from tests.mnimage.phantom.shown import REAL, shots_value, true_map

PLAIN = SkinAppearance(
    microrelief_um=0.0,
    furrow_um=0.0,
    pores_per_cm2=0.0,
    lines=0,
    scars=(0, 0, 0),
    marks=(0, 0),
    curvature_mm=float("inf"),
)
TURNED = Pose(
    yaw_deg=5.0,
    pitch_deg=-4.0,
    roll_deg=3.0,
    scale=1.02,
    shift_mm=(0.5, -0.8),
    distance_mm=300.0,
    warp_mm=0.3,
)


def even_skin(melanin, blood, oxygen=0.75, size=12.0):
    skin = make_skin(seed=1, size_mm=(size, size), look=PLAIN)
    one = np.ones(skin.shape, dtype=np.float32)
    maps = Chromophores(one * melanin, one * 0, one * blood, one * 0, one * oxygen)
    return replace(skin, chromophores=maps)


def test_colour_of_even_skin_is_the_spectral_model():
    skin = even_skin(0.04, 0.05)
    wanted = camera_rgb(skin_reflectance(np.array(0.04), np.array(0.05), np.array(0.75)))
    seen = shoot_linear(skin, Shot(lamp=Lamp(0, 0, 1, far=True)))
    assert seen.mean(axis=(0, 1)) == pytest.approx(wanted, abs=5e-4)


def test_more_blood_is_redder_and_more_melanin_darker():
    red = [shoot(even_skin(0.04, blood), Shot()).coded.mean((0, 1)) for blood in (0.02, 0.06)]
    assert np.log(red[1][0] / red[1][1]) > np.log(red[0][0] / red[0][1]) + 0.05
    dark = [shoot(even_skin(melanin, 0.03), Shot()).coded.mean((0, 1)) for melanin in (0.02, 0.2)]
    assert np.all(dark[1] < dark[0])


def test_same_bytes_for_same_seed():
    skin = make_skin(seed=2, size_mm=(10.0, 10.0))
    one, same, other = (
        shoot(skin, Shot(sensor=REAL, pose=TURNED, seed=seed)).coded for seed in (3, 3, 4)
    )
    assert one.tobytes() == same.tobytes()
    assert one.tobytes() != other.tobytes()


def test_noise_of_a_whole_shot():
    skin = even_skin(0.02, 0.02)
    sensor = Sensor(electrons=12000.0)
    clean = shoot_linear(skin, Shot()).mean((0, 1))
    noisy = shoot_linear(skin, Shot(sensor=sensor))
    assert noisy.var(axis=(0, 1)) == pytest.approx(clean / 12000 + (4 / 12000) ** 2, rel=0.04)


def dots(skin, places):
    """A field of light with one round dot at each place (mm, down and right of the middle)."""
    row, column = np.mgrid[: skin.shape[0], : skin.shape[1]]
    row = (row - (skin.shape[0] - 1) / 2) * skin.mm_per_px
    column = (column - (skin.shape[1] - 1) / 2) * skin.mm_per_px
    light = np.zeros(skin.shape, dtype=np.float32)
    for down, right in places:
        light += np.exp(-((row - down) ** 2 + (column - right) ** 2) / (2 * 0.2**2))
    return light[..., None].astype(np.float32)


def centres(seen, near):
    """Where dots are, by their centre of mass about the brightest pixel near a guess."""
    found = []
    for row, column in near:
        top, left = round(row) - 25, round(column) - 25
        window = seen[top : top + 51, left : left + 51]
        peak = np.array(np.unravel_index(window.argmax(), window.shape)) + np.array([top, left])
        cut = seen[peak[0] - 16 : peak[0] + 17, peak[1] - 16 : peak[1] + 17].astype(np.float64)
        down, right = np.mgrid[-16:17, -16:17]
        mass = cut.sum()
        found.append(peak + np.array([(cut * down).sum(), (cut * right).sum()]) / mass)
    return np.array(found)


def test_true_field_against_painted_dots():
    look = replace(PLAIN, curvature_mm=60.0)
    skin = make_skin(seed=4, size_mm=(36.0, 36.0), look=look)
    places = [(down, right) for down in (-9, -3, 4, 9) for right in (-9, -2, 5, 10)]
    light = dots(skin, places)
    before = Shot(shape=(460, 480), pose=Pose(yaw_deg=-2.0, warp_mm=0.1, warp_seed=3))
    after = Shot(shape=(450, 500), pose=TURNED)
    row, column, seen = true_field(skin, before, after)
    guess = [(230 + down / 0.06, 240 + right / 0.06) for down, right in places]
    at = centres(picture(skin, before, light)[..., 0], guess)
    ends = centres(picture(skin, after, light)[..., 0], [(r - 5, c + 10) for r, c in guess])
    for (start_row, start_column), end in zip(at, ends, strict=True):
        top, left = int(start_row), int(start_column)
        down, right = start_row - top, start_column - left
        weights = np.outer([1 - down, down], [1 - right, right])
        reported = [
            np.sum(part[top : top + 2, left : left + 2] * weights) for part in (row, column)
        ]
        assert seen[top, left]
        # A dot is a little skewed by perspective and warp, so its mass is off by some 0.02 px.
        assert reported == pytest.approx(end, abs=0.03)


def test_true_field_follows_the_relief_aslant():
    look = replace(PLAIN, scars=(0, 1, 0))
    skin = make_skin(seed=5, size_mm=(12.0, 12.0), look=look)
    scar = skin.scars[0]
    aslant = Shot(pose=Pose(yaw_deg=10.0))
    row, column, _ = true_field(skin, Shot(), aslant)
    at_row, at_column = (round(part) for part in skin.place_px(scar.row_mm, scar.column_mm))
    x = (at_column - (skin.shape[1] - 1) / 2) * 0.06
    turn = np.radians(10.0)
    wanted = (x * np.cos(turn) - skin.scar_mm[at_row, at_column] * np.sin(turn)) / 0.06
    assert column[at_row, at_column] - (skin.shape[1] - 1) / 2 == pytest.approx(wanted, abs=2e-3)
    assert row[at_row, at_column] == pytest.approx(at_row, abs=2e-3)


def test_true_field_of_a_shift_and_what_is_seen():
    skin = make_skin(seed=6, size_mm=(12.0, 12.0), look=PLAIN)
    row, column, seen = true_field(skin, Shot(), Shot(pose=Pose(shift_mm=(0.6, -1.2))))
    wanted = np.mgrid[:200, :200]
    assert np.abs(row - wanted[0] - 10).max() < 1e-3
    assert np.abs(column - wanted[1] + 20).max() < 1e-3
    assert seen[:189, 21:].all()
    assert not seen[191:].any()
    assert not seen[:, :19].any()


def test_binning_gathers_the_light_of_its_samples():
    skin = make_skin(seed=7, size_mm=(12.0, 12.0), mm_per_px=0.03)
    fine = shoot_linear(skin, Shot())
    coarse = shoot_linear(skin, Shot(binning=2))
    blocks = fine.reshape(200, 2, 200, 2, 3).mean(axis=(1, 3))
    assert np.abs(coarse - blocks).max() < 1e-5
    assert scale_of(skin, Shot(binning=2)).mm_per_px == pytest.approx(0.06)


def test_true_map_shows_the_height_at_each_pixel():
    skin = make_skin(seed=8, size_mm=(12.0, 12.0))
    assert np.array_equal(true_map(skin, Shot(), skin.relief_mm), skin.relief_mm)
    moved = true_map(skin, Shot(pose=Pose(shift_mm=(0.6, 0.0))), skin.relief_mm)
    assert np.abs(moved[30:-20] - skin.relief_mm[20:-30]).max() < 1e-3


def test_directional_shots_as_a_value():
    skin = make_skin(seed=9, size_mm=(12.0, 12.0))
    lamps = ring(4)
    reported = tuple(replace(lamp, x=lamp.x + 1) for lamp in lamps)
    value = shots_value(skin, lamps, reported=reported)
    assert value.frames.shape == (4, 200, 200)
    assert value.frames.dtype == np.float32
    assert value.near
    assert value.channel == "blue"
    assert value.picture.shape == (200, 200, 3)
    assert value.lights[0] == pytest.approx([reported[0].x, reported[0].y, reported[0].z])
    frames = list(
        shoot_lamps(skin, lamps, Shot(sensor=Sensor(exposure=0.0, electrons=1.2e4, bits=12)))
    )
    assert np.array_equal(value.frames, np.stack([frame[..., 2] for frame in frames]))
    assert 0.7 < max(float(np.quantile(frame, 0.995)) for frame in frames) < 0.95


def test_lamps_stand_with_the_camera():
    # A level face turned by 20 degrees towards a far lamp is lit as by a lamp 20 degrees higher.
    skin = even_skin(0.04, 0.04)
    lamp = Lamp(np.sin(np.radians(45)), 0.0, np.cos(np.radians(45)), far=True)
    straight = shoot_linear(skin, Shot(lamp=lamp)).mean()
    turned = shoot_linear(skin, Shot(lamp=lamp, pose=Pose(yaw_deg=20.0))).mean()
    assert turned / straight == pytest.approx(
        np.cos(np.radians(25)) / np.cos(np.radians(45)), rel=0.01
    )


def test_ambient_light_and_gloss_add():
    skin = even_skin(0.04, 0.04)
    lamp = Lamp(0.5, 0.0, 0.8, far=True)
    plain = shoot_linear(skin, Shot(lamp=lamp))
    stray = shoot_linear(skin, Shot(lamp=lamp, ambient=0.1))
    wanted = camera_rgb(skin_reflectance(np.array(0.04), np.array(0.04), np.array(0.75))) * 0.1
    assert (stray - plain).mean((0, 1)) == pytest.approx(wanted, rel=0.01)
    shiny = shoot_linear(skin, Shot(lamp=Lamp(0.0, 0.0, 1.0, far=True), gloss=0.2))
    matte = shoot_linear(skin, Shot(lamp=Lamp(0.0, 0.0, 1.0, far=True)))
    assert (shiny - matte).mean((0, 1)) == pytest.approx([0.2, 0.2, 0.2], rel=1e-3)


def test_the_phantom_knows_nothing_of_the_measuring_code():
    folder = Path(mnimage.phantom.__file__).parent
    allowed = ("mnimage.phantom", "mnimage.domain", "mnimage.errors", "mnimage.kernels.color")
    for module in folder.glob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("mnimage"):
                assert str(node.module).startswith(allowed), (module.name, node.module)
