from __future__ import annotations

import numpy as np

from mnimage.domain.scorecard import Layer
from ui.widgets.maps import ERROR, PairMaps


def colour(overlay, row, column):
    return overlay.image.pixelColor(column, row).getRgb()


def with_layer(pair, name, before, after):
    layers = {name: (Layer(name, "u", before, 4), Layer(name, "u", after, 4))}
    return type(pair)(pair.before, pair.after, pair.comparison, pair.aligned, pair.seen, layers)


def grids(first, second):
    before, after = (np.full((60, 50), np.nan, dtype=np.float32) for _ in range(2))
    before[:30], after[:30] = first, second
    before[30:40], after[30:40] = 0.0, 10.0  # spans the range, the same way in both
    return before, after


def test_equal_values_have_one_colour_before_and_after(qapp, make_pair):
    maps = PairMaps(with_layer(make_pair(), "redness", *grids(5.0, 5.0))).get("redness")
    assert colour(maps.before, 3, 3) == colour(maps.after, 3, 3)
    assert maps.before.plane.width() == 200


def test_clear_where_nothing_was_measured(qapp, make_pair):
    maps = PairMaps(with_layer(make_pair(), "redness", *grids(5.0, 5.0))).get("redness")
    assert colour(maps.before, 55, 3)[3] == 0


def test_less_redness_is_blue_and_more_is_orange(qapp, make_pair):
    before = np.full((60, 50), 5.0, dtype=np.float32)
    after = before.copy()
    after[:20], after[40:] = 1.0, 9.0
    change = PairMaps(with_layer(make_pair(), "redness", before, after)).get("redness").change
    better, worse, still = colour(change, 5, 5), colour(change, 55, 5), colour(change, 30, 5)
    assert better[2] > better[0]
    assert worse[0] > worse[2]
    assert max(still[:3]) - min(still[:3]) < 6


def test_more_evenness_is_blue(qapp, make_pair):
    before = np.full((60, 50), 5.0, dtype=np.float32)
    after = before + 1
    maps = PairMaps(with_layer(make_pair(), "evenness", before, after)).get("evenness")
    better = colour(maps.change, 5, 5)
    assert better[2] > better[0]


def test_error_is_one_map_for_both_without_change(qapp, make_pair):
    maps = PairMaps(make_pair()).get(ERROR)
    assert maps.before is maps.after
    assert maps.change is None
    assert (maps.legend.unit, maps.legend.limit) == ("mm", 0.1)


def test_made_once(qapp, make_pair):
    maps = PairMaps(make_pair())
    assert maps.get("redness") is maps.get("redness")


def test_refused_pair_has_no_maps(qapp, make_pair):
    assert PairMaps(make_pair(refused=True)).names == ()
