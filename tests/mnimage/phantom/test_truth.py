import numpy as np
import pytest

from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.truth import seen_at, skin_truth, true_scars
from tests.mnimage.phantom.shown import true_map

SKIN = make_skin(seed=2, size_mm=(24.0, 24.0), look=SkinAppearance(margin_mm=3.0))


def test_places_of_a_straight_shot_are_the_samples():
    for scar, reported in zip(SKIN.scars, true_scars(SKIN, Shot()), strict=True):
        wanted = SKIN.place_px(scar.row_mm, scar.column_mm)
        assert (reported["row"], reported["col"]) == pytest.approx(wanted, abs=1e-2)
        assert reported["volume_mm3"] == scar.volume_mm3
        assert reported["depth_mm"] <= reported["depth_max_mm"] == scar.depth_mm


def test_marks_are_seen_where_the_picture_shows_their_blood():
    shot = Shot(pose=Pose(yaw_deg=4.0, roll_deg=10.0, shift_mm=(0.5, 0.3), distance_mm=300.0))
    seen = true_map(SKIN, shot, SKIN.chromophores.blood_marks)
    for mark in skin_truth(SKIN, shot)["marks"]:
        if mark["kind"] == "red":
            row, column = round(mark["row"]), round(mark["col"])
            assert seen[row, column] == pytest.approx(mark["strength"], rel=0.05)


def test_truth_is_plain_numbers():
    truth = skin_truth(SKIN, Shot())
    assert truth["mm_per_px"] == pytest.approx(0.06)
    assert truth["texture_rms_um"] == pytest.approx(1000 * np.std(SKIN.texture_mm), rel=1e-4)
    assert truth["scar_volume_mm3"] == pytest.approx(SKIN.scar_mm.sum() * 0.06**2, rel=0.01)
    assert seen_at(SKIN, Shot(), ()) == []
