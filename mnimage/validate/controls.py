"""Mistakes made on purpose: each must be caught by a check or covered by the uncertainty."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage import pipeline
from mnimage.domain.photo import SCALE_ENTERED
from mnimage.errors import MnimageError
from mnimage.formats.shots import read_shots
from mnimage.kernels.color import encode_srgb
from mnimage.phantom.files import write_shots
from mnimage.phantom.light import ring
from mnimage.phantom.render import Shot, scale_of
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.phantom.targets import Print, Stage, print_light
from mnimage.validate.line import Line, mean
from mnimage.validate.plan import SEED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mnimage.domain.relief import ReliefCard, Scar
    from mnimage.phantom.light import Lamp
    from mnimage.phantom.scars import TrueScar
    from mnimage.phantom.skin import Skin
    from mnimage.pipeline import AnalyzedShots

SIDE_MM, FINE_MM = 30.0, 0.025
REFUSED, CAUGHT, COVERED, NEITHER = "refused", "caught", "covered", "NEITHER"
_MARKER, _CORNER = 81, (-9.0, -9.0, 0.0)
_MOVED_MM = 25.0
_WRONG_SCALE = 1.1
_ROOM, _POLARISED, _SHINE = 0.1, 0.005, 0.15
_SIGMAS = 1.96


@dataclass(frozen=True, slots=True)
class Control:
    """One mistake: whether it was refused, caught, covered by the uncertainty, or neither."""

    name: str
    number: int
    outcome: str
    said: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is done wrong: how the shots are taken, listed, and changed on disk.

    `second` when it is done at the second session of two, the first being right.
    """

    gloss: float = _POLARISED
    ambient: float = 0.0
    moved_mm: float = 0.0
    spoil: Callable[[Path], None] | None = None
    marker: bool = False
    second: bool = False


def _gamma_left_in(sheet: Path) -> None:
    for name in _frames(sheet):
        frame = _picture(sheet.parent / name) / np.float32(65535)
        coded = np.rint(encode_srgb(frame.astype(np.float32)) * 65535).astype(np.uint16)
        cv2.imwrite(str(sheet.parent / name), coded)


def _no_dark_frame(sheet: Path) -> None:
    _rewrite(sheet, {"dark": None})


def _wrong_scale(sheet: Path) -> None:
    _rewrite(sheet, {"mm_per_px": _given(sheet)["mm_per_px"] * _WRONG_SCALE})


CONTROLS: Mapping[str, Mistake] = {
    "none (must not be caught)": Mistake(),
    "none, marker beside the skin (must not be caught)": Mistake(marker=True),
    "gamma left in": Mistake(spoil=_gamma_left_in),
    "room light of 10 % not subtracted": Mistake(ambient=_ROOM, spoil=_no_dark_frame),
    "entered scale 10 % too large": Mistake(spoil=_wrong_scale),
    "entered scale 10 % too large at the second session": Mistake(spoil=_wrong_scale, second=True),
    "entered scale 10 % too large, marker beside the skin": Mistake(
        spoil=_wrong_scale, marker=True
    ),
    "one lamp moved by 25 mm": Mistake(moved_mm=_MOVED_MM),
    "shine of make-up, no polarisers": Mistake(gloss=_SHINE),
}


def control(name: str, number: int) -> Control:
    """Make one mistake on one skin, through files, and say what became of it."""
    mistake, skin = CONTROLS[name], _skin(number)
    try:
        found = _analyzed(skin, mistake, number)
        first = _analyzed(skin, Mistake(), number + 50) if mistake.second else None
    except MnimageError as error:
        return Control(name, number, REFUSED, str(error))
    said = _warnings(found) + ([] if first is None else _of_pair(first, found))
    if said:
        return Control(name, number, CAUGHT, "; ".join(said))
    card = found.analyzed.relief
    if card is None:
        raise ValueError("a relief was not measured")
    ratio, where = _beyond(skin, card)
    outcome = COVERED if ratio <= 1 else NEITHER
    return Control(name, number, outcome, f"{where}, {ratio:.1f} times its 95 % interval")


def _analyzed(skin: Skin, mistake: Mistake, number: int) -> AnalyzedShots:
    with tempfile.TemporaryDirectory() as folder:
        sheet = _write(Path(folder), skin, mistake, number)
        if mistake.spoil is not None:
            mistake.spoil(sheet)
        return pipeline.analyze_shots(read_shots(sheet), name="")


def _of_pair(first: AnalyzedShots, second: AnalyzedShots) -> list[str]:
    """Return what the comparison of two sessions says of their scales."""
    pair = pipeline.compare_shots(first, second)
    failed = [one for one in pair.after.quality.findings if not one.ok]
    return [f"{one.check}: {one.advice}" for one in failed if one.check == "same scale"]


def _skin(number: int) -> Skin:
    look = SkinAppearance(
        tone=("II", "III", "IV")[number % 3], scars=(1, 3, 1), marks=(2, 2), margin_mm=2.0
    )
    return make_skin(
        seed=SEED + 500 + number, size_mm=(SIDE_MM, SIDE_MM), mm_per_px=FINE_MM, look=look
    )


def _write(folder: Path, skin: Skin, mistake: Mistake, number: int) -> Path:
    lamps = ring(8)
    sensor = Sensor(exposure=0.0, electrons=12000.0, bits=12, blur_px=0.6)
    # Some stray light is always there, and a dark frame with it.
    shot = Shot(
        sensor=sensor,
        binning=2,
        gloss=mistake.gloss,
        ambient=mistake.ambient or 0.005,
        seed=SEED + number,
    )
    true = _moved(lamps, mistake.moved_mm)
    sheet = write_shots(folder, skin, true, shot, stated=lamps)
    if mistake.marker:
        _lay_marker(sheet, scale_of(skin, shot).mm_per_px)
    return sheet


def _moved(lamps: tuple[Lamp, ...], by_mm: float) -> tuple[Lamp, ...]:
    first = replace(lamps[0], y=lamps[0].y + by_mm, z=lamps[0].z - by_mm / 2)
    return (first, *lamps[1:]) if by_mm else lamps


def _lay_marker(sheet: Path, pitch: float) -> None:
    """Lay a printed marker of 8 mm into a corner of every frame."""
    names = [name for name in _frames(sheet) if not name.startswith("dark")]
    rows, columns = _picture(sheet.parent / names[0]).shape[:2]
    stage, marker = (
        Stage((rows, columns), pitch, samples=2),
        Print(_MARKER, 8.0, _CORNER, white=0.5),
    )
    blank = np.zeros((rows, columns, 3), dtype=np.float32)
    print_only = print_light(marker, blank, stage)
    around = print_light(marker, blank + 1, stage) - print_only
    for name in names:
        shown = _picture(sheet.parent / name) * around + print_only * 65535
        cv2.imwrite(str(sheet.parent / name), np.rint(shown).astype(np.uint16))


def _given(sheet: Path) -> dict[str, float]:
    stated: dict[str, float] = json.loads(sheet.read_text(encoding="utf-8"))
    return stated


def _rewrite(sheet: Path, change: Mapping[str, object]) -> None:
    stated = {
        key: value for key, value in (_given(sheet) | dict(change)).items() if value is not None
    }
    sheet.write_text(json.dumps(stated), encoding="utf-8")


def _frames(sheet: Path) -> list[str]:
    return sorted(path.name for path in sheet.parent.glob("*.png"))


def _picture(path: Path) -> np.ndarray[tuple[int, ...], np.dtype[np.uint16]]:
    return np.asarray(cv2.imread(str(path), cv2.IMREAD_UNCHANGED), dtype=np.uint16)


_USUAL = ("formats.no_flat", "relief.scar_too_wide", SCALE_ENTERED)
"""Warnings that catch no mistake: no card was shot, a scar is wide for its picture, and the scale
was entered; faultless shots have them as well."""


def _warnings(found: AnalyzedShots) -> list[str]:
    """Return the warnings about this set that a faultless one does not have."""
    card = found.analyzed.relief
    said = [str(one) for one in (card.warnings if card else ()) if one.code not in _USUAL]
    failed = [one for one in found.analyzed.quality.findings if not one.ok]
    return said + [f"{one.check}: {one.advice}" for one in failed if one.check in _CHECKS]


_CHECKS = ("scale",)


def _beyond(skin: Skin, card: ReliefCard) -> tuple[float, str]:
    """Return the largest error over its 95 % interval, and of what."""
    pitch = card_pitch(skin)
    rows = []
    for true in skin.scars:
        found = _nearest(true, card, pitch)
        # A lower bound has no interval.
        if found is not None and not found.lower_bound:
            rows += _gaps(true, found)
    if not rows:
        return float("inf"), "no scar was found"
    return max(rows)


def card_pitch(skin: Skin) -> float:
    """Return the true mm per pixel of the shots of a skin."""
    return 2 * skin.mm_per_px


def _nearest(true: TrueScar, card: ReliefCard, pitch: float) -> Scar | None:
    middle = (np.array(card.depth_mm.shape) - 1) / 2
    place = middle + np.array([true.row_mm, true.column_mm]) / pitch
    near = [
        (float(np.hypot(scar.row - place[0], scar.column - place[1])) * pitch, scar)
        for scar in card.scars
    ]
    away, found = min(near, key=lambda one: one[0], default=(np.inf, None))
    return found if away < max(1.0, true.width_mm / 2) else None


def _gaps(true: TrueScar, found: Scar) -> list[tuple[float, str]]:
    depth = np.hypot(found.depth_uncertainty_mm, found.depth_systematic_mm)
    volume = np.hypot(found.volume_uncertainty_mm3, found.volume_systematic_mm3)
    off = 1000 * (found.depth_mm - true.depth_p95_mm)
    share = 100 * (found.volume_mm3 / true.volume_mm3 - 1)
    rows = [
        (abs(found.volume_mm3 - true.volume_mm3) / (_SIGMAS * volume), f"volume {share:+.0f} %"),
        (abs(off) / 1000 / (_SIGMAS * depth), f"depth {off:+.0f} um"),
    ]
    return [(float(ratio), f"{true.kind}: {where}") for ratio, where in rows]


def control_lines(cases: Sequence[Control]) -> list[Line]:
    """Return the share of mistakes caught or covered, and of sound shots wrongly warned of."""
    if not cases:
        return []
    wrong = [one for one in cases if not one.name.startswith("none")]
    sound = [one for one in cases if one.name.startswith("none")]
    missed = sorted({one.name for one in wrong if one.outcome == NEITHER})
    loud = [one for one in sound if one.outcome in (REFUSED, CAUGHT)]
    return [
        Line("controls", "mistakes caught or covered",
             100 * mean([one.outcome != NEITHER for one in wrong]), "%", len(wrong), least=100.0,
             worst=", ".join(missed)),
        Line("controls", "sound shots warned of", 100 * len(loud) / max(len(sound), 1), "%",
             len(sound), most=0.0, worst="; ".join(sorted({one.said for one in loud}))),
    ]  # fmt: skip
