"""Sentences on the program's own files."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ASSETS: Mapping[str, str] = {
    "assets.missing": "The program's own file {name} is missing.",
    "assets.missing.hint": "The installation is incomplete: install mnimage again.",
    "assets.altered": "The program's own file {name} is not the one of this version.",
    "assets.altered.hint": "The installation is damaged: install mnimage again.",
}
