"""The estimated quality of compressed files against the setting of the encoder."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from PIL import Image

from mnimage import pipeline
from mnimage.formats.files import read_photo
from mnimage.phantom.render import Shot, shoot
from mnimage.phantom.skin import make_skin


@pytest.fixture(scope="module")
def skin():
    return shoot(make_skin(seed=3, size_mm=(20.0, 20.0), mm_per_px=0.1), Shot(seed=3)).coded


@pytest.mark.parametrize("quality", [30, 60, 75, 85, 95])
@pytest.mark.parametrize("encoder", ["pillow", "opencv"])
def test_the_encoders_setting_is_read_from_the_file(skin, tmp_path, quality, encoder):
    path = tmp_path / "skin.jpg"
    if encoder == "pillow":
        Image.fromarray(skin).save(path, quality=quality)
    else:
        cv2.imwrite(str(path), skin[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    photo = read_photo(path)
    assert photo.facts.jpeg_quality == pytest.approx(quality, abs=1.5)
    checks = {one.check: one for one in pipeline.analyze_photo(photo, name="").quality.findings}
    assert checks["compression"].ok is (quality >= 75)
    assert bool(checks["compression"].advice) is (quality < 75)


def test_a_lossless_file_is_not_checked(skin, tmp_path):
    path = tmp_path / "skin.png"
    Image.fromarray(np.asarray(skin)).save(path)
    photo = read_photo(path)
    assert photo.facts.jpeg_quality is None
    checks = {one.check for one in pipeline.analyze_photo(photo, name="").quality.findings}
    assert "compression" not in checks
