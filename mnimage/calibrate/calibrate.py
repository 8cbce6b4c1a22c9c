"""Make a colour profile from a photo of the 24-patch chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mnimage.calibrate.chart import chart_at, find_chart
from mnimage.calibrate.fit import Patches, fit_chart
from mnimage.calibrate.flat import at_patches, card_light, relative_light
from mnimage.calibrate.judge import require_fit, require_readable, warnings_of
from mnimage.domain.color import ColorProfile

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnimage.domain.photo import Photo


def make_profile(
    photo: Photo,
    *,
    flat: Photo | None = None,
    corners: Sequence[tuple[float, float]] | None = None,
) -> ColorProfile:
    """Return the profile that a photo of the chart gives.

    Methods: `calibrate.fit`; accuracy of profiles: `docs/colour.md`.

    Parameters
    ----------
    photo
        The chart, photographed like the skin: same camera, settings and light.
    flat
        A photo of an even grey or white card that fills the picture, taken in the same way; the
        unevenness of the light over the picture is then divided out.
    corners
        The corners of the chart, if it cannot be found (`chart.chart_at`).

    Raises
    ------
    ChartUnusable
        If there is no chart, or it is covered, tilted, clipped, too small, or fits badly.
    """
    chart = find_chart(photo) if corners is None else chart_at(photo, corners)
    require_readable(chart)
    card = None if flat is None else card_light(flat, photo)
    at_chart = None if card is None else at_patches(card, chart, photo.shape)
    patches = Patches(chart.light, chart.usable, at_chart)
    fit = fit_chart(patches, tilt_deg=chart.tilt_deg)
    require_fit(fit, chart)
    facts = photo.facts
    return ColorProfile(
        tone=fit.tone,
        gains=fit.gains,
        redness=fit.redness,
        matrix=fit.matrix,
        error=fit.error,
        shape=photo.shape,
        corners=chart.corners,
        camera=facts.camera,
        exposure_s=facts.exposure_s,
        f_number=facts.f_number,
        iso=facts.iso,
        taken_at=facts.taken_at,
        photo=photo.sha256,
        flat=None if card is None else relative_light(card, fit.tone),
        warnings=warnings_of(fit, chart),
    )
