"""Scars of closed form on flat skin: what is measured against what is known."""

import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import ReliefRecipe
from mnimage.relief.scars import DepressionMap, find_scars, measure_scars, volume_error

PITCH = 0.05
RECIPE = ReliefRecipe()
EDGE = RECIPE.scar_edge_mm


def _away(shape=(500, 500), at=(250, 250)):
    row, column = np.mgrid[: shape[0], : shape[1]]
    return np.hypot(row - at[0], column - at[1]) * PITCH


def _cone(depth=0.5, radius=0.8, **place):
    return depth * np.maximum(1 - _away(**place) / radius, 0)


def _cosine(depth=0.3, radius=3.0, **place):
    return depth * (1 + np.cos(np.pi * np.minimum(_away(**place) / radius, 1))) / 2


def _box(depth=0.4, radius=1.5, **place):
    return depth / (1 + np.exp((_away(**place) - radius) / 0.06))


def _measure(depth, shadowed=None):
    depth = depth.astype(np.float32)
    usable = np.ones(depth.shape, bool)
    dark = np.zeros(depth.shape, bool) if shadowed is None else shadowed
    labels = find_scars(-depth, usable, PITCH, RECIPE)
    holes = DepressionMap(depth, 0.9 * depth, usable, dark, ImageScale(PITCH, "rig", 0.002))
    return measure_scars(holes, labels, RECIPE), labels


def test_a_cone_is_measured_as_geometry_says():
    (scar,), _ = _measure(_cone())
    rim = 0.8 * (1 - EDGE / 0.5)
    assert scar.area_mm2 == pytest.approx(np.pi * rim**2, rel=0.02)
    assert scar.depth_mm == pytest.approx(0.5 * (1 - np.sqrt(0.05) * rim / 0.8), rel=0.02)
    assert scar.volume_mm3 == pytest.approx(np.pi * 0.8**2 * 0.5 / 3, rel=0.01)
    assert scar.wall_angle_deg == pytest.approx(np.degrees(np.arctan(0.5 / 0.8)), abs=2)
    assert (scar.row, scar.column) == (pytest.approx(250, abs=0.3), pytest.approx(250, abs=0.3))
    assert scar.raw_depth_mm == pytest.approx(0.9 * scar.depth_mm, rel=1e-5)
    assert scar.raw_volume_mm3 == pytest.approx(0.9 * scar.volume_mm3, rel=1e-5)


@pytest.mark.parametrize(("deep", "radius"), [(0.2, 1.6), (0.3, 3.0), (0.6, 5.0)])
def test_the_bottom_of_a_bowl_is_not_levelled(deep, radius):
    (scar,), _ = _measure(_cosine(depth=deep, radius=radius))
    rim = np.arccos(2 * EDGE / deep - 1) / np.pi
    true = deep * (1 + np.cos(np.pi * np.sqrt(0.05) * rim)) / 2
    assert scar.depth_mm == pytest.approx(true, rel=0.004)


def test_a_rough_floor_is_as_deep_as_it_is_on_the_mean():
    found = []
    for seed in range(6):
        grain = np.random.default_rng(seed).normal(0, 1, (500, 500))
        grain = gaussian_filter(grain, 2.0)
        depth = _box(depth=0.3) + 0.02 * grain / grain.std()
        (scar,), _ = _measure(depth)
        found.append(scar.depth_mm)
    assert np.mean(found) == pytest.approx(0.3, abs=0.006)
    assert found == pytest.approx([0.3] * 6, abs=0.012)


@pytest.mark.parametrize(
    ("depth", "kind"),
    [
        (_cone(), "ice-pick"),
        (_cosine(), "rolling"),
        (_box(), "boxcar"),
        (_box(depth=0.6), "boxcar deep"),
        (_box(depth=0.45, radius=0.85), "boxcar"),
    ],
)
def test_kinds(depth, kind):
    (scar,), _ = _measure(depth)
    assert scar.kind == kind


def test_width_at_half_depth():
    (scar,), _ = _measure(_box())
    assert scar.width_mm == pytest.approx(3.0, rel=0.02)


def test_two_scars_keep_apart_and_are_numbered_downwards():
    found, labels = _measure(_box(at=(150, 300)) + _cone(at=(380, 120)))
    assert [scar.id for scar in found] == [1, 2]
    assert found[0].row == pytest.approx(150, abs=0.5)
    assert found[1].column == pytest.approx(120, abs=0.5)
    assert labels[150, 300] == 1
    assert labels[380, 120] == 2


def test_lines_pores_and_dents_too_shallow_are_no_scars():
    row, column = np.mgrid[:500, :500]
    line = 0.15 * np.exp(-(((row - 0.3 * column - 150) * PITCH / 0.1) ** 2))
    pore = _cone(depth=0.1, radius=0.2, at=(420, 80))
    shallow = _cosine(depth=0.06, radius=2.0, at=(80, 400))
    found, _ = _measure(line + pore + shallow)
    assert found == ()


def test_shadow_on_the_bottom_makes_the_depth_a_lower_bound():
    bottom = _away() < 0.3
    (dark,), _ = _measure(_cone(), shadowed=bottom)
    (wall,), _ = _measure(_box(), shadowed=np.abs(_away() - 1.5) < 0.05)
    assert dark.lower_bound
    assert not wall.lower_bound


def test_walls_in_shadow_hide_a_part_and_gentle_slopes_do_not():
    ring = np.abs(_away() - 1.5) < 0.1
    (lit,), _ = _measure(_box())
    (dark,), _ = _measure(_box(), shadowed=ring)
    beneath = float(_box()[ring].sum()) * PITCH**2
    # All of the ring is steeper than 0.6: 0.4 / 0.06 * p * (1 - p) with p between 0.16 and 0.84.
    assert dark.volume_mm3 - lit.volume_mm3 == pytest.approx(0.28 * beneath, rel=0.03)
    assert dark.volume_systematic_mm3 == pytest.approx(
        np.hypot(lit.volume_systematic_mm3, 0.3 * beneath), rel=0.1
    )
    assert dark.volume_uncertainty_mm3 > lit.volume_uncertainty_mm3
    (bowl,), _ = _measure(_cosine())
    (shaded,), _ = _measure(_cosine(), shadowed=_away() < 2)
    assert shaded.volume_mm3 == bowl.volume_mm3
    assert shaded.volume_uncertainty_mm3 > bowl.volume_uncertainty_mm3


def test_errors_follow_lamps_and_scale():
    (scar,), _ = _measure(_box())
    relative = np.hypot(RECIPE.slope_error, 0.002)
    wanted = np.hypot(relative * scar.depth_mm, RECIPE.depth_floor_mm)
    assert scar.depth_uncertainty_mm == pytest.approx(wanted)
    assert scar.volume_uncertainty_mm3 > RECIPE.volume_error * scar.volume_mm3


def test_a_scar_hardly_seen_is_not_measured():
    depth = _box().astype(np.float32)
    labels = find_scars(-depth, np.ones(depth.shape, bool), PITCH, RECIPE)
    usable = np.ones(depth.shape, bool)
    usable[:, :255] = False
    usable[:, 255:260] = False
    holes = DepressionMap(depth, depth, usable, ~usable & False, ImageScale(PITCH, "rig", 0.002))
    assert measure_scars(holes, labels, RECIPE) == ()


def test_a_narrow_pit_without_a_floor_is_a_lower_bound_however_shallow():
    small = {"shape": (160, 160), "at": (80, 80)}
    (narrow,), _ = _measure(_cone(depth=0.17, radius=0.7, **small))
    assert narrow.kind != "ice-pick"
    assert narrow.width_mm < 1.0
    assert narrow.lower_bound
    (level,), _ = _measure(_box(depth=0.17, radius=0.45, **small))
    (wide,), _ = _measure(_cone(depth=0.17, radius=1.6, **small))
    assert not level.lower_bound
    assert not wide.lower_bound


def test_a_scar_that_goes_on_under_paper_or_beyond_the_picture_is_a_lower_bound():
    depth = _box(shape=(200, 200), at=(100, 100)).astype(np.float32)
    labels = (_away((200, 200), (100, 100)) < 1.9).astype(np.int32)
    usable = np.ones(depth.shape, bool)
    hidden = usable.copy()
    hidden[:100] = False
    bare = np.zeros(depth.shape, bool)
    scale = ImageScale(PITCH, "rig", 0.002)

    def bound(seen, rows=slice(None)):
        holes = DepressionMap(depth[rows], depth[rows], seen[rows], bare[rows], scale)
        (scar,) = measure_scars(holes, np.where(seen, labels, 0)[rows], RECIPE)
        return scar.lower_bound

    assert not bound(usable)
    assert bound(hidden)
    assert bound(usable, slice(100, None))


def test_a_scar_that_is_cut_gets_a_warning_by_what_a_cut_elsewhere_would_show():
    """Half a box under something dark, which hides one more row of it at the next session."""
    depth = _box(shape=(200, 200), at=(100, 100)).astype(np.float32)
    labels = (_away((200, 200), (100, 100)) < 1.9).astype(np.int32)
    bare = np.zeros(depth.shape, bool)

    def measured(rows):
        usable = ~bare
        usable[:rows] = False
        holes = DepressionMap(depth, depth, usable, bare, ImageScale(PITCH, "rig", 0.002))
        (scar,) = measure_scars(holes, np.where(usable, labels, 0), RECIPE)
        return scar

    whole, before, after = measured(0), measured(100), measured(101)
    row = depth[100].sum() * PITCH**2
    assert before.volume_mm3 - after.volume_mm3 == pytest.approx(row, rel=0.05)
    assert before.volume_uncertainty_mm3 > 0.9 * row
    assert whole.volume_uncertainty_mm3 == pytest.approx(
        volume_error(whole.volume_mm3, whole.area_mm2, ImageScale(PITCH, "rig", 0.002), RECIPE)
    )
