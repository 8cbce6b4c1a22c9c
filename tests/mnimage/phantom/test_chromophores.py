import numpy as np
import pytest

from mnimage.phantom.chromophores import TONES, TrueMark, draw_marks, make_chromophores

MARKS = (TrueMark("red", -2.0, 1.0, 1.5, 0.05), TrueMark("brown", 2.0, -2.0, 1.0, 0.06))


def made(tone="II", marks=MARKS):
    return make_chromophores((201, 201), 0.05, tone, marks, np.random.default_rng(5))


def test_marks_are_where_and_as_strong_as_given():
    maps = made()
    assert maps.blood_marks[100 - 40, 100 + 20] == pytest.approx(0.05, rel=0.02)
    assert maps.melanin_marks[100 + 40, 100 - 40] == pytest.approx(0.06, rel=0.02)
    row, column = (np.mgrid[:201, :201] - 100) * 0.05
    far = np.hypot(row + 2, column - 1) > 3.0
    assert maps.blood_marks[far].max() < 1e-4
    assert np.array_equal(maps.blood, maps.blood_skin + maps.blood_marks)


def test_paler_takes_from_the_marks_alone():
    maps = made()
    later = maps.paler(0.25, 0.5)
    assert np.allclose(later.blood_marks, 0.75 * maps.blood_marks)
    assert np.allclose(later.melanin_marks, 0.5 * maps.melanin_marks)
    assert later.blood_skin is maps.blood_skin
    assert [mark.strength for mark in later.marks] == pytest.approx([0.0375, 0.03])


def test_tones_grow_darker_and_red_marks_redder():
    light = [made(tone, ()).albedo().mean() for tone in TONES]
    assert np.all(np.diff(light) < 0)
    albedo = made().albedo()
    redness = np.log(albedo[..., 0] / albedo[..., 1])
    assert redness[60, 120] > np.median(redness) + 0.1


def test_drawn_marks_have_the_sizes_of_skin():
    marks = draw_marks((40.0, 40.0), "III", (6, 5), np.random.default_rng(6))
    assert [mark.kind for mark in marks] == ["red"] * 6 + ["brown"] * 5
    assert all(1 <= mark.radius_mm <= 3 for mark in marks[:6])
    assert all(0.5 <= mark.radius_mm <= 2 for mark in marks[6:])
