"""Reads WebP, BMP, GIF and AVIF by Pillow, 8 bits, first frame."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import AvifImagePlugin, BmpImagePlugin, GifImagePlugin, WebPImagePlugin

from mnimage.errors import PhotoUnreadable
from mnimage.formats.decoded import Decoded, as_samples, check_size, damaged
from mnimage.formats.exif import read_exif
from mnimage.formats.strict import BROKEN, noted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL import ImageFile

# The classes themselves, not Image.open: its own limit of size is lower and global.
_OPENERS: Mapping[str, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    "WebP": WebPImagePlugin.WebPImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
}
_AS_THEY_ARE = frozenset({"L", "LA", "RGB", "RGBA"})


def read_plain(kind: str, content: bytes) -> Decoded:
    """Return the pixels of a WebP, BMP, GIF or AVIF file.

    Raises
    ------
    PhotoUnreadable
        If the file is cut off, damaged, too large or too small.
    """
    with noted() as said:
        try:
            decoded = _read(kind, content)
        except PhotoUnreadable:
            raise
        except BROKEN as error:
            raise damaged("part of its picture cannot be decoded") from error
    return Decoded(decoded.samples, 8, decoded.exif, icc=decoded.icc, notes=(*decoded.notes, *said))


def _read(kind: str, content: bytes) -> Decoded:
    with _OPENERS[kind](io.BytesIO(content)) as picture:
        check_size(picture.height, picture.width)
        picture.load()
        exif = read_exif(picture.info.get("exif") or b"")
        icc = picture.info.get("icc_profile") or b""
        several = getattr(picture, "n_frames", 1) > 1
        notes = ("The picture is animated; its first frame is used.",) if several else ()
        clear = "A" in picture.getbands() or "transparency" in picture.info
        plain = picture if picture.mode in _AS_THEY_ARE else picture.convert(_mode(clear))
        return Decoded(as_samples(np.array(plain)), 8, exif, icc=icc, notes=notes)


def _mode(clear: bool) -> str:
    return "RGBA" if clear else "RGB"
