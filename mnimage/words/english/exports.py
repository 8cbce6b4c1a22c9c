"""Sentences of the room `exports`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

EXPORTS: Mapping[str, str] = {
    "exports.png_failed": "The photo cannot be written as PNG.",
}
