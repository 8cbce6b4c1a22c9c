"""Whole heads under single lamps, every place known: the height, what lies there, each scar.

The head is a height over the picture: a rounded block with brow, sockets, eyes, nose, nostrils,
folds, lips and chin, slopes up to 80 degrees at its edge, hair on top and nothing behind. Scars and
fine relief are laid square to the skin, so that their depth and volume are those of closed forms
however much the skin is turned away. Shadows are marched over the height from each lamp. All is
drawn on a finer grid than the camera's, whose pixels are means of what falls onto them: slopes
between pixels, as differences of the pixels' own heights, would lose a tenth of the fine relief.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.kernels.color import to_coded8
from mnimage.kernels.geometry import block_mean
from mnimage.phantom.noise import band_noise
from mnimage.phantom.scars import TrueScar
from mnimage.phantom.sensor import Sensor, expose

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Plane = NDArray[np.float32]
    Mask = NDArray[np.bool_]

SIZE_MM = (240.0, 190.0)
FINER = 2
"""Nodes of the head's grid along a pixel of the camera."""
NOTHING, SKIN, HAIR, BROW, EYE, NOSTRIL, LIPS, MOUTH = range(8)
KINDS = ("nothing behind", "skin", "hair", "brows", "eyes", "nostrils", "lips", "mouth line")
_ALBEDO = np.array(
    [
        (0, 0, 0), (0.55, 0.36, 0.27), (0.03, 0.025, 0.02), (0.08, 0.06, 0.05),
        (0.62, 0.55, 0.5), (0.05, 0.02, 0.015), (0.45, 0.19, 0.17), (0.12, 0.05, 0.04),
    ],
    dtype=np.float32,
)  # fmt: skip
_SPREAD_MM = ((0.5, 1.0), (0.4, 0.4), (0.3, 0.25))
_MARCH_MM = 0.4
_PENUMBRA = 0.02

SCARS = (
    ("forehead", TrueScar("boxcar", -68, 8, 0.25, 1.6)),
    ("forehead", TrueScar("rolling", -62, -22, 0.35, 2.8)),
    ("cheek", TrueScar("boxcar", 22, 40, 0.4, 1.5)),
    ("cheek", TrueScar("rolling", 30, -42, 0.4, 3.0)),
    ("cheek", TrueScar("ice-pick", 12, 46, 0.5, 0.9)),
    ("cheek", TrueScar("boxcar", 8, -44, 0.2, 2.0)),
    ("cheek's side", TrueScar("boxcar", 34, 60, 0.4, 2.0)),
    ("cheek's side", TrueScar("rolling", 20, -64, 0.4, 3.0)),
    ("temple", TrueScar("boxcar", -42, -62, 0.3, 1.8)),
    ("temple", TrueScar("rolling", -46, 62, 0.35, 2.5)),
    ("chin", TrueScar("boxcar", 84, 8, 0.3, 1.4)),
    ("chin", TrueScar("rolling", 86, -12, 0.3, 2.2)),
)
"""Scars by the part of the face; down and to the right of the middle in mm as seen."""

_AREAS = (
    ("forehead", (-75, -58), (-45, 45)),
    ("cheek", (0, 40), (34, 52)),
    ("cheek", (0, 40), (-52, -34)),
    ("cheek's side", (5, 45), (53, 66)),
    ("cheek's side", (5, 45), (-66, -53)),
    ("chin", (74, 94), (-24, 24)),
    ("temple", (-38, -10), (52, 66)),
    ("temple", (-38, -10), (-66, -52)),
)
_MANY, _APART_MM, _BUMPS = 14, 8.0, 8


@dataclass(frozen=True, slots=True)
class Features:
    """What one face has of its own: scars by the part, and soft hills and hollows (mm).

    A bump is given by its place down and right, its widths and its height.
    """

    scars: tuple[tuple[str, TrueScar], ...] = SCARS
    bumps: tuple[tuple[float, float, float, float, float], ...] = ()


def other_features(seed: int) -> Features:
    """Return those of another face: scars of 0.12 to 0.5 mm anywhere, a form up to 3 mm other."""
    random = np.random.default_rng([seed, 99])
    scars: list[tuple[str, TrueScar]] = []
    while len(scars) < _MANY:
        part, rows, columns = _AREAS[len(scars) % len(_AREAS)]
        kind = ("boxcar", "rolling", "boxcar", "ice-pick")[int(random.integers(0, 4))]
        low, high = {"boxcar": (1.2, 2.2), "rolling": (2.0, 3.5), "ice-pick": (0.6, 1.0)}[kind]
        row, column = float(random.uniform(*rows)), float(random.uniform(*columns))
        near = [np.hypot(row - one.row_mm, column - one.column_mm) for _, one in scars]
        if min(near, default=np.inf) > _APART_MM:
            depth, radius = float(random.uniform(0.12, 0.5)), float(random.uniform(low, high))
            scars.append((part, TrueScar(kind, row, column, depth, radius)))
    least, most = np.array([(-70, 90), (-60, 60), (14, 30), (14, 30), (-3, 3)]).T
    bumps = random.uniform(least, most, (_BUMPS, len(least))).tolist()
    return Features(tuple(scars), tuple((a, b, c, d, e) for a, b, c, d, e in bumps))


@dataclass(frozen=True, slots=True)
class Head:
    """A head as it truly is; planes of the picture's size, heights in mm towards the camera.

    `fine_mm` is the fine relief and `turned` the cosine of the head's slant (1: facing the camera),
    both without scars; `kind` says what lies where.
    """

    mm_per_px: float
    height_mm: Plane = field(repr=False)
    form_mm: Plane = field(repr=False)
    fine_mm: Plane = field(repr=False)
    turned: Plane = field(repr=False)
    kind: NDArray[np.uint8] = field(repr=False)
    albedo: Plane = field(repr=False)
    oily: Plane = field(repr=False)
    scars: tuple[tuple[str, TrueScar], ...] = SCARS

    def seen(self) -> Head:
        """Return the head on the camera's grid, each height the mean of what lies in its pixel."""
        return Head(
            mm_per_px=self.mm_per_px * FINER,
            height_mm=block_mean(self.height_mm, FINER),
            form_mm=block_mean(self.form_mm, FINER),
            fine_mm=block_mean(self.fine_mm, FINER),
            turned=block_mean(self.turned, FINER),
            kind=self.kind[::FINER, ::FINER],
            albedo=self.albedo[::FINER, ::FINER],
            oily=block_mean(self.oily, FINER),
            scars=self.scars,
        )

    def place_px(self, scar: TrueScar) -> tuple[float, float]:
        """Return row and column of a scar's middle."""
        rows, columns = self.height_mm.shape
        return (
            scar.row_mm / self.mm_per_px + (rows - 1) / 2,
            scar.column_mm / self.mm_per_px + (columns - 1) / 2,
        )


@dataclass(frozen=True, slots=True)
class Light:
    """A lamp, in mm from the skin at the picture's middle; `far` takes it as a direction."""

    x: float
    y: float
    z: float
    far: bool = True
    power: float = 1.0


@dataclass(frozen=True, slots=True)
class Taking:
    """How the shots are taken: bits 8 (sRGB) or 16 (linear), and what goes wrong."""

    bits: int = 16
    motion_px: float = 2.0
    gloss: float = 0.02
    ambient: float = 0.0
    electrons: float = 20000.0
    seed: int = 1


def ring(count: int, slant_deg: float, distance_mm: float | None = None) -> tuple[Light, ...]:
    """Return lamps evenly around the face, slanted off the camera; far ones without distance."""
    slant, turns = np.radians(slant_deg), np.arange(count) * 2 * np.pi / count + 0.3
    away = distance_mm or 1.0
    return tuple(
        Light(
            float(away * np.sin(slant) * np.cos(turn)),
            float(away * np.sin(slant) * np.sin(turn)),
            float(away * np.cos(slant)),
            far=distance_mm is None,
        )
        for turn in turns
    )


def make_head(
    mm_per_px: float = 0.1,
    *,
    seed: int = 1,
    fine_um: float = 20.0,
    features: Features | None = None,
) -> Head:
    """Return a head; the same arguments give the same head.

    It is shown on a grid `FINER` times as fine as the pixels of the camera, which are `mm_per_px`;
    `seen` is how that shows it.
    """
    finest, mm_per_px = 3.0 * FINER, mm_per_px / FINER
    shape = (round(SIZE_MM[0] / mm_per_px), round(SIZE_MM[1] / mm_per_px))
    y, x = (((np.arange(size) - (size - 1) / 2) * mm_per_px).astype(np.float32) for size in shape)
    y, x = y[:, None], x[None]
    random = np.random.default_rng([seed, 5])
    features = features or Features()
    form, on_head = _form(x, y)
    for down_mm, right_mm, tall, wide, high in features.bumps:
        form += np.float32(high) * _bump(x, y, at=(down_mm, right_mm), wide=(tall, wide)) * on_head
    kind = _kinds(x, y, on_head)
    down, right = np.gradient(form, mm_per_px)
    turned = (1 / np.sqrt(1 + down**2 + right**2)).astype(np.float32)
    fine = band_noise(shape, (finest, 2.0 / mm_per_px), random) * np.float32(fine_um / 1000)
    fine[(kind == EYE) | (kind == NOTHING)] = 0
    hairy = (kind == HAIR) | (kind == BROW)
    fine[hairy] += 0.25 * band_noise(shape, (finest, 4 * finest), random)[hairy]
    holes = _scars((x, y), form, features.scars, mm_per_px)
    square = 1 / np.maximum(turned, 0.15)
    mottled = 1 + 0.05 * band_noise(shape, (4.0 * FINER, 60.0 * FINER), random)
    albedo = np.asarray(
        cv2.GaussianBlur(_ALBEDO[kind] * mottled[..., None], (0, 0), 0.25 / mm_per_px), np.float32
    )
    _irises(albedo, x, y)
    albedo[kind == NOTHING] = 0
    oily = 0.4 + np.exp(-((x / 14) ** 2) - ((y + 5) / 35) ** 2) + np.exp(-(((y + 66) / 18) ** 2))
    oily = np.where(hairy, 0.3, np.where(kind == EYE, 30.0, oily)) * (kind != NOTHING)
    height = form + (fine - holes) * square
    return Head(
        mm_per_px, height.astype(np.float32), form, fine, turned, kind,
        np.asarray(albedo, np.float32), oily.astype(np.float32), features.scars,
    )  # fmt: skip


def _bump(x: Plane, y: Plane, *, at: tuple[float, float], wide: tuple[float, float]) -> Plane:
    return np.asarray(
        np.exp(-0.5 * (((x - at[1]) / wide[1]) ** 2 + ((y - at[0]) / wide[0]) ** 2)), np.float32
    )


def _form(x: Plane, y: Plane) -> tuple[Plane, Mask]:
    """Return the form of the head in mm, and where it is."""
    rim = np.abs(x / 82) ** 2.4 + np.abs(y / 122) ** 2.4
    form = 92 * np.sqrt(np.clip(1 - rim, 1e-4, 1)) - 70
    along = np.clip((y + 32) / 46, 0, 1)
    tip = np.where(y < 14, along**1.2, np.exp(-(((y - 14) / 7) ** 2)))
    form += 20 * tip * np.exp(-0.5 * (x / (5 + 4.5 * along)) ** 2)
    for side in (-1, 1):
        form -= 9 * _bump(x, y, at=(-28, side * 31), wide=(9, 13))
        form += 7 * _bump(x, y, at=(-27, side * 31), wide=(7, 9))
        form += 5 * _bump(x, y, at=(13, side * 12), wide=(5, 4.5))
        form -= 5 * _bump(x, y, at=(22, side * 6.5), wide=(1.8, 2.6))
        fold = np.abs(x) - 17 - 0.35 * (y - 15)
        inside = ((y > 12) & (y < 48)) * np.minimum(np.clip(y - 12, 0, 48 - y) / 6, 1)
        form -= np.float32(0.4) * inside * np.exp(-0.5 * (fold / 1.2) ** 2)
    form += 3 * _bump(x, y, at=(-42, 0), wide=(7, 45)) + 9 * _bump(x, y, at=(82, 0), wide=(11, 17))
    form += 5 * _bump(x, y, at=(45, 0), wide=(7, 20)) - 3 * _bump(x, y, at=(62, 0), wide=(5, 18))
    form -= 1.5 * np.exp(-0.5 * ((y - 46) / 0.9) ** 2) * (1 / (1 + np.exp((np.abs(x) - 25) / 1.5)))
    return np.where(rim < 1, form, -90).astype(np.float32), rim < 1


def _kinds(x: Plane, y: Plane, on_head: Mask) -> NDArray[np.uint8]:
    kind = np.where(on_head, SKIN, NOTHING).astype(np.uint8)
    hair = on_head & ((y < -84 + 0.004 * x**2) | ((np.abs(x) > 70) & (y < -5)))
    kind[hair] = HAIR
    for side in (-1, 1):
        kind[
            (np.abs(y + 46 + 0.15 * np.abs(np.abs(x) - 30)) < 3) & (np.abs(x - side * 30) < 17)
        ] = BROW
        kind[((x - side * 31) / 14) ** 2 + ((y + 27) / 5.5) ** 2 < 1] = EYE
        kind[((x - side * 6.5) / 4) ** 2 + ((y - 22) / 2.8) ** 2 < 1] = NOSTRIL
    kind[(x / 26) ** 2 + ((y - 46) / 9) ** 2 < 1] = LIPS
    kind[(np.abs(y - 46) < 1.2) & (np.abs(x) < 26)] = MOUTH
    return kind


def _irises(albedo: Plane, x: Plane, y: Plane) -> None:
    for side in (-1, 1):
        away = np.hypot(x - side * 31, y + 27)
        albedo[away < 5.5] = (0.1, 0.07, 0.04)
        albedo[away < 2] = 0.004


def _scars(
    places: tuple[Plane, Plane],
    form: Plane,
    scars: tuple[tuple[str, TrueScar], ...],
    mm_per_px: float,
) -> Plane:
    """Return the depth of the scars square to the skin, each on the plane of the skin about it."""
    x, y = places
    depth = np.zeros(form.shape, dtype=np.float32)
    smooth = cv2.GaussianBlur(form, (0, 0), 1.0 / mm_per_px)
    for _, scar in scars:
        row = round(scar.row_mm / mm_per_px + (form.shape[0] - 1) / 2)
        column = round(scar.column_mm / mm_per_px + (form.shape[1] - 1) / 2)
        reach = round((scar.reach_mm() + 2) / mm_per_px)
        box = slice(row - reach, row + reach + 1), slice(column - reach, column + reach + 1)
        place = [(x[:, box[1]], column), (y[box[0]], row)]
        right, down = (part - np.float32(part.ravel()[reach]) for part, _ in place)
        tall = smooth[box] - smooth[row, column]
        slope = np.array([
            (smooth[row, column + 1] - smooth[row, column - 1]) / (2 * mm_per_px),
            (smooth[row + 1, column] - smooth[row - 1, column]) / (2 * mm_per_px),
        ])  # fmt: skip
        steep = float(np.linalg.norm(slope))
        way = slope / steep if steep > 1e-6 else np.array([1.0, 0.0])
        uphill = right * way[0] + down * way[1]
        level = right * -way[1] + down * way[0]
        # Ways along the tangent plane: uphill ones are as long as they are on the slope.
        stretched = (uphill + steep * tall) / np.sqrt(1 + steep**2)
        depth[box] += scar.depth_at(
            level + np.float32(scar.row_mm), stretched + np.float32(scar.column_mm)
        )
    return depth


def lit_by(head: Head, lamp: Light) -> tuple[Plane, Plane, Mask]:
    """Return the light on each place, what it mirrors to the camera, and where the lamp is seen."""
    rows, columns = head.height_mm.shape
    pitch = np.float32(head.mm_per_px)
    down, right = np.gradient(head.height_mm, pitch)
    facing = 1 / np.sqrt(1 + down**2 + right**2)
    way = np.array([lamp.x, lamp.y, lamp.z], dtype=np.float32)
    distance = np.float32(np.linalg.norm(way))
    if lamp.far:
        x, y, z = (way / distance).tolist()
        fade = np.float32(1)
    else:
        x = way[0] - (np.arange(columns, dtype=np.float32) - (columns - 1) / 2)[None] * pitch
        y = way[1] - (np.arange(rows, dtype=np.float32) - (rows - 1) / 2)[:, None] * pitch
        # Lamps are distinguished from the skin at the picture's middle.
        z = way[2] + head.height_mm[rows // 2, columns // 2] - head.height_mm
        length = np.sqrt(x * x + y * y + z * z)
        x, y, z, fade = x / length, y / length, z / length, (distance / length) ** 2
    cosine = (z - x * right - y * down) * facing
    seen = _seen(head, lamp)
    light = np.maximum(cosine, 0) * fade * seen * np.float32(lamp.power)
    half = np.sqrt(x * x + y * y + (z + 1) ** 2)
    lobe = np.maximum((z + 1 - x * right - y * down) * facing / half, 0) ** 30
    shine = lobe * fade * seen * (cosine > 0) * np.float32(lamp.power)
    return light.astype(np.float32), shine.astype(np.float32), (seen > 0.5) & (cosine > 0)


def _seen(head: Head, lamp: Light) -> Plane:
    """Return the share of the lamp seen, marched over a coarse height towards the lamp."""
    step = max(round(_MARCH_MM / head.mm_per_px), 1)
    pitch = step * head.mm_per_px
    size = (head.height_mm.shape[1] // step, head.height_mm.shape[0] // step)
    form = cv2.resize(head.height_mm, size, interpolation=cv2.INTER_AREA)
    flat = float(np.hypot(lamp.x, lamp.y))
    if flat < 1e-6:
        return np.ones(head.height_mm.shape, np.float32)
    rise = lamp.z / flat
    highest = np.full(form.shape, -np.inf, dtype=np.float32)
    for number in range(2, int(130 / max(rise, 0.3) / pitch)):
        shift = np.array([[1, 0, number * lamp.x / flat], [0, 1, number * lamp.y / flat]])
        ahead = cv2.warpAffine(
            form, shift, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
            borderMode=cv2.BORDER_CONSTANT, borderValue=-90,
        )  # fmt: skip
        np.maximum(highest, (ahead - form) / np.float32(number * pitch), out=highest)
    lit = np.clip(0.5 - (highest - rise) / (2 * _PENUMBRA), 0, 1)
    whole = cv2.resize(lit, head.height_mm.shape[::-1], interpolation=cv2.INTER_LINEAR)
    return np.asarray(whole, dtype=np.float32)


def shoot(head: Head, lamps: Sequence[Light], taking: Taking) -> list[Plane]:
    """Return linear RGB frames, one for each lamp, noise included; `head` as it was made."""
    random = np.random.default_rng([taking.seed, 23])
    seen = []
    for number, lamp in enumerate(lamps):
        light, shine, _ = lit_by(head, lamp)
        leaving = _leaving(head, light + np.float32(taking.ambient), shine * taking.gloss)
        moved = random.uniform(-taking.motion_px, taking.motion_px, 2) * min(number, 1)
        way = np.array([[1, 0, FINER * moved[1]], [0, 1, FINER * moved[0]]])
        if taking.motion_px > 0:
            size = leaving.shape[1], leaving.shape[0]
            moved_on = cv2.warpAffine(leaving, way, size, flags=cv2.INTER_CUBIC)
            leaving = np.asarray(moved_on, dtype=np.float32)
        seen.append(np.stack([block_mean(leaving[..., part], FINER) for part in range(3)], axis=-1))
    brightest = max(float(np.quantile(one[::7, ::7], 0.995)) for one in seen)
    sensor = Sensor(0.8 / brightest, blur_px=0.6, electrons=taking.electrons)
    return [np.clip(expose(one, sensor, random), 0, 1) for one in seen]


def _leaving(head: Head, light: Plane, shine: Plane) -> Plane:
    planes = []
    for part, (share, reach) in enumerate(_SPREAD_MM):
        wide = cv2.GaussianBlur(light, (0, 0), reach / head.mm_per_px)
        spread = light + np.float32(share) * (wide - light) * (head.kind == SKIN)
        planes.append(spread * head.albedo[..., part] + shine * head.oily)
    return np.stack(planes, axis=-1).astype(np.float32)


def write(
    folder: Path, frames: Sequence[Plane], lamps: Sequence[Light], taking: Taking, pitch: float
) -> Path:
    """Write frames and their SHOTS.json as a clinic would have them; return the latter's path."""
    folder.mkdir(parents=True, exist_ok=True)
    shots = []
    for number, (frame, lamp) in enumerate(zip(frames, lamps, strict=True), start=1):
        coded = to_coded8(frame) if taking.bits == 8 else np.rint(frame * 65535).astype(np.uint16)
        name = f"lamp{number:02d}.png"
        cv2.imwrite(str(folder / name), coded[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
        place = [round(part, 5) for part in (lamp.x, lamp.y, lamp.z)]
        shots.append({"file": name, ("light" if lamp.far else "lamp_mm"): place})
    sheet = folder / "SHOTS.json"
    stated = {"mm_per_px": pitch, "linear": taking.bits != 8, "shots": shots}
    sheet.write_text(json.dumps(stated, indent=1), encoding="utf-8")
    return sheet
