"""The control patch: what may serve as one, and that what it shows is taken off with its error."""

from __future__ import annotations

import numpy as np
import pytest

from mnimage.compare.control import DRIFTED, UNSEEN, beyond_control, control_cautions, mark_control
from mnimage.compare.verdict import MDC_FACTOR, ChangeUncertainty, weigh_change
from mnimage.domain.comparison import Verdict
from mnimage.domain.face import CONTROL, Zones
from mnimage.domain.pair import AnalyzedPhoto
from mnimage.domain.photo import CaptureFacts, ImageScale, Photo
from mnimage.domain.quality import QualityReport
from mnimage.domain.recipe import CompareRecipe
from mnimage.domain.scorecard import Score
from mnimage.domain.session import Patch
from mnimage.errors import PatchUnusable

RECIPE = CompareRecipe()


def analyzed(scale=0.1) -> AnalyzedPhoto:
    """Return 300 x 400 pixels whose right half is skin of two zones, the left one background."""
    labels = np.zeros((300, 400), np.uint8)
    labels[:, 200:] = 1
    labels[150:, 200:] = 2
    known = ImageScale(scale, "rig", 0.01) if scale else None
    zones = Zones(("forehead", "chin"), labels, np.zeros(labels.shape, bool))
    photo = Photo(np.zeros((300, 400, 3), np.uint8), CaptureFacts("PNG", 8))
    return AnalyzedPhoto("a", photo, None, zones, QualityReport(()), known)


def test_the_patch_becomes_a_zone_of_its_own():
    marked = mark_control(analyzed(), Patch(100, 220, 100, 150), RECIPE).zones
    assert marked.names == ("forehead", "chin", CONTROL)
    wanted = analyzed().zones.labels.copy()
    wanted[100:200, 220:370] = 3
    assert np.array_equal(marked.labels, wanted)
    assert mark_control(analyzed(), None, RECIPE).zones.names == ("forehead", "chin")


@pytest.mark.parametrize(
    ("patch", "scale", "why"),
    [
        (Patch(250, 250, 100, 100), 0.1, "outside the photo"),
        (Patch(0, 390, 100, 100), 0.1, "outside the photo"),
        (Patch(0, 0, 150, 150), 0.1, "0% of the control patch"),
        (Patch(0, 150, 120, 150), 0.1, "67% of the control patch"),
        (Patch(0, 250, 99, 100), 0.1, "99 mm2"),
        (Patch(0, 250, 60, 60), None, "3600 pixels"),
    ],
)
def test_a_patch_that_cannot_serve_is_refused_with_a_hint(patch, scale, why):
    with pytest.raises(PatchUnusable, match=why) as refused:
        mark_control(analyzed(scale), patch, RECIPE)
    assert refused.value.hint


@pytest.mark.parametrize("numbers", [(-1, 0, 5, 5), (0, -1, 5, 5), (0, 0, 0, 5), (0, 0, 5, 0)])
def test_no_rectangle_is_no_patch(numbers):
    with pytest.raises(ValueError, match="rectangle"):
        Patch(*numbers)


def weighed(name, before, after, error):
    scores = (Score(name, value, "u", error) for value in (before, after))
    return weigh_change(*scores, ChangeUncertainty(error / np.sqrt(2), 0.0))


def test_the_difference_of_differences_has_both_errors():
    found = beyond_control(
        "redness_hi", weighed("redness_hi", 10, 5, 0.6), weighed("redness_hi", 2, 1, 0.8)
    )
    assert found.change == -5
    assert found.controlled.expected == -1
    assert found.controlled.difference == -4
    assert found.controlled.uncertainty == pytest.approx(1.0)
    assert found.weighed == (-4, pytest.approx(1.0), pytest.approx(MDC_FACTOR))
    assert found.verdict is Verdict.BETTER
    assert found.interval == pytest.approx((-4 - MDC_FACTOR, -4 + MDC_FACTOR))


def test_a_change_that_the_control_shares_is_none():
    alone = weighed("redness_hi", 10, 8, 0.6)
    assert alone.verdict is Verdict.BETTER
    assert beyond_control("redness_hi", alone, weighed("redness_hi", 4, 2, 0.6)).verdict is (
        Verdict.WITHIN_ERROR
    )


def test_of_scores_that_err_by_factors_the_factor_is_taken_off():
    treated, control = (
        weighed("texture_contrast", 8, 6, 0.1),
        weighed("texture_contrast", 4, 3, 0.1),
    )
    found = beyond_control("texture_contrast", treated, control).controlled
    assert found.expected == pytest.approx(-2.0)
    assert found.difference == pytest.approx(0.0)
    assert found.uncertainty == pytest.approx(np.hypot(0.1, 2 * 0.1))


def test_drift_of_the_camera_is_no_effect_of_the_treatment():
    """Sessions drawn from the normal distribution, the camera drifting by three errors."""
    random = np.random.default_rng(4)
    alone, held = 0, 0
    for _ in range(1000):
        noise = random.normal(0, 1, 2)
        treated = weighed("redness_hi", 10, 13 + noise[0], 1.0)
        control = weighed("redness_hi", 5, 8 + noise[1], 1.0)
        alone += treated.verdict is not Verdict.WITHIN_ERROR
        held += beyond_control("redness_hi", treated, control).verdict is not Verdict.WITHIN_ERROR
    assert alone > 800
    assert held / 1000 < 0.05 + 3 * np.sqrt(0.05 * 0.95 / 1000)


def test_the_control_itself_is_reported():
    patch = Patch(0, 0, 9, 9)
    still, moved = weighed("redness_hi", 5, 5.1, 0.5), weighed("redness_hi", 5, 9, 0.5)
    assert control_cautions(None, {}) == []
    assert control_cautions(patch, {"redness_hi": still}) == []
    assert [one.name for one in control_cautions(patch, {"redness_hi": moved})] == [DRIFTED]
    assert [one.name for one in control_cautions(patch, {})] == [UNSEEN]
    nothing = weighed("redness_hi", 5, float("nan"), 0.5)
    assert [one.name for one in control_cautions(patch, {"redness_hi": nothing})] == [UNSEEN]
    assert beyond_control("redness_hi", still, nothing) == still
