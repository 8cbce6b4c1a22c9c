"""Sentences of the room `quality`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

QUALITY: Mapping[str, str] = {}
