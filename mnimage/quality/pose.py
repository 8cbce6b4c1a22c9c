"""Whether the pose of the head fits the view, and that of the earlier photo.

Angles are estimated from the face mesh (Kartynnik et al. 2019, `face.pose`); the limits are our
own, and `docs/registration.md` shows which pairs cause a warning.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mnimage.domain.photo import View
from mnimage.domain.quality import Check
from mnimage.quality.finding import at_most, judge
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Callable

    from mnimage.domain.quality import Finding
    from mnimage.domain.recipe import QualityRecipe
    from mnimage.quality.shot import Shot
    from mnimage.words.message import Message

ANGLE_GAIN = 1.15
"""The mesh underestimates yaw and pitch by 15 % (measured on faces turned by known angles)."""

NOMINAL_YAW = {
    View.FRONT: 0.0,
    View.RIGHT_45: 38.0,
    View.LEFT_45: -38.0,
    View.RIGHT_90: 90.0,
    View.LEFT_90: -90.0,
}
"""Corrected yaw at which each view is meant, in degrees.

Portraits turned by 45 degrees are estimated as 27 to 36, which is less than `ANGLE_GAIN` corrects.
"""

GRAVE_TURN_DEG = 15.0
"""Change of yaw or pitch beyond which a photo is unfit for comparison with the earlier one."""


def check_yaw(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how far the head is turned from the nominal yaw of its view."""
    if shot.face is None:
        return None
    away = ANGLE_GAIN * shot.face.pose.yaw_deg - NOMINAL_YAW[shot.face.view]
    limit = at_most(recipe.max_yaw_deg, "deg")
    return judge(Check.YAW, abs(away), limit, _view_advice(shot.face.view, away))


def _view_advice(view: View, away: float) -> Message:
    side = message("quality.right") if away > 0 else message("quality.left")
    if view is View.FRONT:
        return message("quality.turn_to_front", side=side)
    if view in (View.RIGHT_90, View.LEFT_90):
        return message("quality.turn_to_profile", side=side)
    return message("quality.turn_to_45", side=side)


def check_pitch(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how far the chin is up or down; the limit is wide because foreheads differ."""
    if shot.face is None:
        return None
    pitch = ANGLE_GAIN * shot.face.pose.pitch_deg
    advice = message("quality.lower_chin") if pitch > 0 else message("quality.lift_chin")
    return judge(Check.PITCH, abs(pitch), at_most(recipe.max_pitch_deg, "deg"), advice)


def check_roll(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how far the head leans to one side."""
    if shot.face is None:
        return None
    limit = at_most(recipe.max_roll_deg, "deg")
    return judge(Check.ROLL, abs(shot.face.pose.roll_deg), limit, message("quality.upright"))


def _check_same(
    angle: str, shot: Shot, before: Shot | None, recipe: QualityRecipe
) -> Finding | None:
    if before is None or shot.face is None or before.face is None:
        return None
    check, factor, advise = ANGLES[angle]
    moved = factor * (getattr(shot.face.pose, angle) - getattr(before.face.pose, angle))
    moved = (moved + 180) % 360 - 180
    grave = None if angle == "roll_deg" else GRAVE_TURN_DEG
    limit = at_most(recipe.max_turn_deg, "deg", grave)
    return judge(check, abs(moved), limit, advise(moved), "pair")


def _advise_yaw(moved: float) -> Message:
    side = message("quality.right") if moved > 0 else message("quality.left")
    return message("quality.same_turn", degrees=abs(moved), side=side)


def _advise_pitch(moved: float) -> Message:
    if moved > 0:
        return message("quality.lower_chin_by", degrees=moved)
    return message("quality.lift_chin_by", degrees=-moved)


def _advise_roll(moved: float) -> Message:
    side = message("quality.right") if moved > 0 else message("quality.left")
    return message("quality.same_lean", degrees=abs(moved), side=side)


ANGLES: dict[str, tuple[Check, float, Callable[[float], Message]]] = {
    "yaw_deg": (Check.SAME_YAW, ANGLE_GAIN, _advise_yaw),
    "pitch_deg": (Check.SAME_PITCH, ANGLE_GAIN, _advise_pitch),
    "roll_deg": (Check.SAME_ROLL, 1.0, _advise_roll),
}
"""Check, correction factor and advice for each angle compared with the earlier photo."""

check_same_yaw = partial(_check_same, "yaw_deg")
check_same_pitch = partial(_check_same, "pitch_deg")
check_same_roll = partial(_check_same, "roll_deg")


def check_same_view(shot: Shot, before: Shot | None, _: QualityRecipe) -> Finding | None:
    """Return whether the view differs from that of the earlier photo (0: same, 1: different)."""
    if before is None:
        return None
    differs = float(_view(shot) is not _view(before))
    advice = message("quality.same_view", view=str(_view(before)))
    return judge(Check.SAME_VIEW, differs, at_most(0.0, "views", 0.5), advice, "pair")


def _view(shot: Shot) -> View:
    return View.CLOSE_UP if shot.face is None else shot.face.view
