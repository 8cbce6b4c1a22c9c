"""Whether a photo is good enough to be measured, and taken like the earlier one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from mnimage.domain.quality import Finding, QualityReport
from mnimage.domain.recipe import QualityRecipe
from mnimage.quality.cast import check_cast, check_same_white
from mnimage.quality.compression import check_compression
from mnimage.quality.distance import (
    check_same_camera_distance,
    check_same_perspective,
    check_same_size,
)
from mnimage.quality.expression import check_mouth, check_same_smile, check_smile
from mnimage.quality.focus import check_focus
from mnimage.quality.light import (
    check_bright,
    check_clipped,
    check_dark,
    check_even,
    check_glare,
    check_same_exposure,
    check_sides,
)
from mnimage.quality.pose import (
    check_pitch,
    check_roll,
    check_same_pitch,
    check_same_roll,
    check_same_view,
    check_same_yaw,
    check_yaw,
)
from mnimage.quality.shot import Earlier, Shot, take_shot
from mnimage.quality.size import check_face_size, check_picture_size, check_skin

if TYPE_CHECKING:
    from mnimage.domain.face import Face, Zones
    from mnimage.domain.photo import Photo

Check: TypeAlias = Callable[[Shot, Shot | None, QualityRecipe], Finding | None]
"""A check of a photo, given the earlier photo or None; None where it does not apply."""

CHECKS: tuple[Check, ...] = (
    check_face_size,
    check_picture_size,
    check_skin,
    check_compression,
    check_focus,
    check_dark,
    check_bright,
    check_clipped,
    check_glare,
    check_sides,
    check_even,
    check_cast,
    check_yaw,
    check_pitch,
    check_roll,
    check_smile,
    check_mouth,
    check_same_view,
    check_same_yaw,
    check_same_pitch,
    check_same_roll,
    check_same_size,
    check_same_camera_distance,
    check_same_perspective,
    check_same_smile,
    check_same_exposure,
    check_same_white,
)


def check_photo(
    photo: Photo,
    face: Face | None,
    zones: Zones,
    recipe: QualityRecipe | None = None,
    *,
    before: Earlier | None = None,
) -> QualityReport:
    """Return every check that applies to the photo, in table order.

    Each check names its own source; which pairs cause a warning: `docs/registration.md`.

    Parameters
    ----------
    photo, face, zones
        The photo and what was found in it.
    recipe
        The limits.
    before
        The earlier photo with which it is to be compared, if there is one.
    """
    shot = take_shot(photo, face, zones)
    earlier = take_shot(before.photo, before.face, before.zones) if before else None
    findings = (check(shot, earlier, recipe or QualityRecipe()) for check in CHECKS)
    return QualityReport(tuple(one for one in findings if one is not None))


__all__ = ["CHECKS", "Earlier", "check_photo"]
