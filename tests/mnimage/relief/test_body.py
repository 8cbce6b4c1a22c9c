"""The form of a whole face against heights written down in closed form."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from mnimage.domain.photo import ImageScale
from mnimage.domain.recipe import ReliefRecipe
from mnimage.domain.relief import Relief
from mnimage.phantom.scars import TrueScar
from mnimage.relief.body import body_form, is_body, whole_ones
from mnimage.relief.measure import measure_relief

PITCH = 0.2
SHAPE = (440, 440)
BALL_MM = 80.0
SCARS = (
    TrueScar("boxcar", -20, -8, 0.3, 1.8),
    TrueScar("rolling", 12, 30, 0.4, 3.0),
    TrueScar("boxcar", 28, -30, 0.4, 2.0),
)


def ball():
    """Return places right and down in mm and the height of a ball that fills the picture."""
    down, right = np.mgrid[: SHAPE[0], : SHAPE[1]] * PITCH - (SHAPE[0] - 1) / 2 * PITCH
    return right, down, np.sqrt(BALL_MM**2 - right**2 - down**2)


def holed(scar):
    """Return a scar's depth laid square into the ball, by arcs about its middle.

    Where it lies the ball is turned so that its middle is the pole: a small map of great circles.
    """
    right, down, height = ball()
    place = np.stack([right, down, height], axis=-1) / BALL_MM
    out = np.array([scar.column_mm, scar.row_mm, 0.0]) / BALL_MM
    out[2] = np.sqrt(1 - out @ out)
    cosine = np.clip(place @ out, -1, 1)
    arc = BALL_MM * np.arccos(cosine)
    # The scars are round, so that only the arc counts.
    depth = scar.depth_at(arc + scar.row_mm, np.full_like(arc, scar.column_mm))
    return depth / place[..., 2]


def relief(height, trusted=None):
    known = np.ones(SHAPE, np.bool_) if trusted is None else trusted
    grey = np.full(SHAPE, 0.5, np.float32)
    return Relief(height.astype(np.float32), grey, known, ImageScale(PITCH, "rig", 0.001))


def test_only_what_is_wide_is_a_body():
    assert is_body((2400, 1800), 0.1)
    assert not is_body((720, 720), 0.05)


def test_the_form_of_a_ball_is_the_ball_and_its_slant_its_own():
    _, _, height = ball()
    body = body_form(height.astype(np.float32), np.ones(SHAPE, np.bool_), PITCH)
    inner = (slice(30, -30), slice(30, -30))
    assert np.abs(body.form_mm - height)[inner].max() < 0.02
    assert np.abs(body.turned - height / BALL_MM)[inner].max() < 0.01
    assert body.known[inner].mean() > 0.98


def test_a_scar_does_not_draw_the_form_down():
    _, _, height = ball()
    height = height - sum(holed(scar) for scar in SCARS)
    body = body_form(height.astype(np.float32), np.ones(SHAPE, np.bool_), PITCH)
    assert np.abs(body.form_mm - ball()[2])[40:-40, 40:-40].max() < 0.05


def test_scars_are_measured_square_to_the_skin_wherever_they_lie():
    _, _, height = ball()
    card = measure_relief(relief(height - sum(holed(scar) for scar in SCARS)), ReliefRecipe())
    assert len(card.scars) == len(SCARS)
    middle = (SHAPE[0] - 1) / 2
    for true in SCARS:
        row, column = middle + true.row_mm / PITCH, middle + true.column_mm / PITCH
        found = min(card.scars, key=lambda scar: np.hypot(scar.row - row, scar.column - column))
        assert np.hypot(found.row - row, found.column - column) * PITCH < 0.6
        assert found.volume_mm3 == pytest.approx(true.volume_mm3, rel=0.08)
        assert found.area_mm2 == pytest.approx(true.area_mm2, rel=0.08)
        share = 0.85 if true.kind == "rolling" else 0.94
        assert share * true.depth_mm < found.depth_mm < 1.06 * true.depth_mm


def test_parts_of_a_face_are_no_scars():
    """A nose, a socket, a deep fold and a lip line, none of which is a scar."""
    right, down, height = ball()
    height = height + 14 * np.exp(-0.5 * ((right / 5) ** 2 + (down / 9) ** 2))
    height -= 8 * np.exp(-0.5 * (((right - 26) / 9) ** 2 + ((down + 14) / 7) ** 2))
    height -= 3 * np.exp(-0.5 * ((down - 27) / 4) ** 2) * np.exp(-0.5 * (right / 14) ** 2)
    height -= 1.2 * np.exp(-0.5 * ((right + 25) / 0.9) ** 2)
    card = measure_relief(relief(height), ReliefRecipe())
    assert card.scars == ()
    assert any("So large a picture" in str(said) for said in card.warnings)


def test_what_is_turned_away_is_left_out():
    right, _, _ = ball()
    steep = np.where(right > 0, 2.5 * right, 0.2 * right).astype(np.float32)
    known = body_form(steep, np.ones(SHAPE, np.bool_), PITCH).known
    assert not known[:, 260:].any()
    assert known[40:-40, 40:150].all()


def test_the_wall_of_a_scar_in_shadow_is_no_edge_of_the_face_but_hair_is():
    _, _, height = ball()
    skin = np.ones(SHAPE, np.bool_)
    skin[200:206, 150:157] = False
    skin[190:220, 300:340] = False
    known = body_form(height.astype(np.float32), skin, PITCH).known
    assert known[190:216, 140:167].mean() > 0.9
    assert not known[186:224, 296:344].any()


def test_scars_at_the_edge_of_what_is_measured_are_dropped():
    labels = np.zeros((60, 60), np.int32)
    labels[5:15, 5:15], labels[25:35, 25:35], labels[45:55, 45:55] = 1, 2, 3
    usable = np.ones((60, 60), np.bool_)
    usable[25:28] = False
    left = whole_ones(labels, usable)
    assert set(np.unique(left)) == {0, 1, 2}
    assert (left[10, 10], left[30, 30], left[50, 50]) == (1, 0, 2)
    assert (whole_ones(labels, np.ones_like(usable)) == labels).all()


def test_the_skin_of_two_sessions_is_reported_of_alike():
    """Sq of a body does not depend on where along the camera's axis it lies."""
    _, _, height = ball()
    fine = 0.02 * np.random.default_rng(5).standard_normal(SHAPE)
    one = measure_relief(relief(height + fine), ReliefRecipe())
    other = measure_relief(relief(height + fine + 7.0), ReliefRecipe())
    assert other.texture_sq_um == pytest.approx(one.texture_sq_um, rel=1e-3)
    assert replace(one, warnings=()).area_mm2 == pytest.approx(other.area_mm2, rel=1e-3)


def test_patchy_skin_has_one_form_wherever_it_lies_along_the_axis():
    """Hair leaves islands of skin, at whose edges the window holds little skin."""
    _, _, height = ball()
    patches = cv2.GaussianBlur(np.random.default_rng(3).standard_normal(SHAPE), (0, 0), 12)
    skin = patches > np.quantile(patches, 0.3)
    one, other = (
        measure_relief(relief(height - away, skin), ReliefRecipe()) for away in (0.0, BALL_MM)
    )
    assert other.area_mm2 == pytest.approx(one.area_mm2, rel=1e-4)
    assert other.texture_sq_um == pytest.approx(one.texture_sq_um, rel=1e-3)
