from __future__ import annotations

from dataclasses import replace

from mnimage.domain.marker import Marker
from mnimage.domain.photo import Scale
from mnimage.quality.marker import check_markers

FINE = Marker(200, 20.0, 200.0, ((0, 0), (0, 200), (200, 200), (200, 0)), 4.0, 0.8, 0.1, 0.002)
SEEN = Scale(0.1, "marker", 0.006)


def test_nothing_is_said_where_nothing_is_wrong():
    assert check_markers((), None, None) == ()
    assert check_markers((FINE,), None, SEEN) == ()


def test_a_wrong_scale_is_caught():
    (right,) = check_markers((FINE,), Scale(0.101, "rig", 0.01), SEEN)
    (wrong,) = check_markers((FINE,), Scale(0.11, "rig", 0.01), SEEN)
    assert right.ok
    assert not wrong.ok
    assert "disagree" in wrong.advice


def test_a_marker_not_used_says_why():
    (told,) = check_markers((replace(FINE, flaw=("marker tilt", 47.0, 35.0)),), None, None)
    assert (told.check, told.measured, told.needed, told.ok) == ("marker tilt", 47.0, 35.0, False)
    assert "not used" in told.advice
