from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock, call

import pytest

from mnimage.domain.progress import no_tick
from mnimage.errors import NotComparable, OutputFailed, PhotoUnreadable
from ui.screens.compare.presenter import ComparePresenter
from ui.screens.compare.view import CompareView
from ui.widgets.ask import Ask


def pair_of(before, after):
    """Stand in for a pair: all that the presenter looks at is whether it is one photo twice."""
    examined = [SimpleNamespace(photo=SimpleNamespace(sha256=each)) for each in (before, after)]
    return SimpleNamespace(before=examined[0], after=examined[1])


PAIR = pair_of("1f", "2e")


class Library:
    """Stands in for mnimage.workflow."""

    def __init__(self):
        self.compared, self.times, self.error, self.reports = [], {}, None, []
        self.pair = PAIR

    def compare_files(self, before, after, *, mm_per_px=None, tick=no_tick):
        tick(0, 4)
        self.compared.append((before, after))
        if self.error:
            raise self.error
        return self.pair

    def taken_at(self, path):
        return self.times.get(path)

    def surfaces_of(self, pair):
        return None

    def write_report(self, pair, path, *, tick=no_tick):
        if self.error:
            raise self.error
        self.reports.append((pair, path))


@pytest.fixture
def stage(inline_jobs, tmp_path):
    stage = Mock()
    stage.view, stage.library, stage.ask = Mock(spec=CompareView), Library(), Mock(spec=Ask)
    stage.jobs = inline_jobs
    stage.presenter = ComparePresenter(stage.view, stage.library, stage.jobs, stage.ask)
    stage.a, stage.b, stage.c = (tmp_path / name for name in ("a.jpg", "b.jpg", "c.jpg"))
    for path in (stage.a, stage.b, stage.c):
        path.touch()
    return stage


def test_two_dropped_files_are_compared_at_once(stage):
    stage.presenter.drop([stage.a, stage.b])
    assert stage.library.compared == [(stage.a, stage.b)]
    stage.view.show_pair.assert_called_once_with(PAIR, None)


def test_older_file_goes_before(stage):
    stage.library.times = {
        stage.a: datetime(2026, 9, 1, tzinfo=UTC),
        stage.b: datetime(2026, 3, 1),  # noqa: DTZ001  cameras seldom know the zone
    }
    stage.presenter.drop([stage.a, stage.b])
    assert stage.library.compared == [(stage.b, stage.a)]


def test_unknown_time_keeps_the_order(stage):
    stage.library.times = {stage.b: datetime(2020, 1, 1)}  # noqa: DTZ001
    stage.presenter.drop([stage.a, stage.b])
    assert stage.library.compared == [(stage.a, stage.b)]


def test_one_file_waits_for_the_other(stage):
    stage.presenter.drop([stage.a], "after")
    assert stage.library.compared == []
    stage.view.show_files.assert_called_with({"after": "a.jpg"})
    stage.presenter.drop([stage.b])
    assert stage.library.compared == [(stage.b, stage.a)]


def test_swap_compares_the_other_way(stage):
    stage.presenter.drop([stage.a, stage.b])
    stage.presenter.swap()
    assert stage.library.compared[-1] == (stage.b, stage.a)


def test_swap_with_nothing_does_nothing(stage):
    stage.view.reset_mock()
    stage.presenter.swap()
    assert stage.view.method_calls == []


def test_folder_three_files_and_nothing_are_refused_in_words(stage, tmp_path):
    for files in ([tmp_path], [stage.a, stage.b, stage.c], [], [stage.a, tmp_path]):
        stage.view.show_error.reset_mock()
        stage.presenter.drop(files)
        words, hint = stage.view.show_error.call_args.args
        assert words.endswith(".")
        assert hint.endswith(".")
    assert stage.library.compared == []


def test_folder_of_shots_is_taken(stage, tmp_path):
    (tmp_path / "SHOTS.json").write_text("{}")
    stage.presenter.drop([tmp_path], "before")
    stage.view.show_files.assert_called_with({"before": f"{tmp_path.name}/SHOTS.json"})


def test_same_file_twice_is_refused(stage):
    stage.presenter.drop([stage.a, stage.a])
    stage.presenter.drop([stage.a], "before")
    stage.presenter.drop([stage.a.parent / "." / "a.jpg"], "after")
    assert stage.library.compared == []
    assert stage.view.show_error.call_count == 2


def test_chosen_by_dialog(stage):
    stage.ask.photo.side_effect = [stage.a, None, stage.b]
    stage.presenter.choose("before")
    stage.presenter.choose("after")
    assert stage.library.compared == []
    stage.presenter.choose("after")
    assert stage.library.compared == [(stage.a, stage.b)]


def test_failure_is_told_in_place_and_files_stay(stage):
    stage.library.error = PhotoUnreadable("b.jpg is no photo.", hint="Choose another.")
    stage.presenter.drop([stage.a, stage.b])
    stage.view.show_empty.assert_called_once_with()
    stage.view.show_error.assert_called_once_with("b.jpg is no photo.", "Choose another.")
    stage.library.error = None
    stage.presenter.compare()
    assert stage.library.compared[-1] == (stage.a, stage.b)


def test_failure_after_a_result_brings_the_result_back(stage):
    stage.presenter.drop([stage.a, stage.b])
    stage.library.error = NotComparable("no", hint="so")
    stage.presenter.drop([stage.c], "after")
    stage.view.show_result.assert_called_once_with()
    stage.view.show_files.assert_called_with({"before": "a.jpg", "after": "b.jpg"})
    assert stage.view.method_calls[-1] == call.show_error("no", "so")


def test_compare_needs_two(stage):
    stage.presenter.compare()
    assert stage.view.show_error.call_args.args[0] == "Two photos are needed."


def test_cancel_leaves_no_trace(stage, held_jobs):
    presenter = ComparePresenter(stage.view, stage.library, held_jobs, stage.ask)
    presenter.drop([stage.a], "before")
    presenter.drop([stage.b], "after")
    stage.view.show_busy.assert_called_once_with()
    presenter.cancel()
    assert held_jobs.cancelled == ["compare"]
    stage.view.show_empty.assert_called_once_with()
    presenter.progress("compare", 1, 2)
    stage.view.show_progress.assert_not_called()
    stage.view.show_error.assert_not_called()


def test_progress_is_shown_while_comparing(stage, held_jobs):
    presenter = ComparePresenter(stage.view, stage.library, held_jobs, stage.ask)
    presenter.drop([stage.a], "before")
    presenter.drop([stage.b], "after")
    presenter.progress("report", 1, 2)
    presenter.progress("compare", 3, 4)
    stage.view.show_progress.assert_called_once_with(3, 4)


def test_report_is_written_where_asked(stage):
    stage.presenter.drop([stage.a, stage.b])
    stage.ask.save_as.return_value = Path("out.pdf")
    stage.presenter.report()
    assert stage.ask.save_as.call_args.args[1] == "a - b.pdf"
    assert stage.library.reports == [(PAIR, Path("out.pdf"))]
    stage.view.show_saved.assert_called_once_with(Path("out.pdf"))
    assert stage.view.set_report_busy.mock_calls == [call(True), call(False)]


def test_report_without_an_answer_writes_nothing(stage):
    stage.presenter.drop([stage.a, stage.b])
    stage.ask.save_as.return_value = None
    stage.presenter.report()
    assert stage.library.reports == []


def test_report_before_a_result_says_what_to_do(stage):
    stage.presenter.report()
    stage.ask.save_as.assert_not_called()
    assert stage.view.show_error.call_args.args[1] == "Compare two photos first."


def test_report_that_cannot_be_written_is_told(stage):
    stage.presenter.drop([stage.a, stage.b])
    stage.ask.save_as.return_value = Path("out.pdf")
    stage.library.error = OutputFailed("The disk is full.", hint="Make room.")
    stage.presenter.report()
    stage.view.show_error.assert_called_once_with("The disk is full.", "Make room.")
    stage.view.show_saved.assert_not_called()
    assert stage.view.set_report_busy.mock_calls[-1] == call(False)


def test_copy_of_the_same_photo_is_refused(stage):
    stage.library.pair = pair_of("1f", "1f")
    stage.presenter.drop([stage.a, stage.b])
    stage.view.show_pair.assert_not_called()
    assert "same photo" in stage.view.show_error.call_args.args[0]
    stage.library.pair = PAIR
    stage.presenter.drop([stage.a, stage.c])
    stage.view.show_pair.assert_called_once_with(PAIR, None)


def test_photos_without_a_known_file_are_not_taken_for_one(stage):
    """Means of directional shots come from many files and have no sum of their own."""
    stage.library.pair = pair_of("", "")
    stage.presenter.drop([stage.a, stage.b])
    stage.view.show_pair.assert_called_once_with(stage.library.pair, None)
