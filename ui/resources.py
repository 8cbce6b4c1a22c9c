"""Paths of the application's own files, in development and in the bundle."""

from __future__ import annotations

import sys
from pathlib import Path


def asset(name: str) -> Path:
    """Return the path of `assets/<name>`."""
    bundle = getattr(sys, "_MEIPASS", None)
    root = Path(bundle) if bundle else Path(__file__).resolve().parents[1]
    return root / "assets" / name
