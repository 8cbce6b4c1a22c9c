"""From a report to a PDF, in memory: nothing of a patient touches the disk.

The template is typst's; all words go to it as JSON, so that no text can act as code, and all
photos as JPEG wrapped in SVG, since typst takes text files only. The PDF is an archive file
(PDF/A-2a) that screen readers can follow (PDF/UA-1).
"""

from __future__ import annotations

import base64
import json
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import cv2
import numpy as np

from mnimage.assets import asset_path
from mnimage.domain.report import Picture, Plot
from mnimage.errors import OutputFailed
from mnimage.report.assets import font_folder
from mnimage.words.message import message

if TYPE_CHECKING:
    import typst
    from numpy.typing import NDArray

    from mnimage.domain.report import Report

JPEG_QUALITY = 90
_FONT, _FAMILY, _LAST_RESORT = "DejaVuSans.ttf", "DejaVu Sans", "Last Resort High-Efficiency"
_WIDER = (
    "Noto Sans CJK SC",
    "Microsoft YaHei",
    "PingFang SC",
    "Yu Gothic",
    "Hiragino Sans",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "Noto Sans Devanagari",
    "Nirmala UI",
    "Noto Sans Thai",
    "Leelawadee UI",
    "Segoe UI",
    "Arial Unicode MS",
)
"""Fonts for letters that DejaVu Sans lacks, of Linux, Windows and macOS; tried in this order."""

Json: TypeAlias = "str | float | bool | list[Json] | dict[str, Json] | None"


def render_pdf(report: Report) -> bytes:
    """Return the report as a PDF.

    Raises
    ------
    OutputFailed
        If the template is missing, or the pages cannot be set.
    """
    return _compiled(report)[0]


def _compiled(report: Report) -> tuple[bytes, list[str]]:
    """Return the report as a PDF, and what the typesetter warned of."""
    import typst  # slow to load, and needed only here

    files: dict[str, bytes] = {"main": asset_path("report/report.typ").read_bytes()}
    plain = _plain(report, files)
    fonts = _fonts(system=_needs_system(json.dumps(plain, ensure_ascii=False)))
    families = [_FAMILY, *_wider(fonts), _LAST_RESORT]
    words = json.dumps({**plain, "fonts": families}, ensure_ascii=False)
    try:
        pdf, warnings = typst.compile_with_warnings(  # type: ignore[call-overload] # stubs know no memory files
            files,
            font_paths=fonts,
            sys_inputs={"data": words},
            pdf_standards=["a-2a", "ua-1"],
            timestamp=int(report.made_at.timestamp()),
        )
    except typst.TypstError as error:
        raise OutputFailed(message("report.report_failed", message=error.message)) from error
    return pdf, [warning.message for warning in warnings]


def _plain(value: Report, files: dict[str, bytes]) -> dict[str, Json]:
    """Return a report as JSON; its pictures become files and leave their names behind."""
    return {part.name: _json(getattr(value, part.name), files) for part in fields(value)}


def _json(value: object, files: dict[str, bytes]) -> Json:
    if isinstance(value, np.ndarray):
        return _kept(_jpeg_svg(value), files)
    if is_dataclass(value):
        return _block(value, files)
    if isinstance(value, (tuple, list)):
        return [_json(item, files) for item in value]
    if isinstance(value, Enum):
        return str(value.value)
    return value if isinstance(value, (int, float)) or value is None else str(value)


def _block(value: object, files: dict[str, bytes]) -> dict[str, Json]:
    named = {
        part.name: _json(getattr(value, part.name), files)
        for part in fields(value)  # type: ignore[arg-type] # is a dataclass: seen by the caller
    }
    if isinstance(value, Plot):
        named["svg"] = _kept(value.svg.encode(), files)
    if isinstance(value, Picture):
        named["aspect"] = value.pixels.shape[1] / value.pixels.shape[0]
    return {"kind": type(value).__name__, **named}


def _kept(svg: bytes, files: dict[str, bytes]) -> str:
    name = f"picture-{len(files)}.svg"
    files[name] = svg
    return name


def _jpeg_svg(pixels: NDArray[np.uint8]) -> bytes:
    """Return an SVG that holds the picture as JPEG; typst passes the JPEG on untouched."""
    rows, columns = pixels.shape[:2]
    ok, jpeg = cv2.imencode(
        ".jpg", cv2.cvtColor(pixels, cv2.COLOR_RGB2BGR), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    if not ok:
        raise OutputFailed(message("report.picture_failed"))
    coded = base64.b64encode(np.asarray(jpeg).tobytes())
    return (
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" '
            f'width="{columns}" height="{rows}" viewBox="0 0 {columns} {rows}">'
            f'<image width="{columns}" height="{rows}" xlink:href="data:image/jpeg;base64,'
        ).encode()
        + coded
        + b'"/></svg>'
    )


@cache
def _fonts(*, system: bool) -> typst.Fonts:
    import typst

    return typst.Fonts(
        include_system_fonts=system,
        include_embedded_fonts=True,
        font_paths=[str(font_folder())],
    )


def _wider(fonts: typst.Fonts) -> list[str]:
    """Return fonts of the system that hold the world's other scripts, as far as they are there."""
    there = set(fonts.families())
    return [family for family in _WIDER if family in there]


def _needs_system(words: str) -> bool:
    """Return whether a name is written in letters that our own font lacks."""
    return any(letter not in _letters() for letter in set(words))


@cache
def _letters() -> frozenset[str]:
    from matplotlib.ft2font import FT2Font

    return frozenset(map(chr, FT2Font(str(font_folder() / _FONT)).get_charmap()))
