"""Skin moved by expression is left out and named; a turn or another distance is no expression."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.face import ZONES
from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.domain.recipe import RegisterRecipe
from mnimage.face.find import find_face
from mnimage.face.zones import skin_zones
from mnimage.register.moved import mark_moved
from mnimage.register.register import register_pair
from mnimage.register.rigid import at_nodes
from mnimage.words.message import NOTHING, message
from tests.mnimage.register.heads import (
    head_alignment,
    head_face,
    head_zones,
    smile,
    turned,
    waves,
)

DATA = Path(__file__).parents[3] / ".." / "shared" / "data"
RECIPE = RegisterRecipe()


def codes(found):
    return [one.code for one in found.warnings]


def _marked(**how):
    distance = how.get("far_mm", (1000.0, 1000.0))[0]
    return mark_moved(head_alignment(**how), head_face(far_mm=distance), head_zones(), RECIPE)


def test_a_smile_is_reported_and_left_out():
    found = _marked(displacement=smile(7.0), turn=turned(4, -3, 2))
    zones = dict(found.warnings[0].args)["zones"]
    assert found.warnings[0].code == "register.expression_differs"
    assert zones[0] == message("register.both_cheeks")
    assert message("register.perioral") in zones
    assert "forehead" not in " ".join(map(str, found.warnings))
    labels = at_nodes(head_zones().labels, found)
    assert not found.moved[labels == ZONES.index("forehead") + 1].any()
    assert 0.1 < found.moved_share < 0.6
    assert not (found.moved & found.valid).any()


def test_zones_of_which_most_moved_are_not_scored():
    def drawn_up(_, y):
        return 0.0 * y, -8.0 / (1 + np.exp(-(y - 20) / 6))

    found = _marked(displacement=drawn_up)
    assert {"perioral", "chin"} <= {*found.moved_zones}
    assert "forehead" not in found.moved_zones
    assert "register.zones_not_scored" in codes(found)


@pytest.mark.parametrize("seed", range(6))
def test_another_pose_or_distance_is_not_an_expression(seed):
    random = np.random.default_rng(seed)
    angles = random.uniform(-8, 8, 3)
    found = _marked(
        turn=turned(*angles),
        displacement=waves(seed),
        size=float(random.uniform(0.9, 1.1)),
        far_mm=(1000.0, float(random.uniform(900, 1100))),
    )
    assert found.warnings == ()
    assert not found.moved.any()


@pytest.mark.parametrize(("far", "way"), [((300, 450), "farther"), ((450, 300), "nearer")])
def test_another_camera_distance_is_reported(far, way):
    found = _marked(far_mm=far)
    assert codes(found) == [f"register.perspective_{way}"]
    assert (found.perspective > 0) == (way == "farther")


def test_smile_is_not_taken_for_another_distance():
    found = codes(_marked(displacement=smile(9.0)))
    assert not any(code.startswith("register.perspective") for code in found)


def test_a_face_that_moved_everywhere_is_refused():
    def torn(x, _):
        return 6.0 * np.sign(np.sin(x / 7)), 6.0 * np.sign(np.cos(x / 5))

    found = mark_moved(
        head_alignment(displacement=torn),
        head_face(),
        head_zones(),
        replace(RECIPE, min_unmoved=0.5),
    )
    assert not found.aligned
    assert found.reason.code == "register.expression_everywhere"
    assert found.valid.size == 0


def test_without_a_face_the_alignment_is_unchanged():
    field = head_alignment(displacement=smile(9.0))
    assert mark_moved(field, None, head_zones(), RECIPE) is field
    nothing = np.zeros((0, 0), np.float32)
    refused = Alignment(
        Status.NOT_COMPARABLE, NOTHING, (9, 9), (9, 9), 1, *[nothing] * 3, nothing > 0
    )
    assert mark_moved(refused, head_face(), head_zones(), RECIPE) is refused


@cache
def _analyzed(name):
    path = DATA / name
    if not path.is_file():
        pytest.skip("../shared/data is not here")
    coded = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_COLOR)[..., ::-1].copy()
    return _found(Photo(coded, CaptureFacts("JPEG", 8)))


def _found(photo):
    face = find_face(photo)
    return photo, face, skin_zones(photo, face)


def _aligned(first, second):
    skin = (first[2].labels > 0) | first[2].reference
    faces = first[1], second[1]
    return mark_moved(
        register_pair(first[0], second[0], faces, skin, RECIPE), first[1], first[2], RECIPE
    )


@pytest.mark.parametrize("who", ["003", "010"])
def test_people_who_smile_are_detected(who):
    """003 smiles slightly, 010 strongly; benchmarks/refusals.py tests everyone."""
    found = _aligned(_analyzed(f"faces/{who}_neutral.jpg"), _analyzed(f"faces/{who}_smiling.jpg"))
    assert found.warnings[0].code == "register.expression_differs"
    assert message("register.perioral") in dict(found.warnings[0].args)["zones"]
    forehead = at_nodes(_analyzed(f"faces/{who}_neutral.jpg")[2].labels, found) == 1
    assert found.moved[forehead].sum() <= 0.1 * forehead.sum()


def test_30_against_45_cm_is_another_distance_and_no_expression():
    near, far = _analyzed("same_person/30cm.jpg"), _analyzed("same_person/45cm.jpg")
    found = _aligned(near, far)
    assert codes(found) == ["register.perspective_farther"]
    assert not found.moved.any()


def test_the_same_photo_resized_and_cropped_gives_no_warning():
    first = _analyzed("same_person/30cm.jpg")
    coded = first[0].coded[40:, 30:]
    size = round(coded.shape[1] * 0.7), round(coded.shape[0] * 0.7)
    small = cv2.resize(coded, size, interpolation=cv2.INTER_AREA)
    found = _aligned(first, _found(Photo(small, CaptureFacts("PNG", 8))))
    assert found.aligned
    assert found.warnings == ()
