"""The whole way from rendered shots to numbers, on phantom skin whose truth is in closed form."""

from functools import cache

import numpy as np
import pytest
from scipy.fft import dctn, idctn

from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import ReliefRecipe
from mnimage.domain.relief import Relief
from mnimage.errors import Cancelled, ShotsUnusable
from mnimage.phantom.light import ring
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.relief.measure import measure_relief
from mnimage.relief.relief import recover_relief
from tests.mnimage.phantom.shown import shots_value

RECIPE = ReliefRecipe()
SEEDS = (1, 2)


def shoot(skin, *, count=8, seed=0):
    sensor = Sensor(exposure=0.0, electrons=12000.0, bits=12, blur_px=0.6)
    shot = Shot(seed=seed, sensor=sensor)
    return shots_value(skin, ring(count), shot)


@cache
def case(seed, count=8):
    """Return a phantom skin and the card measured on its shots."""
    skin = make_skin(seed=seed)
    return skin, measure_relief(recover_relief(shoot(skin, count=count), RECIPE), RECIPE)


def pairs(skin, card):
    """Return each true scar with the nearest found one, none used twice."""
    left, matched = list(card.scars), []
    for true in skin.scars:
        row, column = skin.place_px(true.row_mm, true.column_mm)
        near = [
            s
            for s in left
            if np.hypot(s.row - row, s.column - column) * skin.mm_per_px
            < 0.6 * true.radius_mm + 0.2
        ]
        if near:
            left.remove(near[0])
            matched.append((true, near[0]))
    return matched


@cache
def all_pairs():
    return tuple(pair for seed in SEEDS for pair in pairs(*case(seed)))


def depth_errors(kinds):
    chosen = [(t, s) for t, s in all_pairs() if t.kind in kinds]
    gap = np.array([s.depth_mm - t.depth_p95_mm for t, s in chosen])
    return gap, gap / np.array([t.depth_p95_mm for t, _ in chosen])


def test_depth_of_boxcar_and_rolling_scars():
    gap, relative = depth_errors(("boxcar", "rolling"))
    assert gap.size >= 9
    assert np.abs(gap).mean() <= 0.015
    assert np.abs(relative).mean() <= 0.08


def test_ice_picks_are_within_15_percent_or_flagged():
    chosen = [(t, s) for t, s in all_pairs() if t.kind == "ice-pick"]
    wrong = [s for t, s in chosen if abs(s.depth_mm / t.depth_p95_mm - 1) > 0.15]
    assert len(chosen) >= 5
    assert sum(not s.lower_bound for s in wrong) <= 0.1 * len(chosen)


def test_volume():
    gap = [s.volume_mm3 / t.volume_mm3 - 1 for t, s in all_pairs()]
    assert np.median(np.abs(gap)) <= 0.08


def test_scars_are_found():
    true = sum(len(case(seed)[0].scars) for seed in SEEDS)
    found = sum(len(case(seed)[1].scars) for seed in SEEDS)
    assert 2 * len(all_pairs()) / (true + found) >= 0.9


def test_kinds_are_suggested_rightly():
    right = [s.kind.startswith(t.kind) for t, s in all_pairs()]
    assert np.mean(right) >= 0.9


def test_a_fifth_less_is_read_as_a_fifth_less_on_the_same_masks():
    skin, before = case(1)
    later = skin.treated(scar_fraction=0.2, renew=0.3, seed=9)
    relief = recover_relief(shoot(later, seed=4), RECIPE)
    after = {s.id: s for s in measure_relief(relief, RECIPE, scars=before.scar_labels).scars}
    change = [100 * (after[s.id].volume_mm3 / s.volume_mm3 - 1) for _, s in pairs(skin, before)]
    assert set(after) == {s.id for s in before.scars}
    assert np.median(change) == pytest.approx(-20, abs=2)


def test_same_skin_twice_differs_less_than_its_uncertainty():
    skin, first = case(2)
    again = measure_relief(
        recover_relief(shoot(skin, seed=8), RECIPE), RECIPE, scars=first.scar_labels
    )
    for one, two in zip(first.scars, again.scars, strict=True):
        assert one.id == two.id
        assert abs(one.depth_mm - two.depth_mm) < 2 * one.depth_uncertainty_mm
        assert abs(one.volume_mm3 - two.volume_mm3) < 2 * one.volume_uncertainty_mm3
    assert again.texture_sq_um == pytest.approx(first.texture_sq_um, rel=0.015)


def exact_gaussian(values, sigma):
    """Blur by the Gaussian's own transfer function: SciPy's is not exact below a pixel."""
    k2 = sum(np.meshgrid(*((np.pi * np.arange(n) / n) ** 2 for n in values.shape), indexing="ij"))
    return idctn(dctn(values) * np.exp(-(sigma**2) * k2 / 2))


def true_sq_um(skin, card):
    """Return Sq of the true height, literally: normalised Gaussians within the skin."""
    healthy = (card.scar_labels == 0).astype(float)
    height = skin.relief_mm.astype(float)

    def low(cutoff):
        sigma = 0.1874 * cutoff / skin.mm_per_px
        return exact_gaussian(height * healthy, sigma) / exact_gaussian(healthy, sigma).clip(0.01)

    band = (low(0.1) - low(2.5))[healthy > 0]
    return 1000 * np.sqrt(np.mean(band**2))


def test_texture_follows_the_truth():
    looks = [
        SkinAppearance(microrelief_um=m, furrow_um=f, scars=(1, 1, 0))
        for m, f in ((5, 15), (12, 35), (18, 50), (32, 90))
    ]
    found, true = [], []
    for seed, look in enumerate(looks):
        skin = make_skin(seed=seed, size_mm=(14.0, 14.0), look=look)
        card = measure_relief(recover_relief(shoot(skin), RECIPE), RECIPE)
        found.append(card.texture_sq_um)
        true.append(true_sq_um(skin, card))
    assert np.corrcoef(found, true)[0, 1] >= 0.99
    assert abs(np.mean(np.array(found) / true) - 1) <= 0.05


def test_texture_hardly_heeds_scars():
    look = SkinAppearance(microrelief_um=15.0)
    bare = SkinAppearance(microrelief_um=15.0, scars=(0, 0, 0))
    with_scars, without = (
        measure_relief(recover_relief(shoot(make_skin(seed=3, look=one)), RECIPE), RECIPE)
        for one in (look, bare)
    )
    assert with_scars.texture_sq_um == pytest.approx(without.texture_sq_um, rel=0.05)


def test_index_is_the_missing_volume_over_the_area():
    _, card = case(1)
    volume = sum(s.volume_mm3 for s in card.scars)
    assert card.scar_depth_index_um == pytest.approx(1000 * volume / card.area_mm2)
    assert card.area_mm2 == pytest.approx(900, rel=0.01)


def test_a_mask_limits_what_is_measured():
    skin, whole = case(1)
    mask = np.zeros(skin.shape, bool)
    mask[: skin.shape[0] // 2] = True
    relief = recover_relief(shoot(skin), RECIPE)
    card = measure_relief(relief, RECIPE, mask=mask)
    assert card.area_mm2 == pytest.approx(whole.area_mm2 / 2, rel=0.01)
    assert all(s.row < skin.shape[0] / 2 for s in card.scars)
    assert np.isnan(card.band_um[-1]).all()


def test_a_scar_too_wide_for_the_picture_is_reported():
    row, column = np.mgrid[:300, :300]
    depth = 0.4 * (np.hypot(row - 150, column - 150) < 60)
    height = -depth.astype(np.float32)
    whole = np.ones(depth.shape, bool)
    relief = Relief(height, height, whole, ImageScale(0.05, "rig", 0.001))
    card = measure_relief(relief, RECIPE)
    assert len(card.scars) == 1
    assert "too wide" in str(card.warnings[0])
    whole[:, :80] = False
    assert any("left out" in str(one) for one in measure_relief(relief, RECIPE).warnings)


def test_nothing_trusted_is_refused():
    flat = np.zeros((40, 40), np.float32)
    relief = Relief(flat, flat, flat > 1, ImageScale(0.05, "rig", 0.001))
    with pytest.raises(ShotsUnusable) as reported:
        measure_relief(relief, RECIPE)
    assert reported.value.hint


def test_more_scatter_means_more_uncertainty_in_the_amount():
    _, card = case(1)
    # A share of 0.3 sees fine relief at 0.7 of its height; 30 % more of it sees 0.61.
    assert card.texture_systematic_um == pytest.approx(
        (0.7 / 0.61 - 1) * card.texture_sq_um, rel=0.2
    )
    for scar in card.scars:
        assert scar.depth_systematic_mm > 0.05 * scar.depth_mm
        assert scar.volume_systematic_mm3 > 0.05 * scar.volume_mm3


def test_depth_is_not_reported_over_what_is_wide_and_no_skin():
    rng = np.random.default_rng(5)
    height = 0.01 * rng.standard_normal((300, 320), dtype=np.float32)
    height[100:220, 150:280] = 40.0  # an eye, a paper: six millimetres wide
    trusted = height < 1
    trusted[20:23, 20:23] = False  # glare, no wider than a pore
    relief = Relief(height, height, trusted, ImageScale(0.05, "rig", 0.01))
    depth = measure_relief(relief, RECIPE).depth_mm
    assert np.isnan(depth[105:215, 155:275]).all()
    assert np.isfinite(depth[trusted]).mean() > 0.97
    assert np.isfinite(depth[20:23, 20:23]).all()
    assert np.nanmax(np.abs(depth)) < 0.5


def test_can_be_stopped_in_every_part():
    rng = np.random.default_rng(3)
    height = 0.01 * rng.standard_normal((120, 130), dtype=np.float32)
    whole = np.ones(height.shape, bool)
    relief = Relief(height, height, whole, ImageScale(0.05, "rig", 0.01))
    calls = []
    measure_relief(relief, RECIPE, tick=lambda *_: calls.append(1))
    assert len(calls) > 8
    for last in (1, len(calls) // 2, len(calls)):
        left = iter(range(last - 1))

        def stop(_done, _total, left=left):
            if next(left, None) is None:
                raise Cancelled("stopped")

        with pytest.raises(Cancelled):
            measure_relief(relief, RECIPE, tick=stop)
