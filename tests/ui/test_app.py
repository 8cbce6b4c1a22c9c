from __future__ import annotations

import sys

import numpy as np
import pytest
from PySide6.QtCore import QSettings

from ui import app, theme
from ui.screens.library.local_settings import LocalSettings
from ui.screens.table import SCREENS


class CompareWork:
    def __init__(self, pair):
        self.pair = pair

    def preview_of(self, shot):
        return np.full((8, 6, 3), 90, dtype=np.uint8)

    def taken_at(self, path):
        return None

    def compare_files(self, before, after, *, inputs=None, tick=None):
        return self.pair

    def knows(self, profiles, notes, repeats=((), ())):
        return profiles, notes

    def surfaces_of(self, pair):
        return None

    def write_report(self, pair, path, *, tick=None):
        raise AssertionError


@pytest.fixture
def built(qapp, qtbot, make_pair):
    program = app.build(qapp, {"compare": CompareWork(make_pair())})
    qtbot.addWidget(program.window)
    yield program
    program.close()


def test_named_photos_are_compared(built, qtbot, tmp_path):
    compare = built.window.views["compare"]
    built.begin([tmp_path / "a.jpg", tmp_path / "b.jpg"])
    qtbot.waitUntil(lambda: compare._stack.currentWidget() is compare._result)


def test_the_library_is_shown_first_where_one_was_open(qapp, qtbot, tmp_path):
    LocalSettings().store_library(tmp_path / "clinic", "admin")
    for files, shown in (([], "library"), ([tmp_path / "a.jpg"], "compare")):
        program = app.build(qapp, {"compare": CompareWork(None)})
        qtbot.addWidget(program.window)
        program.begin(files)
        assert program.window.shown == shown
        program.close()


def test_the_chosen_theme_is_stored(built, qapp):
    window = built.window
    window.actions_by_name["theme.dark"].trigger()
    assert theme.colours_of(qapp.palette()) is theme.DARK
    assert QSettings().value("theme") == "dark"
    assert app._stored_theme() is theme.Choice.DARK
    window.actions_by_name["theme.light"].trigger()
    assert theme.colours_of(qapp.palette()) is theme.LIGHT


def test_an_unknown_stored_theme_is_ignored(built):
    QSettings().setValue("theme", "pink")
    assert app._stored_theme() is theme.Choice.SYSTEM


def test_each_screen_loads_its_own_jobs():
    from mnimage import workflow
    from mnimage.workflow import clinic

    assert {one.name: one.work() for one in SCREENS} == {"compare": workflow, "library": clinic}


def test_the_program_starts_and_ends_by_itself(tmp_path):
    import os
    import subprocess
    from pathlib import Path

    program = "import sys, ui.app; sys.exit(ui.app.main(['mnimage', '--quit-after', '0.2']))"
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": str(tmp_path)},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
