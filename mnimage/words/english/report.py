"""Sentences of the room `report`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REPORT: Mapping[str, str] = {
    "report.sheet_failed": "The sheet could not be typeset: {message}.",
    "report.sheet_failed.hint": "Install mnimage again.",
    "report.picture_failed": "A picture could not be packed.",
    "report.picture_failed.hint": "Make the report again.",
    "report.report_failed": "The report could not be typeset: {message}.",
    "report.report_failed.hint": "Make the report again without its labels, and let us know whether that helps.",
}
