"""Sentences of the room `quality`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

QUALITY: Mapping[str, str] = {
    "quality.bright": "Use less light or a shorter exposure.",
    "quality.camera_back": (
        "Move back and zoom in until the face is as large as in the earlier photo."
    ),
    "quality.camera_closer": (
        "Move closer and zoom out until the face is as large as in the earlier photo."
    ),
    "quality.clipped": "Shorten the exposure until no skin is overexposed.",
    "quality.color_cast": (
        "Set the white balance manually on a grey card, and use only one kind of light."
    ),
    "quality.compression": (
        "Compression removed much of the fine texture: set the camera to its best quality, "
        "and copy the original file instead of sending it by messenger."
    ),
    "quality.dark": "Use more light or a longer exposure.",
    "quality.face_scale": (
        "With this scale the face would be larger or smaller than any adult's: check the "
        "scale, or the size at which the marker was printed."
    ),
    "quality.face_size": "Move closer, or set the camera to full resolution.",
    "quality.focus": "Focus on the skin, hold the camera still, and use more light or a tripod.",
    "quality.glare": "Dry the skin, and soften, move or polarise the light.",
    "quality.left": "left",
    "quality.lift_chin": "Lift the chin; keep the camera at eye height.",
    "quality.lift_chin_by": "Lift the chin by {degrees:.0f} degrees.",
    "quality.lower_chin": "Lower the chin; keep the camera at eye height.",
    "quality.lower_chin_by": "Lower the chin by {degrees:.0f} degrees.",
    "quality.marker_blurred": (
        "The marker is out of focus, so it was not used for the scale: focus on it."
    ),
    "quality.marker_misfit": (
        "The marker is bent, shiny or partly covered, so it was not used for the scale."
    ),
    "quality.marker_small": (
        "The marker is too small in the photo, so it was not used for the scale: use a "
        "larger marker or move closer."
    ),
    "quality.marker_tilted": (
        "The marker is tilted, so it was not used for the scale: lay it flat beside the "
        "skin, facing the camera."
    ),
    "quality.open_mouth": "Ask the patient to close the mouth, lips touching lightly.",
    "quality.perspective_back": "Move back, to the distance of the earlier photo.",
    "quality.perspective_closer": "Move closer, to the distance of the earlier photo.",
    "quality.picture_size": "Set the camera to full resolution.",
    "quality.right": "right",
    "quality.same_exposure": "Use the exposure and the light of the earlier photo.",
    "quality.same_lean": (
        "Lean the head {degrees:.0f} degrees towards the patient's {side} shoulder."
    ),
    "quality.same_scale": (
        "The scales of the two sessions disagree about the same skin: check both."
    ),
    "quality.same_turn": "Turn the head {degrees:.0f} degrees to the {side}.",
    "quality.same_view": "Take the photo from the same view as the earlier one: {view}.",
    "quality.same_white": "Use the white balance and the light of the earlier photo.",
    "quality.scale": (
        "The stated scale and the marker in the photo disagree: check the scale, that the "
        "marker was printed at full size, and that it lies at the skin."
    ),
    "quality.side_light": "Light both sides of the face equally.",
    "quality.size_back": "Move back until the face is as large as in the earlier photo.",
    "quality.size_closer": "Move closer until the face is as large as in the earlier photo.",
    "quality.skin": "Show bare skin: move hair and clothing out of the way.",
    "quality.smile": "Ask for a neutral expression, without a smile.",
    "quality.smile_less": "Ask the patient to smile less, as in the earlier photo.",
    "quality.smile_more": "Ask for the expression of the earlier photo: the mouth smiled more.",
    "quality.turn_to_45": (
        "Turn the head a little to the {side}, to half way between front and profile."
    ),
    "quality.turn_to_front": (
        "Turn the head a little to the {side} until the nose points at the camera."
    ),
    "quality.turn_to_profile": (
        "Turn the head a little to the {side} until the camera sees an exact profile."
    ),
    "quality.uneven_light": "Use broad light from the front on both sides.",
    "quality.upright": "Hold the camera level and the head upright.",
}
