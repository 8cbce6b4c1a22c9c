import numpy as np
import pytest

from mnimage.phantom.face import make_face, shoot_face, treated_face
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, true_field
from mnimage.phantom.sensor import Sensor
from tests.mnimage.phantom.shown import true_map

SHAPE = (750, 600)


@pytest.fixture(scope="module")
def face():
    return make_face(seed=1, shape=SHAPE)


def test_marks_and_scars_lie_on_skin(face):
    marks = face.skin.chromophores.marks
    assert len(marks) > 20
    assert len(face.skin.scars) > 12
    for one in (*marks, *face.skin.scars):
        row, column = (round(part) for part in face.skin.place_px(one.row_mm, one.column_mm))
        assert face.share[row, column] > 0.5


def test_eyes_are_63_mm_apart(face):
    # In the small portrait the eyes are at columns 203 and 246 and rows 101 and 103.
    apart = np.hypot(246 - 203, 103 - 101) * SHAPE[0] / 215 * face.skin.mm_per_px
    assert apart == pytest.approx(63, abs=1)


def test_healing_pales_the_red_marks_and_leaves_the_hair(face):
    before = shoot_face(face, Shot()).coded.astype(float)
    after = shoot_face(treated_face(face, redness_fraction=0.8), Shot()).coded.astype(float)
    reddest = max(
        (mark for mark in face.skin.chromophores.marks if mark.kind == "red"),
        key=lambda mark: mark.strength,
    )
    row, column = (round(part) for part in face.skin.place_px(reddest.row_mm, reddest.column_mm))
    redness = [np.log(part[row, column, 0] / part[row, column, 1]) for part in (before, after)]
    assert redness[1] < redness[0] - 0.05
    assert np.array_equal(before[face.share == 0], after[face.share == 0])


def test_same_seed_same_face(face):
    again = shoot_face(make_face(seed=1, shape=SHAPE), Shot(sensor=Sensor(electrons=1.2e4)))
    first = shoot_face(face, Shot(sensor=Sensor(electrons=1.2e4)))
    assert again.coded.tobytes() == first.coded.tobytes()


def test_turned_face_laid_back_by_the_true_field(face):
    turned = Shot(pose=Pose(yaw_deg=4.0, roll_deg=2.0, warp_mm=0.5, warp_length_mm=60.0))
    row, column, seen = true_field(face.skin, Shot(), turned)
    before = shoot_face(face, Shot()).coded[..., 1].astype(float)
    after = shoot_face(face, turned).coded[..., 1].astype(float)
    top, left = (
        np.clip(np.floor(row), 0, 748).astype(int),
        np.clip(np.floor(column), 0, 598).astype(int),
    )
    down, right = row - top, column - left
    back = (
        after[top, left] * (1 - down) * (1 - right)
        + after[top + 1, left] * down * (1 - right)
        + after[top, left + 1] * (1 - down) * right
        + after[top + 1, left + 1] * down * right
    )
    skin = seen & (face.share > 0.9)
    assert np.abs(back - before)[skin].mean() < 1.5
    assert np.abs(after - before)[skin].mean() > 6


def test_nose_moves_more_than_ear(face):
    row, column, _ = true_field(face.skin, Shot(), Shot(pose=Pose(yaw_deg=5.0)))
    moved = column - np.arange(600)[None]
    nose, cheek = true_map(face.skin, Shot(), moved)[410, 290], moved[410, 150]
    assert nose - cheek > 3.0
    assert np.abs(row - np.arange(750)[:, None]).max() < 0.01
