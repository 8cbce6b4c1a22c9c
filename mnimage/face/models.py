"""The two face models: finding, verifying and loading them.

Both are TFLite files under Apache-2.0, trained by the MediaPipe team (Bazarevsky et al. 2019,
"BlazeFace"; Kartynnik et al. 2019, "Real-time Facial Surface Geometry from Monocular Video").
"""

from __future__ import annotations

import hashlib
import os
import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import cv2

from mnimage.assets import asset_roots
from mnimage.errors import ModelsMissing
from mnimage.words.message import message

DETECTOR = "face_detection_short_range.tflite"
MESH = "face_landmark.tflite"
FINGERPRINTS = {
    DETECTOR: "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    MESH: "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
}
"""SHA-256 of each model file."""


@dataclass(frozen=True, slots=True)
class Nets:
    """The loaded detector and mesh networks; to be used by one thread only."""

    detector: cv2.dnn.Net
    mesh: cv2.dnn.Net


class _Loaded(threading.local):
    # OpenCV's networks store their last input, so each thread has its own pair.
    nets: tuple[Path, Nets] | None = None


_loaded = _Loaded()

# OpenCV registers the layers of TFLite on first use without a lock: of two threads that read
# networks at once, one may find an operator missing.
_reading = threading.Lock()


def models_folder() -> Path:
    """Return the folder of the models.

    `MNIMAGE_MODELS` where it is set; otherwise `assets/models` of the bundle or of the project.
    """
    if given := os.environ.get("MNIMAGE_MODELS"):
        return Path(given)
    return asset_roots()[0] / "assets" / "models"


def load_nets() -> Nets:
    """Return this thread's networks, loaded on first use.

    Raises
    ------
    ModelsMissing
        If a model is missing, or is not the expected file.
    """
    folder = models_folder()
    if _loaded.nets is None or _loaded.nets[0] != folder:
        with _reading:
            paths = _checked(folder, DETECTOR), _checked(folder, MESH)
            _loaded.nets = folder, Nets(*map(_read, paths))
    return _loaded.nets[1]


@cache
def _checked(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise ModelsMissing(message("face.model_missing", file=name))
    if hashlib.sha256(path.read_bytes()).hexdigest() != FINGERPRINTS[name]:
        raise ModelsMissing(message("face.model_changed", file=name))
    return path


def _read(path: Path) -> cv2.dnn.Net:
    # The new engine of OpenCV 5 returns only one of a network's outputs; the classic returns all.
    return cv2.dnn.readNetFromTFLite(str(path), cv2.dnn.ENGINE_CLASSIC)
