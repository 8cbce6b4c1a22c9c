"""Directional shots on disk become values that relief can be computed from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from mnimage.capture.files import Wish, read_photo
from mnimage.capture.sheet import Sheet, lights_of, read_sheet
from mnimage.domain.photo import Photo, Scale
from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.relief import Shots
from mnimage.errors import PhotoUnreadable, ShotsUnusable
from mnimage.kernels.color import to_coded8, to_linear

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

CHANNELS = ("red", "green", "blue")
SATURATED = 0.99
"""Share of full range from which a coded value counts as at its end."""

_RIG_ERROR = 0.01
"""Relative error granted to a scale told by the user."""

_FAINTEST = 0.05
"""A flat frame under this share of its mean is not divided by: it would only blow up noise."""

_BAND = 512
_EIGHT_BITS = "8-bit frames: fine depth is less certain; use 16-bit or RAW."
_FEW = "Only three shots: a shadow or a shine cannot be told from a slope; take four or more."
_NO_DARK = "No dark frame: stray light makes the relief too shallow."
_NO_FLAT = "No flat frame: uneven light bends the surface."
_FAINT_FLAT = "A flat frame is nearly dark in places; nothing is trusted there."


@dataclass(slots=True)
class _Stack:
    """What is gathered while the shots are read one by one."""

    shape: tuple[int, int]
    frames: NDArray[np.float32] = field(repr=False)
    saturated: NDArray[np.bool_] = field(repr=False)
    total: NDArray[np.float32] = field(repr=False)
    bits: int = 16
    notes: dict[str, None] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Source:
    """Where the frames come from, and how their numbers are to be taken."""

    folder: Path
    linear: bool
    channel: int


def read_shots(path: Path, *, channel: str = "blue", tick: Tick = no_tick) -> Shots:
    """Return the directional shots that a SHOTS.json lists (format: the command line's contract).

    Each frame becomes linear light of one colour channel; the dark frame is subtracted from it,
    and it is divided by its flat frame, brought to mean 1. `saturated` also marks places where a
    flat frame is too dark to divide by. RAW frames are developed with a fixed white balance and
    count as linear whatever the sheet says. Embedded colour profiles are applied unless `linear`.

    Parameters
    ----------
    path
        The sheet; its file names are relative to its folder.
    channel
        "blue" (least scattered in skin), "green" or "red".
    tick
        Told after each frame.

    Raises
    ------
    ShotsUnusable
        If the sheet or any file in it cannot be used; the message names the culprit.
    ValueError
        If there is no such channel.
    """
    if channel not in CHANNELS:
        raise ValueError(f"no such channel: {channel}")
    sheet = read_sheet(path)
    lights = lights_of(sheet)
    source = _Source(path.parent, sheet.linear, CHANNELS.index(channel))
    stack = _read_frames(sheet, source, tick)
    _level(stack, sheet, source)
    notes = [note for note, lacking in _lacking(stack, sheet) if lacking]
    return Shots(
        frames=stack.frames,
        lights=lights,
        near=sheet.near,
        scale=Scale(sheet.mm_per_px, "rig", _RIG_ERROR),
        picture=_picture(stack),
        channel=channel,
        bits=stack.bits,
        saturated=stack.saturated,
        notes=(*notes, *stack.notes),
    )


def _lacking(stack: _Stack, sheet: Sheet) -> tuple[tuple[str, bool], ...]:
    return (
        (_EIGHT_BITS, stack.bits <= 8),
        (_FEW, len(sheet.shots) < 4),
        (_NO_DARK, sheet.dark is None),
        (_NO_FLAT, not sheet.flat),
    )


def _read_frames(sheet: Sheet, source: _Source, tick: Tick) -> _Stack:
    count = len(sheet.shots)
    stack: _Stack | None = None
    for number, shot in enumerate(sheet.shots):
        tick(number, count)
        photo = _read(source, shot.file, stack.shape if stack else None)
        stack = stack or _empty(count, photo.shape)
        _add(stack, number, photo, source)
    if stack is None:
        raise ShotsUnusable("No shots are listed.")
    tick(count, count)
    return stack


def _empty(count: int, shape: tuple[int, int]) -> _Stack:
    try:
        return _Stack(
            shape,
            frames=np.empty((count, *shape), dtype=np.float32),
            saturated=np.zeros((count, *shape), dtype=np.bool_),
            total=np.zeros((*shape, 3), dtype=np.float32),
        )
    except MemoryError as error:
        raise ShotsUnusable(
            f"{count} shots of {shape[0] * shape[1] / 1e6:.0f} megapixels do not fit into memory.",
            hint="Crop the shots to the skin of interest, or close other programs.",
        ) from error


def _read(source: _Source, name: str, shape: tuple[int, int] | None) -> Photo:
    try:
        photo = read_photo(
            source.folder / name, Wish(profiles=not source.linear, camera_white=False)
        )
    except PhotoUnreadable as error:
        raise ShotsUnusable(str(error), hint=error.hint) from error
    if shape is not None and shape != photo.shape:
        raise ShotsUnusable(
            f"{name} is {photo.columns} x {photo.rows} pixels, "
            f"but the first shot is {shape[1]} x {shape[0]}.",
            hint="All frames of a set must come from one fixed camera with one setting.",
        )
    return photo


def _add(stack: _Stack, number: int, photo: Photo, source: _Source) -> None:
    coded = photo.coded
    end = SATURATED * np.iinfo(coded.dtype).max
    stack.bits = min(stack.bits, photo.facts.bits)
    stack.notes |= dict.fromkeys(photo.facts.notes)
    for band in _bands(stack.shape[0]):
        light = _light(coded[band], photo, source)
        stack.total[band] += light
        stack.frames[number, band] = light[..., source.channel]
        high = coded[band] >= end
        stack.saturated[number, band] = high[..., 0] | high[..., 1] | high[..., 2]


def _light(
    coded: NDArray[np.uint8] | NDArray[np.uint16], photo: Photo, source: _Source
) -> NDArray[np.float32]:
    """Return linear light; RAW has been developed to sRGB, whatever the sheet says."""
    if source.linear and photo.facts.format != "RAW":
        return np.asarray(coded / np.float32(np.iinfo(coded.dtype).max), dtype=np.float32)
    return to_linear(coded)


def _level(stack: _Stack, sheet: Sheet, source: _Source) -> None:
    """Subtract the dark frame from all frames, and divide each by its flat frame, in place."""
    dark = _subtract_dark(stack, sheet.dark, source) if sheet.dark is not None else None
    for number, name in enumerate(sheet.flat):
        flat, faint = _flat(source, name, dark, stack.shape)
        chosen = slice(number, number + 1) if len(sheet.flat) > 1 else slice(None)
        stack.frames[chosen] /= flat
        if faint.any():
            stack.saturated[chosen] |= faint
            stack.notes[_FAINT_FLAT] = None


def _subtract_dark(stack: _Stack, name: str, source: _Source) -> NDArray[np.float32]:
    """Subtract the dark frame from all frames and from their sum; return its channel."""
    photo = _read(source, name, stack.shape)
    dark = np.empty(stack.shape, dtype=np.float32)
    for band in _bands(stack.shape[0]):
        light = _light(photo.coded[band], photo, source)
        dark[band] = light[..., source.channel]
        stack.frames[:, band] -= dark[band]
        stack.total[band] -= light * np.float32(len(stack.frames))
    return dark


def _picture(stack: _Stack) -> NDArray[np.uint8]:
    """Return the mean of all shots, sRGB-coded."""
    picture = np.empty(stack.total.shape, dtype=np.uint8)
    for band in _bands(stack.shape[0]):
        picture[band] = to_coded8(stack.total[band] / np.float32(len(stack.frames)))
    return picture


def _bands(rows: int) -> Iterator[slice]:
    """Yield slices of rows, to spare memory."""
    return (slice(start, start + _BAND) for start in range(0, rows, _BAND))


def _flat(
    source: _Source, name: str, dark: NDArray[np.float32] | None, shape: tuple[int, int]
) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
    """Return a flat frame of mean 1, and where it is too dark to divide by."""
    photo = _read(source, name, shape)
    flat = np.empty(shape, dtype=np.float32)
    for band in _bands(shape[0]):
        flat[band] = _light(photo.coded[band], photo, source)[..., source.channel]
    if dark is not None:
        flat -= dark
    mean = float(flat.mean(dtype=np.float64))
    if mean <= 0:
        raise ShotsUnusable(
            f"{name} is no brighter than the dark frame, so it is no flat frame.",
            hint="Photograph a white card in the skin's place, with the same lamps.",
        )
    flat /= np.float32(mean)
    return np.maximum(flat, _FAINTEST), flat < _FAINTEST
