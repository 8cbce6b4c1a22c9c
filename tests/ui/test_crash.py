from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from ui.crash import CrashHandler, describe


def bug():
    path = "/patients/Erika Mustermann/before.jpg"
    raise FileNotFoundError(2, "No such file", path)


@pytest.fixture
def error():
    with pytest.raises(FileNotFoundError) as caught:
        bug()
    return caught.value


@pytest.fixture
def handler(qtbot, tmp_path):
    handler = CrashHandler(tmp_path / "logs" / "crashes.log")
    yield handler
    if handler._dialog:
        handler._dialog.close()


def test_type_and_place_are_reported_without_a_name(error):
    text = describe(error)
    assert text.startswith("FileNotFoundError")
    assert "bug" in text
    assert "test_crash.py" in text
    assert "Mustermann" not in text
    assert "/" not in text


def test_an_error_is_logged_and_shown_without_a_name(handler, error, tmp_path):
    handler.handle(type(error), error, error.__traceback__)
    log = (tmp_path / "logs" / "crashes.log").read_text(encoding="utf-8")
    assert "FileNotFoundError" in log
    assert "Mustermann" not in log
    dialog = handler._dialog
    assert dialog.isVisible()
    assert isinstance(dialog, QMessageBox)
    assert "Mustermann" not in dialog.text() + dialog.informativeText() + dialog.detailedText()


def test_many_errors_open_one_dialog(handler, error):
    handler.handle(type(error), error, error.__traceback__)
    first = handler._dialog
    handler.handle(type(error), error, error.__traceback__)
    assert handler._dialog is first


def test_a_log_that_cannot_be_written_does_no_harm(qtbot, error, tmp_path):
    (tmp_path / "file").touch()
    handler = CrashHandler(tmp_path / "file" / "crashes.log")
    handler.handle(type(error), error, error.__traceback__)
    assert handler._dialog.isVisible()
    handler._dialog.close()


def test_qt_does_not_use_up_none_and_true():
    program = (
        "import sys; from PySide6.QtCore import QObject\n"
        "q = QObject()\n"
        "before = sys.getrefcount(True), sys.getrefcount(None)\n"
        "for _ in range(1000): q.objectNameChanged.emit('a'); q.setObjectName('a')\n"
        "after = sys.getrefcount(True), sys.getrefcount(None)\n"
        "assert all(a > b - 500 for a, b in zip(after, before))"
    )
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_it_is_installed_for_uncaught_exceptions(handler, monkeypatch):
    monkeypatch.setattr(sys, "excepthook", sys.__excepthook__)
    handler.install()
    assert sys.excepthook == handler.handle
