from __future__ import annotations

from unittest.mock import Mock

import pytest
from PySide6.QtGui import QGuiApplication

from mnimage.errors import LibraryTooOld, StorageFailed
from mnimage.workflow import clinic

WORD = "correct horse battery"


def shown(stage):
    return stage.view.unlock_page.shown


def test_without_a_library_the_page_explains_what_one_is(stage):
    assert shown(stage) is stage.view.unlock_page.welcome
    assert stage.view.at_unlock


def test_a_new_library_shows_its_key_until_it_is_confirmed_to_be_on_paper(stage):
    unlock_page = stage.view.unlock_page
    stage.ask.folder.return_value = stage.folder
    unlock_page.create_wanted.emit()
    unlock_page.create_pressed.emit("Dr A", WORD, WORD)
    assert shown(stage) is unlock_page.key
    key = unlock_page.key.text
    unlock_page.key.copy.click()
    assert QGuiApplication.clipboard().text() == key
    assert not unlock_page.key._continue.isEnabled()
    unlock_page.key.seen.setChecked(True)
    unlock_page.key._continue.click()
    assert not stage.view.at_unlock
    assert key not in (
        unlock_page.key.text,
        unlock_page.key._key.text(),
        QGuiApplication.clipboard().text(),
    )
    clinic.recover(stage.folder, key, "Dr A", "another passphrase").close()


def test_the_key_is_saved_as_text_where_the_user_chooses(stage, tmp_path):
    unlock_page = stage.view.unlock_page
    stage.ask.folder.return_value = stage.folder
    unlock_page.create_wanted.emit()
    unlock_page.create_pressed.emit("admin", WORD, WORD)
    stage.ask.save_text.return_value = tmp_path / "key.txt"
    unlock_page.key.save.click()
    assert unlock_page.key.text in (tmp_path / "key.txt").read_text()
    unlock_page.key.print.click()
    assert unlock_page.key.text in stage.ask.print_words.call_args.args[1]


def test_an_unconfirmed_key_is_replaced_when_the_library_is_next_opened(stage):
    unlock_page = stage.view.unlock_page
    stage.ask.folder.return_value = stage.folder
    unlock_page.create_wanted.emit()
    unlock_page.create_pressed.emit("admin", WORD, WORD)
    first = unlock_page.key.text
    stage.presenter.close()
    stage.begin()
    stage.unlock()
    assert shown(stage) is unlock_page.key
    assert unlock_page.key.text not in ("", first)
    unlock_page.key_confirmed.emit()
    stage.presenter.lock()
    stage.unlock()
    assert not stage.view.at_unlock


@pytest.mark.parametrize(
    ("user", "word", "repeated", "reason"),
    [
        ("admin", WORD, "something else", "different"),
        ("", WORD, WORD, "name"),
        ("admin", "short", "short", "too short"),
    ],
)
def test_the_page_shows_why_a_library_cannot_be_created(stage, user, word, repeated, reason):
    stage.ask.folder.return_value = stage.folder
    stage.view.unlock_page.create_wanted.emit()
    stage.view.unlock_page.create_pressed.emit(user, word, repeated)
    words = stage.view.unlock_page.trouble + stage.view.unlock_page._hint.text()
    assert reason in words
    assert not clinic.is_library(stage.folder)


def test_a_wrong_passphrase_is_explained_and_the_field_is_emptied(entered):
    entered.presenter.lock()
    form = entered.view.unlock_page.unlock
    form.word.setText("wrong passphrase")
    form.confirmed.emit()
    assert entered.view.at_unlock
    assert "wrong" in entered.view.unlock_page.trouble
    assert "caps lock" in entered.view.unlock_page._hint.text()
    assert form.word.text() == ""


def test_a_folder_without_a_library_is_not_opened(stage, tmp_path):
    stage.ask.folder.return_value = tmp_path
    stage.view.unlock_page.open_wanted.emit()
    assert "does not contain a library" in stage.view.unlock_page.trouble


def test_an_opened_library_is_offered_at_the_next_start(entered):
    entered.presenter.close()
    entered.begin()
    form = entered.view.unlock_page.unlock
    assert shown(entered) is form
    assert (form.place.text(), form.user.text()) == (str(entered.folder), "admin")
    entered.unlock()
    assert not entered.view.at_unlock


def test_a_remembered_library_opens_at_the_start(entered, monkeypatch):
    kept = {}
    monkeypatch.setattr(clinic, "remember", lambda *entry: kept.update(entry=entry))
    monkeypatch.setattr(clinic, "unlock_remembered", lambda *_: clinic.unlock(*kept["entry"]))
    entered.presenter.lock()
    entered.view.unlock_page.unlock_pressed.emit("admin", WORD, True)
    assert kept["entry"] == (entered.folder, "admin", WORD)
    entered.presenter.close()
    entered.begin()
    assert not entered.view.at_unlock
    forgotten = Mock()
    monkeypatch.setattr(clinic, "forget", forgotten)
    entered.presenter.lock()
    entered.unlock()
    forgotten.assert_called_once_with(entered.folder, "admin")
    assert not entered.settings.remembered


def test_without_a_keyring_the_library_opens_and_a_message_explains(entered, monkeypatch):
    monkeypatch.setattr(clinic, "remember", Mock(side_effect=StorageFailed("No keyring.")))
    entered.presenter.lock()
    entered.view.unlock_page.unlock_pressed.emit("admin", WORD, True)
    assert not entered.view.at_unlock
    assert "No keyring." in entered.view.toast.words
    assert not entered.settings.remembered


def test_the_recovery_key_sets_a_new_passphrase(stage):
    unlock_page = stage.view.unlock_page
    stage.ask.folder.return_value = stage.folder
    unlock_page.create_wanted.emit()
    unlock_page.create_pressed.emit("admin", WORD, WORD)
    key = unlock_page.key.text
    unlock_page.key_confirmed.emit()
    stage.presenter.lock()
    unlock_page.recover_pressed.emit(key, "admin", "another passphrase", "another passphrase")
    assert not stage.view.at_unlock
    stage.presenter.lock()
    stage.unlock()
    assert stage.view.at_unlock
    stage.unlock(word="another passphrase")
    assert not stage.view.at_unlock


def test_an_older_library_is_updated_after_confirmation(entered, monkeypatch):
    entered.presenter.lock()
    real = clinic.unlock
    monkeypatch.setattr(clinic, "unlock", Mock(side_effect=LibraryTooOld("An older version.")))
    entered.unlock()
    assert not entered.view.unlock_page.unlock.migrate.isHidden()
    migrated = Mock(side_effect=real)
    monkeypatch.setattr(clinic, "migrate", migrated)
    entered.view.unlock_page.migrate_pressed.emit("admin", WORD)
    migrated.assert_called_once_with(entered.folder, "admin", WORD)
    assert not entered.view.at_unlock


def test_every_group_of_the_key_is_visible(stage, qapp):
    from ui import theme

    theme.apply(qapp, theme.Choice.LIGHT)
    stage.view.resize(*theme.SMALLEST_WINDOW)
    stage.view.show()
    stage.view.unlock_page.show_key("-".join(f"{number:04d}" for number in range(15)))
    qapp.processEvents()
    label = stage.view.unlock_page.key._key
    assert label.height() >= label.fontMetrics().height() * 4
    assert label.text().split() == [f"{number:04d}" for number in range(15)]
    for words in (stage.view.unlock_page.key.words_label, stage.view.unlock_page.key.title):
        assert words.height() >= words.heightForWidth(words.width())
