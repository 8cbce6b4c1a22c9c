"""Sentences of the room `pipeline`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

PIPELINE: Mapping[str, str] = {}
