"""Tables for others."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would take for a formula (OWASP, CSV injection)."""


def csv_table(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return rows as CSV that spreadsheets read as text and numbers, never as formulas.

    Values within values get a column each, named by both with a dot between.
    """
    flat = [_flat(row) for row in rows]
    names = list(dict.fromkeys(name for row in flat for name in row))
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, names)
    writer.writeheader()
    writer.writerows(flat)
    return stream.getvalue().encode("utf-8-sig")


def _flat(row: Mapping[str, Any], before: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for name, value in row.items():
        if isinstance(value, dict) and value:
            flat |= _flat(value, f"{before}{name}.")
        else:
            flat[before + name] = _cell(value)
    return flat


def _cell(value: object) -> object:
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False) if value else ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
