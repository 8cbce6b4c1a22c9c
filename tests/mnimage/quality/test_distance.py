import pytest

from mnimage.quality import distance


@pytest.mark.parametrize(
    ("eyes", "ok", "advice"),
    [
        (300, True, ""),
        (309, True, ""),
        (330, False, "quality.size_back"),
        (270, False, "quality.size_closer"),
    ],
)
def test_size_of_the_face_in_the_picture(kit, recipe, eyes, ok, advice):
    now, before = kit.shot(face=kit.face(eye_distance_px=float(eyes))), kit.shot()
    finding = distance.check_same_size(now, before, recipe)
    assert finding.measured == pytest.approx(abs(eyes / 3 - 100), abs=1e-6)
    assert finding.ok is ok
    assert finding.advice.code == advice


def test_a_different_resolution_is_not_a_different_distance(kit, recipe):
    large = kit.shot(kit.paint(shape=(800, 800)), face=kit.face(eye_distance_px=600.0))
    assert distance.check_same_size(large, kit.shot(), recipe).measured == pytest.approx(0)


def test_camera_distance_needs_the_focal_length(kit, recipe):
    near, far = kit.shot(focal_35mm_mm=50.0), kit.shot(focal_35mm_mm=85.0)
    assert distance.check_same_camera_distance(kit.shot(), near, recipe) is None
    finding = distance.check_same_camera_distance(far, near, recipe)
    # The same size in the picture with a lens 1.7 times as long: 1.7 times the distance.
    assert finding.measured == pytest.approx(70)
    assert finding.advice.code == "quality.camera_closer"


def test_perspective_is_the_width_at_the_ears_over_that_at_the_eyes(kit, recipe):
    points = kit.face().landmarks.copy()
    points[234, 1] += 22  # 440 px at the ears become 418: 5 % less
    now = kit.shot(face=kit.face(landmarks=points))
    finding = distance.check_same_perspective(now, kit.shot(), recipe)
    assert finding.measured == pytest.approx(5)
    assert not finding.ok
    assert finding.advice.code == "quality.perspective_back"  # narrower ears: the camera is nearer


def test_arms_length_against_a_metre_is_noticed(kit, recipe):
    from mnimage.quality.shot import take_shot

    near, far = (take_shot(*kit.analyze(f"same_person/lisa{i}.jpg")) for i in (1, 2))
    finding = distance.check_same_perspective(near, far, recipe)
    assert not finding.ok
    assert finding.advice.code == "quality.perspective_back"


def test_these_checks_need_both_faces(kit, recipe):
    for check in (distance.check_same_size, distance.check_same_perspective):
        assert check(kit.shot(), None, recipe) is None
        assert check(kit.shot(), kit.shot(face=False), recipe) is None
