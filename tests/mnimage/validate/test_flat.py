"""A change is sized by the uncertainty that is stated for the very pair that shows it."""

from types import SimpleNamespace

import pytest

from mnimage.domain.comparison import Change, Verdict
from mnimage.domain.face import WHOLE
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.validate import flat
from mnimage.validate.calls import POWER
from mnimage.validate.truth import true_colours

NAME = "redness_hi"


def stated(mdc95):
    return {NAME: Change(1.0, 1.0, "points", mdc95 / 1.96, mdc95, Verdict.WITHIN_ERROR)}


def test_a_pair_with_a_wider_uncertainty_is_visited_again_with_more(monkeypatch):
    """The first changed pair states half as much again as the unchanged one did."""
    look = SkinAppearance(tone="II", marks=(6, 2), margin_mm=2.0)
    skin = make_skin(seed=3, size_mm=(16.0, 16.0), mm_per_px=0.12, look=look)
    start, seen = true_colours(skin)[NAME], []

    def compared(before, after):
        seen.append(after)
        return SimpleNamespace(zones={WHOLE: stated(0.9)})

    monkeypatch.setattr(flat, "visit", lambda skin, rng, *, first: (skin, rng.random()))
    monkeypatch.setattr(flat, "_compared", compared)
    _, true = flat._changed(skin, NAME, None, stated(0.6), [1, 2])
    sizes = [true_colours(later)[NAME] - start for later, _ in seen]
    # The amount is found by halving the span of what can be rendered nine times.
    assert sizes == pytest.approx([POWER * 0.6, POWER * 0.9], rel=0.1)
    assert true == pytest.approx(sizes[-1])
    # The same faults of the visit each time.
    assert len({drawn for _, drawn in seen}) == 1


def test_a_change_that_no_skin_can_show_is_none():
    look = SkinAppearance(tone="II", marks=(1, 1), margin_mm=2.0)
    skin = make_skin(seed=3, size_mm=(16.0, 16.0), mm_per_px=0.12, look=look)
    assert flat._changed(skin, NAME, None, stated(500.0), [1, 2]) is None
