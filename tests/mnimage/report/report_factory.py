"""Pairs made from domain values alone: a public photo, made-up maps and made-up numbers."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

import numpy as np
from skimage import data

from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.comparison import Change, Comparability, Comparison, ScarChange, Verdict
from mnimage.domain.face import ZONES, Face, Pose, Zones
from mnimage.domain.pair import AnalyzedPhoto, Pair
from mnimage.domain.photo import CaptureFacts, ImageScale, Photo, View
from mnimage.domain.quality import Finding, QualityReport
from mnimage.domain.relief import Scar
from mnimage.domain.scorecard import Layer, Mode

STEP = 4
FIRST_DAY = datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
MADE_AT = datetime(2026, 6, 12, 16, 5, tzinfo=UTC)
SCALE = ImageScale(0.8, "face", 0.06)
FACE_BOX = (50, 185, 170, 285)
"""Rows and columns of the face in scikit-image's astronaut (NASA, public domain)."""


@cache
def portrait() -> np.ndarray:
    return data.astronaut()


def make_face() -> Face:
    top, bottom, left, right = FACE_BOX
    landmarks = np.zeros((468, 3))
    landmarks[:, 0] = np.linspace(top, bottom, 468)
    landmarks[:, 1] = np.linspace(left, right, 468)
    return Face(landmarks, 0.98, 0.99, Pose(1.0, -2.0, 0.4), View.FRONT, 78.0, 0.6)


def make_analyzed(
    *, name="front.jpg", day=0, face=True, scale=SCALE, shape=None, findings=(), taken=True
) -> AnalyzedPhoto:
    coded = portrait().copy()
    if shape is not None:
        coded = np.ascontiguousarray(coded[: shape[0], : shape[1]])
    taken_at = FIRST_DAY + timedelta(days=day) if taken else None
    facts = CaptureFacts("JPEG", 8, taken_at=taken_at, camera="Canon EOS R6")
    shape = coded.shape[:2]
    zones = Zones(("whole",), np.ones(shape, np.uint8), np.zeros(shape, bool))
    return AnalyzedPhoto(
        name,
        Photo(coded, facts),
        make_face() if face else None,
        zones,
        QualityReport(tuple(findings)),
        scale,
    )


def make_change(before, after, unit, uncertainty, verdict=None, reason="", mode=Mode.FLAT):
    mdc95 = 1.96 * uncertainty
    change = after - before
    if verdict is None:
        real = abs(change) > mdc95
        verdict = (
            Verdict.WITHIN_ERROR if not real else Verdict.BETTER if change < 0 else Verdict.WORSE
        )
    return Change(before, after, unit, uncertainty, mdc95, verdict, mode, reason)


def make_zones(names=("whole", *ZONES)):
    random = np.random.default_rng(3)
    zones = {}
    for name in names:
        shift = 0.0 if name == "whole" else float(random.normal(0, 1.2))
        zones[name] = {
            "redness_hi": make_change(12.3 + shift, 9.9 + 1.9 * shift, "HI points", 0.8),
            "texture_contrast": make_change(8.1, 8.0 + 0.2 * shift, "%", 0.31),
            "red_area": make_change(21.5 + shift, 14.2 + 2 * shift, "%", 2.4),
            "pigment_mi": make_change(31.0, 33.9 + shift, "points", 1.1),
        }
    zones[names[-1]]["pigment_mi"] = make_change(
        float("nan"),
        float("nan"),
        "points",
        float("nan"),
        Verdict.NOT_COMPARABLE,
        "too little skin seen in both photos",
    )
    return zones


def make_alignment(shape, *, status=Status.ALIGNED, reason="", warnings=()):
    rows, columns = -(-shape[0] // STEP), -(-shape[1] // STEP)
    if status is not Status.ALIGNED:
        nothing = np.zeros((0, 0), np.float32)
        return Alignment(
            status, reason, shape, shape, STEP, nothing, nothing, nothing, nothing.astype(bool)
        )
    row, column = np.meshgrid(
        (np.arange(rows, dtype=np.float32) + 0.5) * STEP - 0.5,
        (np.arange(columns, dtype=np.float32) + 0.5) * STEP - 0.5,
        indexing="ij",
    )
    error = (0.25 + 0.6 * np.hypot(row - 120, column - 225) / 120).astype(np.float32)
    valid = face_mask((rows, columns))
    return Alignment(
        status,
        "",
        shape,
        shape,
        STEP,
        row,
        column,
        error,
        valid,
        0.93,
        1.4,
        tuple(warnings),
        limit_px=1.0,
    )


def face_mask(grid):
    top, bottom, left, right = FACE_BOX
    row, column = np.mgrid[: grid[0], : grid[1]]
    down = (row * STEP - (top + bottom) / 2) / ((bottom - top) / 2)
    along = (column * STEP - (left + right) / 2) / ((right - left) / 2)
    return down**2 + along**2 < 1


def make_layer(name, unit, level, seed, shape=(512, 512), mask=True):
    from scipy.ndimage import gaussian_filter

    grid = -(-shape[0] // STEP), -(-shape[1] // STEP)
    noise = gaussian_filter(np.random.default_rng(seed).normal(size=grid), 2.0) * 12
    values = (level * (1 + 0.35 * noise)).astype(np.float32)
    if mask:
        values[~face_mask(grid)] = np.nan
    return Layer(name, unit, values, STEP)


def make_layers(shape=(512, 512), mask=True):
    return {
        "redness": (
            make_layer("redness", "HI points", 12, 1, shape, mask),
            make_layer("redness", "HI points", 9, 2, shape, mask),
        ),
        "pigment": (
            make_layer("pigment", "points", 31, 3, shape, mask),
            make_layer("pigment", "points", 33, 4, shape, mask),
        ),
        "texture_contrast": (
            make_layer("texture_contrast", "%", 8, 5, shape, mask),
            make_layer("texture_contrast", "%", 8, 6, shape, mask),
        ),
    }


def make_scar(number, depth, *, lower_bound=False, kind="boxcar"):
    random = np.random.default_rng(number)
    row, column = random.uniform(80, 160), random.uniform(195, 260)
    return Scar(
        number,
        row,
        column,
        depth,
        depth * 0.6,
        6.2,
        depth * 3.1,
        2.8,
        54.0,
        kind,
        0.03,
        0.2,
        lower_bound,
    )


def make_scars(count):
    changes = []
    for number in range(1, count + 1):
        depth = 0.2 + 0.05 * (number % 9)
        before = make_scar(number, depth, kind=("boxcar", "rolling", "ice-pick")[number % 3])
        if number % 11 == 7:
            changes.append(ScarChange(number, before, None, None, None, Verdict.NOT_COMPARABLE))
            continue
        later = depth * (0.7, 0.97, 1.3)[0 if number % 5 else 1 if number % 10 else 2]
        change = make_change(depth, later, "mm", 0.03, mode=Mode.RELIEF)
        volume = make_change(depth * 3.1, later * 3.1, "mm3", 0.2, mode=Mode.RELIEF)
        after = make_scar(number, later, kind=before.kind)
        changes.append(ScarChange(number, before, after, change, volume, change.verdict))
    return tuple(changes)


NOT_MEASURED = {
    "scar_depth_mm": "Depth needs directional shots: photograph the place with four lamps in turn.",
    "texture_sq_um": "Roughness in µm needs directional shots.",
}
FAILED = Finding("sharpness", 38.0, 50.0, "at least", "points", False, "Hold still and focus anew.")
REASONS = ("head turned 2.1° further to the left", "light 3 % brighter", "102 days between photos")


def make_pair(
    *,
    face=True,
    scale=SCALE,
    zones=None,
    scars=(),
    layers=None,
    findings=(FAILED,),
    reasons=REASONS,
    grade="B",
    shape=None,
    taken=True,
    day=84,
    not_measured=NOT_MEASURED,
) -> Pair:
    before = make_analyzed(face=face, scale=scale, shape=shape, taken=taken)
    after = make_analyzed(
        name="after.jpg",
        day=day,
        face=face,
        scale=scale,
        shape=shape,
        findings=findings,
        taken=taken,
    )
    size = before.photo.shape
    seen = np.ones(size, bool)
    seen[:, :4] = False
    aligned = np.clip(before.photo.coded.astype(np.int16) + 6, 0, 255).astype(np.uint8)
    comparison = Comparison(
        Comparability(grade, tuple(reasons)),
        make_alignment(size, warnings=("Lips moved: left out.",)),
        None,
        None,
        make_zones() if zones is None else zones,
        tuple(scars),
        not_measured,
        "1-3fa9c2d1",
    )
    maps = make_layers(size, mask=face) if layers is None else layers
    return Pair(before, after, comparison, aligned, seen, maps)


def make_refused() -> Pair:
    before = make_analyzed()
    after = make_analyzed(name="after.jpg", day=84, findings=(FAILED,))
    alignment = make_alignment(
        before.photo.shape, status=Status.NOT_COMPARABLE, reason="the photos show different people"
    )
    comparison = Comparison(
        Comparability("F", ("the photos show different people", "another view")),
        alignment,
        None,
        None,
        {},
        (),
        {},
        "1-3fa9c2d1",
    )
    return Pair(before, after, comparison, None, None, {})
