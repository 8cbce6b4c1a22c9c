"""Sentences of the room `register`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REGISTER: Mapping[str, str] = {
    "register.both_cheeks": "both cheeks",
    "register.both_eyes": "skin around both eyes",
    "register.cheek_left": "left cheek",
    "register.cheek_right": "right cheek",
    "register.chin": "chin",
    "register.expression_differs": (
        "The expression differs: skin that moved is not scored ({zones})."
    ),
    "register.expression_differs_somewhere": (
        "The expression differs: skin that moved is not scored."
    ),
    "register.expression_everywhere": "The expression differs over nearly the whole face",
    "register.forehead": "forehead",
    "register.little_covered": "Only {share:.0%} of the skin could be registered reliably",
    "register.little_shared": "Only {share:.0%} of the skin is visible in both photos",
    "register.no_common_skin": (
        "No common skin was found: the photos may show different areas, or one of them is "
        "too blurred"
    ),
    "register.no_skin": "No skin was found in the photo before",
    "register.nose": "nose",
    "register.other_view": (
        "The photos show different views: between them the head turned by {degrees:.0f} degrees"
    ),
    "register.periorbital_left": "skin around the left eye",
    "register.periorbital_right": "skin around the right eye",
    "register.perioral": "skin around the mouth",
    "register.perspective_farther": (
        "The perspective differs: the photo after was taken from farther away. Move closer, "
        "to the distance of the earlier photo."
    ),
    "register.perspective_nearer": (
        "The perspective differs: the photo after was taken from nearer. Move back, to the "
        "distance of the earlier photo."
    ),
    "register.skin_differs": (
        "The skin in the two photos does not match: they may show different people or areas, "
        "or one of them is too blurred"
    ),
    "register.through_session": (
        "This photo could not be registered directly to the first one ({reason}), but "
        "through the photo of session {session}."
    ),
    "register.zones_not_scored": "Not scored because the expression moved them: {zones}.",
}
