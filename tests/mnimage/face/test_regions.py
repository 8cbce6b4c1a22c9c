import numpy as np

from mnimage.domain.face import ZONES
from mnimage.face.regions import BROWS, EYES, LIPS, NOSTRILS, OUTLINES, OVAL, REFERENCE, mirrored
from mnimage.kernels.masks import fill_polygon


def test_every_zone_has_an_outline_in_the_order_of_its_label():
    assert tuple(OUTLINES) == ZONES


def test_mirrored_points_lie_mirrored_on_a_face(astronaut_face):
    points = astronaut_face.landmarks[:, :2]
    middle = points[[10, 152], 1].mean()
    for outline in (OUTLINES["cheek_right"], OUTLINES["periorbital_right"], *EYES[:1], *BROWS[:1]):
        here, there = points[list(outline)], points[list(mirrored(outline))]
        assert np.abs(here[:, 0] - there[:, 0]).max() < 9
        assert np.abs((middle - here[:, 1]) - (there[:, 1] - middle)).max() < 12


def test_the_right_cheek_is_on_the_left_of_the_picture(astronaut_face):
    points = astronaut_face.landmarks[:, 1]
    assert points[list(OUTLINES["cheek_right"])].mean() < points[1]
    assert points[list(OUTLINES["cheek_left"])].mean() > points[1]


def test_zones_fill_the_face_and_overlap_only_at_borders(woman):
    points, shape = woman[1].landmarks[:, :2], woman[0].shape[:2]
    count = sum(fill_polygon(shape, points[list(one)]).astype(int) for one in OUTLINES.values())
    oval = fill_polygon(shape, points[list(OVAL)])
    assert (count > 1).sum() < 0.02 * oval.sum()
    assert (count[oval] > 0).mean() > 0.85
    assert (count[~oval] > 0).sum() < 0.01 * oval.sum()


def test_features_lie_inside_the_face(woman):
    points, shape = woman[1].landmarks[:, :2], woman[0].shape[:2]
    oval = fill_polygon(shape, points[list(OVAL)])
    for outline in (*EYES, *BROWS, *NOSTRILS, LIPS, *REFERENCE):
        drawn = fill_polygon(shape, points[list(outline)])
        assert drawn.any()
        assert (drawn & oval).sum() > 0.98 * drawn.sum()
