from __future__ import annotations

import numpy as np
import pytest

from mnimage.errors import PhotoUnreadable
from mnimage.formats.decoded import as_samples, check_size, damaged
from mnimage.words.message import message


@pytest.mark.parametrize("size", [(64, 64), (10000, 12000)])
def test_sizes_in_range_pass(size):
    check_size(*size)


@pytest.mark.parametrize(
    ("size", "words"),
    [
        ((0, 100), "no picture size"),
        ((1, 1), "only 1 x 1 pixels"),
        ((63, 5000), "only 5000 x 63 pixels"),
        ((10001, 12000), "120 can be read"),
        ((14142, 14142), "200 megapixels"),
    ],
)
def test_sizes_out_of_range_are_refused_with_advice(size, words):
    with pytest.raises(PhotoUnreadable, match=words) as caught:
        check_size(*size)
    assert caught.value.hint


def test_other_sample_types_are_refused():
    assert as_samples(np.zeros((2, 2), np.uint16)).dtype == np.uint16
    with pytest.raises(PhotoUnreadable, match="float32"):
        as_samples(np.zeros((2, 2), np.float32))


def test_damage_has_a_hint():
    assert "backup" in damaged(message("formats.end_missing")).hint
