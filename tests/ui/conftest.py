from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from datetime import datetime
from pathlib import Path
from unittest.mock import Mock

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QSettings, QStandardPaths
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMessageBox

from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.comparison import Change, Comparability, Comparison, ScarChange, Verdict
from mnimage.domain.face import Zones
from mnimage.domain.pair import AnalyzedPhoto, Pair
from mnimage.domain.photo import CaptureFacts, ImageScale, Photo
from mnimage.domain.quality import Finding, QualityReport
from mnimage.domain.relief import Scar
from mnimage.domain.scorecard import Layer
from mnimage.domain.surfaces import Surface, Surfaces
from mnimage.errors import MnimageError
from mnimage.kernels.geometry import grid_places
from mnimage.relief.surfaces import cut_profile

STEP = 4
PIT = (120.0, 100.0)
"""Row and column of the pit in made-up surfaces."""


def pytest_collection_modifyitems(items):
    """The offscreen platform says at every window with a least size that it has no window frame."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.qt_log_ignore("propagateSizeHints"))


@pytest.fixture(autouse=True)
def no_blocking_dialogs(monkeypatch):
    def refuse(*_args, **_options):
        raise AssertionError("a dialog would block the test")

    for box in (QDialog, QMessageBox, QFileDialog):
        monkeypatch.setattr(box, "exec", refuse)
    for name in ("getOpenFileName", "getOpenFileNames", "getSaveFileName", "getExistingDirectory"):
        monkeypatch.setattr(QFileDialog, name, refuse)
    for name in ("question", "information", "warning", "critical", "about"):
        monkeypatch.setattr(QMessageBox, name, refuse)


@pytest.fixture(autouse=True)
def own_settings(tmp_path):
    QStandardPaths.setTestModeEnabled(True)
    kept = QSettings.defaultFormat()
    QSettings.setDefaultFormat(QSettings.Format.IniFormat)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "s"))
    yield
    QSettings.setDefaultFormat(kept)


@pytest.fixture(autouse=True)
def no_leaked_windows(request):
    """Runs around qtbot, which closes what was given to it."""
    yield
    app = QApplication.instance()
    left = [w for w in QApplication.topLevelWidgets() if w.isVisible()] if app else []
    for widget in left:
        widget.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not left, f"windows left open: {left}"


class InlineJobs:
    """Jobs that run at once, for tests."""

    def __init__(self):
        self.progressed = Mock()
        self.cancelled = []

    def start(self, lane, work, *, done, failed):
        try:
            answer = work(lambda *_: None)
        except MnimageError as error:
            failed(error)
        else:
            done(answer)

    def cancel(self, lane):
        self.cancelled.append(lane)


class HeldJobs(InlineJobs):
    """Jobs that never land by themselves."""

    def __init__(self):
        super().__init__()
        self.held = {}

    def start(self, lane, work, *, done, failed):
        self.held[lane] = (work, done, failed)


@pytest.fixture
def inline_jobs():
    return InlineJobs()


@pytest.fixture
def held_jobs():
    return HeldJobs()


@pytest.fixture
def make_pair():
    return _make_pair


@pytest.fixture
def make_surfaces():
    """Return surfaces of a made-up pair: a pit at `PIT`, shallower after."""
    return _make_surfaces


@pytest.fixture
def make_profile():
    """Return the profile across that pit."""

    def make(pair, **options):
        return cut_profile(_make_surfaces(pair, **options), (PIT[0], 50.0), (PIT[0], 150.0))

    return make


def _make_surfaces(pair, depths_mm=(0.4, 0.25)):
    shape, step = pair.before.photo.shape, pair.comparison.alignment.step
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
    away = np.hypot(rows - PIT[0], columns - PIT[1]) / 30
    heights = [(-depth * np.clip(1 - away**2, 0, None)).astype(np.float32) for depth in depths_mm]
    whole = np.ones(shape, dtype=bool)
    both = [Surface(height, whole, ~whole, 0.02, 0.004) for height in heights]
    grid = -(-shape[0] // step), -(-shape[1] // step)
    texture = [Layer("texture", "um", np.full(grid, sq, np.float32), step) for sq in (14.0, 12.0)]
    return Surfaces(both[0], both[1], 0.1, pair.comparison.alignment, (texture[0], texture[1]))


def _make_pair(shape=(240, 200), *, refused=False, before=None, after=None, depth=np.uint8):
    """Return a made-up pair: a smooth picture, a darker copy, two zones, one map, two scars."""
    before = _picture(shape) if before is None else before
    after = (before * 0.8).astype(np.uint8) if after is None else after
    labels = np.zeros(shape, dtype=np.uint8)
    labels[40:100, 50:150], labels[140:200, 60:120] = 1, 2
    zones = Zones(("forehead", "chin"), labels, labels > 0)
    coded = before if depth == np.uint8 else before.astype(np.uint16) * 257
    comparison = _comparison(shape, labels, refused)
    return Pair(
        _analyzed("a.jpg", coded, datetime(2026, 3, 12), zones, ()),  # noqa: DTZ001
        _analyzed("b.jpg", after, datetime(2026, 9, 3), zones, (_BLURRED,)),  # noqa: DTZ001
        comparison,
        None if refused else after,
        None if refused else np.ones(shape, dtype=bool),
        {} if refused else {"redness": _layers(labels)},
    )


def _picture(shape):
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    layers = [rows / shape[0], columns / shape[1], 0.5 + 0 * rows]
    return (np.stack(layers, axis=-1) * 200 + 20).astype(np.uint8)


def _layers(labels):
    rows, columns = (-(-side // STEP) for side in labels.shape)
    values = cv2.resize(labels, (columns, rows), interpolation=cv2.INTER_NEAREST).astype(np.float32)
    values[values == 0] = np.nan
    return Layer("redness", "HI", values * 5, STEP), Layer("redness", "HI", values * 4, STEP)


_BLURRED = Finding("focus", 0.4, 0.6, "at least", "", ok=False, advice="Hold the camera still.")
_EXPOSED = Finding("exposure", 1.0, 2.0, "at most", "%", ok=True)


def _analyzed(name, coded, when, zones, findings):
    photo = Photo(coded, CaptureFacts("JPEG", 8, taken_at=when))
    quality = QualityReport((*findings, _EXPOSED))
    return AnalyzedPhoto(name, photo, None, zones, quality, ImageScale(0.1, "face", 0.1))


def _comparison(shape, labels, refused):
    rows, columns = (-(-side // STEP) for side in shape)
    grid = np.full((0, 0) if refused else (rows, columns), 0.5, dtype=np.float32)
    status = Status.NOT_COMPARABLE if refused else Status.ALIGNED
    reason = "The photos show two people." if refused else ""
    places = (grid_places(shape, STEP)) if not refused else (grid, grid)
    alignment = Alignment(
        status, reason, shape, shape, STEP, *places, grid, grid > 0, 0.9, 1.0, limit_px=1.0
    )
    grade = Comparability("F" if refused else "B", () if refused else ("The light differs.",))
    zones = {} if refused else {"whole": _scores(), "forehead": _scores()}
    scars = () if refused else _scars()
    return Comparison(grade, alignment, None, None, zones, scars, {"pores": "too coarse"}, "1-ab")


def _scores():
    nan = float("nan")
    return {
        "redness_hi": Change(14.0, 9.5, "HI", 1.1, 3.0, Verdict.BETTER),
        "texture_contrast": Change(8.0, 9.6, "%", 0.4, 1.1, Verdict.WORSE),
        "red_area": Change(12.0, 11.8, "%", 0.9, 2.5, Verdict.WITHIN_ERROR),
        "pores": Change(
            31.0, nan, "count/cm2", nan, nan, Verdict.NOT_COMPARABLE, reason="Blurred."
        ),
    }


def _scars():
    def scar(number, row, column):
        return Scar(number, row, column, 0.4, 0.2, 1.4, 0.3, 1.3, 60, "boxcar", 0.02, 0.03)

    depth = Change(0.4, 0.3, "mm", 0.02, 0.05, Verdict.BETTER)
    first = ScarChange(1, scar(1, 60.0, 70.0), scar(1, 60.0, 70.0), depth, None, Verdict.BETTER)
    lost = ScarChange(2, scar(2, 180.0, 90.0), None, None, None, Verdict.NOT_COMPARABLE)
    return first, lost
