from pathlib import Path

import numpy as np
import pytest

from mnimage.face.detect import detect_faces
from mnimage.face.mesh import cut_patch, fit_mesh, square_around, square_of, to_eight_bits
from mnimage.face.models import load_nets

SHARED = Path(__file__).parents[3] / ".." / "shared" / "data"


def mesh_of(pixels, passes):
    nets = load_nets()
    square = square_of(detect_faces(to_eight_bits(pixels), nets.detector)[0])
    return fit_mesh(cut_patch(pixels, square), square, nets.mesh, passes=passes)


def test_eye_corners_lie_on_those_placed_by_hand(portrait):
    pixels = portrait("faces/002_neutral.jpg")
    lines = (SHARED / "faces" / "002_neutral.tem").read_text().split("\n")
    xy = np.array([[float(value) for value in line.split()] for line in lines[1:190]])
    placed = xy[[18, 27], ::-1]  # the outer corners of the right and the left eye
    mesh = mesh_of(pixels, 8)
    eyes = np.linalg.norm(placed[0] - placed[1])
    assert np.linalg.norm(mesh.points[[33, 263], :2] - placed, axis=1).max() < 0.04 * eyes


def test_more_passes_scatter_less(astronaut):
    shifts = [(0, 0), (3, 5), (7, 2), (11, 9), (2, 14), (17, 4), (9, 21), (23, 12)]

    def scatter(passes):
        each = [mesh_of(astronaut[r:, c:], passes).points[:, :2] + (r, c) for r, c in shifts]
        return np.std(each, axis=0).mean()

    assert scatter(8) < 0.85 * scatter(1)


def test_one_pass_has_no_spread_and_eight_have(astronaut):
    assert mesh_of(astronaut, 1).spread_px == 0
    assert 0 < mesh_of(astronaut, 8).spread_px < 1.5


def test_depth_grows_away_from_the_camera(astronaut):
    points = mesh_of(astronaut, 1).points
    nose, ears = points[4, 2], points[[234, 454], 2].mean()
    assert nose < ears


def test_the_square_turns_with_the_face(astronaut):
    upright = square_around(mesh_of(astronaut, 1).points)
    points = mesh_of(astronaut, 1).points
    turned = np.column_stack([points[:, 1], 511 - points[:, 0], points[:, 2]])
    rotated = square_around(turned)
    assert np.degrees(rotated.turn - upright.turn) == pytest.approx(90, abs=0.5)
    assert rotated.side == pytest.approx(upright.side, rel=0.01)


def test_sixteen_bits_give_the_mesh_of_eight(astronaut):
    eight = mesh_of(astronaut, 1).points
    sixteen = mesh_of(astronaut.astype(np.uint16) * 257, 1).points
    assert np.abs(eight - sixteen).max() < 0.2


def test_eight_bits_are_rounded_not_truncated():
    assert list(to_eight_bits(np.array([0, 128, 129, 65535], dtype=np.uint16))) == [0, 0, 1, 255]
