"""Pictures for others."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2

from mnimage.errors import PhotoUnreadable
from mnimage.words.message import message

if TYPE_CHECKING:
    from mnimage.domain.photo import Photo


def png_of(photo: Photo) -> bytes:
    """Return a photo as PNG, upright, sRGB, in its own bit depth, without any metadata.

    Raises
    ------
    PhotoUnreadable
        If it cannot be encoded.
    """
    done, stream = cv2.imencode(".png", photo.coded[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, 1])
    if not done:
        raise PhotoUnreadable(message("exports.png_failed"))
    return stream.tobytes()
