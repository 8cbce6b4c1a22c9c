"""Photos of the clinic's library on the compare screen: no file bears them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from mnimage.domain.original import Original
from mnimage.errors import NotAllowed
from ui.screens.compare.files import distinct_names, is_json, pair_label, same_file
from ui.screens.compare.presenter import ComparePresenter
from ui.screens.compare.side import Side
from ui.screens.compare.view import CompareView
from ui.widgets.file_dialogs import FileDialogs


def original(sha256, name, leave=None):
    return Original(sha256, name, None, read=lambda: b"", leave=leave or Mock())


@pytest.fixture
def stage(inline_jobs, tmp_path):
    stage = SimpleNamespace(
        view=Mock(spec=CompareView), ask=Mock(spec=FileDialogs), workflow=Mock()
    )
    stage.workflow.compare_files.side_effect = _pair
    stage.workflow.taken_at.return_value = None
    stage.workflow.is_profile.return_value = False
    stage.presenter = ComparePresenter(stage.view, stage.workflow, inline_jobs, stage.ask)
    stage.before, stage.after = original("a", "0042 March Front"), original("b", "0042 May Front")
    stage.file = tmp_path / "x.jpg"
    stage.file.touch()
    return stage


def _pair(before, after, *, inputs, tick):
    def analyzed(shot):
        return SimpleNamespace(
            name=shot.name, photo=SimpleNamespace(sha256=getattr(shot, "sha256", "f"))
        )

    return SimpleNamespace(
        before=analyzed(before), after=analyzed(after), comparison=SimpleNamespace(replicates=())
    )


def compared(stage):
    return stage.workflow.compare_files.call_args.args


def test_originals_are_compared_and_named(stage):
    stage.presenter.take_originals(stage.before, stage.after)
    assert compared(stage) == (stage.before, stage.after)
    stage.view.show_files.assert_called_with(
        {"before": "0042 March Front", "after": "0042 May Front"}
    )
    stage.view.show_pair.assert_called_once()


def test_originals_swap_and_make_room_for_a_file(stage):
    stage.presenter.take_originals(stage.before, stage.after)
    stage.presenter.swap()
    assert compared(stage) == (stage.after, stage.before)
    stage.presenter.drop([stage.file], "after")
    assert compared(stage) == (stage.after, stage.file)
    stage.presenter.add_repeats([stage.file], "before")
    assert "already" in stage.view.show_error.call_args.args[0]


def test_report_is_reported_to_the_library_before_it_is_written(stage):
    stage.presenter.take_originals(stage.before, stage.after)
    stage.ask.save_as.return_value = Path("out.pdf")
    stage.presenter.report()
    stage.before.leave.assert_called_once_with("out.pdf")
    stage.after.leave.assert_called_once_with("out.pdf")
    stage.workflow.write_report.assert_called_once()


def test_report_that_is_not_allowed_is_not_written(stage):
    refuse = Mock(side_effect=NotAllowed("The role viewer may not.", hint="Ask an admin."))
    stage.presenter.take_originals(original("a", "A", refuse), stage.after)
    stage.ask.save_as.return_value = Path("out.pdf")
    stage.presenter.report()
    stage.workflow.write_report.assert_not_called()
    stage.view.show_error.assert_called_with("The role viewer may not.", "Ask an admin.")


def test_another_user_finds_no_photo_of_the_library(stage):
    stage.presenter.take_originals(stage.before, stage.after)
    stage.presenter.forget_originals()
    stage.view.show_files.assert_called_with({})
    stage.view.show_empty.assert_called_once_with()
    stage.presenter.report()
    assert "nothing to report" in stage.view.show_error.call_args.args[0]


def test_files_stay_where_the_library_is_opened(stage, tmp_path):
    other = tmp_path / "y.jpg"
    other.touch()
    stage.presenter.drop([stage.file, other])
    stage.view.reset_mock()
    stage.presenter.forget_originals()
    assert stage.view.method_calls == []


def test_originals_are_distinguished_by_their_fingerprint(stage):
    assert same_file(stage.before, original("a", "another name"))
    assert not same_file(stage.before, stage.after)
    assert not same_file(stage.before, stage.file)
    assert not same_file(stage.file, stage.before)
    assert not is_json(original("a", "x.json"))
    assert distinct_names([stage.before, stage.file]) == ["0042 March Front", "x.jpg"]
    pair = {Side.BEFORE: stage.before, Side.AFTER: stage.file}
    assert pair_label(pair) == "0042 March Front - x"
