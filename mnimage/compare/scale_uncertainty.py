"""Amounts in mm where the scale was only entered: nothing in the shots measures lengths."""

from __future__ import annotations

from dataclasses import replace
from math import hypot
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mnimage.domain.photo import ImageScale
    from mnimage.domain.relief import ReliefCard, Scar


def add_scale_uncertainty(card: ReliefCard, scale: ImageScale) -> ReliefCard:
    """Return the card with the uncertainty that all sessions share by an entered scale.

    It goes with mm once, with mm2 twice, with mm3 three times. It is laid on what concerns amounts
    (`..._systematic`, areas, widths); what differs from session to session, of which the
    uncertainty of a
    change is made, stays as it is: two sessions that go by the same scale err alike.

    To first order, added in quadrature (JCGM 100:2008). How large the error of an entered scale is,
    and why, is stated where the scale is read: `formats.lights.ENTERED_SCALE_ERROR`.
    """
    error = scale.shared_error
    if error <= 0:
        return card
    return replace(
        card,
        scars=tuple(_widened(scar, error) for scar in card.scars),
        places=tuple(_widened(scar, error) for scar in card.places),
        area_uncertainty_mm2=hypot(card.area_uncertainty_mm2, 2 * error * card.area_mm2),
        texture_systematic_um=hypot(card.texture_systematic_um, error * card.texture_sq_um),
    )


def _widened(scar: Scar, error: float) -> Scar:
    return replace(
        scar,
        depth_systematic_mm=hypot(scar.depth_systematic_mm, error * scar.depth_mm),
        volume_systematic_mm3=hypot(scar.volume_systematic_mm3, 3 * error * scar.volume_mm3),
        area_uncertainty_mm2=hypot(scar.area_uncertainty_mm2, 2 * error * scar.area_mm2),
        width_uncertainty_mm=hypot(scar.width_uncertainty_mm, error * scar.width_mm),
    )
