from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.face import Zones
from mnimage.domain.photo import ImageScale
from mnimage.report.registration import (
    RANGES,
    LeftOut,
    error_map,
    error_sentence,
    key_words,
    left_out_sentence,
    length_words,
    node_words,
    share_words,
    tile,
)

SCALE = ImageScale(0.15, "face", 0.06)
SHAPE, STEP = (80, 80), 8
SKIN = Zones(("whole",), np.ones(SHAPE, np.uint8), np.zeros(SHAPE, bool))


@pytest.fixture
def alignment() -> Alignment:
    """Ten by ten nodes: a row out of the picture, one moved, two above the limit, one unlike."""
    row, column = np.meshgrid(np.arange(10) * 8 + 3.5, np.arange(10) * 8 + 3.5, indexing="ij")
    error, valid = np.full((10, 10), 0.2, np.float32), np.ones((10, 10), bool)
    moved = np.zeros((10, 10), bool)
    row[0], error[0], valid[0] = -20.0, 9.0, False
    moved[1], error[1], valid[1] = True, 9.0, False
    error[2:4], valid[2:4] = 1.5, False
    valid[4] = False
    places = row.astype(np.float32), column.astype(np.float32)
    return Alignment(
        Status.ALIGNED, "", SHAPE, SHAPE, STEP, *places, error, valid, moved=moved, limit_px=1.0
    )


def test_every_left_out_node_has_one_reason_and_the_shares_add_up(alignment):
    errors = error_map(alignment, SKIN, SCALE)
    assert errors.shares == {
        LeftOut.NOT_FOUND: pytest.approx(0.2),
        LeftOut.ABOVE_LIMIT: pytest.approx(0.2),
        LeftOut.MOVED: pytest.approx(0.1),
    }
    assert errors.scored == pytest.approx(0.5)
    total = sum(mask.astype(int) for mask in errors.left_out.values())
    np.testing.assert_array_equal(total, ~alignment.valid)
    np.testing.assert_array_equal(np.isnan(errors.layer.values), ~alignment.valid)


def test_where_no_skin_is_nothing_is_left_out(alignment):
    labels = np.zeros(SHAPE, np.uint8)
    labels[:, :40] = 1
    errors = error_map(alignment, Zones(("whole",), labels, np.zeros(SHAPE, bool)), SCALE)
    assert not any(mask[:, 5:].any() for mask in errors.left_out.values())
    assert np.isnan(errors.layer.values[:, 5:]).all()
    assert errors.shares[LeftOut.MOVED] == pytest.approx(0.1)


def test_reference_skin_counts_as_skin(alignment):
    nothing = np.zeros(SHAPE, np.uint8)
    errors = error_map(alignment, Zones(("whole",), nothing, np.ones(SHAPE, bool)), SCALE)
    assert errors.scored == pytest.approx(0.5)


def test_millimetres_where_the_scale_is_known_else_pixels(alignment):
    errors = error_map(alignment, SKIN, SCALE)
    assert errors.layer.unit == "mm"
    assert errors.layer.values[9, 9] == pytest.approx(0.2 * 0.15)
    assert errors.limit == pytest.approx(0.15)
    bare = error_map(alignment, SKIN, None)
    assert (bare.layer.unit, bare.limit) == ("px", 1.0)
    assert bare.layer.values[9, 9] == pytest.approx(0.2)


def test_range_is_the_same_in_every_pair(alignment):
    worse = replace(alignment, error_px=alignment.error_px * 3)
    assert error_map(alignment, SKIN, SCALE).range == error_map(worse, SKIN, SCALE).range
    assert error_map(worse, SKIN, None).range == (0.0, RANGES["px"])


def test_refused_pair_has_no_error_map():
    nothing = np.zeros((0, 0), np.float32)
    grids = nothing, nothing, nothing, nothing.astype(bool)
    refused = Alignment(Status.NOT_COMPARABLE, "two people", SHAPE, SHAPE, 1, *grids)
    with pytest.raises(ValueError, match="refused"):
        error_map(refused, SKIN, SCALE)


@pytest.mark.parametrize(
    ("error_px", "scale", "words"),
    [
        (0.2, SCALE, "0.030 mm (0.20 px)"),
        (2.04, SCALE, "0.31 mm (2.0 px)"),
        (0.2, None, "0.20 px"),
        (0.0, SCALE, "0.00 mm (0.0 px)"),
        (12.3, None, "12.3 px"),
        (float("nan"), None, "\N{EN DASH} px"),
    ],
)
def test_lengths_have_two_figures_and_a_unit(error_px, scale, words):
    assert length_words(error_px, scale) == words


def test_a_little_is_never_called_nothing():
    assert share_words(0.001).startswith("under 1")
    assert share_words(0.0).startswith("0")
    assert share_words(0.294).startswith("29")


def test_value_under_the_pointer(alignment):
    errors = error_map(alignment, SKIN, SCALE)
    notes = {row: node_words(alignment, errors, (row * 8 + 3, 70.0), SCALE) for row in range(10)}
    assert notes[9] == "0.030 mm (0.20 px)"
    assert notes[0] == notes[4] == "left out: not found in both photos"
    assert notes[1] == "left out: moved by expression"
    assert notes[2] == "left out: 0.22 mm (1.5 px), above the limit"
    for outside in ((-3.0, 5.0), (5.0, 80.2), (900.0, 5.0)):
        assert node_words(alignment, errors, outside, SCALE) == ""


def test_no_value_where_there_is_no_skin(alignment):
    labels = np.zeros(SHAPE, np.uint8)
    errors = error_map(alignment, Zones((), labels, np.zeros(SHAPE, bool)), SCALE)
    assert node_words(alignment, errors, (70.0, 70.0), SCALE) == ""
    assert errors.scored == 1.0


def test_sentences_state_error_limit_and_reasons(alignment):
    assert error_sentence(alignment, SCALE) == (
        "Registration error: median 0.030 mm (0.20 px), 95 % of the skin below 0.030 mm (0.20 px), "
        "limit 0.15 mm (1.0 px)."
    )
    notes = left_out_sentence(error_map(alignment, SKIN, SCALE))
    assert notes == (
        "Scored: 50 % of the skin. Left out: 20 % not found in both photos, "
        "20 % error above the limit, 10 % moved by expression."
    )


def test_nothing_left_out_is_said(alignment):
    every = np.ones((10, 10), bool)
    whole = replace(alignment, valid=every, moved=~every)
    assert left_out_sentence(error_map(whole, SKIN, SCALE)).endswith("nothing left out.")


def test_key_names_the_limit_and_every_reason(alignment):
    words = dict(key_words(error_map(alignment, SKIN, SCALE)))
    assert set(words) == set(LeftOut)
    assert (
        words[LeftOut.ABOVE_LIMIT] == "Error above 0.15\N{NO-BREAK SPACE}mm: 20\N{NO-BREAK SPACE}%"
    )


def test_patterns_are_distinguished_without_colour():
    tiles = [tile(reason) for reason in LeftOut]
    for pattern in tiles:
        assert np.ptp(pattern[..., :3].astype(int), axis=-1).max() == 0  # neutral beside skin
        assert np.ptp(pattern[..., 0].astype(int)) > 120
    dark = [pattern[..., 0] < 100 for pattern in tiles]
    for i, j in ((0, 1), (0, 2), (1, 2)):
        assert (dark[i] != dark[j]).mean() > 0.2


def test_zone_that_is_not_scored_is_left_out_as_a_whole(alignment):
    """Half of a zone's skin may lie still: it is not scored either, and must not look as if."""
    labels = np.ones(SHAPE, np.uint8)
    labels[64:] = 2
    zones = Zones(("forehead", "chin"), labels, np.zeros(SHAPE, bool))
    errors = error_map(replace(alignment, moved_zones=("chin",)), zones, SCALE)
    assert errors.left_out[LeftOut.MOVED][8:].all()
    assert errors.shares[LeftOut.MOVED] == pytest.approx(0.3)
    assert errors.scored == pytest.approx(0.3)
    assert np.isnan(errors.layer.values[8:]).all()
    assert node_words(alignment, errors, (70.0, 70.0), SCALE) == "left out: moved by expression"
