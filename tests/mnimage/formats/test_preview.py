from __future__ import annotations

import io

import cv2
import numpy as np
import pytest
from PIL import Image

from mnimage.errors import PhotoUnreadable
from mnimage.formats import preview
from mnimage.formats.preview import PREVIEW_PX, read_preview

ROTATED = 6
"""EXIF: the top of the scene is at the right of the stored picture."""


@pytest.fixture
def scene():
    """Return a smooth picture, brighter to the right, redder to the bottom."""
    down, along = np.mgrid[0:1600, 0:2400]
    planes = (40 + down / 10, 40 + along / 15, np.full(down.shape, 90.0))
    return np.stack(planes, axis=-1).astype(np.uint8)


def packed(scene, kind, **options):
    made = io.BytesIO()
    Image.fromarray(scene).save(made, kind, **options)
    return made.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG"])
def test_the_preview_is_the_photo_reduced(scene, kind):
    found = read_preview(packed(scene, kind), "a")
    assert PREVIEW_PX <= max(found.shape) <= 2 * PREVIEW_PX
    size = found.shape[1], found.shape[0]
    expected = cv2.resize(scene, size, interpolation=cv2.INTER_AREA)
    assert np.abs(found.astype(int) - expected).max() <= 6


def test_a_jpeg_is_not_decoded_whole(scene, monkeypatch):
    def refuse(*_):
        raise AssertionError("decoded whole")

    monkeypatch.setattr(preview, "decode_photo", refuse)
    assert max(read_preview(packed(scene, "JPEG"), "a").shape) == 1200


def test_the_preview_is_upright(scene):
    exif = Image.Exif()
    exif[0x0112] = ROTATED
    found = read_preview(packed(scene, "JPEG", exif=exif), "a")
    assert found.shape[0] > found.shape[1]
    # Turned clockwise: what is brighter to the right is brighter to the bottom.
    assert found[-1, :, 1].mean() > found[0, :, 1].mean() + 100


def test_a_small_photo_keeps_its_size(scene):
    assert read_preview(packed(scene[:400, :600], "JPEG"), "a").shape == (400, 600, 3)


def test_sixteen_bits_become_eight(scene):
    deep = cv2.imencode(".png", scene[..., ::-1].astype(np.uint16) * 257)[1].tobytes()
    found = read_preview(deep, "a")
    assert found.dtype == np.uint8
    assert 30 < found.mean() < 200


def test_what_is_no_photo_is_refused():
    with pytest.raises(PhotoUnreadable):
        read_preview(b"no photo at all" * 20, "a")
