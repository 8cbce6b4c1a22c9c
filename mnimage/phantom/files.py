"""Phantom photos and directional shots as files, as the command line's contract has them."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING

import cv2
import numpy as np
from PIL import Image

from mnimage.errors import OutputFailed
from mnimage.kernels.color import to_coded8
from mnimage.phantom.light import Lamp
from mnimage.phantom.render import Shot, scale_of, shoot_lamps
from mnimage.phantom.sensor import Sensor

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from pathlib import Path

    from numpy.typing import NDArray

    from mnimage.domain.photo import Photo
    from mnimage.phantom.skin import Skin

_EXIF_FOLDER = 0x8769
_TAKEN, _TAKEN_ZONE, _MAKE, _MODEL = 0x9003, 0x9011, 0x010F, 0x0110


def write_shots(
    folder: Path,
    skin: Skin,
    lamps: Sequence[Lamp],
    shot: Shot | None = None,
    *,
    stated: Sequence[Lamp] | None = None,
    suffix: str = ".png",
) -> Path:
    """Write directional shots and their SHOTS.json into a folder; return the latter's path.

    Parameters
    ----------
    folder
        Made if missing.
    skin, lamps
        What is shot, and where the lamps truly stand.
    shot
        Camera and pose. Its `bits` choose the files: 8 is sRGB-coded, 12 and 16 are linear 16 bit;
        with `ambient` a dark frame is written too.
    stated
        The lamps as SHOTS.json has them, where those differ from the truth.
    suffix
        ".png" or ".tif".

    Raises
    ------
    OutputFailed
        If the folder can't be written to.
    """
    shot = shot or Shot(sensor=Sensor(exposure=0.0, electrons=12000.0, bits=12))
    linear = shot.sensor.bits > 8
    names = [f"light{index + 1}{suffix}" for index in range(len(lamps))]
    frames = list(shoot_lamps(skin, [*lamps, *_darkness(shot)], shot))
    entries = [_entry(name, lamp) for name, lamp in zip(names, stated or lamps, strict=True)]
    entered_all: dict[str, object] = {
        "mm_per_px": scale_of(skin, shot).mm_per_px,
        "linear": linear,
        "shots": entries,
    }
    if len(frames) > len(lamps):
        names.append(f"dark{suffix}")
        entered_all["dark"] = names[-1]
    for name, frame in zip(names, frames, strict=True):
        write_whole(folder / name, _encoded(frame, suffix, linear=linear))
    listing = folder / "SHOTS.json"
    write_whole(listing, json.dumps(entered_all, indent=1).encode())
    return listing


def _darkness(shot: Shot) -> list[Lamp]:
    """Return a lamp that is switched off, where there is stray light to be measured."""
    return [Lamp(0.0, 0.0, 300.0, power=0.0)] if shot.ambient > 0 else []


def _entry(name: str, lamp: Lamp) -> dict[str, object]:
    if lamp.far:
        return {"file": name, "light": [round(part, 6) for part in lamp.direction]}
    return {"file": name, "lamp_mm": [round(part, 4) for part in (lamp.x, lamp.y, lamp.z)]}


def _encoded(frame: NDArray[np.float32], suffix: str, *, linear: bool) -> bytes:
    if linear:
        pixels: NDArray[np.uint8] | NDArray[np.uint16] = np.rint(frame * 65535).astype(np.uint16)
    else:
        pixels = to_coded8(frame)
    # Fast packing: the noise of a camera can hardly be packed anyway.
    done, stream = cv2.imencode(suffix, pixels[..., ::-1], _packing(suffix))
    if not done:
        raise OutputFailed(f"A picture can't be written as {suffix}.", hint="Use .png or .tif.")
    return stream.tobytes()


def _packing(suffix: str) -> list[int]:
    return [cv2.IMWRITE_PNG_COMPRESSION, 1] if suffix == ".png" else []


def write_photo(
    path: Path, photo: Photo, *, taken_at: datetime | None = None, quality: int = 95
) -> Path:
    """Write a photo as JPEG or PNG (by the path's suffix) with the time it was taken in EXIF.

    Raises
    ------
    OutputFailed
        If the folder can't be written to.
    """
    exif = Image.Exif()
    exif[_MAKE], exif[_MODEL] = "mnimage", "phantom"
    if taken_at is not None:
        facts = exif.get_ifd(_EXIF_FOLDER)
        facts[_TAKEN] = taken_at.strftime("%Y:%m:%d %H:%M:%S")
        if taken_at.tzinfo is not None:
            zone = taken_at.strftime("%z")
            facts[_TAKEN_ZONE] = f"{zone[:3]}:{zone[3:]}"
    picture = Image.fromarray(_eight_bit(photo))
    stream = BytesIO()
    if path.suffix.lower() in {".jpg", ".jpeg"}:
        picture.save(stream, "JPEG", quality=quality, subsampling=0, exif=exif)
    else:
        picture.save(stream, "PNG", compress_level=1, exif=exif)
    write_whole(path, stream.getvalue())
    return path


def _eight_bit(photo: Photo) -> NDArray[np.uint8]:
    if photo.coded.dtype == np.uint8:
        return np.asarray(photo.coded, dtype=np.uint8)
    return np.rint(photo.coded / np.float32(257)).astype(np.uint8)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all; its folder is made if missing.

    Raises
    ------
    OutputFailed
        If that can't be done.
    """
    draft = path.with_name(path.name + ".draft")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise OutputFailed(
            f"{path.name} can't be written.", hint="Is the folder there, and the disk not full?"
        ) from error
