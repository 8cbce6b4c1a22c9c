"""Pores among furrows and microrelief, on skin whose pores are known."""

from functools import cache

import cv2
import numpy as np
import pytest
from scipy.spatial import KDTree

from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.relief.classifier import mlp
from mnimage.relief.marks import inner_skin, levelled
from mnimage.relief.pores import best_apart, find_pores

NEAR_MM = 0.2


@cache
def drawn(seed, **look):
    return make_skin(
        seed=seed,
        size_mm=(24.0, 24.0),
        mm_per_px=0.025,
        look=SkinAppearance(scars=(0, 0, 0), marks=(0, 0), curvature_mm=float("inf"), **look),
    )


def found_on(skin, pitch=0.05, mask=None):
    size = round(24 / pitch)
    height = cv2.resize(skin.texture_mm, (size, size), interpolation=cv2.INTER_AREA)
    mask = np.ones(height.shape, dtype=bool) if mask is None else mask
    return find_pores(levelled(height, mask, pitch), inner_skin(mask, pitch), pitch)


def true_places(skin, pitch=0.05):
    size = round(24 / pitch)
    places = np.array([(one.row_mm, one.column_mm) for one in skin.pores]) / pitch + (size - 1) / 2
    inner = inner_skin(np.ones((size, size), dtype=bool), pitch)
    row, column = np.rint(places).astype(int).clip(0, size - 1).T
    return places[inner[row, column]]


def f1(true, found, pitch=0.05):
    away, nearest = KDTree(true).query(found, distance_upper_bound=NEAR_MM / pitch)
    return 2 * len(np.unique(nearest[np.isfinite(away)])) / (len(true) + len(found))


@pytest.mark.parametrize(
    ("seed", "micro", "furrow", "least", "off"),
    [(901, 4.0, 40.0, 0.92, 0.08), (902, 9.0, 50.0, 0.83, 0.2)],
)
def test_pores_are_distinguished_from_furrows_and_microrelief(seed, micro, furrow, least, off):
    skin = drawn(seed, microrelief_um=micro, furrow_um=furrow)
    true, found = true_places(skin), found_on(skin).places
    assert f1(true, found) >= least
    assert len(found) == pytest.approx(len(true), rel=off)


@pytest.mark.parametrize("pitch", [0.03, 0.07])
def test_the_scale_of_the_picture_matters_little(pitch):
    skin = drawn(903, microrelief_um=5.0, furrow_um=30.0)
    assert f1(true_places(skin, pitch), found_on(skin, pitch).places, pitch) >= 0.85


@pytest.mark.parametrize(("micro", "furrow"), [(3.0, 20.0), (8.0, 50.0), (4.0, 80.0)])
def test_hardly_any_pore_is_invented(micro, furrow):
    skin = drawn(904, microrelief_um=micro, furrow_um=furrow, pores_per_cm2=0.0)
    area_cm2 = 23 * 23 / 100
    assert len(found_on(skin).places) / area_cm2 < 3


def test_holes_in_the_skin_leave_the_rest_as_it_is():
    skin = drawn(901, microrelief_um=4.0, furrow_um=40.0)
    mask = np.ones((480, 480), dtype=bool)
    cv2.circle(holed := np.zeros((480, 480), np.uint8), (200, 260), 40, 1, -1)
    mask &= holed == 0
    whole, rest = found_on(skin).places, found_on(skin, mask=mask).places
    away = np.hypot(rest[:, 0] - 260, rest[:, 1] - 200)
    assert away.min() > 40 + 9
    far = np.hypot(whole[:, 0] - 260, whole[:, 1] - 200) > 40 + 30
    alike = KDTree(rest).query(whole[far])[0] <= 1
    assert alike.mean() > 0.97


def test_pores_lie_where_they_were_drawn():
    skin = drawn(901, microrelief_um=4.0, furrow_um=40.0)
    away, _ = KDTree(true_places(skin)).query(found_on(skin).places)
    assert np.median(away) < 0.7


def test_pores_in_a_row_are_distinguished():
    row, column = np.mgrid[:200, :400] * 0.05
    middles = np.arange(2.0, 18.0, 0.4)
    height = np.random.default_rng(2).normal(0, 0.0005, row.shape)
    for middle in middles:
        height -= 0.05 * np.exp(-4 * np.log(2) * (np.hypot(row - 5, column - middle) / 0.22) ** 2)
    whole = np.ones(row.shape, dtype=bool)
    flat = levelled(height.astype(np.float32), whole, 0.05)
    places = find_pores(flat, inner_skin(whole, 0.05), 0.05).places
    assert np.sort(places[:, 1]) * 0.05 == pytest.approx(middles, abs=0.06)


def test_skin_without_a_dent_has_no_pore():
    flat = np.zeros((200, 200), dtype=np.float32)
    assert len(find_pores(flat, np.ones(flat.shape, dtype=bool), 0.05).places) == 0


def test_the_likelier_of_two_stands_as_one_by_one():
    random = np.random.default_rng(5)
    places = random.uniform(0, 60, (500, 2)).astype(np.float32)
    likely = np.round(random.uniform(0, 1, 500), 2).astype(np.float32)
    kept = []
    for one in np.argsort(-likely, kind="stable"):
        free = all(np.hypot(*(places[one] - places[other])) > 3 for other in kept)
        if likely[one] > 0.2 and free:
            kept.append(one)
    assert best_apart(places, likely, 3.0, 0.2).tolist() == sorted(kept)


def test_a_rule_is_its_numbers():
    # Means, spreads; two inputs to one kept where positive; then a weight and an offset.
    numbers = np.array([1, 2, 2, 1, 0.5, -1, 0.25, 3, -1], dtype=np.float32)
    rule = mlp((2, 1, 1), numbers)
    measures = np.array([[3, 1], [1, 9]], dtype=np.float32)
    first = 3 * (0.5 * 1 - 1 * -1 + 0.25) - 1
    expected = 1 / (1 + np.exp([-first, 1.0]))
    assert rule.likelihood(measures) == pytest.approx(expected, rel=1e-5)


def test_skin_unlike_any_is_taken_for_the_nearest():
    rule = mlp((1, 1), np.array([0, 1, 1, 0], dtype=np.float32))
    near, far = rule.likelihood(np.array([[5.0], [500.0]], dtype=np.float32))
    assert near == far
