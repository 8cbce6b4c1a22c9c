"""A scale that was only entered: amounts are less sure, and by the same factor at every session."""

from dataclasses import replace

import numpy as np
import pytest

from mnimage.compare.scale_uncertainty import add_scale_uncertainty
from mnimage.compare.scars import compare_relief, compare_scars
from mnimage.domain.photo import ImageScale
from mnimage.domain.relief import ReliefCard, Scar

GIVEN = ImageScale(0.05, "rig", 0.01, 0.05)


def _card(volume=1.2):
    scar = Scar(
        id=1, row=10, column=10, depth_mm=0.4, depth_mean_mm=0.3, area_mm2=4.0, volume_mm3=volume,
        width_mm=2.0, wall_angle_deg=30.0, kind="boxcar", depth_uncertainty_mm=0.01,
        volume_uncertainty_mm3=0.03, depth_systematic_mm=0.03, volume_systematic_mm3=0.0,
        area_uncertainty_mm2=0.3, width_uncertainty_mm=0.0,
    )  # fmt: skip
    none = np.zeros((0, 0), np.float32)
    return ReliefCard(
        texture_sq_um=12.0, texture_uncertainty_um=0.2, scar_depth_index_um=2.0,
        scar_depth_index_uncertainty_um=0.1, scars=(scar,), depth_mm=none,
        scar_labels=none.astype(np.int32), band_um=none, area_mm2=600.0, trusted=1.0, recipe="",
        area_uncertainty_mm2=0.0, places=(replace(scar, id=2),), texture_systematic_um=0.8,
    )  # fmt: skip


def test_the_uncertainty_goes_with_mm_once_mm2_twice_mm3_thrice():
    card = add_scale_uncertainty(_card(), GIVEN)
    for scar in (*card.scars, *card.places):
        assert scar.width_uncertainty_mm == pytest.approx(0.05 * 2.0)
        assert scar.depth_systematic_mm == pytest.approx(np.hypot(0.03, 0.05 * 0.4))
        assert scar.area_uncertainty_mm2 == pytest.approx(np.hypot(0.3, 0.10 * 4.0))
        assert scar.volume_systematic_mm3 == pytest.approx(0.15 * 1.2)
    assert card.area_uncertainty_mm2 == pytest.approx(0.10 * 600)
    assert card.texture_systematic_um == pytest.approx(np.hypot(0.8, 0.05 * 12))


def test_a_measured_scale_leaves_the_card_as_it_is():
    card = _card()
    assert add_scale_uncertainty(card, ImageScale(0.05, "rig", 0.01)) is card


def test_a_change_between_sessions_of_one_reported_scale_is_as_sure_as_before():
    plain = _card(), _card(1.0)
    notes = [add_scale_uncertainty(card, GIVEN) for card in plain]
    assert compare_relief(*notes) == compare_relief(*plain)
    found, usual = compare_scars(*notes)[0], compare_scars(*plain)[0]
    assert (found.volume, found.depth) == (usual.volume, usual.depth)
