"""One synthetic patient through a course of treatment: every session's photos, and the truth."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from mnimage.phantom.face import FaceScene, make_face, shoot_face
from mnimage.phantom.files import write_photo, write_shots, write_whole
from mnimage.phantom.light import Lamp, ring
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import Skin, SkinAppearance, make_skin
from mnimage.phantom.truth import skin_truth

if TYPE_CHECKING:
    from pathlib import Path

    from mnimage.domain.progress import Tick

_FIRST = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
_DAYS_BETWEEN = 42
_PATCH_PX = (500, 500)
_FACE_LOOK = SkinAppearance(microrelief_um=65.0, furrow_um=50.0, scars=(8, 8, 4), marks=(20, 10))
"""The face has as much fine detail for its coarse as real portraits have at 0.2 mm a pixel: there,
hairs and every pore make what is left to the relief here."""

_BLOTCH_MM = 3.0
_BLOTCH, _FEATURE = 0.10, 0.25
# What is gone at the end of the course.
_HEALED = {
    "scar_fraction": 0.30,
    "redness_fraction": 0.25,
    "texture_fraction": 0.20,
    "pigment_fraction": 0.15,
}


@dataclass(frozen=True, slots=True)
class CourseSession:
    """One session: when, what has healed since the first, and how the photos are taken.

    `healed` has the fractions of `Skin.treated`; `renewed` is the share of the finest relief that
    is new since the first session.
    """

    taken_at: datetime
    healed: dict[str, float]
    renewed: float
    seed: int
    face_shot: Shot
    patch_shot: Shot


@dataclass(frozen=True, slots=True)
class Course:
    """A patient's face and a patch of cheek as they were at first, the lamps, and the sessions.

    `lamps` are where the lamps truly stand, `stated` where they are said to.
    """

    face: FaceScene
    patch: Skin
    lamps: tuple[Lamp, ...]
    stated: tuple[Lamp, ...]
    sessions: tuple[CourseSession, ...]

    def face_at(self, number: int) -> FaceScene:
        """Return the face at session `number`, 0 the first."""
        return replace(self.face, skin=self._at(self.face.skin, number))

    def patch_at(self, number: int) -> Skin:
        """Return the patch of cheek at session `number`, 0 the first."""
        return self._at(self.patch, number)

    def _at(self, skin: Skin, number: int) -> Skin:
        session = self.sessions[number]
        return skin.treated(**session.healed, renew=session.renewed, seed=session.seed)


@dataclass(frozen=True, slots=True)
class SessionFiles:
    """The files of one session: an ordinary photo of the face, directional shots of the cheek."""

    taken_at: datetime
    photo: Path
    shots: Path


@dataclass(frozen=True, slots=True)
class CourseFiles:
    """A course on disk; `truth` is what TRUTH.json holds."""

    folder: Path
    sessions: tuple[SessionFiles, ...]
    truth: dict[str, Any] = field(repr=False)


def make_course(
    *,
    seed: int,
    sessions: int = 4,
    face_shape: tuple[int, int] = (1500, 1200),
    patch_look: SkinAppearance | None = None,
) -> Course:
    """Return a course of `sessions` six weeks apart; the same arguments give the same course.

    Healing is quick at first and slower later. At the end scars have lost 30 % of their depth, red
    marks 25 % of their blood, texture 20 % of its height, brown marks 15 % of their melanin.
    """
    look = patch_look or SkinAppearance(scars=(3, 3, 2), marks=(4, 2), lines=1, margin_mm=5.0)
    rng = np.random.default_rng([seed, 11])
    stated = ring(8)
    # The rig is screwed together once: its errors stay the same through the course.
    lamps = tuple(_misplaced(lamp, rng) for lamp in stated)
    return Course(
        face=_unblotched(make_face(seed=seed, shape=face_shape, look=_FACE_LOOK)),
        patch=make_skin(seed=seed, size_mm=(37.0, 37.0), look=look),
        lamps=lamps,
        stated=stated,
        sessions=tuple(_session(number, sessions, rng) for number in range(sessions)),
    )


def _unblotched(scene: FaceScene) -> FaceScene:
    """Return a face without the faint blotches of the small portrait that it is enlarged from.

    Enlarged, its grain is soft and five millimetres wide, and makes all skin look out of focus. The
    skin's own colour comes from the phantom; creases and shadows (contrasts beyond `_FEATURE`, ln)
    stay.
    """
    pitch = scene.skin.mm_per_px
    log = np.log(np.maximum(scene.portrait, 1e-3)).astype(np.float32)
    # The phantom does not use the measuring code, not even its blur.
    wide = (0, 0), _BLOTCH_MM / pitch
    weight = cv2.GaussianBlur(scene.share, *wide)[..., None]
    detail = log - cv2.GaussianBlur(log * scene.share[..., None], *wide) / np.maximum(weight, 1e-3)
    strength = cv2.GaussianBlur(np.abs(detail).max(axis=-1), (0, 0), 1.0 / pitch)
    kept = np.clip((strength - _BLOTCH) / (_FEATURE - _BLOTCH), 0, 1)
    taken = (scene.share * (1 - kept))[..., None] * detail
    return replace(scene, portrait=np.exp(log - taken).astype(np.float32))


def _misplaced(lamp: Lamp, rng: np.random.Generator) -> Lamp:
    x, y, z = (np.array([lamp.x, lamp.y, lamp.z]) + rng.normal(0, 1.5, 3)).tolist()
    return replace(lamp, x=x, y=y, z=z, power=float(1 + rng.normal(0, 0.01)))


def _session(number: int, count: int, rng: np.random.Generator) -> CourseSession:
    progress = _progress(number, count)
    return CourseSession(
        taken_at=_FIRST + timedelta(days=_DAYS_BETWEEN * number, minutes=int(rng.integers(90))),
        healed={name: share * progress for name, share in _HEALED.items()},
        renewed=0.0 if number == 0 else 0.5,
        seed=number,
        face_shot=_face_shot(number, rng),
        patch_shot=_patch_shot(number, rng),
    )


def _progress(number: int, count: int) -> float:
    """Return the share of all healing done: fast at first, then slower."""
    if count < 2:
        return 0.0
    rate = 1.2
    return float((1 - np.exp(-rate * number / (count - 1))) / (1 - np.exp(-rate)))


def _face_shot(number: int, rng: np.random.Generator) -> Shot:
    yaw, pitch, roll = rng.normal(0, (2.0, 1.5, 1.2)).tolist()
    down, right = rng.normal(0, 2.0, 2).tolist()
    pose = Pose(
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=roll,
        scale=float(1 + rng.normal(0, 0.015)),
        shift_mm=(down, right),
        warp_mm=0.4,
        warp_length_mm=60.0,
        warp_seed=number,
    )
    sensor = Sensor(
        exposure=float(np.exp(rng.normal(0, 0.04))),
        balance=_balance(rng, 0.015),
        blur_px=float(rng.uniform(0.4, 0.55)),
        electrons=12000.0,
    )
    light_x, light_y = rng.normal(0, 0.1, 2).tolist()
    lamp = Lamp(light_x, light_y - 0.1, 1.0, far=True)
    # The first photo sets the standard: straight on.
    pose = Pose() if number == 0 else pose
    return Shot(lamp=lamp, pose=pose, sensor=sensor, seed=number)


def _patch_shot(number: int, rng: np.random.Generator) -> Shot:
    yaw, pitch, roll = rng.normal(0, 1.5, 3).tolist()
    down, right = rng.normal(0, 0.8, 2).tolist()
    pose = Pose(
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=roll,
        scale=float(1 + rng.normal(0, 0.008)),
        shift_mm=(down, right),
        warp_mm=0.1,
        warp_seed=number,
    )
    sensor = Sensor(
        exposure=0.0,
        balance=_balance(rng, 0.01),
        blur_px=float(rng.uniform(0.5, 0.7)),
        electrons=12000.0,
        bits=12,
    )
    pose = Pose() if number == 0 else pose
    # A little stray light, as in a dimmed room; a dark frame shows how much.
    return Shot(pose=pose, sensor=sensor, shape=_PATCH_PX, ambient=0.02, seed=number)


def _balance(rng: np.random.Generator, spread: float) -> tuple[float, float, float]:
    red, blue = np.exp(rng.normal(0, spread, 2)).tolist()
    return red, 1.0, blue


def write_course(course: Course, folder: Path, tick: Tick) -> CourseFiles:
    """Render a course and write it into a folder, with all that is true of it in TRUTH.json.

    Raises
    ------
    OutputFailed
        If the folder can't be written to.
    """
    sessions = []
    steps = 2 * len(course.sessions)
    for number, session in enumerate(course.sessions):
        place = folder / f"session{number + 1}"
        tick(2 * number, steps)
        photo = shoot_face(course.face_at(number), session.face_shot)
        photo_file = write_photo(place / "face.jpg", photo, taken_at=session.taken_at)
        tick(2 * number + 1, steps)
        patch, shot = course.patch_at(number), session.patch_shot
        shots = write_shots(place / "cheek", patch, course.lamps, shot, stated=course.stated)
        sessions.append(SessionFiles(session.taken_at, photo_file, shots))
    truth = course_truth(course)
    write_whole(folder / "TRUTH.json", json.dumps(truth, indent=1).encode())
    tick(steps, steps)
    return CourseFiles(folder, tuple(sessions), truth)


def course_truth(course: Course) -> dict[str, Any]:
    """Return what is true of every session as plain numbers, ready for JSON.

    Rows and columns are pixels of that session's own picture of the face or the cheek.
    """
    return {"sessions": [_session_truth(course, at) for at in range(len(course.sessions))]}


def _session_truth(course: Course, number: int) -> dict[str, Any]:
    session = course.sessions[number]
    return {
        "taken_at": session.taken_at.isoformat(),
        **session.healed,
        "face": skin_truth(course.face_at(number).skin, session.face_shot),
        "cheek": skin_truth(course.patch_at(number), session.patch_shot),
    }
