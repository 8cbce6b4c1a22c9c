"""The face of a photo, or none; a close-up of skin must not count as a face."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.face import Face
from mnimage.errors import FaceNotFound
from mnimage.face.detect import Detection, detect_faces
from mnimage.face.mesh import (
    SIDE,
    Mesh,
    Square,
    cut_patch,
    fit_mesh,
    square_around,
    square_of,
    to_eight_bits,
)
from mnimage.face.models import Nets, load_nets
from mnimage.face.pose import eye_distance, read_pose, view_of
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mnimage.domain.photo import Coded, Photo

SMALL_SIDE = 1024
"""Long side of the reduced copy in which faces are detected."""

# What separates a face from a cheek. Measured on 150 pictures of 15 people (turned, reduced,
# dimmed, blurred, cropped tight) and 442 false detections in their cheeks, foreheads, chins, mouths
# and noses: the meshes of true faces scatter over the passes by at most 1.6 % of the eye distance,
# 99 % of the false ones by more than 2.3 %; a second detection in the upright square scores true
# faces 0.70 and more, 95 % of the false ones below 0.62; eyes, nose and mouth of the detector and
# the mesh agree within 0.11 eye distances on faces.
MIN_PRESENCE = 0.5
MIN_INSIDE = 0.9
MIN_SCORE = 0.75
MIN_SECOND_SCORE = 0.65
MAX_SPREAD = 0.023
MAX_DISAGREEMENT = 0.15
MIN_EYES_PX = 20.0
MAX_EYES_SHARE = 0.75

MOST_CANDIDATES = 6
"""Largest detections that are verified; a photo has one face, and verifying takes time."""

COMPARABLE_SIZE = 0.6
"""Size of a second face, over that of the largest, from which it counts as another patient."""

FIVE_MARKS = ([33, 133], [263, 362], [4], [13, 14])
"""Mesh points of the right and left eye, the nose tip and the mouth, as the detector has them."""


@dataclass(frozen=True, slots=True)
class _Sizes:
    """A photo at full size and reduced by `factor`."""

    full: Coded
    small: NDArray[np.uint8]
    factor: int

    def patch_source(self, square: Square) -> tuple[Coded, int]:
        """Return the smallest copy with at least the resolution of the network, and its factor."""
        fine = square.side / self.factor >= 1.5 * SIDE
        return (self.small, self.factor) if fine else (self.full, 1)


def find_face(photo: Photo, *, passes: int = 8) -> Face | None:
    """Return the photo's face, or None where there is none, as on a close-up of skin.

    All four quarter turns are tried, for photos lying on their side or upside down. A much smaller
    face in the background is ignored.

    Parameters
    ----------
    photo
        Upright as far as is known.
    passes
        Passes over which the mesh is averaged; eight scatter by 0.2 % of the eye distance.

    Raises
    ------
    FaceNotFound
        If there are two faces of comparable size.
    ModelsMissing
        If the face models are not installed.
    """
    nets = load_nets()
    sizes = _reduced(photo)
    for quarter in range(4):
        found = _verified(sizes, quarter, nets, passes)
        if found:
            return _only_face(found)
    return None


def _reduced(photo: Photo) -> _Sizes:
    factor = max(1, max(photo.shape) // SMALL_SIDE)
    size = max(1, photo.columns // factor), max(1, photo.rows // factor)
    whole = photo.coded[: size[1] * factor, : size[0] * factor]
    small = cv2.resize(whole, size, interpolation=cv2.INTER_AREA) if factor > 1 else whole
    return _Sizes(full=photo.coded, small=to_eight_bits(np.asarray(small)), factor=factor)


def _only_face(found: list[Face]) -> Face:
    largest, *others = sorted(found, key=lambda face: -face.eye_distance_px)
    if any(face.eye_distance_px > COMPARABLE_SIZE * largest.eye_distance_px for face in others):
        raise FaceNotFound(message("face.two_faces"))
    return largest


def _verified(sizes: _Sizes, quarter: int, nets: Nets, passes: int) -> list[Face]:
    turned = np.ascontiguousarray(np.rot90(sizes.small, quarter))
    candidates = detect_faces(turned, nets.detector, windows=quarter == 0)
    candidates = sorted(candidates, key=lambda one: -one.size)[:MOST_CANDIDATES]
    faces: list[Face] = []
    for candidate in candidates:
        face = _face_at(
            sizes, _in_photo(candidate, quarter, turned.shape, sizes.factor), nets, passes
        )
        if face is not None and not any(_same(face, other) for other in faces):
            faces.append(face)
    return faces


def _in_photo(found: Detection, quarter: int, shape: tuple[int, ...], factor: int) -> Detection:
    """Return a detection in the turned small copy in pixels of the photo."""
    points, (rows, columns) = found.points, shape[:2]
    for _ in range(quarter):
        points = np.stack([points[:, 1], rows - 1 - points[:, 0]], axis=1)
        rows, columns = columns, rows
    return Detection(found.score, (points + 0.5) * factor - 0.5)


def _same(one: Face, other: Face) -> bool:
    apart = np.linalg.norm((one.landmarks - other.landmarks)[:, :2].mean(axis=0))
    return bool(apart < 0.5 * max(one.eye_distance_px, other.eye_distance_px))


def _face_at(sizes: _Sizes, found: Detection, nets: Nets, passes: int) -> Face | None:
    """Return the face at a detection if it passes every check."""
    first = _mesh_in(sizes, square_of(found), nets, 1)
    if first is None or not _plausible(first, found, sizes.full.shape):
        return None
    mesh = _mesh_in(sizes, square_around(first.points), nets, passes)
    if mesh is None or not _plausible(mesh, found, sizes.full.shape):
        return None
    eyes = eye_distance(mesh.points)
    second = _second_score(sizes, mesh, nets)
    if mesh.spread_px > MAX_SPREAD * eyes or second < MIN_SECOND_SCORE:
        return None
    score = max(found.score, second)
    return _face(mesh, score) if score >= MIN_SCORE else None


def _mesh_in(sizes: _Sizes, square: Square, nets: Nets, passes: int) -> Mesh | None:
    rows, columns = sizes.full.shape[:2]
    if not (0 <= square.row < rows and 0 <= square.column < columns and square.side >= 16):
        return None
    source, factor = sizes.patch_source(square)
    scaled = _scaled(square, factor)
    mesh = fit_mesh(cut_patch(source, scaled), scaled, nets.mesh, passes=passes)
    points = mesh.points * factor
    points[:, :2] += (factor - 1) / 2
    return Mesh(points=points, presence=mesh.presence, spread_px=mesh.spread_px * factor)


def _scaled(square: Square, factor: int) -> Square:
    place = ((square.row + 0.5) / factor - 0.5, (square.column + 0.5) / factor - 0.5)
    return Square(*place, square.side / factor, square.turn)


def _plausible(mesh: Mesh, found: Detection, shape: tuple[int, ...]) -> bool:
    eyes = eye_distance(mesh.points)
    marks = np.stack([mesh.points[ids, :2].mean(axis=0) for ids in FIVE_MARKS])
    apart = float(np.linalg.norm(found.points[2:6] - marks, axis=1).mean())
    return all(_checks(mesh, eyes, apart, shape))


def _checks(mesh: Mesh, eyes: float, apart: float, shape: tuple[int, ...]) -> Iterator[bool]:
    edge = np.array(shape[:2]) - 1
    inside = ((mesh.points[:, :2] >= 0) & (mesh.points[:, :2] <= edge)).all(axis=1)
    yield mesh.presence >= MIN_PRESENCE
    yield float(inside.mean()) >= MIN_INSIDE
    yield MIN_EYES_PX <= eyes <= MAX_EYES_SHARE * max(shape[:2])
    yield apart <= MAX_DISAGREEMENT * eyes


def _second_score(sizes: _Sizes, mesh: Mesh, nets: Nets) -> float:
    """Return the score of the detector for the face alone, turned upright."""
    around = square_around(mesh.points)
    wide = Square(around.row, around.column, around.side * 1.35, around.turn)
    source, factor = sizes.patch_source(wide)
    scaled = _scaled(wide, factor)
    upright = cut_patch(source, scaled).upright(scaled)
    return max(
        (one.score for one in detect_faces(upright, nets.detector, windows=False)), default=0
    )


def _face(mesh: Mesh, score: float) -> Face:
    pose = read_pose(mesh.points)
    return Face(
        landmarks=mesh.points,
        score=score,
        presence=mesh.presence,
        pose=pose,
        view=view_of(pose),
        eye_distance_px=eye_distance(mesh.points),
        spread_px=mesh.spread_px,
    )
