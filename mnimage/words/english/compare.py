"""Sentences of the room `compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

COMPARE: Mapping[str, str] = {
    "compare.among_many": "The change exceeds its own MDC95, but not the limit for this many comparisons.",
    "compare.not_measured_in_both": "Not measured in both photos.",
    "compare.needling_reddens": "Needling itself reddens the skin: this is day {days:g}.",
    "compare.both": "{first} {second}",
    "compare.swelling": "Day {days:g} after needling: for the first {healing:g} days, swelling makes skin look smoother and scars shallower.",
    "compare.healing": "{swelling} Texture, pores, lines and scars get no verdict; redness includes that of the needling itself.",
    "compare.control_outside": "The control patch reaches outside the photo, which has {rows} rows and {columns} columns.",
    "compare.control_outside.hint": "Give row, column, height and width in pixels of the photo before.",
    "compare.control_not_skin": "Only {share:.0%} of the control patch is skin that can be measured.",
    "compare.control_not_skin.hint": "Mark untreated skin that both photos show, such as the temple or the neck.",
    "compare.control_few_pixels": "The control patch holds only {pixels} pixels of skin.",
    "compare.control_few_pixels.hint": "Mark at least {side} by {side} pixels.",
    "compare.control_small": "The control patch holds only {area:.0f} mm2 of skin.",
    "compare.control_small.hint": "Mark at least {side_mm:.0f} by {side_mm:.0f} mm, which is {side} by {side} pixels here.",
    "compare.control_unseen": "The control patch could not be measured in both photos, so it was not subtracted.",
    "compare.control_changed": "The untreated control patch changed as well, so the light, the camera or the whole skin differ; verdicts are on the change beyond it.",
    "compare.darker": "Darker than in the first photo, beyond error. After needling this can be pigment left by inflammation, but also sun, crusts or other light: look at the skin. This is not a diagnosis.",
    "compare.moved": "moved by expression",
    "compare.same_picture": "It is the same picture as another shot of the session.",
    "compare.hours_apart": "It was taken {hours} hours from the first shot.",
    "compare.days_apart": "It was taken {days} days from the first shot.",
    "compare.refused": "{reason}.",
    "compare.field_error": "The photos are registered only to within {error:.1f} pixels.",
    "compare.uncovered": "{share:.0%} of the skin could not be registered reliably.",
    "compare.check_before": "Photo before, {check}: {advice}",
    "compare.check_after": "Photo after, {check}: {advice}",
}
