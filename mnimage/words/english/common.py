"""Sentences that belong to no room."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMON: Mapping[str, str] = {
    "common.text": "{text}",
}
