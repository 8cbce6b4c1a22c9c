"""Ordinary photos of unchanged and of changed skin, through files and the whole chain."""

from __future__ import annotations

import math
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from mnimage import workflow
from mnimage.compare.verdict import MDC_FACTOR
from mnimage.domain.face import WHOLE
from mnimage.phantom.chromophores import TONES
from mnimage.phantom.face import make_face, shoot_face
from mnimage.phantom.files import write_photo
from mnimage.phantom.light import Lamp
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import Skin, SkinAppearance, make_skin
from mnimage.phantom.spectrum import MELANIN_RANGE
from mnimage.phantom.visit import CAREFUL, visit
from mnimage.validate.calls import POWER, Call, calls_of
from mnimage.validate.line import Line, correlation, mean, rms
from mnimage.validate.plan import SEED
from mnimage.validate.truth import true_colours

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mnimage.domain.comparison import Change, Comparison
    from mnimage.domain.photo import Photo

    Changed = Callable[[Skin, float], Skin]

PITCH_MM = 0.06
ARMS = (0.05, 0.1, 0.2, 0.3)
_STEPS = 9
_VISITS, _NEAR, _LEAST_LEFT = 3, 0.03, 0.1
_FACE_SHAPE = (1500, 1200)


@dataclass(frozen=True, slots=True)
class Flat:
    """One skin: calls where nothing changed, and where one thing changed by 1.5 x MDC95.

    `arm` is the name of a score, its true change at -5 to -30 % and the one read: texture in
    percent, redness in points.
    """

    unchanged: tuple[Call, ...]
    changed: tuple[Call, ...] = ()
    arm: tuple[str, float, float] | None = None
    refused: str = ""


def flat(number: int, side_mm: float) -> Flat:
    """Photograph a skin before, again unchanged, and once more with one thing changed."""
    rng = np.random.default_rng([SEED + 2, number])
    tone = list(TONES)[number % len(TONES)]
    look = SkinAppearance(
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
    changed = _changed(skin, name, before, again.zones[WHOLE], [SEED + 4, number])
    calls = () if changed is None else calls_of(changed[0], f"{case}, {name}", {name: changed[1]})
    return Flat(
        unchanged,
        tuple(call for call in calls if call.due),
        _arm(skin, before, rng, number) if number % 2 == 0 else None,
    )


def _changed(
    skin: Skin, name: str, before: Photo, said: Mapping[str, Change], seed: Sequence[int]
) -> tuple[Comparison, float] | None:
    """Return the skin compared after one score changed by 1.5 x MDC95, and the true change.

    The MDC95 is that stated for this very pair, which says more than that of the unchanged one
    where the photos are less alike or the change is patchy: the same visit is repeated with more of
    it until both agree. None where no skin can change as much.
    """
    if name not in said:
        return None
    wanted, found = POWER * said[name].mdc95, None
    for _ in range(_VISITS):
        treated = _treated(skin, name, wanted)
        if treated is None:
            return None
        later, true = treated
        found = _compared(before, visit(later, np.random.default_rng(seed), first=False)), true
        own = found[0].zones.get(WHOLE, {}).get(name)
        if own is None or abs(abs(true) / own.mdc95 - POWER) <= _NEAR:
            break
        wanted = _due_size(own, true)
    return found


def _due_size(seen: Change, true: float) -> float:
    """Return 1.5 x the MDC95 that the pair will state when so much has changed.

    The part of its variance that a change brings along grows as the change's square.
    """
    still = MDC_FACTOR * math.sqrt(2) * seen.session
    patchy = max(seen.mdc95**2 - still**2, 0.0) / true**2
    left = 1 - POWER**2 * patchy
    return POWER * (still / math.sqrt(left) if left > _LEAST_LEFT else seen.mdc95)


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
        pair = workflow.compare_files(*paths, inputs=workflow.PairInputs(mm_per_px))
    return pair.comparison


def _redder(skin: Skin, amount: float) -> Skin:
    colours = skin.chromophores
    blood = colours.blood_marks * np.float32(1 + amount)
    return replace(skin, chromophores=replace(colours, blood_marks=blood))


def _browner(skin: Skin, amount: float) -> Skin:
    colours = skin.chromophores
    melanin = colours.melanin_marks * np.float32(1 + amount)
    return replace(skin, chromophores=replace(colours, melanin_marks=melanin))


KINDS: Mapping[str, Changed] = {
    "redness_hi": _redder,
    "pigment_mi": _browner,
}
"""Scores whose true change the spectra show, and what changes them.

That of the others is not: their definitions are the code's own, and relief hardly shows on ordinary
photos (`arm_lines`). ITA could be given too, but no tan comes up to its MDC95 without a chart.
Their
false calls are counted all the same.
"""

_AMOUNTS = (9.0, -1.0)
"""How much more of it there may be, and that all of it may go."""


def _treated(skin: Skin, name: str, wanted: float) -> tuple[Skin, float] | None:
    """Return the skin changed by so much in one score, and the true change.

    More of it where it can be rendered, else less. None where no skin can change as much.
    """
    alter, start = KINDS[name], true_colours(skin)[name]

    def change(amount: float) -> float:
        return true_colours(alter(skin, amount))[name] - start

    for most in _AMOUNTS:
        enough = _least(lambda amount: abs(change(amount)) >= wanted, most)
        if enough is None:
            continue
        later = alter(skin, enough)
        if later.chromophores.melanin.max() <= max(MELANIN_RANGE):
            return later, change(enough)
    return None


def _least(enough: Callable[[float], bool], most: float) -> float | None:
    """Return the least amount, from none to `most`, that is enough; None where `most` is not."""
    if not enough(most):
        return None
    low, high = 0.0, most
    for _ in range(_STEPS):
        middle = (low + high) / 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _arm(
    skin: Skin, before: Photo, rng: np.random.Generator, number: int
) -> tuple[str, float, float]:
    """Return a score, its true change where skin gets better by 5 to 30 %, and the one read."""
    share = ARMS[number // 4 % len(ARMS)]
    of_texture = number % 4 == 0
    kind = "texture_fraction" if of_texture else "redness_fraction"
    later = _better(skin, kind, share)
    name = "texture_contrast" if of_texture else "redness_hi"
    found = _compared(before, visit(later, rng, first=False)).zones.get(WHOLE, {}).get(name)
    if found is None:
        return name, float("nan"), float("nan")
    if of_texture:
        return name, -100 * share, 100 * (found.after / found.before - 1)
    return name, true_colours(later)[name] - true_colours(skin)[name], found.change


def _better(skin: Skin, kind: str, share: float) -> Skin:
    if kind == "texture_fraction":
        return skin.treated(texture_fraction=share)
    return skin.treated(redness_fraction=share)


def arm_lines(cases: Sequence[Flat]) -> list[Line]:
    """Return how changes of 5 to 30 % are read on ordinary photos."""
    lines = []
    for name, unit in (("redness_hi", "points"), ("texture_contrast", "%")):
        pairs = [one.arm[1:] for one in cases if one.arm is not None and one.arm[0] == name]
        if not pairs:
            continue
        true, read = np.array(pairs).T
        gap = read - true
        lines.append(
            Line(
                "flat",
                f"{name}, arms of -5 to -30 %: change read less the true one",
                mean(gap),
                unit,
                len(pairs),
                worst=f"{gap[np.abs(gap).argmax()]:+.2g} {unit}",
                bias=mean(gap),
                error=rms(gap),
                note=f"r with the truth {correlation(true, read):.2f}",
            )
        )
    return lines
