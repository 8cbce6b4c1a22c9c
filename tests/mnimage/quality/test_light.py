import numpy as np
import pytest

from mnimage.quality import light


def test_lightness_of_known_skin(kit, recipe):
    # Y = 0.184 is L* 50 by definition.
    grey = np.full((400, 400, 3), 0.1842)
    assert light.check_dark(kit.shot(grey), None, recipe).measured == pytest.approx(50, abs=0.5)


@pytest.mark.parametrize(("factor", "dark", "bright"), [(1, 1, 1), (0.08, 0, 1), (2.4, 1, 0)])
def test_too_dark_and_too_bright(kit, recipe, factor, dark, bright):
    shot = kit.shot(np.clip(kit.paint() * factor, 0, 1))
    assert light.check_dark(shot, None, recipe).ok == bool(dark)
    assert light.check_bright(shot, None, recipe).ok == bool(bright)


def test_share_of_clipped_skin(kit, recipe):
    skin = kit.paint(detail=0.01)
    skin[100:172, 100:280] = 1.0  # a tenth of the 360 x 360 of skin
    finding = light.check_clipped(kit.shot(skin), None, recipe)
    assert finding.measured == pytest.approx(10, abs=0.3)
    assert not finding.ok
    assert light.check_clipped(kit.shot(kit.paint(detail=0.01)), None, recipe).ok


def test_share_of_glare(kit, recipe):
    skin = kit.paint(detail=0.01)
    for row in range(40, 360, 40):
        for column in range(40, 360, 40):
            skin[row : row + 8, column : column + 8] += 0.3
    share = 100 * 64 * 64 / 360**2
    finding = light.check_glare(kit.shot(skin), None, recipe)
    assert finding.measured == pytest.approx(share, rel=0.25)
    assert not finding.ok
    assert light.check_glare(kit.shot(kit.paint(detail=0.01)), None, recipe).ok


@pytest.mark.parametrize(("ratio", "ok"), [(1.0, True), (1.2, True), (1.6, False)])
def test_light_from_the_side(kit, recipe, ratio, ok):
    skin = kit.paint(detail=0.01)
    skin[:, 200:] /= ratio
    finding = light.check_sides(kit.shot(skin), None, recipe)
    assert finding.measured == pytest.approx(ratio, rel=0.02)
    assert finding.ok is ok


def test_sides_need_a_face(kit, recipe):
    assert light.check_sides(kit.shot(face=False), None, recipe) is None


def test_uneven_light_is_the_range_over_the_skin(kit, recipe):
    slope = np.geomspace(1, 0.1, 400)[:, None, None]
    finding = light.check_even(kit.shot(kit.paint(detail=0.01) * slope), None, recipe)
    # Tenfold over 400 rows: 7.3-fold over the skin less 2 % at both ends, less what a part levels.
    assert 5.5 < finding.measured < 7.4
    assert not finding.ok
    assert light.check_even(kit.shot(kit.paint(detail=0.01)), None, recipe).ok


@pytest.mark.parametrize("factor", [0.7, 1.5])
def test_change_of_exposure_is_found(kit, recipe, factor):
    before, after = kit.shot(kit.paint()), kit.shot(kit.paint() * factor)
    finding = light.check_same_exposure(after, before, recipe)
    assert finding.measured == pytest.approx(100 * (max(factor, 1 / factor) - 1), abs=2)
    assert not finding.ok
    assert light.check_same_exposure(before, before, recipe).measured == pytest.approx(0)
    assert light.check_same_exposure(after, None, recipe) is None
