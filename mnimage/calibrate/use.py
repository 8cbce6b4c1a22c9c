"""Apply a colour profile: check that it holds for a photo, and correct the photo's colours."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import log2
from typing import TYPE_CHECKING

import cv2
import numpy as np

from mnimage.errors import ChartUnusable
from mnimage.kernels.color import root_terms, to_coded8, to_linear
from mnimage.words.message import message

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from mnimage.domain.color import ColorProfile
    from mnimage.domain.photo import CaptureFacts, Coded, Photo

MOST_STOPS = 0.2
"""Stops by which the exposure may differ from that of the chart."""

_STRIP_ROWS = 256
"""Rows that are converted at once, to save memory."""
_THREADS = 2
"""Strips that are converted at the same time."""


def with_profile(photo: Photo, profile: ColorProfile) -> Photo:
    """Return the photo with the profile, if the profile is valid for it.

    Stops are counted by time, f-number and ISO speed (ISO 12232); the limit is our own.

    Raises
    ------
    ChartUnusable
        If the photo was taken by another camera, with other exposure settings, or in another size
        where the light over the picture was measured. Facts that the camera did not write are not
        checked.
    """
    facts = photo.facts
    if profile.camera and facts.camera and profile.camera != facts.camera:
        raise ChartUnusable(
            message("calibrate.other_camera", profile=profile.camera, photo=facts.camera)
        )
    stops = _stops(profile, facts)
    if stops is not None and abs(stops) > MOST_STOPS:
        if stops > 0:
            raise ChartUnusable(message("calibrate.exposed_more", stops=stops))
        raise ChartUnusable(message("calibrate.exposed_less", stops=-stops))
    if profile.flat is not None and photo.shape != profile.shape:
        raise ChartUnusable(message("calibrate.other_size"))
    return replace(photo, profile=profile)


def _stops(profile: ColorProfile, facts: CaptureFacts) -> float | None:
    """Return by how many stops a photo was exposed more than the chart, None if unknown."""
    chart = profile.exposure_s, profile.f_number, profile.iso
    photo = facts.exposure_s, facts.f_number, facts.iso
    if not (all(chart) and all(photo)):
        return None
    light = [
        float(time or 1) * float(iso or 1) / float(stop or 1) ** 2
        for time, stop, iso in (chart, photo)
    ]
    return log2(light[1] / light[0])


def true_colors(photo: Photo) -> NDArray[np.uint8]:
    """Return a photo corrected by its colour profile, 8-bit sRGB; unchanged if it has none.

    For display: table and matrix over strips of rows, so that 24 megapixels take little memory.
    Accuracy: `docs/colour.md`.
    """
    profile = photo.profile
    if profile is None:
        return _eight(photo.coded)
    found = np.empty(photo.coded.shape, dtype=np.uint8)
    flat = _flat_rows(profile, photo.shape)

    def strip(first: int) -> None:
        rows = slice(first, first + _STRIP_ROWS)
        light = to_linear(photo.coded[rows], profile.tone)
        light *= np.array(profile.gains, dtype=np.float32)
        if flat is not None:
            light /= cv2.resize(flat[rows], light.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        matrix = profile.matrix.astype(np.float32)
        true = np.asarray(cv2.transform(light, matrix[:3].T), dtype=np.float32)
        if profile.degree == 2:
            true += cv2.transform(root_terms(light, 2)[..., 3:], matrix[3:].T)
        found[rows] = to_coded8(true)

    with ThreadPoolExecutor(_THREADS, thread_name_prefix="colour") as pool:
        list(pool.map(strip, range(0, photo.rows, _STRIP_ROWS)))
    return found


def _flat_rows(profile: ColorProfile, shape: tuple[int, int]) -> NDArray[np.float32] | None:
    """Return the light over the picture, with full height and the width of the stored grid."""
    if profile.flat is None:
        return None
    size = (profile.flat.shape[1], shape[0])
    return np.asarray(cv2.resize(profile.flat, size, interpolation=cv2.INTER_LINEAR), np.float32)


def _eight(coded: Coded) -> NDArray[np.uint8]:
    return np.asarray(coded if coded.dtype == np.uint8 else coded // 257, dtype=np.uint8)
