from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import ReliefRecipe
from mnimage.domain.relief import ReliefCard, Scar
from mnimage.kernels.geometry import grid_places
from mnimage.relief.surfaces import cut_profile, lay_surfaces

SHAPE, PITCH, STEP = (160, 200), 0.1, 8
SHIFT = (4.5, -7.25)
SCALE = ImageScale(PITCH, "rig", 0.01)
RECIPE = ReliefRecipe()


def pit(row, column, depth_mm, radius_mm=2.0):
    """Return the depth of a paraboloid pit whose deepest place is at (row, column)."""
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    away = np.hypot(rows - row, columns - column) * PITCH
    return (depth_mm * np.clip(1 - (away / radius_mm) ** 2, 0, None)).astype(np.float32)


def card(depth_mm, *, bound=False, error_mm=0.007):
    labels = (depth_mm > 0).astype(np.int32)
    deep = float(depth_mm.max())
    scar = Scar(1, 0, 0, deep, 0, 1, 1, 1, 30, "boxcar", error_mm, 0.1, lower_bound=bound)
    band = np.where(labels > 0, np.nan, 12.0).astype(np.float32)
    band[:, :20] = np.nan
    return ReliefCard(12.0, 0.2, 5.0, 0.1, (scar,), depth_mm, labels, band, 100.0, 1.0, "")


def shifted(error_px=0.2, aligned=True):
    row, column = grid_places(SHAPE, STEP)
    error = np.full(row.shape, error_px, dtype=np.float32)
    status = Status.ALIGNED if aligned else Status.NOT_COMPARABLE
    return Alignment(
        status, "", SHAPE, SHAPE, STEP, row + SHIFT[0], column + SHIFT[1], error, error > 0,
        limit_px=1.0,
    )  # fmt: skip


@pytest.fixture
def surfaces():
    before = card(pit(80, 100, 0.4))
    after = card(pit(80 + SHIFT[0], 100 + SHIFT[1], 0.3), bound=True)
    return lay_surfaces((before, after), (SCALE, SCALE), shifted(), RECIPE)


def across(surfaces):
    return cut_profile(surfaces, (80.0, 60.0), (80.0, 140.0))


def test_both_sessions_are_cut_at_the_same_skin(surfaces):
    """The pit lies elsewhere in the photo after; the truth is the paraboloid itself."""
    profile = across(surfaces)
    off = profile.along_mm - 4.0
    for trace, depth_um in ((profile.before, 400.0), (profile.after, 300.0)):
        true = -depth_um * np.clip(1 - (off / 2.0) ** 2, 0, None)
        np.testing.assert_allclose(
            trace.height_um, true, atol=6
        )  # bilinear, at the kink of the rim
    assert profile.along_mm[-1] == pytest.approx(8.0)


def test_without_the_registration_it_would_be_wrong(surfaces):
    straight = replace(shifted(), row=shifted().row - SHIFT[0], column=shifted().column - SHIFT[1])
    before = card(pit(80, 100, 0.4))
    after = card(pit(80 + SHIFT[0], 100 + SHIFT[1], 0.3))
    wrong = across(lay_surfaces((before, after), (SCALE, SCALE), straight, RECIPE))
    assert np.abs(wrong.after.height_um - across(surfaces).after.height_um).max() > 50


def test_greatest_depth_with_its_place_and_uncertainty(surfaces):
    profile = across(surfaces)
    first, later = profile.deepest(profile.before), profile.deepest(profile.after)
    assert first.depth_um == pytest.approx(400, abs=2)
    assert later.depth_um == pytest.approx(300, abs=2)
    assert first.along_mm == pytest.approx(4.0, abs=0.11)
    assert (first.at_least, later.at_least) == (False, True)
    relative = np.hypot(RECIPE.slope_error, 0.01)
    floor_um = 1000 * RECIPE.depth_floor_mm
    assert first.error_um == pytest.approx(np.hypot(relative * 400, floor_um), rel=0.02)
    change, error = profile.change_um
    assert change == pytest.approx(-100, abs=3)
    assert error > np.hypot(first.error_um, relative * 300)


def test_uncertainty_grows_on_walls_by_the_registration_and_only_after(surfaces):
    profile = across(surfaces)
    wall = int(np.argmin(np.abs(profile.along_mm - 2.5)))
    slope_um_per_mm = 300 * 2 * 1.5 / 2.0**2
    placed = 0.2 * PITCH * slope_um_per_mm
    bare = np.hypot(
        np.hypot(RECIPE.slope_error, 0.01) * profile.after.height_um[wall],
        1000 * RECIPE.depth_floor_mm,
    )
    assert profile.after.error_um[wall] == pytest.approx(np.hypot(bare, placed), rel=0.03)
    assert profile.before.error_um[wall] < profile.after.error_um[wall]


def test_lamps_that_get_a_warning_widen_the_uncertainty():
    sure, questioned = (
        lay_surfaces(
            (card(pit(80, 100, 0.4), error_mm=error),) * 2, (SCALE,) * 2, shifted(), RECIPE
        )
        for error in (0.007, 0.04)
    )
    assert questioned.before.relative_error == pytest.approx(0.1, rel=0.01)
    assert questioned.before.relative_error > 4 * sure.before.relative_error


def test_nothing_is_reported_where_nothing_was_measured(surfaces):
    profile = cut_profile(surfaces, (30.0, 0.0), (30.0, 60.0))
    unmeasured = profile.along_mm < 1.8
    assert np.isnan(profile.before.height_um[unmeasured]).all()
    assert np.isfinite(profile.before.height_um[profile.along_mm > 2.2]).all()
    outside = cut_profile(surfaces, (30.0, 2.0), (34.0, 4.0))
    assert outside.deepest(outside.after) is None
    assert np.isnan(outside.change_um[0])


def test_height_is_unknown_where_it_is_not_trusted(surfaces):
    assert np.isnan(surfaces.before.height_mm[:, :20]).all()
    assert np.isfinite(surfaces.before.height_mm[:, 20:]).all()
    np.testing.assert_array_equal(np.isfinite(surfaces.before.height_mm), surfaces.before.measured)


def test_a_line_of_no_length_is_one_place(surfaces):
    profile = cut_profile(surfaces, (80.0, 100.0), (80.0, 100.0))
    np.testing.assert_allclose(profile.before.height_um, -400, atol=1)
    assert profile.along_mm[-1] == 0


def test_texture_comes_along(surfaces):
    before, after = surfaces.texture
    assert before.unit == "um"
    assert before.values.shape == after.values.shape
    assert np.nanmedian(after.values) == pytest.approx(12, abs=0.01)


def test_surfaces_that_are_not_aligned_are_refused():
    both = (card(pit(80, 100, 0.4)),) * 2
    with pytest.raises(ValueError, match="not aligned"):
        lay_surfaces(both, (SCALE, SCALE), shifted(aligned=False), RECIPE)
