"""Whether a series lies on its baseline the same way straight and over a middle session.

    python -m benchmarks.series [--seeds N]

Rendered skin and faces at three sessions, each photographed with everything off by what a clinic
gets wrong (`benchmarks.pairs`). Printed in px of the first photo: what both ways to the last
session differ by, and the true error of the straight way.
"""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.pairs import hard_shot, soft_lamp
from mnimage import pipeline
from mnimage.domain.recipe import Recipe
from mnimage.phantom.face import make_face, shoot_face, treated_face
from mnimage.phantom.render import Shot, shoot, true_field
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.register.series import SessionInput, register_series
from mnimage.register.warp import full_field

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from mnimage.domain.photo import Photo
    from mnimage.phantom.skin import Skin

_HEALED = (
    {"scar_fraction": 0.15, "redness_fraction": 0.25, "pigment_fraction": 0.25, "renew": 0.4},
    {"scar_fraction": 0.3, "redness_fraction": 0.5, "pigment_fraction": 0.5, "renew": 0.4},
)
_ROW = "{:<14}{:>10}{:>10}{:>10}{:>14}{:>12}"


def main() -> int:
    """Print a row per course."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=6)
    seeds = parser.parse_args().seeds
    print(_ROW.format("course", "apart p50", "p95", "shared", "true error p50", "p95"))
    for seed in range(seeds):
        for name, photos, truth in (_close_ups(seed), _faces(seed)):
            print(_ROW.format(name, *_measured(photos, truth)), flush=True)
    return 0


def _shots(seed: int) -> list[Shot]:
    random = np.random.default_rng([seed, 6])
    first = Shot(lamp=soft_lamp(random, 3.0), sensor=Sensor(jpeg=80), seed=seed)
    return [first, hard_shot(random, 10 * seed), hard_shot(random, 10 * seed + 1)]


_Truth = tuple["NDArray[np.float32]", "NDArray[np.float32]", "NDArray[np.bool_]"]


def _close_ups(seed: int) -> tuple[str, list[Photo], _Truth]:
    tone = ("I", "II", "III", "IV", "V", "VI")[seed % 6]
    look = SkinAppearance(tone=tone, scars=(6, 6, 4), marks=(14, 10), margin_mm=6.0)
    skin = make_skin(seed=seed, size_mm=(110.0, 110.0), mm_per_px=1 / 6, look=look)
    skins: list[Skin] = [skin, *(skin.treated(**one, seed=seed + 5) for one in _HEALED)]
    shots = _shots(seed)
    photos = [shoot(*pair) for pair in zip(skins, shots, strict=True)]
    return f"type {tone}", photos, true_field(skin, shots[0], shots[2], skin_after=skins[2])


def _faces(seed: int) -> tuple[str, list[Photo], _Truth]:
    face = make_face(seed=seed, shape=(1500, 1200))
    faces = [face, *(treated_face(face, **one, seed=seed + 5) for one in _HEALED)]
    shots = _shots(seed)
    photos = [shoot_face(*pair) for pair in zip(faces, shots, strict=True)]
    return "face", photos, true_field(face.skin, shots[0], shots[2], skin_after=faces[2].skin)


def _measured(photos: list[Photo], truth: _Truth) -> Iterator[str]:
    analyzed = [pipeline.analyze_photo(photo, name="") for photo in photos]
    sessions = [
        SessionInput(one.photo, one.face, (one.zones.labels > 0) | one.zones.reference)
        for one in analyzed
    ]
    last = register_series(sessions, Recipe().register)[-1]
    if last.closure is None:
        return iter(("refused", "", "", "", ""))
    row, column, seen = truth
    field = full_field(last.alignment)
    error = np.hypot(field.row - row, field.column - column)[seen & field.valid]
    closure = last.closure
    numbers = closure.median_px, closure.p95_px, closure.shared, *np.percentile(error, [50, 95])
    return (f"{number:.3f}" for number in numbers)


if __name__ == "__main__":
    sys.exit(main())
