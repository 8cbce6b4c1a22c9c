"""Paths of the application's own files, in development and in the bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.assets import asset_roots

if TYPE_CHECKING:
    from pathlib import Path


def asset(name: str) -> Path:
    """Return the path of `assets/<name>`."""
    return asset_roots()[0] / "assets" / name
