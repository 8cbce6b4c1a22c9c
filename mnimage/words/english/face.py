"""Sentences of the room `face`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FACE: Mapping[str, str] = {}
