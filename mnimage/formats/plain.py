"""Read WebP, BMP, GIF and AVIF with Pillow, 8 bits, first frame."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import AvifImagePlugin, BmpImagePlugin, GifImagePlugin, WebPImagePlugin

from mnimage.errors import PhotoUnreadable
from mnimage.formats.decoded import Decoded, as_samples, check_size, damaged, decoder_warnings
from mnimage.formats.exif import read_exif
from mnimage.formats.strict import DECODER_ERRORS, captured_warnings
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL import ImageFile

# The classes themselves, not Image.open: its own size limit is lower and global.
_OPENERS: Mapping[str, Callable[[io.BytesIO], ImageFile.ImageFile]] = {
    "WebP": WebPImagePlugin.WebPImageFile,
    "BMP": BmpImagePlugin.BmpImageFile,
    "GIF": GifImagePlugin.GifImageFile,
    "AVIF": AvifImagePlugin.AvifImageFile,
}
_KEPT_MODES = frozenset({"L", "LA", "RGB", "RGBA"})


def read_plain(kind: str, content: bytes) -> Decoded:
    """Return the pixels of a WebP, BMP, GIF or AVIF file.

    Raises
    ------
    PhotoUnreadable
        If the file is incomplete, damaged, too large or too small.
    """
    with captured_warnings() as warned:
        try:
            decoded = _read(kind, content)
        except PhotoUnreadable:
            raise
        except DECODER_ERRORS as error:
            raise damaged(message("formats.part_undecodable")) from error
    return replace(decoded, notes=(*decoded.notes, *decoder_warnings(warned)))


def _read(kind: str, content: bytes) -> Decoded:
    with _OPENERS[kind](io.BytesIO(content)) as picture:
        check_size(picture.height, picture.width)
        picture.load()
        exif = read_exif(picture.info.get("exif") or b"")
        icc = picture.info.get("icc_profile") or b""
        several = getattr(picture, "n_frames", 1) > 1
        notes = (message("formats.animated"),) if several else ()
        transparent = "A" in picture.getbands() or "transparency" in picture.info
        plain = picture if picture.mode in _KEPT_MODES else picture.convert(_mode(transparent))
        return Decoded(as_samples(np.array(plain)), 8, exif, icc=icc, notes=notes)


def _mode(transparent: bool) -> str:
    return "RGBA" if transparent else "RGB"
