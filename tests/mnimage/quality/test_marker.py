from __future__ import annotations

from dataclasses import replace

from mnimage.domain.marker import Marker
from mnimage.domain.photo import ImageScale
from mnimage.quality.marker import check_face_scale, check_markers, check_same_scale

FINE = Marker(200, 20.0, 200.0, ((0, 0), (0, 200), (200, 200), (200, 0)), 4.0, 0.8, 0.1, 0.002)
SEEN = ImageScale(0.1, "marker", 0.006)


def test_usable_markers_and_no_stated_scale_give_no_finding():
    assert check_markers((), None, None) == ()
    assert check_markers((FINE,), None, SEEN) == ()


def test_a_scale_that_contradicts_the_marker_fails():
    (right,) = check_markers((FINE,), ImageScale(0.101, "rig", 0.01), SEEN)
    (wrong,) = check_markers((FINE,), ImageScale(0.11, "rig", 0.01), SEEN)
    assert right.ok
    assert not wrong.ok
    assert wrong.advice.code == "quality.scale"


def test_an_unusable_marker_is_reported_with_the_reason():
    (found,) = check_markers((replace(FINE, issue=("marker tilt", 47.0, 35.0)),), None, None)
    assert (found.check, found.measured, found.needed, found.ok) == (
        "marker tilt",
        47.0,
        35.0,
        False,
    )
    assert found.advice.code == "quality.marker_tilted"


EYES = ImageScale(0.2, "face", 0.06)


def test_a_scale_that_no_face_can_have_fails():
    (right,) = check_face_scale(ImageScale(0.22, "rig", 0.01), EYES)
    (wrong,) = check_face_scale(ImageScale(0.26, "rig", 0.01), EYES)
    assert right.ok
    assert not wrong.ok
    assert check_face_scale(None, EYES) == check_face_scale(SEEN, None) == ()


def test_scales_of_two_sessions_that_disagree_on_the_same_skin_fail():
    before, nearer = ImageScale(0.1, "rig", 0.005), ImageScale(0.08, "marker", 0.005)
    (right,) = check_same_scale(before, nearer, 1.25)
    (wrong,) = check_same_scale(before, nearer, 1.0)
    assert right.ok
    assert not wrong.ok
    assert wrong.about == "pair"
    # The eye distance and the alignment itself are not independent measurements.
    assert check_same_scale(before, EYES, 1.0) == check_same_scale(before, None, 1.0) == ()
