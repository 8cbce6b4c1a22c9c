"""Sentences of the room `face`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

FACE: Mapping[str, str] = {
    "face.model_changed": "The face model {file} is damaged or was changed.",
    "face.model_changed.hint": (
        "Run `make models`, or `python installer/fetch_models.py`; in an installed copy, "
        "reinstall mnimage."
    ),
    "face.model_missing": "The face model {file} is missing.",
    "face.model_missing.hint": (
        "Run `make models`, or `python installer/fetch_models.py`; in an installed copy, "
        "reinstall mnimage."
    ),
    "face.two_faces": "The photo shows two faces.",
    "face.two_faces.hint": "Take the photo again with the patient alone.",
}
