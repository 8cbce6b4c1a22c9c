"""Work band by band of rows."""

import threading

import numpy as np
import pytest

from mnimage.kernels.bands import bands_of, in_bands, only_to_stop, widened


@pytest.mark.parametrize("shape", [(1, 1), (7, 3), (100, 33), (5, 900)])
def test_bands_cover_every_row_once(shape):
    seen = np.zeros(shape[0], dtype=int)
    for span in bands_of(shape, pixels=120):
        seen[span] += 1
        assert span.stop - span.start <= max(120 // shape[1], 1)
    assert (seen == 1).all()


def test_bands_are_high_where_the_reach_is_large():
    heights = [span.stop - span.start for span in bands_of((1000, 100), pixels=500, reach=20)]
    assert min(heights[:-1]) >= 3 * 2 * 20


@pytest.mark.parametrize("span", [slice(0, 4), slice(4, 9), slice(9, 10)])
def test_widened_bands_contain_their_own_rows(span):
    rows = np.arange(10)
    wide, own = widened(span, 3, 10)
    assert (rows[wide][own] == rows[span]).all()
    assert rows[wide][0] == max(span.start - 3, 0)
    assert rows[wide][-1] == min(span.stop + 3, 10) - 1


def test_results_come_in_order_and_progress_is_reported():
    reported = []
    bands = bands_of((20, 1), pixels=3)
    answers = in_bands(lambda span: span.start, bands, lambda done, total: reported.append(done))
    assert answers == [span.start for span in bands]
    assert reported == list(range(1, len(bands) + 1))


def test_a_stop_skips_most_bands():
    begun, unlock_page = [], threading.Event()

    def work(span):
        begun.append(span)
        unlock_page.wait(0.01)

    def tick(done, _total):
        if done == 2:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        in_bands(work, bands_of((200, 1), pixels=1), tick)
    assert len(begun) < 20


def test_only_to_stop_reports_no_progress():
    reported = []
    only_to_stop(lambda *numbers: reported.append(numbers))(3, 7)
    assert reported == [(1, 1)]
