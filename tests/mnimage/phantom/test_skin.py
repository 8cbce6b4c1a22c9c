import numpy as np
import pytest

from mnimage.phantom.skin import SkinAppearance, make_skin

LOOK = SkinAppearance(
    microrelief_um=20.0, furrow_um=0.0, pores_per_cm2=0.0, lines=0, curvature_mm=60.0
)


def test_same_seed_same_skin_other_seed_other_skin():
    one, same, other = (make_skin(seed=seed, size_mm=(15.0, 15.0)) for seed in (1, 1, 2))
    assert np.array_equal(one.height_mm, same.height_mm)
    assert np.array_equal(one.chromophores.albedo(), same.chromophores.albedo())
    assert one.scars == same.scars
    assert not np.array_equal(one.height_mm, other.height_mm)
    assert one.scars != other.scars


def test_microrelief_is_as_rough_as_asked():
    skin = make_skin(seed=3, size_mm=(18.0, 20.0), look=LOOK)
    assert skin.texture_mm.std() * 1000 == pytest.approx(20.0, rel=0.01)
    assert skin.shape == (300, 333)


def test_base_is_a_ball():
    skin = make_skin(seed=3, size_mm=(20.0, 20.0), look=LOOK)
    row, column = (np.mgrid[: skin.shape[0], : skin.shape[1]] - (skin.shape[0] - 1) / 2) * 0.06
    wanted = np.sqrt(60**2 - row**2 - column**2) - 60
    assert np.abs(skin.base_mm - wanted).max() < 1e-4


def test_scar_volume_of_the_map_is_the_truth():
    skin = make_skin(seed=4, look=SkinAppearance(scars=(2, 3, 2)))
    assert len(skin.scars) == 7
    total = sum(scar.volume_mm3 for scar in skin.scars)
    assert skin.scar_mm.sum() * 0.06**2 == pytest.approx(total, rel=0.005)
    deepest = max(skin.scars, key=lambda scar: scar.depth_mm)
    row, column = skin.place_px(deepest.row_mm, deepest.column_mm)
    assert skin.scar_mm[round(row), round(column)] == pytest.approx(deepest.depth_mm, rel=0.1)


def test_scars_and_marks_keep_the_margin():
    skin = make_skin(seed=5, size_mm=(40.0, 40.0), look=SkinAppearance(margin_mm=6.0))
    assert skin.scars
    assert all(max(abs(one.row_mm), abs(one.column_mm)) < 14 for one in skin.scars)
    assert all(max(abs(one.row_mm), abs(one.column_mm)) < 14 for one in skin.chromophores.marks)


def test_treated_takes_the_shares_reported():
    skin = make_skin(seed=6, size_mm=(20.0, 20.0))
    later = skin.treated(scar_fraction=0.3, redness_fraction=0.25, texture_fraction=0.2)
    assert np.allclose(later.scar_mm, 0.7 * skin.scar_mm)
    assert np.allclose(later.texture_mm, 0.8 * skin.texture_mm, atol=1e-6)
    assert np.allclose(later.chromophores.blood_marks, 0.75 * skin.chromophores.blood_marks)
    assert [scar.depth_mm for scar in later.scars] == pytest.approx(
        [0.7 * scar.depth_mm for scar in skin.scars]
    )
    assert later.base_mm is skin.base_mm


def test_renewal_changes_the_finest_relief_and_keeps_its_size():
    skin = make_skin(seed=7, look=LOOK)
    later = skin.treated(renew=0.5, seed=1)
    assert later.micro_mm.std() == pytest.approx(skin.micro_mm.std(), rel=0.03)
    alike = np.corrcoef(later.micro_mm.ravel(), skin.micro_mm.ravel())[0, 1]
    assert alike == pytest.approx(np.sqrt(0.5), abs=0.03)
    assert np.array_equal(later.micro_mm, skin.treated(renew=0.5, seed=1).micro_mm)


def test_pigment_can_follow_the_relief():
    worst = make_skin(seed=8, size_mm=(15.0, 15.0), look=SkinAppearance(correlated=0.2))
    usual = make_skin(seed=8, size_mm=(15.0, 15.0))
    assert np.array_equal(worst.height_mm, usual.height_mm)
    pairs = [(skin.chromophores.melanin_skin, skin.texture_mm) for skin in (worst, usual)]
    alike = [
        np.corrcoef(np.log(melanin).ravel(), relief.ravel())[0, 1] for melanin, relief in pairs
    ]
    assert alike[0] < -0.7
    assert abs(alike[1]) < 0.2
