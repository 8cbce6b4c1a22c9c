"""Directional shots of two sessions in the real window: relief, a line across a scar, its profile.

The truth is the phantom's own relief along that line.
"""

from __future__ import annotations

import csv
import os
from types import SimpleNamespace

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
import pytest
from PySide6.QtCore import QSettings, QStandardPaths

from mnimage import workflow
from mnimage.kernels.geometry import sample
from mnimage.phantom.files import write_shots
from mnimage.phantom.light import ring
from mnimage.phantom.pose import Pose
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from ui import app
from ui.widgets.duo_canvas import CompareMode

FRACTION = 0.3
SENSOR = Sensor(exposure=0.0, electrons=12000.0, bits=12)


@pytest.fixture(scope="module")
def sessions(tmp_path_factory):
    skin = make_skin(
        seed=11, size_mm=(20, 20), mm_per_px=0.08, look=SkinAppearance(tone="II", scars=(0, 2, 0))
    )
    lamps, folders = ring(6), [tmp_path_factory.mktemp(name) for name in ("march", "june")]
    healed = skin.treated(scar_fraction=FRACTION)
    moved = Pose(roll_deg=2.0, shift_mm=(0.4, -0.3))
    write_shots(folders[0], skin, lamps, Shot(sensor=SENSOR))
    write_shots(folders[1], healed, lamps, Shot(sensor=SENSOR, pose=moved, seed=1))
    deepest = max(skin.scars, key=lambda scar: scar.depth_mm)
    row, column = skin.place_px(deepest.row_mm, deepest.column_mm)
    return SimpleNamespace(folders=folders, row=row, column=column, skins=(skin, healed))


def true_um(skin, profile):
    """Return the phantom's height above its healthy skin along a profile's line, in um."""
    level = np.median(skin.relief_mm[skin.scar_mm == 0])
    return 1000 * (
        sample(skin.relief_mm, profile.row[:, None], profile.column[:, None])[:, 0] - level
    )


@pytest.fixture
def window(qapp, qtbot, tmp_path):
    QStandardPaths.setTestModeEnabled(True)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path / "s"))
    program = app.build(qapp)
    qtbot.addWidget(program.window)
    program.window.presenter = program.screens["compare"].presenter
    program.window.show()
    yield program.window
    program.close()


@pytest.mark.qt_log_ignore("propagateSizeHints")
def test_profile_across_a_scar_shows_its_true_depth(window, sessions, qtbot, tmp_path, monkeypatch):
    window.presenter.drop(sessions.folders)
    canvas = window.views["compare"].canvas
    qtbot.waitUntil(lambda: "depth" in canvas.map_names, timeout=60_000)
    assert canvas.map_names[:2] == ("depth", "texture")
    canvas.toggle_relief()
    canvas.toggle_profile()
    canvas.draw_across(sessions.row, sessions.column, 3.0)
    profile = window.presenter._profile
    for skin, trace in zip(sessions.skins, (profile.before, profile.after), strict=True):
        truth = true_um(skin, profile)
        assert np.abs(trace.height_um - truth).mean() < 20
        assert profile.deepest(trace).depth_um == pytest.approx(-truth.min(), rel=0.08)
    shallower = np.diff([true_um(skin, profile).min() for skin in sessions.skins])[0]
    change, error = profile.change_um
    assert change == pytest.approx(-shallower, abs=2 * error)
    before = profile.deepest(profile.before)
    for mode in CompareMode:
        canvas.set_mode(mode)
        assert not canvas.grab().isNull()
    table = tmp_path / "profile.csv"
    monkeypatch.setattr(window.presenter._ask, "save_profile", lambda *_: table)
    window.presenter.export_profile()
    qtbot.waitUntil(table.exists)
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert min(float(row["before_um"]) for row in rows) == pytest.approx(-before.depth_um, abs=0.1)


def test_profile_is_a_table_or_a_picture_by_its_name(tmp_path, monkeypatch):
    monkeypatch.setattr("mnimage.workflow.relief.profile_csv", lambda _: b"table")
    monkeypatch.setattr("mnimage.workflow.relief.profile_png", lambda _: b"picture")
    for name, content in (("a.CSV", b"table"), ("a.png", b"picture")):
        workflow.write_profile(None, tmp_path / name)
        assert (tmp_path / name).read_bytes() == content


def test_ordinary_photos_have_no_surfaces():
    photo = SimpleNamespace(relief=None, scale=None)
    comparison = SimpleNamespace(alignment=SimpleNamespace(aligned=True))
    pair = SimpleNamespace(before=photo, after=photo, comparison=comparison)
    assert workflow.surfaces_of(pair) is None


def test_what_is_no_profile_is_distinguished_from_one(tmp_path):
    (tmp_path / "a.json").write_text('{"mm_per_px": 0.05, "shots": []}')
    assert not workflow.is_profile(tmp_path / "a.json")
    assert not workflow.is_profile(tmp_path / "gone.json")
