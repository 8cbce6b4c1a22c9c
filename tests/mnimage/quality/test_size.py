import pytest

from mnimage.quality.size import check_face_size, check_picture_size, check_skin


def test_face_is_measured_from_forehead_to_chin(kit, recipe):
    finding = check_face_size(kit.shot(), None, recipe)
    assert finding.measured == pytest.approx(520)
    assert finding.ok


def test_small_face_is_refused(kit, recipe):
    face = kit.face()
    small = kit.face(landmarks=face.landmarks * 0.25)
    finding = check_face_size(kit.shot(face=small), None, recipe)
    assert not finding.ok
    assert finding.grave
    assert finding.advice


def test_each_applies_to_its_kind_only(kit, recipe):
    assert check_picture_size(kit.shot(), None, recipe) is None
    assert check_face_size(kit.shot(face=False), None, recipe) is None
    assert not check_picture_size(kit.shot(face=False), None, recipe).ok


def test_share_of_skin_counts_the_whole_photo(kit, recipe):
    finding = check_skin(kit.shot(), None, recipe)
    assert finding.measured == pytest.approx(100 * 360 * 360 / 400**2, rel=0.01)
