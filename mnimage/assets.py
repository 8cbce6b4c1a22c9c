"""Where the program's own files lie: beside the packages, or inside the bundle."""

from __future__ import annotations

import sys
from pathlib import Path

from mnimage.errors import AssetMissing
from mnimage.words.message import message


def asset_path(name: str) -> Path:
    """Return the path of `assets/<name>`.

    Raises
    ------
    AssetMissing
        If the file is not there.
    """
    for root in asset_roots():
        path = root / "assets" / name
        if path.exists():
            return path
    raise AssetMissing(message("assets.missing", name=name))


def asset_roots() -> list[Path]:
    """Return the folders that may hold `assets`, the bundle's before that of the sources."""
    bundle = getattr(sys, "_MEIPASS", None)
    here = Path(__file__).resolve().parents[1]
    return [Path(bundle), here] if bundle else [here]
