from __future__ import annotations

import struct

import numpy as np
import pytest
from PIL import Image, ImageCms

from mnimage.formats.profiles import cmyk_to_srgb, to_srgb
from mnimage.words.message import NOTHING

# Linear RGB to XYZ of D50 (Bradford), from Bruce Lindbloom's tables.
SRGB = ((0.4360747, 0.3850649, 0.1430804), (0.2225045, 0.7168786, 0.0606169))
SRGB += ((0.0139322, 0.0971045, 0.7141733),)
ADOBE = ((0.6097559, 0.2052401, 0.1492240), (0.3111242, 0.6256560, 0.0632197))
ADOBE += ((0.0194811, 0.0608902, 0.7448387),)
P3 = ((0.5150980, 0.2919770, 0.1571870), (0.2411910, 0.6922440, 0.0665710))
P3 += ((-0.0010500, 0.0418780, 0.7843780),)
SRGB_CURVE = (2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)


def _fixed(*numbers):
    return struct.pack(f">{len(numbers)}i", *(round(number * 65536) for number in numbers))


def _gamma(power):
    return b"curv\0\0\0\0" + struct.pack(">IH", 1, round(power * 256))


def _para(numbers):
    return b"para\0\0\0\0" + struct.pack(">HH", 3, 0) + _fixed(*numbers)


def _profile(space, tags):
    """An ICC profile of version 4 put together by hand."""
    tags = {"wtpt": b"XYZ \0\0\0\0" + _fixed(0.9642, 1.0, 0.8249), **tags}
    text = "Hand made".encode("utf-16-be")
    words = (
        b"mluc\0\0\0\0" + struct.pack(">II", 1, 12) + b"enUS" + struct.pack(">II", len(text), 28)
    )
    tags |= {"desc": words + text, "cprt": words + text}
    table, body = struct.pack(">I", len(tags)), b""
    start = 132 + 12 * len(tags)
    for name, bare in tags.items():
        value = bare + bytes(-len(bare) % 4)
        table += struct.pack(">4sII", name.encode(), start + len(body), len(value))
        body += value
    head = struct.pack(
        ">I4sI4s4s4s", start + len(body), b"lcms", 0x04300000, b"mntr", space, b"XYZ "
    )
    head += bytes(12) + b"acsp" + bytes(28) + _fixed(0.9642, 1.0, 0.8249)
    return head.ljust(128, b"\0") + table + body


def _rgb(matrix, curve):
    tags = {
        f"{c}XYZ": b"XYZ \0\0\0\0" + _fixed(*(row[i] for row in matrix))
        for i, c in enumerate("rgb")
    }
    return _profile(b"RGB ", tags | {f"{c}TRC": curve for c in "rgb"})


def _expected(scene, matrix, decode):
    """The textbook route in double precision."""
    top = np.iinfo(scene.dtype).max
    light = decode(scene / top) @ (np.linalg.inv(np.array(SRGB)) @ np.array(matrix)).T
    light = np.clip(light, 0, 1)
    coded = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    return coded * top


def _srgb_light(coded):
    return np.where(coded <= 0.04045, coded / 12.92, ((coded + 0.055) / 1.055) ** 2.4)


CASES = {
    "adobe": (ADOBE, _gamma(2.19921875), lambda v: v**2.19921875),
    "p3": (P3, _para(SRGB_CURVE), _srgb_light),
    "linear": (SRGB, b"curv\0\0\0\0" + struct.pack(">I", 0), lambda v: v),
    "table": (
        P3,
        b"curv\0\0\0\0"
        + struct.pack(">I", 1024)
        + np.rint(np.linspace(0, 1, 1024) ** 1.8 * 65535).astype(">u2").tobytes(),
        lambda v: v**1.8,
    ),
}


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("depth", [8, 16])
def test_colours_follow_the_textbook_in_both_depths(scene8, scene16, name, depth):
    matrix, curve, decode = CASES[name]
    scene = scene8 if depth == 8 else scene16
    converted, note = to_srgb(scene, _rgb(matrix, curve))
    assert converted.dtype == scene.dtype
    gap = np.abs(converted - _expected(scene, matrix, decode))
    assert gap.max() <= (2.5 if depth == 8 else 40)
    assert np.abs(converted.astype(int) - scene).max() > (5 if depth == 8 else 1000)
    assert "Hand made" in str(note)


def test_srgb_is_recognised_and_left_alone(scene8, scene16):
    own = _rgb(SRGB, _para(SRGB_CURVE))
    pillows = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    for profile in (own, pillows):
        for scene in (scene8, scene16):
            same, note = to_srgb(scene, profile)
            assert same is scene
            assert note == NOTHING


def test_an_approximate_srgb_with_one_gamma_is_not_taken_for_srgb(scene8):
    _, note = to_srgb(scene8, _rgb(SRGB, _gamma(2.2)))
    assert note


@pytest.mark.parametrize("depth", [8, 16])
def test_grey_follows_its_own_curve(scene8, scene16, depth):
    grey = np.ascontiguousarray((scene8 if depth == 8 else scene16)[..., 0])
    top = np.iinfo(grey.dtype).max
    converted, note = to_srgb(grey, _profile(b"GRAY", {"kTRC": _gamma(1.8)}))
    light = (grey / top) ** 1.80078125
    expected = np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055)
    assert np.abs(converted - expected * top).max() <= 1
    assert note
    same, note = to_srgb(grey, _profile(b"GRAY", {"kTRC": _para(SRGB_CURVE)}))
    assert same is grey
    assert note == NOTHING


@pytest.mark.parametrize(
    "profile",
    [
        b"junk",
        b"",
        bytes(200),
        _rgb(P3, _gamma(1.8))[:140],
        _profile(b"GRAY", {}),
        _profile(b"CMYK", {}),
    ],
)
def test_a_profile_that_cannot_be_used_leaves_the_colours_with_a_note(scene8, scene16, profile):
    for scene in (scene8, scene16, np.ascontiguousarray(scene8[..., 0])):
        same, note = to_srgb(scene, profile)
        np.testing.assert_array_equal(same, scene)
        assert note.code == "formats.icc_unusable"


def test_a_corrupt_profile_never_makes_it_fail(scene8, scene16):
    whole = _rgb(P3, _para(SRGB_CURVE))
    chance = np.random.default_rng(2)
    for _ in range(60):
        spoilt = bytearray(whole)
        for at in chance.integers(0, len(whole), 4):
            spoilt[at] = chance.integers(0, 256)
        for scene in (scene8, scene16):
            converted, _ = to_srgb(scene, bytes(spoilt))
            assert converted.shape == scene.shape


def test_cmyk_without_a_profile_is_converted_roughly(scene8):
    for profile in (b"", _profile(b"CMYK", {})):
        converted, note = cmyk_to_srgb(Image.fromarray(scene8).convert("CMYK"), profile)
        np.testing.assert_array_equal(converted, scene8)
        assert note.code == "formats.cmyk_rough"
