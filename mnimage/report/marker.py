"""The printable sheet of markers, set at its true size."""

from __future__ import annotations

import json
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING

from PIL import Image

from mnimage.assets import asset_path
from mnimage.domain.marker import SIDES_MM, number_of
from mnimage.errors import OutputFailed
from mnimage.kernels.tag import CELLS, tag_cells
from mnimage.report.assets import font_folder
from mnimage.words.message import message

if TYPE_CHECKING:
    import typst

_COPIES = {8: 6, 10: 6, 15: 5, 20: 4, 30: 3}
_PNG_PPI = 600.0


def marker_pdf(paper: str = "a4") -> bytes:
    """Return the sheet as a PDF, on paper as typst names it ("a4", "us-letter").

    Raises
    ------
    OutputFailed
        If the template is missing or cannot be set.
    """
    return _set(paper, "pdf")


def marker_png(paper: str = "a4") -> bytes:
    """Return the sheet as a PNG of 600 dpi that says so, for programs that print at true size."""
    with Image.open(BytesIO(_set(paper, "png"))) as page:
        buffer = BytesIO()
        page.convert("L").save(buffer, "PNG", dpi=(_PNG_PPI, _PNG_PPI))
    return buffer.getvalue()


def _set(paper: str, kind: str) -> bytes:
    import typst  # slow to load, and needed only here

    files: dict[str, bytes] = {"main": asset_path("report/marker.typ").read_bytes()}
    rows = []
    for side in SIDES_MM:
        numbers = [number_of(side, copy) for copy in range(_COPIES[side])]
        rows.append({"side": side, "files": [f"tag-{number}.svg" for number in numbers]})
        files |= {f"tag-{number}.svg": _svg(number) for number in numbers}
    words = json.dumps({"paper": paper, "rows": rows})
    options = {"ppi": _PNG_PPI} if kind == "png" else {}
    try:
        page: bytes = typst.compile(  # type: ignore[call-overload] # stubs know no memory files
            files, font_paths=_fonts(), sys_inputs={"data": words}, format=kind, **options
        )
    except typst.TypstError as error:
        raise OutputFailed(message("report.sheet_failed", message=error.message)) from error
    return page


def _svg(number: int) -> bytes:
    """Return the black cells of a marker as one path, so that no hairline shows between them."""
    cells = ~tag_cells(number)
    boxes = "".join(
        f"M{column} {row}h1v1h-1z"
        for row in range(CELLS)
        for column in range(CELLS)
        if cells[row, column]
    )
    size = f'width="{CELLS}" height="{CELLS}" viewBox="0 0 {CELLS} {CELLS}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} shape-rendering="crispEdges">'
        f'<path d="{boxes}" fill="#000"/></svg>'
    ).encode()


@cache
def _fonts() -> typst.Fonts:
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=True,
        font_paths=[str(font_folder())],
    )
