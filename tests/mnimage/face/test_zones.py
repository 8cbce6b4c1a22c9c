import cv2
import numpy as np
import pytest

from mnimage.domain.face import WHOLE, ZONES
from mnimage.face.find import find_face
from mnimage.face.zones import skin_zones
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.visit import visit

SPOTS = {50: 12.0, 425: 8.0, 151: 6.0}
RED, BROWN, WHITE = (1.3, 0.6, 0.6), (0.45, 0.38, 0.32), (1.3, 1.25, 1.25)


@pytest.fixture(scope="module")
def womans_zones(woman, as_photo):
    return skin_zones(as_photo(woman[0]), woman[1])


def test_all_zones_of_a_bare_face_are_there(womans_zones):
    assert womans_zones.names == ZONES
    assert set(np.unique(womans_zones.labels)) == set(range(9))


def test_labels_lie_in_their_places(womans_zones, woman):
    points = woman[1].landmarks[:, :2].round().astype(int)
    places = {"forehead": 151, "cheek_right": 50, "cheek_left": 280, "nose": 5, "chin": 199}
    for name, point in places.items():
        assert womans_zones.labels[tuple(points[point])] == ZONES.index(name) + 1


def test_eyes_lips_nostrils_and_brows_are_left_out(womans_zones, woman):
    points = woman[1].landmarks[:, :2]
    for group in ([159, 145], [386, 374], [0, 17], [105, 52], [334, 282], [13, 14]):
        row, column = points[group].mean(axis=0).round().astype(int)
        assert not womans_zones.labels[row - 3 : row + 4, column - 3 : column + 4].any()


def test_reference_lies_within_the_zones_and_is_large_enough(womans_zones, woman):
    mm = 90 / woman[1].eye_distance_px
    assert (womans_zones.labels[womans_zones.reference] > 0).all()
    assert womans_zones.reference.sum() * mm**2 > 300


@pytest.mark.parametrize("name", ["006_neutral", "008_neutral", "012_smiling", "001_smiling"])
def test_light_and_dark_skin_keep_their_cheeks(portrait, as_photo, name):
    photo = as_photo(portrait(f"faces/{name}.jpg"))
    zones = skin_zones(photo, find_face(photo))
    mm2 = (90 / find_face(photo).eye_distance_px) ** 2
    for zone in ("cheek_left", "cheek_right"):
        assert (zones.labels == ZONES.index(zone) + 1).sum() * mm2 > 800


def test_hair_over_the_forehead_takes_the_zone_away(portrait, as_photo):
    photo = as_photo(portrait("faces/003_neutral.jpg"))
    zones = skin_zones(photo, find_face(photo))
    assert not (zones.labels == 1).any()
    assert zones.reference.any()


@pytest.mark.parametrize("colour", [RED, BROWN, WHITE])
def test_small_spots_stay_in(woman, as_photo, colour):
    pixels, face = woman
    mm = 90 / face.eye_distance_px
    soft = np.zeros(pixels.shape[:2], dtype=np.float32)
    for point, size in SPOTS.items():
        row, column = face.landmarks[point, :2].round().astype(int)
        cv2.circle(soft, (int(column), int(row)), int(size / 2 / mm), 1.0, -1)
    spot = soft > 0
    soft = cv2.GaussianBlur(soft, (0, 0), 0.5 / mm)[..., None]
    painted = pixels * (1 - soft) + soft * pixels * np.array(colour) ** (1 / 1.6)
    zones = skin_zones(as_photo(np.clip(painted, 0, 255).astype(np.uint8)), face)
    assert (zones.labels[spot] > 0).mean() > 0.75


def test_no_salt_and_pepper(womans_zones):
    count, _, facts, _ = cv2.connectedComponentsWithStats((womans_zones.labels > 0).view(np.uint8))
    assert (facts[1:, cv2.CC_STAT_AREA] < 20).sum() <= 5
    assert count < 40


def test_the_face_may_lie_on_its_side(woman, as_photo, womans_zones):
    photo = as_photo(np.rot90(woman[0]))
    zones = skin_zones(photo, find_face(photo))
    wanted = np.rot90(womans_zones.labels)
    for number in range(1, 9):
        one, other = zones.labels == number, wanted == number
        assert (one & other).sum() > 0.75 * (one | other).sum()


def test_a_fine_photo_has_the_zones_of_a_coarse_one(woman, as_photo, womans_zones):
    photo = as_photo(cv2.resize(woman[0], None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC))
    zones = skin_zones(photo, find_face(photo))
    assert zones.labels.shape == (photo.rows, photo.columns)
    one, other = zones.labels[::2, ::2] > 0, womans_zones.labels > 0
    assert (one & other).sum() > 0.93 * (one | other).sum()


def close_up(tone, cloth):
    """Return a picture of textured skin, two thirds wide, beside a cloth, and where the skin is."""
    rng = np.random.default_rng(3)
    light = np.ones((300, 400, 1)) * np.array(tone, dtype=float)
    light[:, 270:] = cloth
    light *= np.exp(cv2.GaussianBlur(rng.normal(0, 0.15, (300, 400)), (0, 0), 1.5))[..., None]
    coded = 255 * np.clip(light, 0, 1) ** (1 / 2.2)
    skin = np.zeros((300, 400), dtype=bool)
    skin[:, :270] = True
    return np.round(coded).astype(np.uint8), skin


@pytest.mark.parametrize("tone", [(0.7, 0.5, 0.4), (0.45, 0.28, 0.19), (0.1, 0.05, 0.03)])
@pytest.mark.parametrize(
    "cloth", [(0.05, 0.15, 0.4), (0.4, 0.4, 0.4), (0.9, 0.9, 0.9), (0.004, 0.004, 0.004)]
)
def test_close_up_is_all_skin_and_no_cloth(as_photo, tone, cloth):
    pixels, skin = close_up(tone, cloth)
    zones = skin_zones(as_photo(pixels), None)
    assert zones.names == (WHOLE,)
    assert (zones.labels[skin] == 1).mean() > 0.85
    assert (zones.labels[~skin] == 1).mean() < 0.03
    assert np.array_equal(zones.reference, zones.labels > 0)


@pytest.mark.parametrize("tone", ["I", "VI"])
def test_close_up_of_marked_skin_is_skin_whatever_its_type(tone):
    look = SkinAppearance(tone=tone, marks=(6, 7), margin_mm=4.0)
    skin = make_skin(seed=83011, size_mm=(36.0, 36.0), mm_per_px=0.1, look=look)
    photo = visit(skin, np.random.default_rng([83002, 11]), first=True)
    assert (skin_zones(photo, None).labels > 0).mean() > 0.95


def test_no_skin_no_zone(as_photo):
    blue = np.full((200, 300, 3), (40, 80, 160), dtype=np.uint8)
    assert not skin_zones(as_photo(blue), None).labels.any()


def test_a_strip_in_the_shadow_of_a_fringe_is_no_reference(portrait, as_photo):
    photo = as_photo(portrait("faces/003_neutral.jpg"))
    zones = skin_zones(photo, find_face(photo))
    green = photo.coded[..., 1]
    assert np.median(green[zones.reference]) > 0.9 * np.median(green[zones.labels > 0])
