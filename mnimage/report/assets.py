"""The fonts of reports."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


def font_folder() -> Path:
    """Return the folder of the DejaVu fonts, which matplotlib brings with their licence.

    It is found without importing matplotlib, which takes longer than drawing a legend.

    Raises
    ------
    ModuleNotFoundError
        If matplotlib is not installed.
    """
    found = find_spec("matplotlib")
    if found is None or not found.submodule_search_locations:
        raise ModuleNotFoundError("matplotlib")
    return Path(found.submodule_search_locations[0]) / "mpl-data" / "fonts" / "ttf"
