"""Read directional shots from disk, ready for relief to be computed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from mnimage.domain.progress import Tick, no_tick
from mnimage.domain.relief import Shots
from mnimage.errors import PhotoUnreadable, ShotsUnusable
from mnimage.formats.channel import CHANNELS, choose_channel
from mnimage.formats.files import DecodeOptions, read_photo
from mnimage.formats.flats import Flats
from mnimage.formats.lights import Lights, resolve_lights
from mnimage.formats.manifest import ShotManifest, read_manifest
from mnimage.formats.subset import select_shots
from mnimage.kernels.color import mean_coded, to_coded8, to_linear
from mnimage.words.message import NOTHING, Message, message

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from mnimage.domain.photo import Photo

SATURATED = 0.99
"""Share of the full range from which a coded value counts as saturated."""

_ROOM_ERROR = 0.25
"""Relative error of slopes per share of room light in the shots: a sixth of it may have changed.

Room light that is not subtracted makes slopes 1.6 times its share too shallow. A share beyond a
tenth does not come from a darkened room, but from a lamp or a door: that part is not certain.
"""
_EXCESS_ROOM_ERROR = 1.6
"""The same for the share beyond `_NOTED_ROOM`."""
_NO_DARK_ERROR = 0.03
"""The same without a dark frame: some 2 % of room light in a darkened room."""
_NOTED_ROOM, _MOST_ROOM = 0.1, 0.4
"""Share of room light beyond which a warning is given, and beyond which shots are refused."""
_THREE_SHOTS_ERROR = 0.02
"""Relative error of slopes that three shots add, since nothing checks them."""
_UNLIT = 0.05
"""Light relative to the other shots below which a lamp did not fire; grazing lamps give 0.3."""
_LIT_SHARE, _GREY_TINT, _COLOR_TINT = 0.1, 0.004, 0.04
"""Light of pixels that are compared, over the brightest; and range of the three colours over their
maximum: below in grey files (0 but for rounding), above in colour files, in between undecided."""
_WIDEST_MM = 500.0
"""Longest shorter side of a picture of skin: a head is 250 mm high, a trunk narrower than this."""
_BAND = 512
"""Rows that are converted at once, to save memory."""


@dataclass(slots=True)
class _Stack:
    """Data collected while the shots are read one by one."""

    shape: tuple[int, int]
    frames: NDArray[np.float32] = field(repr=False)
    saturated: NDArray[np.bool_] = field(repr=False)
    colors: NDArray[np.uint8] = field(repr=False)
    bits: int = 16
    room: float | None = None
    notes: dict[Message, None] = field(default_factory=dict)
    tints: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Source:
    """Folder of the frames, and how their values are interpreted."""

    folder: Path
    linear: bool
    channel: int


def read_shots(path: Path, *, channel: str | None = None, tick: Tick = no_tick) -> Shots:
    """Return the directional shots that a SHOTS.json lists (format: the command line's contract).

    Each frame becomes linear light of one colour channel; the dark frame is subtracted from it,
    and it is divided by its flat frame. The falloff and angle of the lamp over a level card are
    removed from the flat frame first: they are taken into account when slopes are solved, and
    would count twice. What remains are the vignetting of the lens, the power of the lamp and its
    beam. The lamps are those of the manifest, or of the rig it names. `saturated` also marks areas
    where a flat frame is too dark to divide by. RAW frames are developed with a fixed white balance
    and count as linear whatever the manifest says. Embedded colour profiles are applied unless
    `linear`.

    Parameters
    ----------
    path
        The manifest; its file names are relative to its folder.
    channel
        "blue" (least scattered in skin), "green" or "red"; by default blue, or green where the
        signal-to-noise ratio of blue is under 50. Sessions to be compared should be read in the
        channel of the first one.
    tick
        Called after each frame.

    Raises
    ------
    ShotsUnusable
        If the manifest or any file in it cannot be used; the message names the file.
    ValueError
        If there is no such channel.
    """
    if channel is not None and channel not in CHANNELS:
        raise ValueError(f"no such channel: {channel}")
    manifest, subset_note = select_shots(read_manifest(path))
    lights = resolve_lights(manifest, path)
    source = _Source(path.parent, manifest.linear, CHANNELS.index(channel or "blue"))
    dark = _read(source, manifest.dark, None) if manifest.dark is not None else None
    first = _read(source, manifest.shots[0].file, None)
    chosen, faint = (
        (channel, NOTHING) if channel else choose_channel(_central_light(first, source, dark))
    )
    source = replace(source, channel=CHANNELS.index(chosen))
    stack = _read_frames(manifest, source, (dark, first), tick)
    stack.notes |= dict.fromkeys([faint] if faint else [])
    errors = [lights.slope_error, _divide_by_flats(stack, manifest, source, dark, lights)]
    errors.append(_room_error(stack.room))
    errors.append(_THREE_SHOTS_ERROR if len(manifest.shots) < 4 else 0.0)
    notes = [note for note, missing in _missing_frames(stack, manifest) if missing]
    notes += [subset_note] if subset_note else []
    notes += _too_wide(stack.shape, lights.scale.mm_per_px)
    return Shots(
        frames=stack.frames,
        lights=lights.values,
        near=lights.near,
        scale=lights.scale,
        picture=mean_coded(stack.colors),
        channel=chosen,
        bits=stack.bits,
        saturated=stack.saturated,
        notes=(*lights.notes, *notes, *stack.notes),
        slope_error=float(np.sqrt(np.sum(np.square(errors)))),
        colors=stack.colors,
    )


def _room_error(room: float | None) -> float:
    if room is None:
        return _NO_DARK_ERROR
    return _ROOM_ERROR * room + _EXCESS_ROOM_ERROR * max(room - _NOTED_ROOM, 0.0)


def _too_wide(shape: tuple[int, int], mm_per_px: float) -> list[Message]:
    side_mm = min(shape) * mm_per_px
    if side_mm <= _WIDEST_MM:
        return []
    return [message("formats.too_wide", centimetres=side_mm / 10)]


def _missing_frames(stack: _Stack, manifest: ShotManifest) -> tuple[tuple[Message, bool], ...]:
    return (
        (message("formats.eight_bits"), stack.bits <= 8),
        (message("formats.three_shots"), len(manifest.shots) < 4),
        (message("formats.no_dark"), manifest.dark is None),
        (message("formats.no_flat"), not manifest.flat),
    )


def _central_light(photo: Photo, source: _Source, dark: Photo | None) -> NDArray[np.float32]:
    """Return linear light of the centre of a shot, dark frame subtracted."""
    part = tuple(slice(size // 3, size - size // 3) for size in photo.shape)
    light = _light(photo.coded[part], photo, source)
    if dark is None or dark.shape != photo.shape:
        return light
    return np.asarray(light - _light(dark.coded[part], dark, source), dtype=np.float32)


def _read_frames(
    manifest: ShotManifest, source: _Source, known: tuple[Photo | None, Photo], tick: Tick
) -> _Stack:
    """Read all shots; the dark frame and the first shot have been read already."""
    dark, first = known
    count = len(manifest.shots)
    stack = _empty(count, first.shape)
    if dark is not None and dark.shape != first.shape:
        dark = _read(source, manifest.dark or "", first.shape)
    for number, shot in enumerate(manifest.shots):
        tick(number, count)
        photo = first if number == 0 else _read(source, shot.file, stack.shape)
        _add(stack, number, photo, source, dark)
    if dark is not None:
        _check_dark(stack, dark, manifest, source)
    _check_fired(stack, manifest)
    _check_colors(stack, manifest)
    tick(count, count)
    return stack


def _check_colors(stack: _Stack, manifest: ShotManifest) -> None:
    """Refuse a set in which some shots are grey and others in colour: their light differs."""
    tints = np.array(stack.tints)
    grey, colored = np.flatnonzero(tints < _GREY_TINT), np.flatnonzero(tints > _COLOR_TINT)
    if not grey.size or not colored.size:
        return
    if grey.size <= colored.size:
        file = manifest.shots[int(grey[0])].file
        raise ShotsUnusable(message("formats.shot_grey", file=file))
    file = manifest.shots[int(colored[0])].file
    raise ShotsUnusable(message("formats.shot_colored", file=file))


def _tint(coded: NDArray[np.uint8] | NDArray[np.uint16]) -> float:
    """Return the mean range of the three colours over their maximum, where there is light."""
    sparse = coded[::7, ::7].reshape(-1, 3).astype(np.float32)
    top = sparse.max(axis=1)
    lit = top > max(_LIT_SHARE * float(top.max()), 1.0)
    return float(np.mean(np.ptp(sparse[lit], axis=1) / top[lit])) if lit.any() else float("nan")


def _check_fired(stack: _Stack, manifest: ShotManifest) -> None:
    """Refuse a shot whose lamp did not fire, and one picture used for two lamps."""
    sparse = stack.frames[:, ::7, ::7]
    light = sparse.mean(axis=(1, 2), dtype=np.float64)
    median = float(np.median(light))
    for number, shot in enumerate(manifest.shots):
        if light[number] < _UNLIT * median:
            raise ShotsUnusable(message("formats.shot_black", file=shot.file))
        for other in range(number):
            # Noise is never the same twice; a picture without any proves nothing.
            if np.array_equal(sparse[number], sparse[other]) and np.ptp(sparse[number]) > 0:
                first = manifest.shots[other].file
                raise ShotsUnusable(message("formats.same_picture", first=first, second=shot.file))


def _check_dark(stack: _Stack, dark: Photo, manifest: ShotManifest, source: _Source) -> None:
    """Refuse a dark frame in which a lamp was on; note much room light."""
    room = float(_light(dark.coded[::7, ::7], dark, source)[..., source.channel].mean())
    lamps = float(np.mean([frame[::7, ::7].mean() for frame in stack.frames]))
    stack.room = max(room, 0.0) / max(room + lamps, 1e-6)
    if stack.room > _MOST_ROOM:
        raise ShotsUnusable(message("formats.dark_lit", file=manifest.dark, share=stack.room))
    if stack.room > _NOTED_ROOM:
        stack.notes[message("formats.room_light", share=stack.room)] = None


def _empty(count: int, shape: tuple[int, int]) -> _Stack:
    try:
        return _Stack(
            shape,
            frames=np.empty((count, *shape), dtype=np.float32),
            saturated=np.zeros((count, *shape), dtype=np.bool_),
            colors=np.empty((count, *shape, 3), dtype=np.uint8),
        )
    except MemoryError as error:
        megapixels = shape[0] * shape[1] / 1e6
        raise ShotsUnusable(
            message("formats.shots_memory", count=count, megapixels=megapixels)
        ) from error


def _read(source: _Source, name: str, shape: tuple[int, int] | None) -> Photo:
    try:
        photo = read_photo(
            source.folder / name, DecodeOptions(profiles=not source.linear, camera_white=False)
        )
    except PhotoUnreadable as error:
        raise ShotsUnusable(error.message, hint=error.hint) from error
    if shape is not None and shape != photo.shape:
        raise ShotsUnusable(
            message(
                "formats.shot_size",
                file=name,
                columns=photo.columns,
                rows=photo.rows,
                first_columns=shape[1],
                first_rows=shape[0],
            )
        )
    return photo


def _add(stack: _Stack, number: int, photo: Photo, source: _Source, dark: Photo | None) -> None:
    coded = photo.coded
    end = SATURATED * np.iinfo(coded.dtype).max
    stack.bits = min(stack.bits, photo.facts.bits)
    stack.tints.append(_tint(coded))
    stack.notes |= dict.fromkeys(photo.facts.notes)
    for band in _bands(stack.shape[0]):
        light = _light(coded[band], photo, source)
        if dark is not None:
            light = light - _light(dark.coded[band], dark, source)
        stack.colors[number, band] = to_coded8(np.maximum(light, 0))
        stack.frames[number, band] = light[..., source.channel]
        high = coded[band] >= end
        stack.saturated[number, band] = high[..., 0] | high[..., 1] | high[..., 2]


def _light(
    coded: NDArray[np.uint8] | NDArray[np.uint16], photo: Photo, source: _Source
) -> NDArray[np.float32]:
    """Return linear light; RAW has been developed to sRGB, whatever the manifest says."""
    if source.linear and photo.facts.format != "RAW":
        return np.asarray(coded / np.float32(np.iinfo(coded.dtype).max), dtype=np.float32)
    return to_linear(coded)


def _divide_by_flats(
    stack: _Stack, manifest: ShotManifest, source: _Source, dark: Photo | None, lights: Lights
) -> float:
    """Divide the frames by their flat frames, or by the powers of the lamps, in place.

    Returns the relative error of slopes that the flat frames show.
    """
    if not manifest.flat:
        if lights.powers is not None:
            stack.frames /= lights.powers[:, None, None].astype(np.float32)
        return 0.0
    flats = Flats(lights, stack.shape)
    for name in manifest.flat:
        flats.add(name, _flat(source, name, dark, stack.shape))
    for number, gain in enumerate(flats.gains()):
        chosen = slice(number, number + 1) if len(manifest.flat) > 1 else slice(None)
        stack.frames[chosen] /= gain
    faint = flats.faint()
    for number, dim in enumerate(faint):
        chosen = slice(number, number + 1) if len(faint) > 1 else slice(None)
        stack.saturated[chosen] |= dim
    stack.notes |= dict.fromkeys(flats.notes())
    return flats.slope_error()


def _bands(rows: int) -> Iterator[slice]:
    """Yield slices of rows, to save memory."""
    return (slice(start, start + _BAND) for start in range(0, rows, _BAND))


def _flat(
    source: _Source, name: str, dark: Photo | None, shape: tuple[int, int]
) -> NDArray[np.float32]:
    """Return one channel of a flat frame, dark frame subtracted."""
    photo = _read(source, name, shape)
    flat = np.empty(shape, dtype=np.float32)
    for band in _bands(shape[0]):
        flat[band] = _light(photo.coded[band], photo, source)[..., source.channel]
        if dark is not None:
            flat[band] -= _light(dark.coded[band], dark, source)[..., source.channel]
    if float(flat.mean(dtype=np.float64)) <= 0:
        raise ShotsUnusable(message("formats.flat_dark", file=name))
    return flat
