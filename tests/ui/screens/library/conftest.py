"""The library's screen with a real library, jobs that run at once and cheap passphrases."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from types import SimpleNamespace
from unittest.mock import Mock

import cv2
import numpy as np
import pytest

from mnimage.domain.record import Patient, Role
from mnimage.library import access, keys
from mnimage.workflow import clinic
from ui.screens.library.local_settings import LocalSettings
from ui.screens.library.presenter import LibraryPresenter
from ui.screens.library.view import LibraryView
from ui.widgets.file_dialogs import FileDialogs

WORD = "correct horse battery"
CHEAP = keys.Cost(memory_kib=64, passes=1, lanes=1)


@pytest.fixture(autouse=True)
def cheap_passphrases(monkeypatch):
    monkeypatch.setattr(keys, "COST", CHEAP)


@pytest.fixture
def stage(qtbot, inline_jobs, tmp_path, monkeypatch):
    """The whole screen on its unlock page; there is no library yet."""
    monkeypatch.setattr(clinic, "propose_views", lambda library, ids, tick: 0)
    stage = SimpleNamespace(
        view=LibraryView(), ask=Mock(spec=FileDialogs), shell=Mock(), jobs=inline_jobs
    )
    qtbot.addWidget(stage.view)
    stage.folder = tmp_path / "clinic"
    stage.inbox = tmp_path / "inbox"
    stage.settings = LocalSettings()

    def begin():
        stage.presenter = LibraryPresenter(
            stage.view, clinic, inline_jobs, stage.ask, stage.settings, stage.shell
        )
        return stage.presenter

    def unlock(user="admin", word=WORD):
        stage.view.unlock_page.unlock_pressed.emit(user, word, False)

    def patient(code="0042", **more):
        made = Patient(code=code, **more)
        stage.presenter.library().add(made)
        stage.presenter.open_patient(made)
        return made

    def photo(name, day, seed=1):
        return write_photo(stage.inbox / name, day, seed)

    stage.begin, stage.unlock = begin, unlock
    stage.patient, stage.photo = patient, photo
    begin()
    yield stage
    stage.presenter.close()


@pytest.fixture(scope="session")
def empty_library(tmp_path_factory):
    """Create one library for all tests; each works on a copy."""
    folder = tmp_path_factory.mktemp("library") / "clinic"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keys, "COST", CHEAP)
        library, _ = clinic.make_library(folder, "admin", WORD)
    library.close()
    return folder


@pytest.fixture
def entered(stage, empty_library):
    """The screen with a library of its own open."""
    shutil.copytree(empty_library, stage.folder)
    stage.ask.folder.return_value = stage.folder
    stage.view.unlock_page.open_wanted.emit()
    stage.unlock()
    stage.shell.reset_mock()
    return stage


@pytest.fixture
def add_user(entered):
    def add(name, role=Role.VIEWER):
        access.add_user(entered.presenter.library(), name, role, WORD)

    return add


def write_photo(path, day, seed=1):
    """Write a small photo whose file bears the time of a day; return its place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (96, 80, 3), dtype=np.uint8)
    cv2.imwrite(str(path), pixels)
    moment = datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=UTC).timestamp()
    os.utime(path, (moment, moment))
    return path
