"""A photo of a session, and how it was taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum

from mnimage.domain.record.common import in_utc, new_id
from mnimage.domain.record.patient import Laterality, Site
from mnimage.domain.scorecard import Mode
from mnimage.domain.view import View


class Lighting(StrEnum):
    """How the skin was lit."""

    STANDARD = "standard"
    CROSS_POLARISED = "cross-polarised"
    PARALLEL_POLARISED = "parallel-polarised"
    RAKING = "raking"
    DIRECTIONAL = "directional"
    UNKNOWN = "unknown"


class SkinState(StrEnum):
    """What was on the skin when the photo was taken."""

    CLEAN = "clean"
    MAKE_UP = "make-up"
    SUNSCREEN = "cream or sunscreen"
    ANAESTHETIC = "anaesthetic cream"
    JUST_TREATED = "just treated"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CameraFacts:
    """How a photo was taken, as the file and the operator state it."""

    format: str = ""
    columns: int | None = None
    rows: int | None = None
    bits: int | None = None
    orientation: int = 1
    camera: str = ""
    lens: str = ""
    distance_mm: float | None = None
    exposure_s: float | None = None
    f_number: float | None = None
    iso: float | None = None
    focal_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """How colour and scale of a photo were made true, each with its error."""

    mm_per_px: float | None = None
    scale_source: str = ""
    scale_error: float | None = None
    profile: str = ""
    color_error: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """One check of the photo's quality, as it was judged when the photo was analyzed."""

    check: str
    measured: float
    needed: float
    ok: bool
    advice: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoRecord:
    """One photo of a session and the original that it stands for.

    `sha256` is that of the original's bytes. `set_name` and `light` belong to directional shots:
    the shots of one set share the name, `light` points from the skin to the lamp (x right, y down,
    z to the camera).
    """

    patient_id: str
    session_id: str
    sha256: str
    size: int
    file_name: str = ""
    taken_at: datetime | None = None
    view: View | None = None
    site: Site = Site.FACE
    laterality: Laterality | None = None
    zone: str = ""
    mode: Mode = Mode.FLAT
    lighting: Lighting = Lighting.UNKNOWN
    set_name: str = ""
    light: tuple[float, float, float] | None = None
    camera: CameraFacts = field(default_factory=CameraFacts)
    calibrated: Calibrated = field(default_factory=Calibrated)
    findings: tuple[Found, ...] = ()
    grade: str = ""
    skin: SkinState = SkinState.UNKNOWN
    operator: str = ""
    notes: str = ""
    added_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    id: str = field(default_factory=new_id)
    version: int = 1

    def __post_init__(self) -> None:
        if len(self.sha256) != 64 or set(self.sha256) - set("0123456789abcdef"):
            raise ValueError("an original is named by the 64 hexadecimal digits of its SHA-256")
        in_utc(self, "added_at")
        if self.taken_at is not None and self.taken_at.tzinfo is not None:  # Cameras write none.
            in_utc(self, "taken_at")
