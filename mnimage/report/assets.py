"""The fonts of reports."""

from __future__ import annotations

from pathlib import Path


def font_folder() -> Path:
    """Return the folder of the DejaVu fonts, which matplotlib brings with their licence."""
    import matplotlib as mpl  # slow to import, and needed only once text is drawn

    return Path(mpl.get_data_path()) / "fonts" / "ttf"
