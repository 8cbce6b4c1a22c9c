"""How a face is turned to the camera: a name alone, so that records need no pixels."""

from __future__ import annotations

from enum import StrEnum


class View(StrEnum):
    """How the face is turned to the camera; left and right are the patient's."""

    FRONT = "front"
    LEFT_45 = "left 45"
    RIGHT_45 = "right 45"
    LEFT_90 = "left 90"
    RIGHT_90 = "right 90"
    CLOSE_UP = "close-up"
