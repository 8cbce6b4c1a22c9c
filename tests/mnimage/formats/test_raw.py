from __future__ import annotations

import io

import numpy as np
import pytest
import tifffile

from mnimage.errors import PhotoUnreadable
from mnimage.formats.raw import read_raw

BLACK, WHITE = 512, 16383


def _dng(light, orientation=1, neutral=(1, 1, 1)):
    """A Bayer DNG (RGGB) of a colour-neutral camera; `light` is linear RGB, 0..1."""
    rows, columns = light.shape[:2]
    mosaic = np.empty((rows, columns))
    for row, column, channel in ((0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 2)):
        mosaic[row::2, column::2] = light[row::2, column::2, channel]
    sensor = np.rint(BLACK + mosaic * (WHITE - BLACK)).astype(np.uint16)
    # XYZ (D65) to linear sRGB: the camera sees in sRGB's own primaries.
    matrix = (32404, -15371, -4985, -9693, 18760, 416, 556, -2040, 10572)
    tags = [
        (274, "H", 1, orientation, True),
        (271, "s", 0, "Stand-in", True),
        (272, "s", 0, "Camera 1", True),
        (33421, "H", 2, (2, 2), True),
        (33422, "B", 4, bytes([0, 1, 1, 2]), True),
        (50706, "B", 4, bytes([1, 4, 0, 0]), True),
        (50708, "s", 0, "Stand-in Camera 1", True),
        (50714, "H", 1, BLACK, True),
        (50717, "H", 1, WHITE, True),
        (50721, "2i", 9, tuple(n for m in matrix for n in (m, 10000)), True),
        (50728, "2I", 3, tuple(n for m in neutral for n in (int(m * 10000), 10000)), True),
        (50778, "H", 1, 21, True),
        (33434, "2I", 1, (1, 125), True),
        (33437, "2I", 1, (56, 10), True),
        (36867, "s", 20, "2026:03:14 09:26:53", True),
    ]
    made = io.BytesIO()
    tifffile.imwrite(made, sensor, photometric=32803, metadata=None, extratags=tags)
    return made.getvalue()


def _srgb(linear):
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


@pytest.mark.parametrize("level", [0.01, 0.18, 0.5, 0.9])
def test_a_grey_card_comes_out_coded_as_srgb(level):
    decoded = read_raw(_dng(np.full((80, 120, 3), level)))
    assert decoded.samples.dtype == np.uint16
    assert decoded.samples.shape[2] == 3
    middle = decoded.samples[20:-20, 20:-20].astype(float) / 65535
    assert np.abs(middle - _srgb(level)).max() < 0.004


def test_brightness_does_not_depend_on_the_rest_of_the_picture():
    plain = np.full((80, 120, 3), 0.2)
    mixed = plain.copy()
    mixed[:, 80:] = 0.95
    one, other = (read_raw(_dng(light)).samples[20:60, 20:60] for light in (plain, mixed))
    np.testing.assert_array_equal(one, other)


def test_the_same_file_gives_the_same_pixels_twice():
    content = _dng(np.random.default_rng(1).random((80, 120, 3)))
    np.testing.assert_array_equal(read_raw(content).samples, read_raw(content).samples)


def test_the_cameras_white_balance_can_be_left_out():
    light = np.full((80, 120, 3), 0.2)
    content = _dng(light, neutral=(0.5, 1, 1))
    balanced = read_raw(content).samples[40, 60].astype(int)
    fixed = read_raw(content, camera_white=False).samples[40, 60].astype(int)
    plain = read_raw(_dng(light), camera_white=False).samples[40, 60].astype(int)
    assert balanced[0] > balanced[1] + 5000
    np.testing.assert_array_equal(fixed, plain)


@pytest.mark.parametrize(
    ("orientation", "corner"), [(1, (0, 0)), (3, (1, 1)), (6, (0, 1)), (8, (1, 0))]
)
def test_it_comes_upright(orientation, corner):
    light = np.full((80, 120, 3), 0.1)
    light[:30, :30] = 0.8
    decoded = read_raw(_dng(light, orientation))
    assert (decoded.upright, decoded.exif.orientation) == (True, orientation)
    rows, columns = decoded.samples.shape[:2]
    assert (rows < columns) == (orientation in (1, 3))
    place = (corner[0] * (rows - 31) + 15, corner[1] * (columns - 31) + 15)
    assert decoded.samples[place].min() > 50000
    assert (decoded.samples.max(axis=2) > 50000).mean() < 0.12


def test_facts_come_from_the_file():
    decoded = read_raw(_dng(np.full((80, 120, 3), 0.2)))
    assert decoded.bits == 14
    assert decoded.exif.camera == "Stand-in Camera 1"
    assert decoded.exif.exposure_s == pytest.approx(0.008)
    assert decoded.exif.f_number == pytest.approx(5.6)
    assert decoded.exif.taken_at is not None
    assert decoded.exif.taken_at.isoformat() == "2026-03-14T09:26:53"


def test_a_real_file(shared):
    (path,) = (shared / "raw").glob("*.KDC")
    decoded = read_raw(path.read_bytes())
    assert (decoded.samples.shape, decoded.samples.dtype) == ((512, 768, 3), np.uint16)
    assert decoded.exif.exposure_s == pytest.approx(0.00435, abs=1e-5)
    assert decoded.exif.taken_at is not None
    assert decoded.exif.taken_at.year == 1997


@pytest.mark.parametrize("kept", [0.05, 0.5, 0.95])
def test_a_truncated_file_is_refused_without_printing(shared, kept, capfd):
    (path,) = (shared / "raw").glob("*.KDC")
    content = path.read_bytes()
    for whole in (content, _dng(np.full((80, 120, 3), 0.2))):
        with pytest.raises(PhotoUnreadable) as caught:
            read_raw(whole[: int(len(whole) * kept)])
        assert caught.value.hint
    assert capfd.readouterr().err == ""


def test_a_file_unknown_to_libraw_is_not_a_photo():
    with pytest.raises(PhotoUnreadable, match="neither a photo"):
        read_raw(bytes(range(256)) * 100)


def test_the_size_is_checked_before_anything_is_decoded():
    with pytest.raises(PhotoUnreadable, match="only"):
        read_raw(_dng(np.full((40, 120, 3), 0.2)))
