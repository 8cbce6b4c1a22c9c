from dataclasses import replace

import numpy as np
import pytest

from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.face import WHOLE, Zones
from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.kernels.color import encode_srgb
from mnimage.kernels.geometry import block_mean, grid_places
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot, true_field
from mnimage.phantom.skin import SkinAppearance, make_skin
from tests.mnimage.phantom.shown import REAL

SKIN = np.array([0.5, 0.28, 0.2])


@pytest.fixture
def paint():
    """Return a 16-bit photo of linear light (rows, columns, 3), or of ln contrast on skin."""

    def photo(values):
        linear = values if values.ndim == 3 else SKIN * np.exp(values)[..., None]
        coded = np.round(encode_srgb(linear) * 65535).astype(np.uint16)
        return Photo(coded, CaptureFacts("TIFF", 16))

    return photo


@pytest.fixture
def all_skin():
    """Return the zones of a close-up that is all skin."""

    def zones(shape):
        return Zones((WHOLE,), np.ones(shape, np.uint8), np.ones(shape, bool))

    return zones


@pytest.fixture
def still():
    """Return the alignment of two photos taken alike, magnified by `larger`."""

    def alignment(shape, larger=1, step=8):
        row, column = grid_places(shape, step)
        after = (round(shape[0] * larger), round(shape[1] * larger))
        places = [((place + 0.5) * larger - 0.5).astype(np.float32) for place in (row, column)]
        valid = np.ones(row.shape, bool)
        return Alignment(Status.ALIGNED, "", shape, after, step, *places, np.zeros_like(row), valid)

    return alignment


@pytest.fixture
def visit():
    """Return two photos of one phantom, `changed` and re-shot with `sensor`, truly aligned."""

    def pair(seed, tone, changed=lambda skin: skin, **sensor):
        skin = make_skin(
            seed=seed, size_mm=(32, 32), mm_per_px=0.05, look=SkinAppearance(tone=tone)
        )
        first = Shot(sensor=replace(REAL, jpeg=90))
        pose = Pose(yaw_deg=2, roll_deg=1, scale=1.02, shift_mm=(0.5, -0.7))
        second = Shot(sensor=replace(REAL, jpeg=90, **sensor), pose=pose, seed=1)
        later = changed(skin)
        before, after = shoot(skin, first), shoot(later, second)
        row, column, seen = true_field(skin, first, second, later)
        valid = block_mean(seen.astype(np.float32), 8) > 0.99
        places = block_mean(row, 8), block_mean(column, 8)
        error = np.zeros_like(places[0])
        field = Alignment(Status.ALIGNED, "", before.shape, after.shape, 8, *places, error, valid)
        return skin, before, after, field

    return pair
