"""Where the report's own files lie: beside the packages, or inside the bundle."""

from __future__ import annotations

import sys
from pathlib import Path

from mnimage.errors import OutputFailed


def asset_path(name: str) -> Path:
    """Return the path of `assets/<name>`.

    Raises
    ------
    OutputFailed
        If the file is not there.
    """
    for root in _roots():
        path = root / "assets" / name
        if path.exists():
            return path
    raise OutputFailed(
        f"The program's own file {name} is missing.",
        hint="The installation is incomplete: install mnimage again.",
    )


def font_folder() -> Path:
    """Return the folder of the DejaVu fonts, which matplotlib brings with their licence."""
    import matplotlib as mpl  # slow to import, and needed only once text is drawn

    return Path(mpl.get_data_path()) / "fonts" / "ttf"


def _roots() -> list[Path]:
    bundle = getattr(sys, "_MEIPASS", None)
    here = Path(__file__).resolve().parents[2]
    return [Path(bundle), here] if bundle else [here]
