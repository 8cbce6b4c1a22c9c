"""Registration of every kind of photo a clinic has, against the true field.

    python -m benchmarks.kinds [--seeds N] [--only KIND]

Real portraits and rendered skin, changed by a known map: turned, enlarged, cropped, partly shared,
with glasses, hair or stubble drawn in. Errors are in pixels of the photo before, on skin that both
show uncovered; `covered` is its share that is trusted; `hidden` is the share of what one photo
covers, or does not show, that is rightly left out or shown with an error above half a pixel.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np

from benchmarks.pairs import HEALED, PORTRAITS, soft_lamp, taken_again
from mnimage import pipeline
from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.domain.recipe import Recipe, RegisterRecipe
from mnimage.face.find import find_face
from mnimage.formats.files import read_photo
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot, true_field
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.register.register import register_pair
from mnimage.register.warp import full_field

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from mnimage.domain.alignment import Alignment

    Picture = NDArray[np.uint8]
    Plane = NDArray[np.float32]
    Marked = NDArray[np.bool_]

_SHOWN_PX = 0.5


@dataclass(frozen=True, slots=True)
class Case:
    """A pair with its truth; `covered` marks what of before the after hides, or the other way.

    With `face` both photos go through the whole chain; else all of before is taken for skin.
    """

    name: str
    before: Photo
    after: Photo
    row: NDArray[np.float32] = field(repr=False)
    column: NDArray[np.float32] = field(repr=False)
    seen: Marked = field(repr=False)
    covered: Marked = field(repr=False)
    face: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How well one case was registered; `reason` where it was refused, then all else is NaN."""

    reason: str
    median_px: float
    p95_px: float
    covered: float
    hidden: float


def lay(case: Case) -> Outcome:
    """Return how well a case is registered."""
    found, skin = _registered(case)
    nothing = float("nan")
    if not found.aligned:
        return Outcome(str(found.reason), nothing, nothing, nothing, nothing)
    here = full_field(found)
    error = np.hypot(here.row - case.row, here.column - case.column)
    open_skin = skin & case.seen & ~case.covered
    trusted = here.valid & open_skin
    lost = (case.covered | ~case.seen) & (skin | case.covered)
    hidden = ~here.valid | (here.error_px > _SHOWN_PX)
    median, high = np.percentile(error[trusted], [50, 95]).tolist()
    return Outcome(
        reason="",
        median_px=median,
        p95_px=high,
        covered=float(trusted.sum() / max(1, open_skin.sum())),
        hidden=float(hidden[lost].mean()) if lost.sum() > 100 else nothing,
    )


def _registered(case: Case) -> tuple[Alignment, Marked]:
    if not case.face:
        skin = np.ones(case.before.shape, dtype=np.bool_)
        faces = (None, None)
        return register_pair(case.before, case.after, faces, skin, RegisterRecipe()), skin
    before = pipeline.analyze_photo(case.before, name="", check=False)
    after = pipeline.analyze_photo(case.after, name="", check=False)
    skin = (before.zones.labels > 0) | before.zones.reference
    return pipeline.align(before, after, Recipe()), skin


def close_up(
    name: str, seed: int, pose: Pose, *, shape: tuple[int, int] = (600, 600), plain: bool = False
) -> Case:
    """Return rendered skin, healed between two shots; `plain` has next to nothing to hold on to."""
    random = np.random.default_rng([seed, 5])
    look = SkinAppearance(tone="II", scars=(6, 6, 4), marks=(14, 10), margin_mm=6.0)
    bare = SkinAppearance(
        tone="I",
        scars=(0, 0, 0),
        marks=(1, 1),
        pores_per_cm2=30.0,
        furrow_um=20.0,
        microrelief_um=5.0,
        lines=0,
    )
    size = (110.0, 110.0)
    skin = make_skin(seed=seed, size_mm=size, mm_per_px=1 / 8, look=bare if plain else look)
    healed = skin.treated(**HEALED, seed=seed + 5)
    first = Shot(lamp=soft_lamp(random, 3), sensor=Sensor(jpeg=80), seed=seed, shape=(600, 600))
    sensor = Sensor(exposure=1.1, balance=(1.05, 1.0, 0.95), blur_px=1.0, jpeg=80)
    lamp = soft_lamp(random, 15)
    second = Shot(lamp=lamp, pose=pose, sensor=sensor, seed=seed + 1, shape=shape)
    row, column, seen = true_field(skin, first, second, skin_after=healed)
    covered = np.zeros(seen.shape, dtype=np.bool_)
    return Case(name, shoot(skin, first), shoot(healed, second), row, column, seen, covered)


def portrait(seed: int) -> Picture:
    """Return one of the real portraits, 8 bit."""
    files = sorted(PORTRAITS.glob("*_neutral.jpg"))
    if not files:
        raise FileNotFoundError(PORTRAITS)
    return np.asarray(read_photo(files[seed % len(files)]).coded, dtype=np.uint8)


@dataclass(frozen=True, slots=True)
class _Bend:
    """A known map from the photo before to the photo after: turned, enlarged, shifted and bent."""

    linear: NDArray[np.float64]
    middles: tuple[tuple[float, float], tuple[float, float]]
    waves: NDArray[np.float64]

    def there(self, row: NDArray[np.float64], column: NDArray[np.float64]) -> list[Plane]:
        """Return where places of before lie after."""
        parts = [row - self.middles[0][0], column - self.middles[0][1]]
        parts = [part + wave for part, wave in zip(parts, self._wave(*parts), strict=True)]
        return [
            (line[0] * parts[0] + line[1] * parts[1] + middle).astype(np.float32)
            for line, middle in zip(self.linear, self.middles[1], strict=True)
        ]

    def here(self, row: NDArray[np.float64], column: NDArray[np.float64]) -> list[Plane]:
        """Return where places of after lie before."""
        parts = row - self.middles[1][0], column - self.middles[1][1]
        back = np.linalg.inv(self.linear)
        level = [line[0] * parts[0] + line[1] * parts[1] for line in back]
        place = level
        for _ in range(12):
            wave = self._wave(*place)
            place = [part - bent for part, bent in zip(level, wave, strict=True)]
        return [
            (part + middle).astype(np.float32)
            for part, middle in zip(place, self.middles[0], strict=True)
        ]

    def _wave(self, down: NDArray[np.float64], along: NDArray[np.float64]) -> list[Any]:
        return [5 * np.sin(down * a + b) * np.cos(along * c + d) for a, b, c, d in self.waves]


def _bend(
    shapes: tuple[tuple[int, ...], tuple[int, ...]],
    turn_deg: float,
    size: float,
    random: np.random.Generator,
) -> _Bend:
    turn = np.radians(turn_deg)
    linear = size * np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]])
    first, second = (np.array(shape[:2]) / 2 for shape in shapes)
    second = second + random.uniform(-15, 15, 2) * size
    waves = random.uniform(2, 6, (2, 4)) / np.array([1300, 1, 1300, 1])
    middles = [(float(middle[0]), float(middle[1])) for middle in (first, second)]
    return _Bend(linear, (middles[0], middles[1]), waves)


def bent_portrait(  # noqa: PLR0913
    name: str,
    seed: int,
    *,
    turn_deg: float = 4.0,
    size: float = 1.0,
    shape: tuple[int, int] | None = None,
    drawn: Callable[[Picture, int], tuple[Picture, Marked]] | None = None,
    keep: slice | None = None,
) -> Case:
    """Return a real portrait and the same turned, resized, bent, relit and taken again.

    `drawn` covers something in the photo after only; `keep` cuts both to some columns, as a half
    face has them.
    """
    random = np.random.default_rng([seed, 6])
    before = portrait(seed)
    covered: Marked = np.zeros(before.shape[:2], dtype=np.bool_)
    other = before
    if drawn is not None:
        other, covered = drawn(before, seed)
    if keep is not None:
        before, other, covered = before[:, keep], other[:, keep], covered[:, keep]
    after_shape = shape or before.shape[:2]
    bend = _bend((before.shape, after_shape), turn_deg, size, random)
    places = np.mgrid[0 : after_shape[0], 0 : after_shape[1]].astype(np.float64)
    back = bend.here(places[0], places[1])
    # Fine pictures are reduced without aliasing by drawing them from a softened copy.
    soft = cv2.GaussianBlur(other, (0, 0), 0.4 / size) if size < 0.8 else other
    bent = cv2.remap(soft, back[1], back[0], cv2.INTER_CUBIC, borderMode=cv2.BORDER_CONSTANT)
    grid = np.mgrid[0 : before.shape[0], 0 : before.shape[1]].astype(np.float64)
    row, column = bend.there(grid[0], grid[1])
    seen = (row > 2) & (row < after_shape[0] - 3) & (column > 2) & (column < after_shape[1] - 3)
    return Case(
        name,
        _photo(taken_again(np.ascontiguousarray(before), random, 0.0)),
        _photo(taken_again(np.asarray(bent, dtype=np.uint8), random, 0.7)),
        row,
        column,
        seen,
        covered,
        face=True,
    )


def _photo(picture: Picture) -> Photo:
    return Photo(np.ascontiguousarray(picture), CaptureFacts("PNG", 8))


def _marks(picture: Picture) -> tuple[NDArray[np.float64], float]:
    face = find_face(_photo(picture.copy()))
    if face is None:
        raise RuntimeError("no face in a portrait")
    return face.landmarks, face.eye_distance_px


def with_glasses(picture: Picture, seed: int) -> tuple[Picture, Marked]:
    """Return the portrait with dark frames and a reflection in each glass, and what they cover."""
    marks, eyes = _marks(picture)
    frame = np.zeros(picture.shape[:2], dtype=np.uint8)
    shine = np.zeros(picture.shape[:2], dtype=np.float32)
    middles = [marks[ids, 1::-1].mean(axis=0) for ids in ([33, 133], [263, 362])]
    axes = (round(0.33 * eyes), round(0.24 * eyes))
    thick = max(3, round(0.045 * eyes))
    for middle in middles:
        centre = (round(middle[0]), round(middle[1] + 0.04 * eyes))
        cv2.ellipse(frame, centre, axes, 0, 0, 360, 255, thick, cv2.LINE_AA)
        glint = (round(centre[0] - 0.1 * eyes), round(centre[1] - 0.08 * eyes))
        cv2.ellipse(shine, glint, (axes[0] // 3, axes[1] // 4), -30, 0, 360, 1.0, -1, cv2.LINE_AA)
    outer = [marks[index, 1::-1] for index in (234, 454)]
    ends = sorted(middles, key=lambda one: one[0])
    for end, side, way in zip(ends, sorted(outer, key=lambda one: one[0]), (-1, 1), strict=True):
        start = (round(end[0] + way * axes[0]), round(end[1]))
        cv2.line(frame, start, (round(side[0]), round(side[1])), 255, thick, cv2.LINE_AA)
    inner = [
        (round(end[0] - way * axes[0]), round(end[1]))
        for end, way in zip(ends, (-1, 1), strict=True)
    ]
    cv2.line(frame, inner[0], inner[1], 255, thick, cv2.LINE_AA)
    glow = np.asarray(cv2.GaussianBlur(shine, (0, 0), 0.02 * eyes), dtype=np.float32)
    share = frame.astype(np.float32)[..., None] / 255
    made = picture * (1 - share) + np.array([28, 24, 22]) * share
    made = made + (255 - made) * 0.7 * glow[..., None]
    return np.clip(made, 0, 255).astype(np.uint8), (frame > 60) | (glow > 0.3)


def with_fringe(picture: Picture, seed: int) -> tuple[Picture, Marked]:
    """Return the portrait with a fringe of many strands over half the forehead."""
    marks, eyes = _marks(picture)
    random = np.random.default_rng([seed, 8])
    top, brow = marks[10, :2], marks[[105, 334], :2].mean(axis=0)
    strands = np.zeros(picture.shape[:2], dtype=np.uint8)
    tones = np.zeros(picture.shape, dtype=np.float32)
    for _ in range(500):
        start = top + np.array([-0.5, random.uniform(-0.75, 0.2)]) * eyes
        end = start + (brow - top) * random.uniform(0.8, 1.3) + np.array([0.3, 0.2]) * eyes
        bow = random.normal(0, 0.06, 2) * eyes
        along = np.linspace(0, 1, 14)[:, None]
        line = start + (end - start) * along + bow * (along * (1 - along) * 4)
        points = [np.rint(line[:, ::-1] * 8).astype(np.int32)]
        wide = int(random.integers(1, 4))
        cv2.polylines(strands, points, False, 255, wide, cv2.LINE_AA, 3)
        tone = (np.array([62.0, 44.0, 32.0]) * random.uniform(0.6, 1.5)).tolist()
        cv2.polylines(tones, points, False, tone, wide, cv2.LINE_AA, 3)
    share = strands.astype(np.float32)[..., None] / 255
    made = picture * (1 - share) + np.maximum(tones, 12) * share
    covered = cv2.morphologyEx(strands, cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8)) > 128
    return np.clip(made, 0, 255).astype(np.uint8), covered


def with_stubble(picture: Picture, seed: int) -> tuple[Picture, Marked]:
    """Return the portrait with some thousand short dark hairs on cheeks and chin, all uncovered."""
    marks, eyes = _marks(picture)
    random = np.random.default_rng([seed, 9])
    ring = [172, 136, 150, 149, 176, 148, 152, 377, 400, 378, 379, 365, 397, 435, 410, 13, 186, 215]
    jaw = np.zeros(picture.shape[:2], dtype=np.uint8)
    cv2.fillPoly(jaw, [np.rint(marks[ring, 1::-1]).astype(np.int32)], 1)
    places = np.argwhere(jaw)
    made = picture.copy()
    for row, column in places[random.integers(0, len(places), 4500)].tolist():
        heading, length = random.normal(1.57, 0.5), random.uniform(0.01, 0.025) * eyes
        end = (column + length * np.cos(heading), row + length * np.sin(heading))
        tone = (np.array([70, 56, 48]) * random.uniform(0.6, 1.4)).tolist()
        ends = [(round(8 * column), round(8 * row)), (round(8 * end[0]), round(8 * end[1]))]
        cv2.line(made, ends[0], ends[1], tone, 1, cv2.LINE_AA, 3)
    share = np.float32(0.75)
    mixed = picture * (1 - share) + made * share
    return mixed.astype(np.uint8), np.zeros(picture.shape[:2], dtype=np.bool_)


def all_cases(seed: int) -> Iterator[Case]:
    """Yield every kind of case for a seed, the longest list there is."""
    for turn in (90, 180, 37):
        yield close_up(f"close-up turned {turn}", seed, Pose(roll_deg=turn, warp_mm=0.3))
    for size in (0.5, 0.7, 1.4, 2.0):
        side = round(600 * max(1.0, size))
        pose = Pose(scale=size, roll_deg=4, warp_mm=0.3)
        yield close_up(f"close-up x {size}", seed, pose, shape=(side, side))
    yield close_up("close-up 4:3 to 3:2", seed, Pose(roll_deg=3, warp_mm=0.3), shape=(440, 660))
    yield close_up("close-up bare", seed, Pose(roll_deg=5, yaw_deg=5, warp_mm=0.3), plain=True)
    for shift in (15, 30, 45, 52):
        pose = Pose(shift_mm=(3, shift), roll_deg=5, warp_mm=0.3)
        yield close_up(f"close-up {1 - shift / 75:.0%} shared", seed, pose)
    for size in (0.5, 2.0):
        shape = (round(1350 * size), round(1350 * size))
        yield bent_portrait(f"portrait x {size}", seed, size=size, shape=shape)
    for turn in (90, 180):
        yield bent_portrait(f"portrait turned {turn}", seed, turn_deg=turn)
    gray = bent_portrait("portrait gray, 16 bit", seed)
    level = gray.after.coded.astype(np.uint16).mean(axis=2, keepdims=True) * 257
    wide = np.repeat(level, 3, axis=2).astype(np.uint16)
    yield replace(gray, after=replace(gray.after, coded=wide))
    yield bent_portrait("half a face", seed, keep=slice(0, 640))
    yield bent_portrait("stubble grown", seed, drawn=with_stubble)
    yield bent_portrait("glasses put on", seed, drawn=with_glasses)
    yield bent_portrait("fringe", seed, drawn=with_fringe)


def main() -> int:
    """Print a row per case."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--only", default="", help="cases whose name has this in it")
    stated = parser.parse_args()
    line = "{:<28}{:>5}" + 4 * "{:>9}" + "  {}"
    print(line.format("case", "seed", "median", "p95", "covered", "hidden", ""))
    for seed in range(stated.seeds):
        for case in all_cases(seed):
            if stated.only in case.name:
                out = lay(case)
                numbers = (out.median_px, out.p95_px, out.covered, out.hidden)
                print(
                    line.format(case.name, seed, *(f"{one:.3f}" for one in numbers), out.reason),
                    flush=True,
                )
    return 0


if __name__ == "__main__":
    sys.exit(main())
