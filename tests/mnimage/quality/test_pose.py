import pytest

from mnimage.domain.face import Pose
from mnimage.domain.photo import View
from mnimage.quality import pose
from mnimage.words.message import message


def turned(kit, *angles, view=View.FRONT):
    return kit.shot(face=kit.face(pose=Pose(*angles), view=view))


def test_in_the_front_view_the_nose_points_at_the_camera(kit, recipe):
    assert pose.check_yaw(turned(kit, 2, 0, 0), None, recipe).ok
    # The nose at the picture's right has turned to the patient's left: turn back to the right.
    for yaw, side in ((16, "quality.right"), (-16, "quality.left")):
        advice = pose.check_yaw(turned(kit, yaw, 0, 0), None, recipe).advice
        assert advice == message("quality.turn_to_front", side=message(side))


def test_the_45_degree_view_needs_about_45_degrees_of_yaw(kit, recipe):
    assert pose.check_yaw(turned(kit, 33, 0, 0, view=View.RIGHT_45), None, recipe).ok
    assert pose.check_yaw(turned(kit, -33, 0, 0, view=View.LEFT_45), None, recipe).ok
    finding = pose.check_yaw(turned(kit, 21, 0, 0, view=View.RIGHT_45), None, recipe)
    assert not finding.ok
    assert finding.advice.code == "quality.turn_to_45"


def test_the_profile_needs_a_right_angle_of_yaw(kit, recipe):
    finding = pose.check_yaw(turned(kit, 60, 0, 0, view=View.RIGHT_90), None, recipe)
    assert not finding.ok
    assert finding.advice == message("quality.turn_to_profile", side=message("quality.left"))


def test_pitch_and_roll(kit, recipe):
    assert pose.check_pitch(turned(kit, 0, 25, 0), None, recipe).advice.code == "quality.lower_chin"
    assert pose.check_pitch(turned(kit, 0, -25, 0), None, recipe).advice.code == "quality.lift_chin"
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


def test_advice_names_the_direction_and_the_angle(kit, recipe):
    before = turned(kit, 0, 0, 0)
    advice = pose.check_same_yaw(turned(kit, 5, 0, 0), before, recipe).advice
    assert str(advice) == "Turn the head 6 degrees to the right."
    nodded = pose.check_same_pitch(turned(kit, 0, 5, 0), before, recipe)
    assert str(nodded.advice) == "Lower the chin by 6 degrees."
    # Clockwise in the picture is towards the patient's left shoulder.
    leaned = pose.check_same_roll(turned(kit, 0, 0, 5), before, recipe)
    assert "right shoulder" in str(leaned.advice)


def test_roll_is_the_smaller_angle(kit, recipe):
    finding = pose.check_same_roll(turned(kit, 0, 0, 179), turned(kit, 0, 0, -179), recipe)
    assert finding.measured == pytest.approx(2)


def test_another_view_is_grave(kit, recipe):
    front, half = turned(kit, 0, 0, 0), turned(kit, 35, 0, 0, view=View.RIGHT_45)
    assert pose.check_same_view(front, front, recipe).ok
    assert pose.check_same_view(half, front, recipe).grave
    assert pose.check_same_view(half, front, recipe).advice == message(
        "quality.same_view", view="front"
    )


def test_pose_checks_need_a_face_and_an_earlier_photo(kit, recipe):
    bare = kit.shot(face=False)
    for check in (pose.check_yaw, pose.check_pitch, pose.check_roll):
        assert check(bare, None, recipe) is None
    assert pose.check_same_yaw(bare, kit.shot(), recipe) is None
    assert pose.check_same_yaw(kit.shot(), None, recipe) is None
    assert pose.check_same_view(bare, None, recipe) is None
