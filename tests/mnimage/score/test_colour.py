import numpy as np
import pytest

from mnimage.score.colour import hemoglobin_index, median_light

LINEAR = np.random.default_rng(1).uniform(0.1, 0.6, (40, 50, 3)).astype(np.float32)
EVERYWHERE = np.ones((40, 50), dtype=bool)


@pytest.mark.parametrize("gains", [(1.5, 1.5, 1.5), (1.08, 1.0, 0.92), (0.5, 0.9, 1.4)])
def test_redness_above_reference_is_immune_to_gains_per_channel(gains):
    def redness(linear):
        return hemoglobin_index(linear, median_light(linear, EVERYWHERE), 0.3)

    other = LINEAR * np.array(gains, dtype=np.float32)
    assert np.allclose(redness(LINEAR), redness(other), atol=1e-3)


def test_more_absorbed_green_is_redder():
    light = median_light(LINEAR, EVERYWHERE)
    redder = LINEAR * np.array([1.0, 0.9, 1.0], dtype=np.float32)
    assert (hemoglobin_index(redder, light, 0.3) > hemoglobin_index(LINEAR, light, 0.3)).all()
