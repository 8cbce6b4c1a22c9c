import cv2
import numpy as np
import pytest

from mnimage.domain.photo import View
from mnimage.errors import FaceNotFound
from mnimage.face.find import find_face

CLOSE_UPS = {
    "right cheek": [50, 101, 118, 205, 187, 123],
    "left cheek": [280, 330, 347, 425, 411, 352],
    "forehead": [54, 284, 9, 109, 338, 10],
    "chin": [17, 152, 148, 377, 200],
    "mouth": [61, 291, 0, 17],
    "nose": [6, 129, 358, 2],
    "eye": [33, 133, 159, 145],
}


def test_astronaut_looks_ahead(astronaut_face):
    assert astronaut_face.view is View.FRONT
    assert astronaut_face.score >= 0.75
    assert astronaut_face.presence > 0.99
    assert astronaut_face.eye_distance_px == pytest.approx(63, abs=2)


@pytest.mark.parametrize("quarter", [1, 2, 3])
def test_face_is_found_in_every_quarter_turn(astronaut, astronaut_face, as_photo, quarter):
    face = find_face(as_photo(np.rot90(astronaut, quarter)))
    row, column = face.landmarks[:, 0], face.landmarks[:, 1]
    for _ in range(quarter):
        row, column = column, 511 - row
    away = np.hypot(row - astronaut_face.landmarks[:, 0], column - astronaut_face.landmarks[:, 1])
    assert away.mean() < 0.03 * astronaut_face.eye_distance_px


@pytest.mark.parametrize("factor", [0.5, 3.0])
def test_landmarks_scale_with_the_photo(astronaut, astronaut_face, as_photo, factor):
    scaled = cv2.resize(astronaut, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA)
    face = find_face(as_photo(scaled))
    back = (face.landmarks[:, :2] + 0.5) / factor - 0.5
    away = np.linalg.norm(back - astronaut_face.landmarks[:, :2], axis=1)
    assert away.mean() < 0.015 * astronaut_face.eye_distance_px


def test_sixteen_bit_photo_gives_the_same_face(astronaut, astronaut_face, as_photo):
    face = find_face(as_photo(astronaut.astype(np.uint16) * 257))
    assert np.abs(face.landmarks - astronaut_face.landmarks).max() < 0.2


@pytest.mark.parametrize("part", CLOSE_UPS)
@pytest.mark.parametrize("name", ["002_neutral", "008_smiling"])
def test_close_up_of_skin_is_no_face(portrait, as_photo, name, part):
    pixels = portrait(f"faces/{name}.jpg")
    face = find_face(as_photo(pixels))
    rng = np.random.default_rng(list(CLOSE_UPS).index(part))
    middle = face.landmarks[CLOSE_UPS[part], :2].mean(axis=0)
    for share in (0.4, 0.6, 0.8):
        side = share * face.eye_distance_px
        row, column = (middle - side / 2 + rng.normal(0, 8, 2)).astype(int)
        crop = pixels[row : row + int(side), column : column + int(side)]
        large = cv2.resize(crop, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
        assert find_face(as_photo(large)) is None


def test_two_people_are_refused(portrait, as_photo):
    two = np.hstack([portrait("faces/002_neutral.jpg"), portrait("faces/008_neutral.jpg")])
    with pytest.raises(FaceNotFound) as caught:
        find_face(as_photo(two))
    assert caught.value.message.code == "face.two_faces"
    assert caught.value.hint


def test_small_face_in_the_background_is_ignored(portrait, as_photo, woman):
    pixels = woman[0].copy()
    pixels[:300, :300] = cv2.resize(portrait("faces/008_neutral.jpg"), (300, 300))
    face = find_face(as_photo(pixels))
    assert face.eye_distance_px == pytest.approx(woman[1].eye_distance_px, rel=0.02)


def test_plain_wall_has_no_face(as_photo):
    assert find_face(as_photo(np.full((300, 400, 3), 120, dtype=np.uint8))) is None
