"""Sentences of the room `workflow`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WORKFLOW: Mapping[str, str] = {
    "workflow.is_export": "This folder was exported from a library, with all its records.",
    "workflow.is_export.hint": "Bring it back with `mnimage library import`, which keeps the records.",
    "workflow.thumbnail_failed": "The thumbnail cannot be made.",
    "workflow.too_few_sessions": "Scars can be followed over two sessions or more.",
    "workflow.too_few_sessions.hint": "Name the SHOTS.json of every session, the first one first.",
    "workflow.not_directional_shots": "{name} is not a set of directional shots.",
    "workflow.not_directional_shots.hint": "Name the SHOTS.json of every session.",
    "workflow.original_changed": "{name} has changed since.",
    "workflow.original_changed.hint": "Bring back the original file; a copy of it will do.",
    "workflow.original_missing": "{name} is missing.",
    "workflow.original_missing.hint": "Name the folder that holds the photos with --photos.",
    "workflow.original_unreadable": "{name} cannot be read: {reason}.",
    "workflow.origin_unknown": "The answer does not say what it was made from.",
    "workflow.origin_unknown.hint": "It is from an earlier version: score or compare the photos again.",
    "workflow.shots_not_photo": "These are directional shots, not an ordinary photo.",
    "workflow.shots_not_photo.hint": "Use `mnimage relief`.",
    "workflow.no_skin": "No skin was found in the photo.",
    "workflow.no_skin.hint": "Fill the picture with the face or the skin, evenly lit and in focus.",
    "workflow.mixed_kinds": "One is an ordinary photo, the other a set of directional shots.",
    "workflow.mixed_kinds.hint": "Compare two photos, or two sets of directional shots, with repeats of the same kind.",
    "workflow.profile_for_shots": "A colour profile is for ordinary photos, not for directional shots.",
    "workflow.profile_for_shots.hint": "Leave out --profile.",
    "workflow.output_exists": "{target} exists already, and nothing is overwritten.",
    "workflow.output_exists.hint": "Choose another folder for --out.",
    "workflow.answer_unreadable": "{name} cannot be read as an answer.",
}
