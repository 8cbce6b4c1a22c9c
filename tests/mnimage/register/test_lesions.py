"""The size of marks and scars after alignment, against the field they were rendered with."""

import numpy as np
import pytest

from benchmarks.lesions import measured_lesions


@pytest.mark.parametrize("seed", [1, 4])
def test_lesions_keep_their_size_and_show_that_they_shrank(seed):
    lesions = measured_lesions(seed, side_mm=70.0)
    assert len(lesions) > 15
    shrunk = np.array([1 - one.shrunk for one in lesions])
    assert shrunk.min() > 0.275
    assert shrunk.max() < 0.32
    off = np.abs([one.kept - 1 for one in lesions])
    assert np.median(off) < 0.008
    assert (off < 0.01).mean() > 0.85
    assert not any(one.folds for one in lesions)
