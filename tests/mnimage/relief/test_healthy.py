"""The form and the virtual healthy skin."""

import numpy as np

from mnimage.relief.healthy import below_healthy, fit_form, remove_form


def _form(shape):
    y, x = np.mgrid[: shape[0], : shape[1]] / 50.0
    return (0.3 + 0.2 * x - 0.1 * y + 0.05 * x * x - 0.04 * x * y + 0.02 * y * y).astype(np.float32)


def test_a_second_order_form_goes_away():
    form = _form((120, 150))
    assert np.abs(remove_form(form, np.ones(form.shape, bool))).max() < 1e-5


def test_form_heeds_only_the_skin():
    form = _form((120, 150))
    skin = np.ones(form.shape, bool)
    skin[30:60, 40:90] = False
    dented = form - np.where(skin, 0, 1).astype(np.float32)
    assert np.abs(fit_form(dented, skin) - form).max() < 1e-5


def test_surface_is_carried_on_over_a_hole():
    y, x = np.mgrid[:300, :300].astype(np.float32)
    gentle = 0.05 * np.sin(x / 120) * np.cos(y / 140)
    skin = np.hypot(x - 150, y - 150) > 25
    seen = gentle - np.where(skin, 0, 0.4).astype(np.float32)
    seen = seen.astype(np.float32)
    over = seen + below_healthy(seen, skin, 40.0)
    assert np.abs(over - gentle)[60:-60, 60:-60].max() < 0.004
