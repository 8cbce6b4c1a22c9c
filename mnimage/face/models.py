"""The two face models: where they lie, whether they are the right ones, and loading them.

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

DETECTOR = "face_detection_short_range.tflite"
MESH = "face_landmark.tflite"
FINGERPRINTS = {
    DETECTOR: "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
    MESH: "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
}
HINT = "Run `make models`, or `python installer/fetch_models.py`; in an installed copy, reinstall."


@dataclass(frozen=True, slots=True)
class Nets:
    """The detector and the mesh, loaded; to be used by one thread only."""

    detector: cv2.dnn.Net
    mesh: cv2.dnn.Net


class _Loaded(threading.local):
    # OpenCV's networks keep their last input inside, so each thread has its own pair.
    nets: tuple[Path, Nets] | None = None


_loaded = _Loaded()


def models_folder() -> Path:
    """Return the folder the models belong in.

    `MNIMAGE_MODELS` names it where it is set; otherwise it is `assets/models` of the bundle or of
    the project.
    """
    if stated := os.environ.get("MNIMAGE_MODELS"):
        return Path(stated)
    return asset_roots()[0] / "assets" / "models"


def load_nets() -> Nets:
    """Return this thread's networks, loaded on first use.

    Raises
    ------
    ModelsMissing
        If a model is not there, or is not the file it should be.
    """
    folder = models_folder()
    if _loaded.nets is None or _loaded.nets[0] != folder:
        nets = Nets(detector=_read(_checked(folder, DETECTOR)), mesh=_read(_checked(folder, MESH)))
        _loaded.nets = folder, nets
    return _loaded.nets[1]


@cache
def _checked(folder: Path, name: str) -> Path:
    path = folder / name
    if not path.is_file():
        raise ModelsMissing(f"The face model {name} is not there.", hint=HINT)
    if hashlib.sha256(path.read_bytes()).hexdigest() != FINGERPRINTS[name]:
        raise ModelsMissing(f"The face model {name} is damaged or was changed.", hint=HINT)
    return path


def _read(path: Path) -> cv2.dnn.Net:
    # The newer engine of OpenCV 5 keeps only one of a network's outputs; the classic keeps all.
    return cv2.dnn.readNetFromTFLite(str(path), cv2.dnn.ENGINE_CLASSIC)
