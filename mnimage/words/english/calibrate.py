"""Sentences of the room `calibrate`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIT_CHART = "so that it fills a third of the picture."
_CORNERS = "Give the outer corners of the four corner patches, in order around the chart."
_LINEAR_FRAMES = 'Take RAW or linear frames, or remove "linear" if the files are ordinary photos.'
_DARK_ROOM = 'Darken the room, and list a frame with all lamps off as "dark".'

_CHART: Mapping[str, str] = {
    "calibrate.no_chart": "No colour chart was found in the photo.",
    "calibrate.no_chart.hint": (
        "Place the 24-patch chart flat, uncovered and in focus, " + _FIT_CHART[:-1] + "; or mark "
        "its four corners by hand."
    ),
    "calibrate.corners_invalid": "The four corners do not span a chart.",
    "calibrate.corners_invalid.hint": _CORNERS,
    "calibrate.chart_too_small": "The colour chart is too small in the photo to be read.",
    "calibrate.chart_too_small.hint": "Move the camera closer, " + _FIT_CHART,
    "calibrate.chart_cut_off": "The colour chart is cut off by the edge of the photo.",
    "calibrate.chart_cut_off.hint": "Take the photo again with the whole chart in it.",
    "calibrate.chart_turned": "The colour chart is turned too far away from the camera.",
    "calibrate.chart_turned.hint": "Hold it where the skin is, facing the camera.",
    "calibrate.patches_uneven": (
        "The colour chart is not clean. These patches are not even: {patches}."
    ),
    "calibrate.patches_uneven.hint": (
        "Check the chart for a finger, a shadow, a reflection or dirt."
    ),
    "calibrate.white_overexposed": "The white patch of the colour chart is overexposed.",
    "calibrate.white_overexposed.hint": (
        "Photograph chart and skin again with less light or a shorter exposure."
    ),
    "calibrate.black_underexposed": "The black patch of the colour chart is underexposed.",
    "calibrate.black_underexposed.hint": (
        "Photograph chart and skin again with more light or a longer exposure."
    ),
    "calibrate.patches_clipped": "Too many colours of the chart are overexposed or too dark.",
    "calibrate.patches_clipped.hint": (
        "Set the exposure by the white patch, and choose a neutral picture style in the camera."
    ),
    "calibrate.patches_wrong": (
        "The photo does not show the colours of the chart. These patches are wrong: {patches}."
    ),
    "calibrate.patches_wrong.hint": (
        "Check whether a part is covered, dirty or faded, and that it is a 24-patch chart made "
        "since November 2014."
    ),
    "calibrate.more_patches": "and {count} more",
    "calibrate.light_uneven": "The light on the colour chart is too uneven.",
    "calibrate.light_uneven.hint": "Light it from both sides, or hold it where the skin is.",
    "calibrate.tones_unusable": (
        "The grey patches do not follow the light: the camera changes the contrast too much."
    ),
    "calibrate.tones_unusable.hint": (
        "Choose a neutral picture style without HDR or automatic contrast, or RAW."
    ),
    "calibrate.fit_poor": (
        "The colours of the chart fit poorly: the mean colour difference is {mean:.1f} dE, and at "
        "most {most:.0f} is allowed."
    ),
    "calibrate.fit_poor.hint": (
        "Use an even white light with good colour rendering, and a chart that has not faded."
    ),
    "calibrate.chart_angled": (
        "The chart is turned away from the camera, so its light differs from that of the skin and "
        "skin tone is less certain. Hold it facing the camera."
    ),
    "calibrate.light_corrected": "The light falls off across the chart; this was corrected.",
    "calibrate.tones_corrected": (
        "The camera changes the contrast; this was corrected with the grey patches. A neutral "
        "picture style or RAW is better."
    ),
    "calibrate.patches_left_out": (
        "Some colours of the chart are outside the range of the file and were left out."
    ),
    "calibrate.fit_fair": "The colours fit less well than a good camera and lamp allow.",
    "calibrate.card_size": (
        "The photo of the grey card and the photo of the chart differ in size."
    ),
    "calibrate.card_size.hint": "Take both with the same camera, held the same way.",
    "calibrate.card_exposure": "The photo of the grey card is too bright or too dark.",
    "calibrate.card_exposure.hint": "Expose it so that the card is light grey.",
    "calibrate.card_uneven": "The photo of the grey card is not even.",
    "calibrate.card_uneven.hint": (
        "Fill the picture with a plain grey or white card, slightly out of focus."
    ),
}
"""The colour chart and the grey card."""

_PROFILE: Mapping[str, str] = {
    "calibrate.other_camera": (
        "The colour profile was made with {profile}, but the photo was taken with {photo}."
    ),
    "calibrate.other_camera.hint": ("Photograph the chart with the same camera as the skin."),
    "calibrate.exposed_more": "The photo was exposed {stops:.1f} stops more than the chart.",
    "calibrate.exposed_more.hint": (
        "Photograph chart and skin with the same manual settings, or photograph the chart again."
    ),
    "calibrate.exposed_less": "The photo was exposed {stops:.1f} stops less than the chart.",
    "calibrate.exposed_less.hint": (
        "Photograph chart and skin with the same manual settings, or photograph the chart again."
    ),
    "calibrate.other_size": (
        "The photo and the photo of the chart differ in size, but the profile corrects uneven "
        "light for that size only."
    ),
    "calibrate.other_size.hint": (
        "Use photos of the same size, or make the profile without the grey card."
    ),
}
"""Whether a profile may be used for a photo."""

_RIG: Mapping[str, str] = {
    "calibrate.lamp_not_fired": ("Lamp {lamp} did not fire in {shots}: its shot is nearly black."),
    "calibrate.lamp_not_fired.hint": ("Take the shots again, or remove that lamp from every list."),
    "calibrate.same_picture": "Shots {first} and {second} of {shots} are the same picture.",
    "calibrate.same_picture.hint": "List one shot for each lamp, always in the same order.",
    "calibrate.shot_counts": "The positions have different numbers of shots.",
    "calibrate.shot_counts.hint": (
        "Take one shot per lamp at every position of the ball or card, in the same order."
    ),
    "calibrate.no_dark": "No dark frame: room light is not subtracted.",
    "calibrate.ball_not_found": "No ball was found in {shots}.",
    "calibrate.ball_not_found.hint": (
        "Place it alone in the picture on a dark, even cloth, or give its outline in the list: "
        '"ball": {{"row": ..., "col": ..., "radius_px": ...}}.'
    ),
    "calibrate.ball_too_small": "The ball in {shots} is only {pixels:.0f} pixels wide.",
    "calibrate.ball_too_small.hint": (
        "Move the camera closer: the ball must be at least {least:.0f} pixels wide."
    ),
    "calibrate.ball_cut_off": "The edge of the picture cuts off the ball in {shots}.",
    "calibrate.ball_cut_off.hint": (
        "Place the whole ball in the picture, with some cloth around it."
    ),
    "calibrate.ball_completed": (
        "The edge of the picture cuts off a part of the ball in {shots}: its outline was completed."
    ),
    "calibrate.ball_scale": (
        "The ball in {shots} gives {measured:.4f} mm per pixel, but the list says {listed:.4f}."
    ),
    "calibrate.ball_scale.hint": (
        "Check the diameter, the scale and the camera's distance, that the light is linear, and "
        "that the edge of the ball stands out from the cloth."
    ),
    "calibrate.one_position": (
        "One position of the ball shows the directions of the lamps, but not their distances."
    ),
    "calibrate.one_position.hint": (
        "Photograph the ball at two or more positions (preferably five, also near the corners of "
        "the picture), or omit --near."
    ),
    "calibrate.few_positions": (
        "Few positions of the ball: five or more make the distances of the lamps more certain."
    ),
    "calibrate.camera_distance": (
        'The camera\'s distance is not given ("camera_mm"): the camera is assumed to be far away.'
    ),
    "calibrate.no_highlight": "Lamp {lamp} shows no highlight on the ball in {shots}.",
    "calibrate.no_highlight.hint": (
        "Check that the ball is chrome and that the lamp fired. For a matte ball use --ball matte."
    ),
    "calibrate.two_highlights": "Two lamps show on the ball in shot {shot} of {shots}.",
    "calibrate.two_highlights.hint": (
        "Light one lamp for each shot, and cover windows and everything else that shines."
    ),
    "calibrate.ball_unlit": "Lamp {lamp} does not light the ball in {shots}.",
    "calibrate.ball_unlit.hint": ("Check that each shot has one lamp on and is not overexposed."),
    "calibrate.two_lamps": (
        "The shading of the ball in shot {shot} of {shots} is not that of a single lamp."
    ),
    "calibrate.two_lamps.hint": (
        "Check whether two lamps were on. Light one lamp for each shot, in a dark room."
    ),
    "calibrate.ball_not_linear": (
        "The shading of the ball in {shots} is not linear: the frames are not linear (gamma not "
        "removed), or the room was not dark."
    ),
    "calibrate.ball_not_linear.hint": _LINEAR_FRAMES + " " + _DARK_ROOM,
    "calibrate.ball_room_light": (
        "The ball in {shots} is lit where no lamp reaches: {share:.0%} of its brightest area."
    ),
    "calibrate.ball_room_light.hint": _DARK_ROOM,
    "calibrate.lamp_moved": (
        "Seen from position {position} of the ball, lamp {lamp} is elsewhere (off by "
        "{degrees:.1f} degrees): the lamp or the camera has moved."
    ),
    "calibrate.lamp_moved.hint": ("Fix the lamps, and photograph all positions of the ball again."),
    "calibrate.card_tilted": (
        "The card in {shots} is tilted by {degrees:.0f} degrees: lay it level, since the positions "
        "of the lamps are measured from the level of the skin."
    ),
    "calibrate.card_one_height": (
        "One height of the card gives the distances of the lamps only roughly: photograph it also "
        "30 mm higher."
    ),
    "calibrate.card_linearity": (
        "The card is too small, or the lamps are too far away, to check whether the light is "
        "linear: check it with a matte ball."
    ),
    "calibrate.card_even": (
        "The light of lamp {lamp} varies by only {share:.0%} over the card: the lamp is too far "
        "away for its position to be measured."
    ),
    "calibrate.card_even.hint": "Use a larger card that fills the picture, or a ball.",
    "calibrate.card_scale": '{shots} lacks "mm_per_px", which cannot be measured from a card.',
    "calibrate.card_scale.hint": (
        "Photograph a ruler or a printed marker at the level of the skin."
    ),
    "calibrate.card_clipped": "More than half of the card in {shots} is overexposed or dark.",
    "calibrate.card_clipped.hint": (
        "Set the exposure so that the brightest part of the card is at three quarters of the range."
    ),
    "calibrate.card_not_linear": (
        "The light on the card does not fall off as that of a lamp does: the frames are not linear "
        "(gamma not removed), or the room was not dark."
    ),
    "calibrate.card_not_linear.hint": _LINEAR_FRAMES + " " + _DARK_ROOM,
    "calibrate.card_misfit": (
        "The light of lamp {lamp} on the card is not that of a single lamp in one position."
    ),
    "calibrate.card_misfit.hint": (
        "The lamp may have moved between the shots, the card may be bent or shiny, or a shadow may "
        "lie on it."
    ),
}
"""Positions of lamps from a ball or a card; `shots` is the file that lists the shots."""

CALIBRATE: Mapping[str, str] = {**_CHART, **_PROFILE, **_RIG}
