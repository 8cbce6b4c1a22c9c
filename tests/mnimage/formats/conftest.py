"""A painted scene whose right way up is plain, and what each orientation makes of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

ROWS, COLUMNS = 96, 128
SHARED = Path(__file__).parents[3] / ".." / "shared" / "data"

# EXIF 2.32, tag 0x0112: where the stored picture's row 0 and column 0 lie in the scene.
_STORED = {
    1: lambda i, j: (i, j),
    2: lambda i, j: (i, COLUMNS - 1 - j),
    3: lambda i, j: (ROWS - 1 - i, COLUMNS - 1 - j),
    4: lambda i, j: (ROWS - 1 - i, j),
    5: lambda i, j: (j, i),
    6: lambda i, j: (j, COLUMNS - 1 - i),
    7: lambda i, j: (ROWS - 1 - j, COLUMNS - 1 - i),
    8: lambda i, j: (ROWS - 1 - j, i),
}


def _make_scene(dtype=np.uint8):
    """A smooth picture without any symmetry; smooth, so that JPEG keeps it well."""
    row, column = np.mgrid[0:ROWS, 0:COLUMNS].astype(np.float64)
    red = 30 + 190 * row / ROWS
    green = 30 + 190 * column / COLUMNS
    blue = 200 - 120 * (row / ROWS) * (column / COLUMNS)
    scene = np.stack([red, green, blue], axis=-1)
    if dtype == np.uint8:
        return np.rint(scene).astype(np.uint8)
    return np.rint(scene * 257 + 13 * np.sin(row + 2 * column)[..., None] + 20).astype(np.uint16)


def _stored_as(scene, orientation):
    """The array a camera held in this orientation would have written."""
    shape = (ROWS, COLUMNS) if orientation < 5 else (COLUMNS, ROWS)
    i, j = np.indices(shape)
    return np.ascontiguousarray(scene[_STORED[orientation](i, j)])


def _exif_of(orientation=1):
    """An EXIF block to be written by Pillow."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F], exif[0x0110] = "Maker", "Model 1"
    return exif


@pytest.fixture
def shared():
    """The folder of real example files."""
    if not SHARED.is_dir():
        pytest.skip("../shared/data is not here")
    return SHARED


@pytest.fixture
def scene8():
    return _make_scene()


@pytest.fixture
def scene16():
    return _make_scene(np.uint16)


@pytest.fixture
def stored_as():
    return _stored_as


@pytest.fixture
def exif_of():
    return _exif_of
