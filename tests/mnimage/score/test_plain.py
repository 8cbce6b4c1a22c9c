import pytest

from benchmarks.plain import disagreement
from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import ScoreRecipe


@pytest.mark.parametrize("tone", ["II", "V"])
def test_the_library_agrees_with_the_same_measures_written_plainly(visit, tone):
    _, before, _, _ = visit(5, tone)
    apart = disagreement(before, ImageScale(0.05, "rig", 0.0), ScoreRecipe())
    assert set(apart) >= {"redness_hi", "texture_contrast", "pores", "lines", "scar_visibility"}
    for name, share in apart.items():
        assert share < 0.02, name
