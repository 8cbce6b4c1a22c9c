import numpy as np
import pytest

from mnimage.quality.shot import take_shot


def test_skin_keeps_its_colour_and_brightness(kit):
    shot = kit.shot(np.full((400, 400, 3), (0.48, 0.30, 0.22)))
    assert np.median(shot.red) == pytest.approx(np.log(0.48 / 0.30), abs=0.01)
    assert np.median(shot.yellow) == pytest.approx(np.log(0.30 / 0.22), abs=0.01)
    luminance = 0.2126 * 0.48 + 0.7152 * 0.30 + 0.0722 * 0.22
    assert np.median(shot.light) == pytest.approx(np.log(luminance), abs=0.01)


def test_fine_photo_is_reduced_to_a_quarter_of_a_millimetre(kit):
    shot = kit.shot(face=kit.face(eye_distance_px=1100.0))
    assert shot.mm == pytest.approx(3 * 90 / 1100)
    assert shot.grey.shape == shot.labels.shape == shot.skin.shape
    assert shot.grey.shape[0] == pytest.approx(400 / 3, abs=6)


def test_gaps_left_by_glare_are_skin(kit):
    zones = kit.zones()
    labels = zones.labels.copy()
    labels[100:110, 100:110] = 0  # 3 mm of glare
    labels[200:300, 100:200] = 0  # 30 mm of something else
    shot = take_shot(
        kit.photo(kit.paint()), kit.face(), type(zones)(zones.names, labels, zones.reference)
    )
    assert shot.skin[kit_place(shot, 105, 105)]
    assert not shot.skin[kit_place(shot, 250, 150)]


def kit_place(shot, row, column):
    # The cut starts where the labels do, less a margin; at step 1 nothing else is changed.
    first = np.argwhere(shot.labels > 0).min(axis=0)
    return row - 20 + first[0], column - 20 + first[1]


def test_covered_is_the_share_of_the_photo_that_was_cut(kit):
    shot = kit.shot()
    assert shot.covered == pytest.approx(shot.labels.size / 160_000)


def test_sixteen_bits_look_like_eight(kit):
    eight = kit.photo(kit.paint())
    sixteen = type(eight)(eight.coded.astype(np.uint16) * 257, eight.facts)
    one, other = (take_shot(photo, kit.face(), kit.zones()) for photo in (eight, sixteen))
    assert np.abs(one.linear - other.linear).max() < 1e-3
    assert np.abs(one.grey - other.grey).max() < 0.01


def test_no_skin_is_empty(kit):
    zones = kit.zones()
    none = type(zones)(zones.names, np.zeros_like(zones.labels), np.zeros_like(zones.reference))
    assert take_shot(kit.photo(kit.paint()), None, none).empty
    assert not kit.shot().empty
