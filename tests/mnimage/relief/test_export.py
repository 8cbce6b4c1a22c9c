"""The height file, read back by tifffile."""

from io import BytesIO

import numpy as np
import tifffile

from mnimage.domain.photo import Scale
from mnimage.domain.relief import Relief
from mnimage.relief.export import height_tiff


def test_height_comes_back_with_its_resolution():
    height = np.random.default_rng(1).normal(0, 0.1, (30, 40)).astype(np.float32)
    flat = np.zeros((30, 40, 3), np.float32)
    relief = Relief(height, flat, flat[..., 0], np.ones((30, 40), bool), Scale(0.05, "rig", 0.001))
    with tifffile.TiffFile(BytesIO(height_tiff(relief))) as file:
        page = file.pages[0]
        assert np.array_equal(page.asarray(), height)
        pixels, length = page.tags["XResolution"].value
        assert pixels / length == 200.0
        assert page.tags["ResolutionUnit"].value == 3
