"""Sentences of the room `relief`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

RELIEF: Mapping[str, str] = {
    "relief.not_linear": 'The brightness of the shots does not look linear. If a tone curve was left in, depths and volumes are far too small: set "linear" to what the files are.',
    "relief.shiny": "The skin shines in the shots, so depths are uncertain. Use polarisers, and remove cream and make-up.",
    "relief.lamp_position": "Lamp {lamp} is not where the entry says, or not as bright as the others: measure the rig again.",
    "relief.no_surface": "The shots do not fit their lamps: no surface could look like this.",
    "relief.no_surface.hint": "Check which lamp lit which shot and that each fired; lights point from the skin to the lamp: x to the right, y down, z to the camera.",
    "relief.lamps_turned": "The shots do not fit their lamps: no surface could look like this.",
    "relief.lamps_turned.hint": "They would fit if all lamps were turned by about {degrees:.0f} degrees: check whether the order of the shots is shifted.",
    "relief.lamps_mirrored": "The shots do not fit their lamps: no surface could look like this.",
    "relief.lamps_mirrored.hint": "They would fit if the lamps were mirrored: list the shots in the opposite order, or change the sign of y, which points down.",
    "relief.hollow": "The whole skin appears hollow, like a bowl. Unless it is, the lamps are listed the wrong way round (lights point from the skin to the lamp), they are farther away than entered, or the scale is too large.",
    "relief.slopes_disagree": "The slopes measured in the shots do not form one surface, so the relief may be wrong. Check which lamp lit which shot, and light the skin from all sides.",
    "relief.lamps_exchanged": "Shots {first} and {second} fit better with their lamps exchanged, so the relief may be wrong. Check which lamp lit which shot.",
    "relief.moved": "The skin moved by up to {largest:.1f} pixels between the shots; this was corrected to within about {left:.1f} pixels.",
    "relief.moved_too_far": "The skin moved by more than {limit:.0f} pixels between the shots, so the relief may be wrong. Take the shots again in quicker succession, with camera and head held still.",
    "relief.shot_unmatched": "Shot {shot} does not match the others at any displacement, so the relief may be wrong. Take the shots again in quicker succession, with camera and head held still.",
    "relief.shots_unmatched": "Shots {shots} do not match the others at any displacement, so the relief may be wrong. Take the shots again in quicker succession, with camera and head held still.",
    "relief.shot_displaced": "Shot {shot} may be displaced by about {error:.1f} pixels against the others, so the relief may be wrong. Take the shots again in quicker succession, with camera and head held still.",
    "relief.shots_displaced": "Shots {shots} may be displaced by about {error:.1f} pixels against the others, so the relief may be wrong. Take the shots again in quicker succession, with camera and head held still.",
    "relief.gloss": "Gloss made the relief {share:.0%} too steep; this was corrected as far as its colour shows it. Cross the polarisers, and dab the skin dry.",
    "relief.too_small": "By their scale of {pitch:g} mm per pixel, the shots show only {side:.2g} mm of skin.",
    "relief.too_small.hint": 'Check "mm_per_px"; relief needs at least {least:g} mm each way.',
    "relief.badly_lit": "Almost no place in these shots is lit well enough to give relief.",
    "relief.badly_lit.hint": "Check that each shot's lamp direction is right, that the room is dark and that the shots are neither black nor overexposed.",
    "relief.no_skin": "Almost no skin in this relief can be measured.",
    "relief.no_skin.hint": "Check the directions of the lamps, and that the skin fills the picture.",
    "relief.whole_body": "So large a picture shows more than skin: what is dark (hair), sharply bent (nose, lids, lips) or turned away by more than {degrees:.0f} degrees was left out; depths are perpendicular to the skin.",
    "relief.much_left_out": "Much of the picture is in shadow, overexposed or shiny and was left out.",
    "relief.scar_too_wide": "Scar {scar} is too wide for this picture: there is too little skin around it to measure its depth. Photograph a larger area.",
}
