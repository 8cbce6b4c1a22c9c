from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtWidgets import QFileDialog

from ui.widgets.file_dialogs import PICTURE, FileDialogs


def test_photo_and_change_of_mind(qtbot, monkeypatch, tmp_path):
    answers = [(str(tmp_path / "a.jpg"), ""), ("", "")]
    starts = []

    def answer(parent, title, folder, kinds):
        starts.append(folder)
        return answers.pop(0)

    monkeypatch.setattr(QFileDialog, "getOpenFileName", answer)
    ask = FileDialogs()
    assert ask.photo("before") == tmp_path / "a.jpg"
    assert ask.photo("after") is None
    assert [Path(start) for start in starts] == [Path(), tmp_path]


def test_report_gets_its_ending_from_the_dialog(qtbot, monkeypatch, tmp_path):
    seen = {}

    def accept(dialog):
        seen["suffix"], seen["mode"] = dialog.defaultSuffix(), dialog.acceptMode()
        return 1

    monkeypatch.setattr(QFileDialog, "exec", accept)
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda _: [str(tmp_path / "out.pdf")])
    assert FileDialogs().save_as("Export", "a - b.pdf") == tmp_path / "out.pdf"
    assert seen == {"suffix": "pdf", "mode": QFileDialog.AcceptMode.AcceptSave}


def test_no_report_on_change_of_mind(qtbot, monkeypatch):
    monkeypatch.setattr(QFileDialog, "exec", lambda _: 0)
    assert FileDialogs().save_as("Export", "a.pdf") is None


@pytest.mark.parametrize(
    ("ask", "suffix"),
    [
        ("save_profile", "csv"),
        ("save_rig", "json"),
        ("save_colours", "json"),
        ("save_as", "pdf"),
        ("save_text", "txt"),
    ],
)
def test_each_kind_of_file_has_its_ending(qtbot, monkeypatch, tmp_path, ask, suffix):
    seen = []
    monkeypatch.setattr(QFileDialog, "exec", lambda self: seen.append(self.defaultSuffix()) or 1)
    monkeypatch.setattr(QFileDialog, "selectedFiles", lambda _: [str(tmp_path / "x")])
    assert getattr(FileDialogs(), ask)("Save", "x") == tmp_path / "x"
    assert seen == [suffix]


def test_profile_follows_the_kind_that_is_chosen(qtbot, monkeypatch, tmp_path):
    def choose_picture(dialog):
        dialog.setDirectory(str(tmp_path))
        dialog.filterSelected.emit(PICTURE)
        return 1

    monkeypatch.setattr(QFileDialog, "exec", choose_picture)
    assert FileDialogs().save_profile("Save", "a - b profile.csv").name == "a - b profile.png"


def test_lists_of_shots_and_change_of_mind(qtbot, monkeypatch, tmp_path):
    answers = [[str(tmp_path / "a.json"), str(tmp_path / "b.json")], []]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (answers.pop(0), ""))
    assert FileDialogs().manifests("Shots") == (tmp_path / "a.json", tmp_path / "b.json")
    assert FileDialogs().manifests("Shots") == ()


def test_several_photos_are_asked_for_at_once(qtbot, monkeypatch, tmp_path):
    names = [str(tmp_path / "a.jpg"), str(tmp_path / "b.jpg")]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (names, ""))
    assert FileDialogs().photos("Repeat shots") == (tmp_path / "a.jpg", tmp_path / "b.jpg")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([], ""))
    assert FileDialogs().photos("Repeat shots") == ()


def test_folder_and_change_of_mind(qtbot, monkeypatch, tmp_path):
    answers = [str(tmp_path), ""]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: answers.pop(0))
    ask = FileDialogs()
    assert ask.folder("Library") == tmp_path
    assert ask.folder("Library") is None


def test_words_go_to_the_printer_that_is_picked(qtbot, monkeypatch, tmp_path):
    def pick(dialog):
        dialog.printer().setOutputFileName(str(tmp_path / "key.pdf"))
        return 1

    monkeypatch.setattr(QPrintDialog, "exec", pick)
    assert FileDialogs().print_words("Print", "KA3R 7NC7")
    assert (tmp_path / "key.pdf").read_bytes().startswith(b"%PDF")
    monkeypatch.setattr(QPrintDialog, "exec", lambda _: 0)
    assert not FileDialogs().print_words("Print", "KA3R 7NC7")
