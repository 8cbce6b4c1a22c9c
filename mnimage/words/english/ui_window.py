"""Sentences of the window that no screen owns."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

UI_WINDOW: Mapping[str, str] = MappingProxyType(
    {
        "ui_window.job_cancelled": "Cancelled.",
    }
)
