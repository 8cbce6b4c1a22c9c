"""Taking back the spread of light inside the skin."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from mnimage.domain.recipe import ReliefRecipe
from mnimage.relief.scatter import Blur, scatter_of, sharpen_slopes

SHARE, REACH = 0.3, 5.0


def _walls(steepness):
    y, x = np.mgrid[-60:60.0, -70:70.0]
    rho = np.hypot(x, y)
    fall = steepness * np.exp(-(((rho - 25) / 5) ** 2))
    return (fall * x / np.maximum(rho, 1)), (fall * y / np.maximum(rho, 1))


def _through_skin(x, y):
    """Return the slopes of blurred light, by SciPy in double precision."""
    upright = 1 / np.sqrt(1 + x**2 + y**2)

    def spread(light):
        return (1 - SHARE) * light + SHARE * gaussian_filter(light, REACH, mode="mirror")

    return spread(x * upright) / spread(upright), spread(y * upright) / spread(upright)


@pytest.mark.parametrize("steepness", [0.05, 0.6, 1.5])
def test_slopes_come_back(steepness):
    true = _walls(steepness)
    seen = tuple(part.astype(np.float32) for part in _through_skin(*true))
    back = sharpen_slopes(seen, Blur(SHARE, REACH), 4)
    before = np.abs(seen[0] - true[0]).max()
    assert before > 0.1 * steepness
    assert np.abs(back[0] - true[0]).max() < 0.04 * before
    assert np.abs(back[1] - true[1]).max() < 0.04 * before


def test_unknown_channel_spreads_nothing():
    assert scatter_of(ReliefRecipe(), "blue") == (0.3, 0.25)
    assert scatter_of(ReliefRecipe(), "infrared") == (0.0, 0.0)
