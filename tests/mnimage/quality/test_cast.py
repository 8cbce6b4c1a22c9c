import numpy as np
import pytest

from mnimage.quality.cast import check_cast, check_same_white

TONES = {
    "fair": (0.72, 0.50, 0.40),
    "olive": (0.45, 0.28, 0.18),
    "brown": (0.20, 0.105, 0.065),
    "dark": (0.09, 0.045, 0.028),
    "ruddy": (0.60, 0.30, 0.24),
}
CASTS = {"blue": (0.75, 0.9, 1.6), "green": (0.7, 1.35, 0.9), "magenta": (1.35, 0.7, 1.25)}


@pytest.mark.parametrize("tone", TONES.values(), ids=TONES)
def test_natural_skin_has_no_cast(kit, recipe, tone):
    assert check_cast(kit.shot(kit.paint(tone)), None, recipe).ok


@pytest.mark.parametrize("cast", CASTS.values(), ids=CASTS)
def test_strong_casts_are_seen(kit, recipe, cast):
    tone = np.array(TONES["olive"]) * cast
    finding = check_cast(kit.shot(kit.paint(tone)), None, recipe)
    assert not finding.ok
    assert finding.advice


def test_change_of_white_balance_is_measured_on_reference_skin(kit, recipe):
    before = kit.shot(kit.paint())
    warmer = kit.shot(kit.paint() * (1.1, 1.0, 1.0))
    finding = check_same_white(warmer, before, recipe)
    assert finding.measured == pytest.approx(10, abs=1)
    assert not finding.ok
    assert check_same_white(before, before, recipe).measured == pytest.approx(0)
    assert check_same_white(before, None, recipe) is None


def test_exposure_is_no_change_of_white_balance(kit, recipe):
    before, darker = kit.shot(kit.paint()), kit.shot(kit.paint() * 0.6)
    assert check_same_white(darker, before, recipe).measured < 2
