"""Sentences of the room `workflow`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WORKFLOW: Mapping[str, str] = {
    "workflow.text": "{text}",
}
