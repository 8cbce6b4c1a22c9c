import pytest

from mnimage.domain.face import Pose
from mnimage.domain.photo import View
from mnimage.quality import pose


def turned(kit, *angles, view=View.FRONT):
    return kit.shot(face=kit.face(pose=Pose(*angles), view=view))


def test_front_view_wants_the_nose_at_the_camera(kit, recipe):
    assert pose.check_yaw(turned(kit, 2, 0, 0), None, recipe).ok
    # The nose at the picture's right has turned to the patient's left: turn back to the right.
    advice = pose.check_yaw(turned(kit, 16, 0, 0), None, recipe).advice
    assert "right" in advice
    assert "left" in pose.check_yaw(turned(kit, -16, 0, 0), None, recipe).advice


def test_half_profile_wants_about_half_a_right_angle(kit, recipe):
    assert pose.check_yaw(turned(kit, 33, 0, 0, view=View.RIGHT_45), None, recipe).ok
    assert pose.check_yaw(turned(kit, -33, 0, 0, view=View.LEFT_45), None, recipe).ok
    assert not pose.check_yaw(turned(kit, 21, 0, 0, view=View.RIGHT_45), None, recipe).ok


def test_chin_and_lean(kit, recipe):
    assert "Lower" in pose.check_pitch(turned(kit, 0, 25, 0), None, recipe).advice
    assert "Lift" in pose.check_pitch(turned(kit, 0, -25, 0), None, recipe).advice
    assert pose.check_roll(turned(kit, 0, 0, 4), None, recipe).ok
    assert not pose.check_roll(turned(kit, 0, 0, -12), None, recipe).ok


@pytest.mark.parametrize(
    ("check", "angles"),
    [
        (pose.check_same_yaw, (1, 0, 0)),
        (pose.check_same_pitch, (0, 1, 0)),
        (pose.check_same_roll, (0, 0, 1)),
    ],
)
@pytest.mark.parametrize(("degrees", "ok"), [(0, True), (2, True), (-2, True), (4, False)])
def test_turn_since_the_earlier_photo(kit, recipe, check, angles, degrees, ok):
    before = turned(kit, 5, -8, 3)
    now = turned(kit, *(a + degrees * b for a, b in zip((5, -8, 3), angles, strict=True)))
    finding = check(now, before, recipe)
    assert finding.ok is ok
    assert abs(degrees) <= finding.measured <= 1.16 * abs(degrees) + 1e-9


def test_advice_says_which_way(kit, recipe):
    before = turned(kit, 0, 0, 0)
    advice = pose.check_same_yaw(turned(kit, 5, 0, 0), before, recipe).advice
    assert advice == "Turn the head 6 degrees to the right."
    assert "Lower" in pose.check_same_pitch(turned(kit, 0, 5, 0), before, recipe).advice
    # Clockwise in the picture is towards the patient's left shoulder.
    assert "right" in pose.check_same_roll(turned(kit, 0, 0, 5), before, recipe).advice


def test_lean_is_the_short_way_round(kit, recipe):
    finding = pose.check_same_roll(turned(kit, 0, 0, 179), turned(kit, 0, 0, -179), recipe)
    assert finding.measured == pytest.approx(2)


def test_another_view_is_grave(kit, recipe):
    front, half = turned(kit, 0, 0, 0), turned(kit, 35, 0, 0, view=View.RIGHT_45)
    assert pose.check_same_view(front, front, recipe).ok
    assert pose.check_same_view(half, front, recipe).grave
    assert "front" in pose.check_same_view(half, front, recipe).advice


def test_without_a_face_or_an_earlier_photo_there_is_nothing_to_say(kit, recipe):
    bare = kit.shot(face=False)
    for check in (pose.check_yaw, pose.check_pitch, pose.check_roll):
        assert check(bare, None, recipe) is None
    assert pose.check_same_yaw(bare, kit.shot(), recipe) is None
    assert pose.check_same_yaw(kit.shot(), None, recipe) is None
    assert pose.check_same_view(bare, None, recipe) is None
