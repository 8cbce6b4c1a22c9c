from __future__ import annotations

import sys
import types

import pytest
from PySide6.QtCore import QSettings

from ui import app, theme


class Library:
    def __init__(self, pair):
        self.pair = pair

    def taken_at(self, path):
        return None

    def compare_files(self, before, after, *, inputs=None, tick=None):
        return self.pair

    def surfaces_of(self, pair):
        return None

    def write_report(self, pair, path, *, tick=None):
        raise AssertionError


@pytest.fixture
def built(qapp, qtbot, make_pair):
    window, jobs, presenter = app.build(qapp, Library(make_pair()))
    qtbot.addWidget(window)
    yield window, presenter
    jobs.close()


def test_photos_go_through_to_the_screen(built, qtbot, tmp_path):
    window, presenter = built
    presenter.drop([tmp_path / "a.jpg", tmp_path / "b.jpg"])
    qtbot.waitUntil(lambda: window.compare._stack.currentWidget() is window.compare._result)


def test_chosen_theme_is_kept(built, qapp):
    window, _ = built
    window.actions_by_name["theme.dark"].trigger()
    assert theme.colours_of(qapp.palette()) is theme.DARK
    assert QSettings().value("theme") == "dark"
    assert app._stored_theme() is theme.Choice.DARK
    window.actions_by_name["theme.light"].trigger()
    assert theme.colours_of(qapp.palette()) is theme.LIGHT


def test_unknown_stored_theme_is_passed_over(built):
    QSettings().setValue("theme", "pink")
    assert app._stored_theme() is theme.Choice.SYSTEM


def test_workflow_is_the_library(monkeypatch):
    module = types.ModuleType("mnimage.workflow")
    monkeypatch.setitem(sys.modules, "mnimage.workflow", module)
    import mnimage

    monkeypatch.setattr(mnimage, "workflow", module, raising=False)
    assert app._library() is module


def test_program_starts_and_ends_by_itself(tmp_path):
    import os
    import subprocess
    from pathlib import Path

    program = (
        "import sys, ui.app; ui.app._library = lambda: None;"
        "sys.exit(ui.app.main(['mnimage', '--quit-after', '0.2']))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
