"""The jobs on colour: a profile from the chart, kept and taken into use."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from mnimage.domain.original import Original
from mnimage.domain.progress import Tick, no_tick
from mnimage.errors import ChartUnusable
from mnimage.formats.colorfile import profile_text, read_profile
from mnimage.formats.files import DecodeOptions, decode_photo, read_content, read_photo
from mnimage.formats.kinds import HEAD_BYTES, kind_of
from mnimage.formats.output import prepare_folder, refuse_overwrite, write_whole

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    from numpy.typing import NDArray

    from mnimage.domain.color import ColorProfile
    from mnimage.domain.photo import Coded, Photo


def calibrate_file(
    path: Path,
    out: Path,
    *,
    flat: Path | None = None,
    corners: Sequence[tuple[float, float]] | None = None,
    tick: Tick = no_tick,
) -> ColorProfile:
    """Make a colour profile from a photo of the chart and keep it in the file `out`."""
    from mnimage.calibrate.calibrate import make_profile

    refuse_overwrite((path, flat) if flat else (path,), (out,))
    tick(0, 2)
    card = read_photo(flat) if flat else None
    profile = make_profile(read_photo(path), flat=card, corners=corners)
    tick(1, 2)
    prepare_folder(out.parent)
    write_whole(out, profile_text(profile).encode())
    tick(2, 2)
    return profile


def read_calibrated(shot: Path | Original, profile: Path | None) -> Photo:
    """Return a photo, with a colour profile where one is named: its file, or a photo of the chart.

    The photo of the chart may be the photo itself.
    """
    photo = _decoded(shot) if isinstance(shot, Original) else read_photo(shot)
    if profile is None:
        return photo
    from mnimage.calibrate.use import with_profile

    return with_profile(photo, known_profile(profile))


def _decoded(original: Original) -> Photo:
    """Return a photo of the library; it is decoded in memory, no clear copy touches the disk."""
    content = original.read()
    photo = decode_photo(content, kind_of(content[:HEAD_BYTES]), original.name, DecodeOptions())
    if photo.facts.taken_at is not None or original.taken_at is None:
        return photo
    return replace(photo, facts=replace(photo.facts, taken_at=original.taken_at))


def known_profile(path: Path) -> ColorProfile:
    """Return the colour profile that a file keeps, or that a photo of the chart makes."""
    from mnimage.calibrate.calibrate import make_profile

    if path.suffix.lower() == ".json":
        return read_profile(path)
    return make_profile(read_photo(path))


def is_profile(path: Path) -> bool:
    """Return whether a file is a colour profile that can be read."""
    try:
        read_profile(path)
    except ChartUnusable:
        return False
    return True


def preview_of(shot: Path | Original) -> NDArray[np.uint8]:
    """Return a photo's pixels reduced, upright, 8-bit RGB: quick, for a screen that waits."""
    from mnimage.formats.preview import read_preview

    content = shot.read() if isinstance(shot, Original) else read_content(shot)[0]
    return read_preview(content, shot.name)


def picture_of(path: Path) -> Coded:
    """Return a photo's pixels, upright, for a screen."""
    return read_photo(path).coded
