from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mnimage.domain.face import Zones
from mnimage.domain.photo import ImageScale
from mnimage.domain.scorecard import Layer
from mnimage.report import panels
from mnimage.report.colortables import change_table, redness_table
from mnimage.report.legend import INK
from mnimage.report.registration import error_map

NO_SKIN = np.zeros((512, 512), bool)
ALL_SKIN = Zones(("whole",), np.ones((512, 512), np.uint8), NO_SKIN)
PHOTO = np.full((600, 800, 3), (200, 150, 120), np.uint8)


def layer(values, name="redness", step=1):
    return Layer(name, "HI points", np.asarray(values, np.float32), step)


def test_colors_are_the_tables():
    values = np.array([[0.0, 5.0, 10.0], [-3.0, 99.0, np.nan]], np.float32)
    colors = panels.color_layer(values, redness_table(), 0, 10)
    table = redness_table()
    np.testing.assert_array_equal(colors[0, 0, :3], table[0])
    np.testing.assert_array_equal(colors[0, 1, :3], table[128])
    np.testing.assert_array_equal(colors[0, 2, :3], table[255])
    np.testing.assert_array_equal(colors[1, 0, :3], table[0])
    np.testing.assert_array_equal(colors[1, 1, :3], table[255])
    assert colors[..., 3].tolist() == [[255, 255, 255], [255, 255, 0]]


def test_colors_agree_with_a_slow_twin():
    random = np.random.default_rng(0)
    values = random.normal(5, 4, (700, 9)).astype(np.float32)
    values[random.random(values.shape) < 0.2] = np.nan
    fast = panels.color_layer(values, redness_table(), 0.0, 10.0)
    for row, column in zip(random.integers(0, 700, 200), random.integers(0, 9, 200), strict=True):
        value = values[row, column]
        if np.isnan(value):
            assert fast[row, column, 3] == 0
            continue
        entry = int(np.clip(value / 10 * 255 + 0.5, 0, 255))
        assert tuple(fast[row, column, :3]) == tuple(redness_table()[entry])


def test_unmeasured_places_show_the_grey_photo():
    photo = np.random.default_rng(1).integers(0, 255, (600, 800, 3)).astype(np.uint8)
    values = np.full((600, 800), np.nan)
    values[100:200, 100:200] = 5.0
    picture = panels.map_picture(layer(values), panels.backdrop(photo), None, (0, 10))
    grey = cv2.cvtColor(photo, cv2.COLOR_RGB2GRAY)
    np.testing.assert_array_equal(picture[300:600, :800, 0], grey[300:])
    np.testing.assert_array_equal(picture[300:600, :800, 2], grey[300:])
    assert (picture[120:180, 120:180, 0] > picture[120:180, 120:180, 2] + 20).all()


def test_flat_photo_leaves_the_legends_colour_untouched():
    picture = panels.map_picture(
        layer(np.full((600, 800), 7.5)), panels.backdrop(PHOTO), None, (0, 10)
    )
    np.testing.assert_array_equal(picture[300, 400], redness_table()[191])


def test_picture_is_the_photo_and_a_strip():
    picture = panels.map_picture(layer(np.zeros((600, 800))), panels.backdrop(PHOTO), None)
    assert picture.dtype == np.uint8
    assert picture.shape[1:] == (800, 3)
    assert 640 < picture.shape[0] < 720


@pytest.mark.parametrize(("shape", "width"), [((40, 60), 560), ((300, 4800), 1600)])
def test_sizes_are_kept_in_bounds(shape, width):
    photo = np.zeros((*shape, 3), np.uint8)
    picture = panels.map_picture(
        layer(np.ones(shape)), panels.backdrop(photo), ImageScale(0.1, "rig", 0.01)
    )
    assert picture.shape[1] == width


def longest_dark_run(strip, right_part):
    dark = (strip[:, int(strip.shape[1] * right_part) :] == INK).all(axis=-1)
    runs = [
        max(map(len, "".join("x" if p else " " for p in row).split()), default=0) for row in dark
    ]
    return max(runs)


@pytest.mark.parametrize(
    ("columns", "mm_per_px", "bar_px"),
    [(800, 0.05, 200), (800, 0.1, 200), (1600, 0.05, 400), (400, 0.1, 140), (4800, 1 / 60, 400)],
)
def test_scale_bar_is_as_long_as_it_says(columns, mm_per_px, bar_px):
    """The longest of 1, 2, 5 times ten mm that fits into 26 % of the width, in drawn pixels."""
    photo = np.full((100, columns, 3), 255, np.uint8)
    picture = panels.map_picture(
        layer(np.full((100, columns), np.nan)),
        panels.backdrop(photo),
        ImageScale(mm_per_px, "rig", 0.01),
    )
    drawn = {400: 560, 4800: 1600}.get(columns, columns) / columns
    millimetres = bar_px / drawn * mm_per_px
    assert f"{millimetres:.4g}".strip("0.") in {"1", "2", "5"}
    strip = picture[round(100 * drawn) :]
    assert longest_dark_run(strip, 0.6) == bar_px


def test_no_scale_no_bar():
    photo = np.full((100, 800, 3), 255, np.uint8)
    picture = panels.map_picture(layer(np.full((100, 800), np.nan)), panels.backdrop(photo), None)
    assert longest_dark_run(picture[100:], 0.6) == 0


def test_shared_limits_hold_both_maps_and_ignore_order():
    before, after = layer(np.linspace(2, 10, 100)[None]), layer(np.linspace(3, 18, 100)[None])
    low, high = panels.shared_limits(before, after)
    assert (low, high) == panels.shared_limits(after, before)
    assert low == 0
    assert 17 < high <= 20


def test_limits_of_change_are_centred_on_zero():
    change = layer(np.linspace(-2, 7, 100)[None], "change_redness")
    low, high = panels.shared_limits(change, change)
    assert low == -high
    assert high >= 6.8


@pytest.mark.parametrize(
    "values", [np.full((2, 2), np.nan), np.zeros((2, 2)), np.full((2, 2), 4.0)]
)
def test_limits_of_empty_and_even_maps_are_usable(values):
    low, high = panels.shared_limits(layer(values), layer(values))
    assert high > low
    known = values[np.isfinite(values)]
    assert ((known >= low) & (known <= high)).all()


def test_change_within_error_is_grey_and_worse_is_orange():
    before, after = layer([[5.0, 5.0, 5.0, np.nan]]), layer([[5.4, 9.0, 1.0, 5.0]])
    change = panels.change_layer(before, after)
    np.testing.assert_allclose(change.values[0, :3], [0.4, 4.0, -4.0], atol=1e-6)
    assert np.isnan(change.values[0, 3])
    colors = panels.color_layer(change.values, change_table(0.25), -4, 4)[0, :, :3].astype(int)
    assert np.ptp(colors[0]) == 0
    assert colors[1, 0] > colors[1, 2] + 80
    assert colors[2, 2] > colors[2, 0] + 80


def test_change_of_a_score_that_should_rise_is_turned():
    change = panels.change_layer(layer([[5.0]]), layer([[7.0]]), higher_is_worse=False)
    assert change.values[0, 0] == -2.0


def test_normals_use_the_usual_colours():
    normals = np.array([[[0, 0, 1], [1, 0, 0], [0, 1, 0], [np.nan] * 3]], np.float32)
    picture = panels.normals_picture(normals)
    assert picture[0].tolist() == [[128, 128, 255], [255, 128, 128], [128, 0, 128], [128] * 3]


def test_error_picture_is_plain_where_nothing_is_trusted(made):
    photo = made.portrait()
    face = Zones(
        ("whole",), np.kron(made.face_mask((128, 128)), np.ones((4, 4), np.uint8)), NO_SKIN
    )
    errors = error_map(made.make_alignment((512, 512)), face, made.SCALE)
    picture = panels.error_picture(errors, panels.backdrop(photo), made.SCALE)
    # The face lies in the upper half; the corner is photo alone, without colour.
    assert (np.ptp(picture[:20, :20].astype(int), axis=-1) == 0).all()
    middle = picture[round(120 * 560 / 512), round(150 * 560 / 512) : round(280 * 560 / 512)]
    assert np.ptp(middle.astype(int), axis=-1).max() > 60


def test_each_reason_to_leave_skin_out_looks_different(made):
    """The same even skin, left out for each reason in turn: three pictures, distinct to the eye."""
    photo = np.full((512, 512, 3), 128, np.uint8)
    alignment = made.make_alignment((512, 512))
    error = np.full_like(alignment.error_px, 0.1)
    every = np.ones_like(alignment.valid)
    still = replace(alignment, error_px=error, valid=every)
    cases = {
        "scored": still,
        "moved": replace(still, valid=~every, moved=every),
        "above": replace(still, valid=~every, error_px=error + 5),
        "not found": replace(still, valid=~every),
    }
    drawn = {
        name: panels.error_picture(error_map(case, ALL_SKIN, None), panels.backdrop(photo), None)[
            100:400, 100:400
        ]
        for name, case in cases.items()
    }
    coloured = {name: np.ptp(part.astype(int), axis=-1).max() > 0 for name, part in drawn.items()}
    assert coloured == {"scored": True, "moved": False, "above": False, "not found": False}
    names = ("moved", "above", "not found")
    for first, second in ((0, 1), (0, 2), (1, 2)):
        apart = drawn[names[first]].astype(int) - drawn[names[second]]
        assert np.abs(apart).mean() > 30


def test_error_legend_says_more_than_a_plain_one(made):
    photo = np.full((512, 512, 3), 128, np.uint8)
    errors = error_map(made.make_alignment((512, 512)), ALL_SKIN, made.SCALE)
    strip = panels.error_picture(errors, panels.backdrop(photo), made.SCALE)[560:]
    plain = panels.map_picture(errors.layer, panels.backdrop(photo), made.SCALE)[560:]
    assert strip.shape[0] > plain.shape[0] + 40
    legend = panels.error_legend(errors)
    assert legend.limit_words == "limit 0.8"
    assert [words for _, words in legend.few_ticks][-1] == "\N{GREATER-THAN OR EQUAL TO}0.4"


def test_depth_picture_has_a_legend(made):
    depth = np.zeros((512, 512), np.float32)
    picture = panels.depth_picture(depth, panels.backdrop(made.portrait()), made.SCALE)
    assert picture.shape[0] > 560


def test_depth_reaches_from_healthy_skin_to_the_deepest_holes():
    values = np.random.default_rng(1).normal(0, 0.015, (200, 200))
    values[50:58, 50:58] = 0.45
    low, high = panels.shared_limits(layer(values, "depth"), layer(0.5 * values, "depth"))
    assert low == 0
    assert 0.45 <= high <= 0.5
    assert panels.shared_limits(*[layer(0 * values, "depth")] * 2) == (0, pytest.approx(0.1))
