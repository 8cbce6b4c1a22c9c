"""Pairs of photos whose true field is known, of several independent kinds."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.formats.files import read_photo
from mnimage.phantom.face import make_face, shoot_face, treated_face
from mnimage.phantom.light import Lamp
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot, true_field
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

PORTRAITS = Path(__file__).parents[1] / ".." / "shared" / "data" / "faces"
HEALED = {"scar_fraction": 0.3, "redness_fraction": 0.5, "pigment_fraction": 0.5, "renew": 0.5}


@dataclass(frozen=True, slots=True)
class TruePair:
    """Two photos, where each pixel of before truly lies in after, and where both show it."""

    name: str
    before: Photo
    after: Photo
    row: NDArray[np.float32] = field(repr=False)
    column: NDArray[np.float32] = field(repr=False)
    seen: NDArray[np.bool_] = field(repr=False)


def true_pairs(seeds: int) -> Iterator[TruePair]:
    """Yield pairs of every kind for each seed: rendered close-ups and faces, warped portraits."""
    for seed in range(seeds):
        yield close_up(seed)
        yield rendered_face(seed)
        portraits = sorted(PORTRAITS.glob("*_neutral.jpg"))
        if portraits:
            yield warped_portrait(portraits[seed % len(portraits)], seed)


def hard_shot(random: np.random.Generator, seed: int) -> Shot:
    """Return how the second photo is taken: everything off by up to what a clinic gets wrong."""
    yaw, pitch, roll = random.uniform(-8, 8, 3).tolist()
    pose = Pose(
        yaw_deg=yaw,
        pitch_deg=pitch,
        roll_deg=roll,
        scale=float(random.uniform(0.92, 1.1)),
        shift_mm=(float(random.uniform(-3, 3)), float(random.uniform(-3, 3))),
        warp_mm=0.3,
        warp_seed=seed,
    )
    red, blue = random.uniform(0.92, 1.08, 2).tolist()
    sensor = Sensor(
        exposure=float(random.uniform(0.8, 1.2)),
        balance=(red, 1.0, blue),
        blur_px=float(random.uniform(0.6, 1.5)),
        jpeg=80,
    )
    return Shot(lamp=soft_lamp(random, 15.0), pose=pose, sensor=sensor, seed=seed + 1)


def soft_lamp(random: np.random.Generator, most_deg: float) -> Lamp:
    """Return a far lamp up to so many degrees off the camera's axis, down and to the side."""
    x, y = np.tan(np.radians(random.uniform(-most_deg, most_deg, 2))).tolist()
    return Lamp(x, y, 1.0, far=True)


def close_up(seed: int) -> TruePair:
    """Return rendered skin at 6 px/mm, healed between two shots."""
    random = np.random.default_rng([seed, 1])
    tone = ("I", "II", "III", "IV", "V", "VI")[seed % 6]
    skin = make_skin(
        seed=seed,
        size_mm=(110.0, 110.0),
        mm_per_px=1 / 6,
        look=SkinAppearance(tone=tone, scars=(6, 6, 4), marks=(14, 10), margin_mm=6.0),
    )
    first = Shot(lamp=soft_lamp(random, 3.0), sensor=Sensor(jpeg=80), seed=seed)
    second = hard_shot(random, seed)
    healed = skin.treated(**HEALED, seed=seed + 5)
    row, column, seen = true_field(skin, first, second, skin_after=healed)
    name = f"rendered close-up, type {tone}"
    return TruePair(name, shoot(skin, first), shoot(healed, second), row, column, seen)


def rendered_face(seed: int) -> TruePair:
    """Return a rendered face at about 6 px/mm, healed between two shots."""
    random = np.random.default_rng([seed, 2])
    face = make_face(seed=seed, shape=(1900, 1520))
    first = Shot(lamp=soft_lamp(random, 3.0), sensor=Sensor(jpeg=80), seed=seed)
    second = hard_shot(random, seed)
    healed = treated_face(face, **HEALED, seed=seed + 5)
    row, column, seen = true_field(face.skin, first, second, skin_after=healed.skin)
    before, after = shoot_face(face, first), shoot_face(healed, second)
    return TruePair("rendered face", before, after, row, column, seen)


def warped_portrait(path: Path, seed: int) -> TruePair:
    """Return a real portrait and the same bent, relit and taken again."""
    random = np.random.default_rng([seed, 3])
    before = read_photo(path).coded.astype(np.uint8)
    rows, columns = before.shape[:2]
    row, column = np.mgrid[0:rows, 0:columns].astype(np.float32)
    turn, size = np.radians(random.uniform(-8, 8)), random.uniform(0.92, 1.08)
    down, along = row - rows / 2, column - columns / 2
    waves = [
        6 * np.sin(row / rows * a + b) * np.cos(column / columns * c + d)
        for a, b, c, d in random.uniform(2, 6, (2, 4))
    ]
    cosine, sine = size * np.cos(turn), size * np.sin(turn)
    shift = random.uniform(-25, 25, 2)
    back = np.stack(
        [
            rows / 2 + cosine * down - sine * along + shift[0] + waves[0],
            columns / 2 + sine * down + cosine * along + shift[1] + waves[1],
        ]
    ).astype(np.float32)
    bent = cv2.remap(before, back[1], back[0], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    after = np.asarray(bent, dtype=np.uint8)
    places = _turned_round(back)
    inside = (places > 2).all(axis=0) & (places[0] < rows - 3) & (places[1] < columns - 3)
    return TruePair(
        f"warped portrait {path.stem[:3]}",
        _photo(taken_again(before, random, 0.0)),
        _photo(taken_again(after, random, float(random.uniform(0, 1.5)))),
        places[0],
        places[1],
        inside,
    )


def _turned_round(back: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the inverse of a map by iteration; exact to about a thousandth of a pixel."""
    grid = np.mgrid[0 : back.shape[1], 0 : back.shape[2]].astype(np.float32)
    place = grid.copy()
    for _ in range(60):
        for axis in range(2):
            there = cv2.remap(
                back[axis], place[1], place[0], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
            )
            place[axis] += np.float32(0.8) * (grid[axis] - there)
    return place


def taken_again(
    picture: NDArray[np.uint8], random: np.random.Generator, blur: float
) -> NDArray[np.uint8]:
    """Return a picture under other light, exposure and white balance, blurred, noisy, as JPEG."""
    rows, columns = picture.shape[:2]
    row, column = np.mgrid[0:rows, 0:columns] / max(rows, columns)
    light = 1 + 0.2 * np.cos(random.uniform(0, 6) + 3 * row + 2 * column)
    gains = random.uniform(0.8, 1.2) * np.array([random.uniform(0.92, 1.08), 1.0, 0.97])
    linear = (picture / 255.0) ** 2.2 * light[..., None] * gains
    coded = (255 * np.clip(linear, 0, 1) ** (1 / 2.2)).astype(np.float32)
    if blur > 0.2:
        coded = np.asarray(cv2.GaussianBlur(coded, (0, 0), blur), dtype=np.float32)
    noisy = np.clip(coded + random.normal(0, 1.5, coded.shape), 0, 255).astype(np.uint8)
    packed = cv2.imencode(".jpg", noisy[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])[1]
    again = np.asarray(cv2.imdecode(packed, cv2.IMREAD_COLOR), dtype=np.uint8)
    return np.ascontiguousarray(again[..., ::-1])


def _photo(picture: NDArray[np.uint8]) -> Photo:
    return Photo(np.ascontiguousarray(picture), CaptureFacts("JPEG", 8))
