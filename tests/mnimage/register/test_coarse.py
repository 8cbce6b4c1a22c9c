from __future__ import annotations

import cv2
import numpy as np
import pytest

from mnimage.register import coarse


def _speckle(side: int, cell: float) -> np.ndarray:
    noise = np.random.default_rng(3).standard_normal((side, side)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), cell)
    return np.clip(128 + 40 * soft / soft.std(), 0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def pair():
    """A picture of 1200 px and the same one turned, with the map from the first to the second."""
    first = _speckle(1200, 2.0)
    turn = cv2.getRotationMatrix2D((600, 600), 7, 1.05)
    return first, cv2.warpAffine(first, turn, (1200, 1200), flags=cv2.INTER_CUBIC), turn


def _away(points: coarse.ControlPoints, turn: np.ndarray) -> float:
    there = points.before[:, ::-1] @ turn[:, :2].T + turn[:, 2]
    return float(np.hypot(*(points.after[:, ::-1] - there).T).mean())


def test_the_coarse_search_suffices_for_skin_with_many_features(pair):
    first, second, turn = pair
    points = coarse.points_from_features(first, second, np.full(first.shape, 255, np.uint8))
    assert points is not None
    assert points.error_px == pytest.approx(1.5 * 2)
    assert _away(points, turn) < points.error_px


def test_a_small_piece_of_skin_gets_the_finer_search(pair):
    first, second, turn = pair
    small = np.zeros(first.shape, np.uint8)
    small[500:600, 500:600] = 255
    points = coarse.points_from_features(first, second, small)
    assert points is not None
    assert points.error_px == pytest.approx(1.5)
    assert _away(points, turn) < points.error_px


def test_unrelated_pictures_have_no_control_points(pair):
    first, _, _ = pair
    other = cv2.flip(_speckle(1100, 2.5), 0)
    assert coarse.points_from_features(first, other, np.full(first.shape, 255, np.uint8)) is None
