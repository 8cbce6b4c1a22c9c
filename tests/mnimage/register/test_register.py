"""Registration where the true field is known, and refusal of pairs that do not belong together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.domain.recipe import RegisterRecipe
from mnimage.face.find import find_face
from mnimage.kernels.geometry import expand
from mnimage.register.register import register_pair

DATA = Path(__file__).parents[3] / ".." / "shared" / "data"
RECIPE = RegisterRecipe()


def _photo(picture: np.ndarray) -> Photo:
    return Photo(np.ascontiguousarray(picture), CaptureFacts("PNG", 8))


def _read(name: str) -> np.ndarray:
    path = DATA / name
    if not path.is_file():
        pytest.skip("../shared/data is not here")
    return cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)[..., ::-1].copy()


def _ellipse(shape: tuple[int, int]) -> np.ndarray:
    row, column = np.mgrid[0 : shape[0], 0 : shape[1]]
    away = ((row / shape[0] - 0.5) / 0.25) ** 2 + ((column / shape[1] - 0.5) / 0.18) ** 2
    return away < 1


class _Warp:
    """A smooth known map from the photo after to the photo before, and its numeric inverse."""

    def __init__(self, shape: tuple[int, int], seed: int) -> None:
        random = np.random.default_rng(seed)
        rows, columns = shape
        row, column = np.mgrid[0:rows, 0:columns].astype(np.float32)
        turn, size = np.radians(random.uniform(-3, 3)), 1 + random.uniform(-0.04, 0.04)
        shift = random.uniform(-20, 20, 2)
        down, along = row - rows / 2, column - columns / 2
        waves = [
            4 * np.sin(row / rows * a + b) * np.cos(column / columns * c + d)
            for a, b, c, d in random.uniform(2, 5, (2, 4))
        ]
        cosine, sine = size * np.cos(turn), size * np.sin(turn)
        self.row = (rows / 2 + cosine * down - sine * along + shift[0] + waves[0]).astype(
            np.float32
        )
        self.column = (columns / 2 + sine * down + cosine * along + shift[1] + waves[1]).astype(
            np.float32
        )

    def after(self, before: np.ndarray) -> np.ndarray:
        return cv2.remap(
            before, self.column, self.row, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
        )

    def true_places(self) -> tuple[np.ndarray, np.ndarray]:
        """Where each pixel of before lies in after: the map turned round by iteration."""
        grid = np.mgrid[0 : self.row.shape[0], 0 : self.row.shape[1]].astype(np.float32)
        place = grid.copy()
        for _ in range(40):
            for axis, part in enumerate((self.row, self.column)):
                there = cv2.remap(
                    part, place[1], place[0], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
                )
                place[axis] += np.float32(0.8) * (grid[axis] - there)
        return place[0], place[1]


def _taken_again(picture: np.ndarray, seed: int, *, blur: float = 0.0) -> np.ndarray:
    """Other light, exposure, white balance, noise and JPEG."""
    random = np.random.default_rng(seed)
    rows, columns = picture.shape[:2]
    row, column = np.mgrid[0:rows, 0:columns] / max(rows, columns)
    light = 1 + 0.2 * np.cos(random.uniform(0, 6) + 3 * row + 2 * column)
    linear = (picture / 255.0) ** 2.2 * light[..., None] * 1.15 * np.array([1.06, 1.0, 0.95])
    coded = (255 * np.clip(linear, 0, 1) ** (1 / 2.2)).astype(np.float32)
    if blur:
        coded = cv2.GaussianBlur(coded, (0, 0), blur)
    noisy = np.clip(coded + random.normal(0, 1.5, coded.shape), 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", noisy[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    return cv2.imdecode(packed, cv2.IMREAD_COLOR)[..., ::-1].copy()


@pytest.mark.parametrize(("name", "seed"), [("001", 1), ("004", 2), ("010", 4)])
@pytest.mark.parametrize("blur", [0.0, 1.5])
def test_warped_portrait_is_found_to_a_fraction_of_a_pixel(name, seed, blur):
    before = _read(f"faces/{name}_neutral.jpg")
    warp = _Warp(before.shape[:2], seed)
    after = _taken_again(warp.after(before), seed, blur=blur)
    skin = _ellipse(before.shape[:2])
    found = register_pair(_photo(before), _photo(after), (None, None), skin, RECIPE)
    assert found.aligned, found.reason
    true_row, true_column = warp.true_places()
    row = expand(found.row, found.step, found.shape)
    column = expand(found.column, found.step, found.shape)
    error = np.hypot(row - true_row, column - true_column)[skin]
    assert np.median(error) < 0.15
    assert np.percentile(error, 95) < 0.4
    assert found.covered > 0.97
    # The error shown is of the size of the true one.
    assert 0.3 < found.error_median_px / np.median(error) < 4


def test_a_photo_on_itself_does_not_move():
    picture = np.ascontiguousarray(data.astronaut())
    skin = np.zeros(picture.shape[:2], bool)
    skin[60:200, 170:280] = True
    found = register_pair(_photo(picture), _photo(picture), (None, None), skin, RECIPE)
    assert found.aligned
    row, column = np.mgrid[0:512, 0:512]
    full = expand(found.row, found.step, found.shape), expand(found.column, found.step, found.shape)
    assert np.abs(full[0] - row)[skin].max() < 0.02
    assert np.abs(full[1] - column)[skin].max() < 0.02


def _by_faces(before: np.ndarray, after: np.ndarray):
    photos = _photo(before), _photo(after)
    faces = find_face(photos[0]), find_face(photos[1])
    assert faces[0] is not None
    skin = np.zeros(before.shape[:2], np.uint8)
    outline = cv2.convexHull(faces[0].landmarks[:, 1::-1].astype(np.float32)).astype(np.int32)
    cv2.fillConvexPoly(skin, outline, 1)
    return register_pair(*photos, faces, skin > 0, RECIPE)


@pytest.mark.parametrize("name", ["001", "007"])
def test_the_same_person_smiling_is_the_same_person(name):
    found = _by_faces(_read(f"faces/{name}_neutral.jpg"), _read(f"faces/{name}_smiling.jpg"))
    assert found.aligned, found.reason


@pytest.mark.parametrize("pair", [("30cm", "45cm"), ("lisa1", "lisa2")])
def test_real_pairs_of_one_person_align(pair):
    found = _by_faces(*(_read(f"same_person/{name}.jpg") for name in pair))
    assert found.aligned, found.reason


@pytest.mark.parametrize(("first", "second"), [("001", "002"), ("004", "005"), ("009", "010")])
def test_two_people_are_refused(first, second):
    found = _by_faces(_read(f"faces/{first}_neutral.jpg"), _read(f"faces/{second}_neutral.jpg"))
    assert not found.aligned
    assert found.reason


@pytest.mark.parametrize("name", ["001", "006", "009"])
def test_a_mirrored_photo_is_refused(name):
    before = _read(f"faces/{name}_neutral.jpg")
    assert not _by_faces(before, before[:, ::-1]).aligned


@pytest.mark.parametrize("read_deg", [-19.0, 21.0])
def test_a_head_turned_by_thirty_degrees_is_another_view(read_deg):
    photo = _photo(_read("faces/001_neutral.jpg"))
    face = find_face(photo)
    turned = replace(face, pose=replace(face.pose, yaw_deg=face.pose.yaw_deg + read_deg))
    found = register_pair(photo, photo, (face, turned), np.ones(photo.shape, bool), RECIPE)
    assert not found.aligned
    assert found.reason.code == "register.other_view"


def test_a_hopelessly_blurred_photo_is_refused():
    before = _read("faces/001_neutral.jpg")
    assert not _by_faces(before, cv2.GaussianBlur(before, (0, 0), 12)).aligned


def test_unrelated_pictures_without_faces_are_refused():
    first = np.random.default_rng(1).integers(90, 160, (600, 700, 3), dtype=np.uint8)
    second = np.random.default_rng(2).integers(90, 160, (500, 640, 3), dtype=np.uint8)
    soft = [cv2.GaussianBlur(picture, (0, 0), 2) for picture in (first, second)]
    skin = np.ones((600, 700), bool)
    found = register_pair(_photo(soft[0]), _photo(soft[1]), (None, None), skin, RECIPE)
    assert not found.aligned
    assert found.row.size == 0


def test_no_skin_is_refused_with_a_reason():
    picture = np.full((100, 100, 3), 128, np.uint8)
    found = register_pair(
        _photo(picture), _photo(picture), (None, None), np.zeros((100, 100), bool), RECIPE
    )
    assert not found.aligned
    assert found.reason.code == "register.no_skin"
