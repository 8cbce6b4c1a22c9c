"""A rough scale from the eye distance, where the photo contains nothing better."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.domain.photo import ImageScale

if TYPE_CHECKING:
    from mnimage.domain.face import Face

EYES_MM = 90.0
"""Usual distance of the outer eye corners of adults, in mm.

Biocular width (ex-ex) by 3-D photography: men 93.0 (SD 5.6), women 88.4 (SD 3.7), 103 adults
(BioMed Research International 2013, 821428); both together 90.7 (SD 5.3). The mesh's corners 33
and 263 lie 0.5 % closer together than corners placed by hand on twelve portraits.
"""

RELATIVE_ERROR = 0.06
"""Spread of that distance between adults (5.3 / 90.7), both sexes and all origins."""


def face_scale(face: Face) -> ImageScale:
    """Return millimetres per pixel, assuming that the outer eye corners are `EYES_MM` apart."""
    return ImageScale(EYES_MM / face.eye_distance_px, "face", RELATIVE_ERROR)
