"""A face found in a photo, and the named zones of its skin."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mnimage.domain.photo import View

WHOLE = "whole"

CONTROL = "control"
"""The zone of untreated skin that the clinic may mark; not part of `WHOLE`."""

ZONES = (
    "forehead",
    "cheek_left",
    "cheek_right",
    "nose",
    "chin",
    "periorbital_left",
    "periorbital_right",
    "perioral",
)
"""The zones of a face in the order of their labels, the first being 1; left is the patient's."""


@dataclass(frozen=True, slots=True)
class Pose:
    """The pose of the head, in degrees.

    `yaw_deg` > 0: the nose points to the right of the picture; `pitch_deg` > 0: chin up;
    `roll_deg` > 0: clockwise in the picture.
    """

    yaw_deg: float
    pitch_deg: float
    roll_deg: float


@dataclass(frozen=True, slots=True)
class Face:
    """One face.

    `landmarks` are the 468 points of the mesh as (row, column, depth) in pixels of the upright
    photo, depth growing away from the camera; `spread_px` is their mean scatter over the jittered
    passes; `score` is the confidence of the detector, `presence` that of the mesh, both 0..1;
    `eye_distance_px` is the distance of the two outer eye corners in all three axes of the mesh,
    so that it does not shrink when the head turns.
    """

    landmarks: NDArray[np.float64] = field(repr=False)
    score: float
    presence: float
    pose: Pose
    view: View
    eye_distance_px: float
    spread_px: float

    def __post_init__(self) -> None:
        if self.landmarks.shape != (468, 3):
            raise TypeError(f"not 468 landmarks: {self.landmarks.shape}")
        self.landmarks.setflags(write=False)


@dataclass(frozen=True, slots=True)
class Zones:
    """The skin of each zone, as labels over the photo.

    `labels` has the photo's shape: 0 is not measured, i + 1 is `names[i]`. `reference` marks the
    patient's own reference skin (edge of the forehead and in front of the ears; on a close-up all
    skin), with which redness is compared.
    """

    names: tuple[str, ...]
    labels: NDArray[np.uint8] = field(repr=False)
    reference: NDArray[np.bool_] = field(repr=False)

    def __post_init__(self) -> None:
        if self.labels.shape != self.reference.shape:
            raise ValueError(f"shapes differ: {self.labels.shape} and {self.reference.shape}")
        self.labels.setflags(write=False)
        self.reference.setflags(write=False)
