"""Is this photo good enough, and if not, why."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

from mnimage.words.message import NOTHING

if TYPE_CHECKING:
    from mnimage.words.message import Message

About: TypeAlias = Literal["photo", "pair"]
"""What a check looks at: one photo alone, or a photo against the earlier one."""


class Check(StrEnum):
    """The identifier of each check, as the JSON answers have it; never renamed."""

    FACE_SIZE = "face size"
    PICTURE_SIZE = "picture size"
    SKIN = "skin"
    COMPRESSION = "compression"
    FOCUS = "focus"
    BRIGHTNESS = "brightness"
    OVEREXPOSURE = "overexposure"
    CLIPPING = "clipping"
    GLARE = "glare"
    SIDE_LIGHT = "light from the side"
    UNEVEN_LIGHT = "uneven light"
    COLOR_CAST = "colour cast"
    YAW = "turn"
    PITCH = "nod"
    ROLL = "lean"
    SMILE = "smile"
    OPEN_MOUTH = "open mouth"
    MARKER_SIZE = "marker size"
    MARKER_TILT = "marker tilt"
    MARKER_BLUR = "marker blur"
    MARKER_FIT = "marker fit"
    SCALE = "scale"
    FACE_SCALE = "scale of the face"
    SAME_VIEW = "same view"
    SAME_YAW = "same turn"
    SAME_PITCH = "same nod"
    SAME_ROLL = "same lean"
    SAME_SIZE = "same size"
    SAME_CAMERA_DISTANCE = "same camera distance"
    SAME_PERSPECTIVE = "same perspective"
    SAME_EXPRESSION = "same expression"
    SAME_EXPOSURE = "same exposure"
    SAME_WHITE = "same white balance"
    SAME_SCALE = "same scale"


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one check of a photo.

    `rule` says how `measured` must compare with `needed`: "at least" or "at most"; both are in
    `unit`. `advice` is one sentence that a person can follow, `NOTHING` where the check passed.
    `grave` marks a failed check that makes the photo unfit for comparison rather than merely worse.
    `about` is "pair" where the photo was checked against the earlier one.
    """

    check: Check
    measured: float
    needed: float
    rule: str
    unit: str
    ok: bool
    advice: Message = NOTHING
    grave: bool = False
    about: About = "photo"


@dataclass(frozen=True, slots=True)
class QualityReport:
    """All checks of one photo, in table order."""

    findings: tuple[Finding, ...]

    @property
    def comparable(self) -> bool:
        """Whether no grave check failed."""
        return not any(finding.grave and not finding.ok for finding in self.findings)
