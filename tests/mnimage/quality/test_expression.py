import numpy as np
import pytest

from mnimage.quality.expression import check_mouth, check_same_smile, check_smile, smile
from mnimage.quality.shot import take_shot

PEOPLE = [f"{i:03d}" for i in range(1, 13)]


@pytest.fixture(scope="module")
def pairs(kit):
    """Return (neutral, smiling) of everyone."""
    kinds = ("neutral", "smiling")
    return [
        tuple(take_shot(*kit.analyze(f"faces/{who}_{kind}.jpg")) for kind in kinds)
        for who in PEOPLE
    ]


def test_smiling_and_neutral_faces_are_separated(pairs, recipe):
    hits = sum(not check_smile(smiling, None, recipe).ok for _, smiling in pairs)
    alarms = sum(not check_smile(neutral, None, recipe).ok for neutral, _ in pairs)
    assert hits >= 11
    assert alarms == 0


def test_change_of_expression_is_noticed_in_everyone(pairs, recipe):
    for neutral, smiling in pairs:
        finding = check_same_smile(smiling, neutral, recipe)
        assert not finding.ok
        assert finding.advice.code == "quality.smile_less"
        assert check_same_smile(neutral, smiling, recipe).advice.code == "quality.smile_more"


@pytest.mark.parametrize("names", [("30cm", "45cm"), ("lisa1", "lisa2")])
def test_the_same_expression_passes_at_another_distance(kit, recipe, names):
    one, other = (take_shot(*kit.analyze(f"same_person/{name}.jpg")) for name in names)
    assert check_same_smile(one, other, recipe).ok


def test_teeth_show_an_open_mouth(pairs, recipe):
    assert all(check_mouth(neutral, None, recipe).ok for neutral, _ in pairs)
    assert not check_mouth(pairs[1][1], None, recipe).ok


def test_wider_mouth_smiles_more_and_size_does_not_matter(kit):
    _, face, _ = kit.analyze("faces/002_neutral.jpg")
    wide = face.landmarks.copy()
    wide[61, 1] -= 15
    wide[291, 1] += 15
    assert smile(kit.face(landmarks=wide, eye_distance_px=face.eye_distance_px)) > smile(face)
    twice = kit.face(landmarks=2 * face.landmarks, eye_distance_px=2 * face.eye_distance_px)
    assert smile(twice) == pytest.approx(smile(face))


def test_roll_does_not_change_the_smile(kit):
    _, face, _ = kit.analyze("faces/002_neutral.jpg")
    row, column, depth = face.landmarks.T
    angle = np.radians(30)
    leaning = np.column_stack(
        [
            row * np.cos(angle) + column * np.sin(angle),
            column * np.cos(angle) - row * np.sin(angle),
            depth,
        ]
    )
    turned = kit.face(landmarks=leaning, eye_distance_px=face.eye_distance_px)
    assert smile(turned) == pytest.approx(smile(face), abs=1e-6)


def test_expression_checks_need_a_face(kit, recipe):
    bare = kit.shot(face=False)
    assert check_smile(bare, None, recipe) is None
    assert check_mouth(bare, None, recipe) is None
    assert check_same_smile(bare, bare, recipe) is None
