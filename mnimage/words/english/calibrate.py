"""Sentences of the room `calibrate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CALIBRATE: Mapping[str, str] = {}
