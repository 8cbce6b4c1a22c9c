"""Whether the head is held as it should be, and as it was.

Angles are read from the face's mesh (Kartynnik et al. 2019, `face.pose`); the limits are our own,
and pairs that are warned of or not stand in `docs/registration.md`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from mnimage.domain.photo import View
from mnimage.quality.finding import at_most, judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from mnimage.domain.quality import Finding
    from mnimage.domain.recipe import QualityRecipe
    from mnimage.quality.shot import Shot

TOO_SMALL = 1.15
"""The mesh reads a turn 15 % too small (measured on faces turned by known angles)."""

# Portraits turned by 45 degrees are read as 27 to 36, less than by the factor above.
MEANT_YAW = {
    View.FRONT: 0.0,
    View.RIGHT_45: 38.0,
    View.LEFT_45: -38.0,
    View.RIGHT_90: 90.0,
    View.LEFT_90: -90.0,
}
GRAVE_TURN_DEG = 15.0


def check_yaw(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how far the head is turned from where the view wants it."""
    if shot.face is None:
        return None
    away = TOO_SMALL * shot.face.pose.yaw_deg - MEANT_YAW[shot.face.view]
    side = "left" if away > 0 else "right"
    front = f"Turn the head a little to the {_other(side)} until the nose points at the camera."
    turned = f"Turn the head a little to the {_other(side)}, to half way between front and side."
    advice = front if shot.face.view is View.FRONT else turned
    return judge("turn", abs(away), at_most(recipe.max_yaw_deg, "deg"), advice)


def check_pitch(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how far the chin is up or down; loosely, for foreheads differ."""
    if shot.face is None:
        return None
    pitch = TOO_SMALL * shot.face.pose.pitch_deg
    advice = f"{'Lower' if pitch > 0 else 'Lift'} the chin, with the camera at eye height."
    return judge("nod", abs(pitch), at_most(recipe.max_pitch_deg, "deg"), advice)


def check_roll(shot: Shot, _: Shot | None, recipe: QualityRecipe) -> Finding | None:
    """Return how far the head leans to a side."""
    if shot.face is None:
        return None
    limit = at_most(recipe.max_roll_deg, "deg")
    advice = "Hold the camera level and the head upright."
    return judge("lean", abs(shot.face.pose.roll_deg), limit, advice)


def _check_same(
    angle: str, shot: Shot, before: Shot | None, recipe: QualityRecipe
) -> Finding | None:
    if before is None or shot.face is None or before.face is None:
        return None
    name, factor, advise = ANGLES[angle]
    moved = factor * (getattr(shot.face.pose, angle) - getattr(before.face.pose, angle))
    moved = (moved + 180) % 360 - 180
    grave = None if angle == "roll_deg" else GRAVE_TURN_DEG
    limit = at_most(recipe.max_turn_deg, "deg", grave)
    return judge(name, abs(moved), limit, advise(moved))


def _advise_yaw(moved: float) -> str:
    return (
        f"Turn the head {abs(moved):.0f} degrees to the {_other('left' if moved > 0 else 'right')}."
    )


def _advise_pitch(moved: float) -> str:
    return f"{'Lower' if moved > 0 else 'Lift'} the chin by {abs(moved):.0f} degrees."


def _advise_roll(moved: float) -> str:
    side = "right" if moved > 0 else "left"
    return f"Lean the head {abs(moved):.0f} degrees towards the patient's {side} shoulder."


def _other(side: str) -> str:
    return "right" if side == "left" else "left"


ANGLES: dict[str, tuple[str, float, Callable[[float], str]]] = {
    "yaw_deg": ("same turn", TOO_SMALL, _advise_yaw),
    "pitch_deg": ("same nod", TOO_SMALL, _advise_pitch),
    "roll_deg": ("same lean", 1.0, _advise_roll),
}
"""Check name, correction factor and advice for each angle compared with the earlier photo."""

check_same_yaw = partial(_check_same, "yaw_deg")
check_same_pitch = partial(_check_same, "pitch_deg")
check_same_roll = partial(_check_same, "roll_deg")


def check_same_view(shot: Shot, before: Shot | None, _: QualityRecipe) -> Finding | None:
    """Return whether the view differs from the earlier photo's (0 the same, 1 another)."""
    if before is None:
        return None
    differs = float(_view(shot) is not _view(before))
    advice = f"Take the view of the earlier photo: {_view(before)}."
    return judge("same view", differs, at_most(0.0, "views", 0.5), advice)


def _view(shot: Shot) -> View:
    return View.CLOSE_UP if shot.face is None else shot.face.view
