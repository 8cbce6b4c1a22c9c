"""Ordinary photos of unchanged and of changed skin, through files and the whole chain."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mnimage import workflow
from mnimage.domain.face import WHOLE
from mnimage.phantom.chromophores import TONES
from mnimage.phantom.face import make_face, shoot_face
from mnimage.phantom.files import write_photo
from mnimage.phantom.light import Lamp
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import Skin, SkinLook, make_skin
from mnimage.phantom.visit import CAREFUL, visit
from mnimage.validate.calls import POWER, Call, calls_of
from mnimage.validate.line import Line, correlation, mean
from mnimage.validate.plan import SEED
from mnimage.validate.truth import true_colours

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mnimage.domain.comparison import Change, Comparison
    from mnimage.domain.photo import Photo

    Changed = Callable[[Skin, float], Skin]

PITCH_MM = 0.06
_STEPS = 9
_FACE_SHAPE = (1500, 1200)


@dataclass(frozen=True, slots=True)
class Flat:
    """One skin: calls where nothing changed, and where one thing changed by 1.5 x MDC95.

    `ratio` is, for the arm of flattened texture, what was read after over before, beside the truth.
    """

    unchanged: tuple[Call, ...]
    changed: tuple[Call, ...] = ()
    ratio: tuple[float, float] | None = None
    refused: str = ""


def flat(number: int, side_mm: float) -> Flat:
    """Photograph a skin before, again unchanged, and once more with one thing changed."""
    rng = np.random.default_rng([SEED + 2, number])
    tone = list(TONES)[number % len(TONES)]
    look = SkinLook(
        tone=tone,
        microrelief_um=float(rng.uniform(6, 14)),
        furrow_um=float(rng.uniform(25, 70)),
        marks=(12, 14),
        margin_mm=4.0,
    )
    skin = make_skin(seed=SEED + number, size_mm=(side_mm, side_mm), mm_per_px=PITCH_MM, look=look)
    case = f"type {tone} skin {number + 1}"
    before = visit(skin, rng, first=True)
    again = _compared(before, visit(skin, rng, first=False))
    if not again.alignment.aligned:
        return Flat((), refused=f"{case}: {again.alignment.reason}")
    unchanged = tuple(calls_of(again, case))
    name = list(KINDS)[number // len(TONES) % len(KINDS)]
    treated = _treated(skin, name, again.zones[WHOLE])
    if treated is None:
        return Flat(unchanged)
    later, true = treated
    found = _compared(before, visit(later, rng, first=False))
    changed = tuple(calls_of(found, f"{case}, {name}", {name: true}))
    return Flat(unchanged, changed, _arm(skin, before, rng) if number % 4 == 0 else None)


def face(number: int) -> Flat:
    """Photograph a face twice, nothing changed: every zone and score is a chance to be wrong."""
    rng = np.random.default_rng([SEED + 3, number])
    scene = make_face(seed=SEED + number, shape=_FACE_SHAPE)
    before, after = (shoot_face(scene, _face_shot(rng, first)) for first in (True, False))
    found = _compared(before, after, scene.skin.mm_per_px)
    case = f"face {number + 1}"
    if not found.alignment.aligned:
        return Flat((), refused=f"{case}: {found.alignment.reason}")
    return Flat(tuple(calls_of(found, case)))


def _face_shot(rng: np.random.Generator, first: bool) -> Shot:
    yaw, pitch, roll = rng.normal(0, 2.0, 3).tolist()
    pose = Pose(yaw_deg=yaw, pitch_deg=pitch, roll_deg=roll, scale=float(1 + rng.normal(0, 0.02)))
    red, blue = np.exp(rng.normal(0, CAREFUL.balance, 2)).tolist()
    sensor = Sensor(
        exposure=1.0 if first else float(np.exp(rng.normal(0, CAREFUL.exposure))),
        balance=(1.0, 1.0, 1.0) if first else (red, 1.0, blue),
        blur_px=float(rng.uniform(0.6, 1.0)),
        electrons=12000.0,
    )
    x, y = np.tan(np.radians(rng.normal(0, CAREFUL.light_deg, 2))).tolist()
    lamp = Lamp(x, y, 1.0, far=True)
    return Shot(
        lamp=lamp, pose=Pose() if first else pose, sensor=sensor, seed=int(rng.integers(1 << 20))
    )


def _compared(before: Photo, after: Photo, mm_per_px: float = PITCH_MM) -> Comparison:
    with tempfile.TemporaryDirectory() as folder:
        paths = [
            write_photo(Path(folder) / f"{name}.jpg", photo, quality=90)
            for name, photo in (("before", before), ("after", after))
        ]
        pair = workflow.compare_files(*paths, known=workflow.Known(mm_per_px))
    return pair.comparison


def _redder(skin: Skin, amount: float) -> Skin:
    colours = skin.chromophores
    blood = colours.blood_marks * np.float32(1 + amount)
    return replace(skin, chromophores=replace(colours, blood_marks=blood))


def _browner(skin: Skin, amount: float) -> Skin:
    colours = skin.chromophores
    melanin = colours.melanin_marks * np.float32(1 + amount)
    return replace(skin, chromophores=replace(colours, melanin_marks=melanin))


def _tanned(skin: Skin, amount: float) -> Skin:
    colours = skin.chromophores
    melanin = colours.melanin_skin * np.float32(1 + amount)
    return replace(skin, chromophores=replace(colours, melanin_skin=melanin))


KINDS: Mapping[str, Changed] = {
    "redness_hi": _redder,
    "pigment_mi": _browner,
    "ita_deg": _tanned,
}
"""Scores whose true change the spectra tell, and what changes them.

That of the others is not: their definitions are the code's own, and relief hardly shows on ordinary
photos (`arm_lines`). Their false calls are counted all the same.
"""

_MOST_MORE = 9.0


def _treated(skin: Skin, name: str, found: Mapping[str, Change]) -> tuple[Skin, float] | None:
    """Return the skin changed by 1.5 x MDC95 in one score, and the true change.

    None where no skin can change as much.
    """
    if name not in found:
        return None
    wanted, alter = POWER * found[name].mdc95, KINDS[name]
    start = true_colours(skin)[name]

    def change(amount: float) -> float:
        return true_colours(alter(skin, amount))[name] - start

    low, high = 0.0, _MOST_MORE
    if abs(change(high)) < wanted:
        return None
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if abs(change(middle)) < wanted else (low, middle)
    return alter(skin, high), change(high)


def _arm(skin: Skin, before: Photo, rng: np.random.Generator) -> tuple[float, float]:
    """Return texture contrast left after treatment as it is true and as it is read."""
    left = float(rng.choice([0.95, 0.9, 0.8, 0.7]))
    found = _compared(before, visit(skin.treated(texture_fraction=1 - left), rng, first=False))
    change = found.zones.get(WHOLE, {}).get("texture_contrast")
    return left, change.after / change.before if change else float("nan")


def arm_lines(cases: Sequence[Flat]) -> list[Line]:
    """Return how texture of ordinary photos follows the true relief."""
    pairs = np.array([one.ratio for one in cases if one.ratio is not None])
    if len(pairs) == 0:
        return []
    gap = 100 * (pairs[:, 1] - pairs[:, 0])
    return [
        Line(
            "flat",
            "texture_contrast at -5/-10/-20/-30 %: change read less the true one",
            mean(gap),
            "points",
            len(pairs),
            worst=f"{gap[np.abs(gap).argmax()]:+.1f} points",
            bias=mean(gap),
            error=float(np.sqrt(np.mean(gap**2))),
            note=f"r with truth {correlation(pairs[:, 0], pairs[:, 1]):.2f}",
        )
    ]
