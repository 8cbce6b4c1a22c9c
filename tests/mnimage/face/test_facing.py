from dataclasses import replace

import numpy as np

from mnimage.face.facing import facing_map
from mnimage.face.pose import read_pose


def turned(face, degrees):
    """Return the face with its mesh turned about the upright axis, the nose to the right."""
    middle = face.landmarks.mean(axis=0)
    row, column, depth = (face.landmarks - middle).T
    angle = np.radians(degrees)
    column, depth = (
        column * np.cos(angle) - depth * np.sin(angle),
        depth * np.cos(angle) + column * np.sin(angle),
    )
    points = np.column_stack([row, column, depth]) + middle
    return replace(face, landmarks=points, pose=read_pose(points))


def cosine_at(face, *points):
    places = face.landmarks[:, :2]
    facing = facing_map((512, 512), places, face, 0.3)
    row, column = places[list(points)].mean(axis=0).round().astype(int)
    return facing.cosine[row, column], facing.seen[row, column]


def test_the_front_of_the_face_faces_the_camera(astronaut_face):
    for part in ([151, 9], [50, 101], [280, 330], [199]):
        cosine, seen = cosine_at(astronaut_face, *part)
        assert cosine > 0.6
        assert seen


def test_far_cheek_turns_away_and_near_cheek_does_not(astronaut_face):
    face = turned(astronaut_face, 50)
    near, far = cosine_at(face, 50, 101, 36), cosine_at(face, 411, 416, 434)
    assert near[0] > 0.6
    assert far[0] < 0.4
    assert not far[1]


def test_beyond_the_face_nothing_is_seen(astronaut_face):
    facing = facing_map((512, 512), astronaut_face.landmarks[:, :2], astronaut_face, 0.3)
    assert not facing.seen[:, :120].any()
    assert not facing.seen[300:].any()
