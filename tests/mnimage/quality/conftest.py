"""Painted skin with a known look, and a real face whose landmarks tests may move."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest

from mnimage.domain.face import ZONES, Face, Pose, Zones
from mnimage.domain.photo import CaptureFacts, Photo, View
from mnimage.domain.recipe import QualityRecipe
from mnimage.kernels.color import encode_srgb
from mnimage.quality.shot import take_shot

SHARED = Path(__file__).parents[3] / ".." / "shared" / "data"
TONE = (0.48, 0.30, 0.22)


def coded(linear):
    return np.round(encode_srgb(linear) * 255).astype(np.uint8)


def paint_skin(tone=TONE, detail=0.04, seed=0, shape=(400, 400)):
    """Return linear skin with equal detail in every octave."""
    rng = np.random.default_rng(seed)
    waves = np.fft.rfft2(rng.normal(size=shape))
    rows, columns = np.fft.fftfreq(shape[0])[:, None], np.fft.rfftfreq(shape[1])[None]
    waves /= np.maximum(np.hypot(rows, columns), 1 / max(shape))
    texture = np.fft.irfft2(waves, shape)
    return np.array(tone) * np.exp(detail * texture / texture.std())[..., None]


def make_face(**changes):
    """Return a face with 300 px between the eyes whose landmarks are a plain grid."""
    points = np.zeros((468, 3))
    points[33], points[263] = (200, 50, 0), (200, 350, 0)
    points[10], points[152] = (20, 200, 0), (540, 200, 0)
    points[234], points[454] = (250, -20, 0), (250, 420, 0)
    face = Face(
        landmarks=points,
        score=0.9,
        presence=1.0,
        pose=Pose(0.0, 0.0, 0.0),
        view=View.FRONT,
        eye_distance_px=300.0,
        spread_px=1.0,
    )
    return replace(face, **changes)


def make_zones(shape=(400, 400)):
    """Return zones: the picture's left half is the right cheek, the other half the left."""
    labels = np.zeros(shape, dtype=np.uint8)
    labels[20:-20, 20 : shape[1] // 2] = ZONES.index("cheek_right") + 1
    labels[20:-20, shape[1] // 2 : -20] = ZONES.index("cheek_left") + 1
    reference = np.zeros(shape, dtype=bool)
    reference[30:80, 40:-40] = True
    return Zones(ZONES, labels, reference)


def make_photo(linear, **facts):
    return Photo(coded(np.asarray(linear)), CaptureFacts("test", 8, **facts))


def make_shot(linear=None, face=None, **facts):
    """Return a painted skin ready for checks; a face is there unless False."""
    linear = paint_skin() if linear is None else linear
    face = None if face is False else face or make_face()
    return take_shot(make_photo(linear, **facts), face, make_zones(linear.shape[:2]))


@cache
def read(name):
    path = SHARED / name
    if not path.is_file():
        pytest.skip("../shared/data is not here")
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


@cache
def analyze(name):
    """Return photo, face and zones of a portrait."""
    from mnimage.face.find import find_face
    from mnimage.face.zones import skin_zones

    photo = Photo(read(name), CaptureFacts("test", 8))
    face = find_face(photo)
    return photo, face, skin_zones(photo, face)


@pytest.fixture(scope="session")
def kit():
    """Return the makers of this folder under one name."""
    from types import SimpleNamespace

    return SimpleNamespace(
        coded=coded,
        paint=paint_skin,
        face=make_face,
        zones=make_zones,
        photo=make_photo,
        shot=make_shot,
        analyze=analyze,
    )


@pytest.fixture
def recipe():
    return QualityRecipe()
