from types import SimpleNamespace

import cv2
import numpy as np
import pytest

from benchmarks.contenders import CONTENDERS, Cut, NoTransform, Window, make_window
from benchmarks.pairs import TruePair
from benchmarks.peers import Measured, main, measure, report
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot, shoot, true_field
from mnimage.phantom.skin import SkinAppearance, make_skin

TURN = np.array([[1.01, 0.03, 4.0], [-0.03, 1.0, -3.0], [2e-5, -1e-5, 1.0]])
"""From fixed to moving, (x, y)."""


@pytest.fixture(scope="module")
def turned():
    """A picture of blobs and the same through a homography that the test chose."""
    random = np.random.default_rng(5)
    blobs = sum(
        cv2.GaussianBlur(random.normal(0, 1, (260, 260)), (0, 0), size) * size
        for size in (1.5, 3.0, 6.0)
    )
    fixed = np.clip(128 + 60 * blobs, 0, 255).astype(np.uint8)
    moving = cv2.warpPerspective(
        fixed, TURN, (260, 260), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT
    )
    mask = np.full_like(fixed, 255)
    return Window(Cut(fixed, mask, (7, 9)), Cut(moving, mask, (2, 3)), 0.5, None)


@pytest.mark.parametrize(
    ("name", "limit"),
    [
        ("sift", 0.4),
        ("ecc-affine", 1.0),
        ("ecc-homography", 0.2),
        ("dis", 0.6),
        ("ilk", 0.6),
    ],
)
def test_a_peer_finds_a_homography_that_is_known(turned, name, limit):
    # In px of photos twice as large; an affine map cannot follow the last row of the truth.
    row, column = np.mgrid[30:230, 30:230][:, ::7, ::7].reshape(2, -1)
    way = TURN @ np.stack([column, row, np.ones_like(row)])
    true = way[1::-1] / way[2]
    # The cuts are half as large as the photos and start at their corners.
    pixels = np.stack([row, column]) * 2 + 0.5 + np.array([[7], [9]])
    found = turned.in_photos(CONTENDERS[name].match(turned), pixels)
    expected = (true + 0.5) * 2 - 0.5 + np.array([[2], [3]])
    assert np.median(np.hypot(*(found - expected))) < limit


def test_a_peer_says_when_the_photos_have_nothing_in_common(turned):
    other = np.random.default_rng(1).integers(0, 255, (260, 260)).astype(np.uint8)
    strange = Window(turned.fixed, Cut(other, np.full_like(other, 255), (0, 0)), 1.0, None)
    with pytest.raises(NoTransform):
        CONTENDERS["dis"].match(strange)


def test_a_photo_without_skin_has_no_window():
    none = np.zeros((40, 40), dtype=np.bool_)
    bare = SimpleNamespace(zones=SimpleNamespace(labels=none, reference=none))
    with pytest.raises(NoTransform):
        make_window(bare, bare, 1100)


@pytest.fixture(scope="module")
def small_pair():
    look = SkinAppearance(tone="III", scars=(2, 2, 1), marks=(6, 4), margin_mm=3.0)
    skin = make_skin(seed=4, size_mm=(45.0, 45.0), mm_per_px=1 / 6, look=look)
    first, second = Shot(seed=4), Shot(pose=Pose(roll_deg=2.0, shift_mm=(0.5, -0.4)), seed=5)
    row, column, seen = true_field(skin, first, second)
    return TruePair("small close-up", shoot(skin, first), shoot(skin, second), row, column, seen)


def test_the_table_has_what_each_method_reached_in_a_process_of_its_own(small_pair):
    table = measure([small_pair], ["ours", "dis"])
    for rows in table.values():
        assert np.median(rows[0].error) < 0.5
        assert rows[0].seconds > 0
        assert rows[0].cpu_s > 0
    lines = report(table, markdown=True)
    assert any(line.startswith("| ours | ") for line in lines)
    assert any(line.startswith("| SIFT + DIS flow | ") for line in lines)


def _measured(error, seconds, trusted=None):
    worth = None if error is None else np.full(20_000, error, dtype=np.float32)
    every = np.ones(20_000, dtype=np.bool_) if trusted is None else trusted
    return Measured("close-up", worth, every, seconds, seconds, 50.0)


def test_the_report_says_where_a_peer_is_better():
    table = {"ours": [_measured(0.2, 1.0)], "dis": [_measured(0.1, 2.0)]}
    text = "\n".join(report(table, markdown=False))
    assert "Ours is behind in" in text
    assert "median: SIFT + DIS flow 0.10 against 0.20" in text
    assert "\ns: " not in text


def test_the_report_says_when_none_is_better_and_a_rough_peer_may_be_faster():
    table = {"ours": [_measured(0.1, 1.0)], "sift": [_measured(3.0, 0.1)]}
    assert report(table, markdown=False)[-1] == "Ours is first in every column."


def test_a_pair_that_a_method_failed_on_is_not_passed_over():
    table = {"ours": [_measured(0.1, 1.0)] * 2, "dis": [_measured(0.1, 2.0), _measured(None, 2.0)]}
    row = next(line for line in report(table, markdown=False) if line.startswith("SIFT + DIS"))
    assert "failed" in row


def test_a_method_that_is_not_known_is_named():
    with pytest.raises(SystemExit, match="Unknown: magic"):
        main(["--only", "magic"])


def test_a_peer_whose_package_is_missing_is_left_out_aloud(monkeypatch, capsys):
    monkeypatch.setattr("benchmarks.contenders.importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("benchmarks.peers.true_pairs", lambda seeds: iter(()))
    assert main(["--only", "bspline"]) == 0
    assert "SimpleITK is not installed" in capsys.readouterr().err
