"""Sentences of the room `relief`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RELIEF: Mapping[str, str] = {}
