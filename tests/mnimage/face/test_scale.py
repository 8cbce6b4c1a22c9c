from dataclasses import replace

import pytest

from mnimage.face.scale import face_scale


def test_eyes_450_px_apart_give_a_fifth_of_a_millimetre(astronaut_face):
    scale = face_scale(replace(astronaut_face, eye_distance_px=450.0))
    assert scale.mm_per_px == pytest.approx(0.2, rel=0.03)
    assert scale.source == "face"
    assert scale.relative_error == pytest.approx(0.06)
