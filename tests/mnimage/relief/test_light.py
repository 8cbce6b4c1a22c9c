"""The light field against the inverse-square law pixel by pixel."""

import numpy as np

from mnimage.domain.photo import ImageScale
from mnimage.domain.relief import Shots
from mnimage.kernels.surface import fit_level, predict
from mnimage.relief.light import light_field

LAMPS = np.array([[200.0, 0, 220], [-150, 60, 200], [0, -210, 190], [20, 180, 240]])
PITCH = 0.1


def _shots(shape, near):
    frames = np.zeros((4, *shape), np.float32)
    picture = np.zeros((*shape, 3), np.uint8)
    lights = LAMPS if near else LAMPS / np.linalg.norm(LAMPS, axis=1, keepdims=True)
    return Shots(frames, lights, near, ImageScale(PITCH, "rig", 0.001), picture)


def _literal(row, column, shape, height=0.0):
    place = np.array(
        [(column - (shape[1] - 1) / 2) * PITCH, (row - (shape[0] - 1) / 2) * PITCH, height]
    )
    answer = np.zeros((4, 3))
    for k, lamp in enumerate(LAMPS):
        towards = lamp - place
        far = np.linalg.norm(towards)
        answer[k] = towards / far * (lamp @ lamp) / far**2
    return answer


def _rows(field, span, count):
    """What each lamp shows of surfaces of brightness 1 along each axis: its row, (4, 3, n)."""
    lamps = field.lamps_at(span)
    axes = [np.repeat(axis[:, None], count, axis=1) for axis in np.eye(3, dtype=np.float32)]
    return np.stack([predict(lamps, axis) for axis in axes], axis=1)


def _inverse(field, span, count):
    lamps, shots = field.lamps_at(span), np.eye(4, dtype=np.float32)
    wide = [np.repeat(shot[:, None], count, axis=1) for shot in shots]
    return np.stack([fit_level(one, lamps, field.inverse_at(span)) for one in wide], axis=1)


def test_near_field_is_right_everywhere():
    shape = (150, 213)
    field = light_field(_shots(shape, near=True))
    for row in (0, 15, 16, 77, 149):
        span = slice(row, row + 1)
        rows, inverse = _rows(field, span, 213), _inverse(field, span, 213)
        for column in (0, 17, 100, 212):
            wanted = _literal(row, column, shape)
            assert np.allclose(rows[:, :, column], wanted, atol=2e-4)
            assert np.allclose(inverse[:, :, column], np.linalg.pinv(wanted), atol=1e-3)


def test_bands_agree_with_single_rows():
    field = light_field(_shots((150, 70), near=True))
    band = _rows(field, slice(48, 56), 8 * 70).reshape(4, 3, 8, 70)
    for step in range(8):
        single = _rows(field, slice(48 + step, 49 + step), 70)
        assert np.allclose(band[:, :, step], single, atol=1e-6)


def test_form_moves_the_skin_towards_the_lamps():
    shape = (160, 192)
    form = np.full((20, 24), 9.0, np.float32)
    field = light_field(_shots(shape, near=True), form, 8)
    rows = _rows(field, slice(80, 81), 192)
    assert np.allclose(rows[:, :, 50], _literal(80, 50, shape, 9.0), atol=2e-4)


def test_far_light_is_the_same_everywhere():
    field = light_field(_shots((40, 50), near=False))
    assert field.far
    assert np.allclose(
        np.linalg.norm(_rows(field, slice(0, 8), 8 * 50)[:, :, 0], axis=1), 1, atol=1e-6
    )
