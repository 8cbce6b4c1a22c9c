from dataclasses import replace

import numpy as np
import pytest

from mnimage.domain.recipe import ScoreRecipe
from mnimage.score.maps import Maps
from mnimage.score.reference import find_reference
from mnimage.score.scorers import read_skin

RECIPE = ScoreRecipe()
SHAPE = (120, 160)
LESION = np.zeros(SHAPE, dtype=bool)
LESION[20:80, 20:110] = True


def skin_with_lesion(redness):
    random = np.random.default_rng(3)
    log = 0.01 * random.standard_normal((*SHAPE, 3)) + np.log([0.5, 0.28, 0.2])
    log[LESION, 1:] -= redness
    nothing = np.zeros(SHAPE, dtype=np.float32)
    everywhere = np.ones(SHAPE, dtype=bool)
    return Maps(5, np.exp(log).astype(np.float32), everywhere, *[nothing] * 4)


def test_lesions_are_no_reference_on_a_close_up():
    maps = skin_with_lesion(0.3)
    reference = find_reference(maps, maps.seen, 0.25, RECIPE)
    assert reference.cells[LESION].mean() < 0.01
    assert reference.cells[~LESION].mean() > 0.8


def test_paling_lesions_do_not_move_healthy_skin():
    before, after = skin_with_lesion(0.3), skin_with_lesion(0.15)
    reference = find_reference(before, before.seen, 0.25, RECIPE)
    seen = [read_skin(maps, reference, 0.25, RECIPE).redness for maps in (before, after)]
    healthy = [np.median(redness[~LESION]) for redness in seen]
    assert healthy[0] == pytest.approx(healthy[1], abs=0.05)
    lesion = [np.median(redness[LESION]) for redness in seen]
    assert lesion[1] / lesion[0] == pytest.approx(0.5, abs=0.05)


def test_a_face_uses_its_reference_zone():
    maps = skin_with_lesion(0.3)
    zone = np.zeros(SHAPE, dtype=bool)
    zone[100:118, 120:150] = True
    assert np.array_equal(find_reference(maps, zone, 0.25, RECIPE).cells, zone)


def test_without_any_reference_seen_all_skin_serves():
    maps = skin_with_lesion(0.0)
    nowhere = np.zeros(SHAPE, dtype=bool)
    seen = replace(maps, seen=maps.seen)
    assert find_reference(seen, nowhere, 0.25, RECIPE).cells.mean() > 0.8
