"""JSON text of answers: what is not a finite number becomes null, digits beyond use are dropped."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from mnimage.words.message import Message

if TYPE_CHECKING:
    from collections.abc import Mapping


def json_text(document: Mapping[str, Any]) -> str:
    """Return a document as JSON, seven digits to a number, non-finite numbers as null."""
    return json.dumps(_plain(document), ensure_ascii=False, indent=2, allow_nan=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, float):
        return float(f"{value:.7g}") if math.isfinite(value) else None
    return str(value) if isinstance(value, Message) else value
