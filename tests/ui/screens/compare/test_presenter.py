from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock, call

import numpy as np
import pytest

from mnimage.domain.progress import no_tick
from mnimage.domain.session import PairInputs, PairNotes, Patch
from mnimage.errors import (
    ChartUnusable,
    NotComparable,
    OutputFailed,
    PatchUnusable,
    PhotoUnreadable,
)
from ui.screens.compare.presenter import ComparePresenter
from ui.screens.compare.side import Side
from ui.screens.compare.view import CompareView
from ui.widgets.file_dialogs import FileDialogs


def pair_of(before, after, replicates=()):
    """Stand in for a pair: all that the presenter looks at is whether it is one photo twice."""
    analyzed = [
        SimpleNamespace(photo=SimpleNamespace(sha256=each), name=f"{place}.jpg")
        for place, each in enumerate((before, after))
    ]
    comparison = SimpleNamespace(replicates=replicates)
    return SimpleNamespace(before=analyzed[0], after=analyzed[1], comparison=comparison)


PAIR = pair_of("1f", "2e")


FITTED = SimpleNamespace(error=SimpleNamespace(mean=1.2, skin=0.9), warnings=())


class Library:
    """Stands in for mnimage.workflow."""

    def __init__(self):
        self.compared, self.times, self.error, self.reports = [], {}, None, []
        self.pair, self.surfaces, self.profiles = PAIR, None, ("colours.json",)
        self.inputs, self.made, self.kept = [], [], []
        self.again, self.noted = [], None

    def compare_files(self, before, after, *, inputs=None, tick=no_tick):
        tick(0, 4)
        self.compared.append((before, after))
        self.inputs.append(inputs)
        self.repeats = inputs.repeats_before, inputs.repeats_after
        if self.error:
            raise self.error
        return self.pair

    def compare_again(self, pair, notes, *, tick=no_tick):
        self.again.append((pair, notes))
        return self.noted

    def preview_of(self, shot):
        return np.full((8, 6, 3), 90, dtype=np.uint8)

    def taken_at(self, path):
        return self.times.get(path)

    def check_control(self, before, patch):
        if patch.width < 40:
            raise PatchUnusable("The control patch holds only 9 mm2 of skin.", hint="Larger.")

    def surfaces_of(self, pair):
        return self.surfaces

    def known_profile(self, path):
        if self.error:
            raise self.error
        return FITTED

    def is_profile(self, path):
        return path.name in self.profiles

    def calibrate_file(self, path, out, *, corners=None, tick=no_tick):
        if self.error:
            raise self.error
        self.made.append((path, out) if corners is None else (path, out, corners))
        return FITTED

    def picture_of(self, path):
        return f"pixels of {path.name}"

    def profile_along(self, surfaces, start, end):
        return surfaces, start, end

    def write_profile(self, profile, path, *, tick=no_tick):
        if self.error:
            raise self.error
        self.kept.append((profile, path))

    def write_report(self, pair, path, *, tick=no_tick):
        if self.error:
            raise self.error
        self.reports.append((pair, path))


@pytest.fixture
def stage(inline_jobs, tmp_path):
    stage = Mock()
    stage.view, stage.library, stage.ask = Mock(spec=CompareView), Library(), Mock(spec=FileDialogs)
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
    stage.view.show_files.assert_called_with({"before": tmp_path.name})


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


def test_failure_is_reported_in_place_and_files_stay(stage):
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


def test_both_photos_are_shown_before_they_are_compared(stage, held_jobs):
    presenter = ComparePresenter(stage.view, stage.library, held_jobs, stage.ask)
    presenter.drop([stage.a], "before")
    presenter.drop([stage.b], "after")
    work, done, _ = held_jobs.held["preview"]
    assert "compare" not in held_jobs.held
    done(work(no_tick))
    shown = stage.view.show_preview.call_args.args[0]
    assert [(side, picture.shape) for side, picture in shown.items()] == [
        ("before", (8, 6, 3)),
        ("after", (8, 6, 3)),
    ]
    assert "compare" in held_jobs.held


def test_a_preview_that_is_late_starts_nothing_once_shots_are_dropped(stage, held_jobs):
    presenter = ComparePresenter(stage.view, stage.library, held_jobs, stage.ask)
    presenter.drop([stage.a], "before")
    presenter.drop([stage.b], "after")
    manifest = stage.b.with_suffix(".json")
    manifest.touch()
    held_jobs.cancelled.clear()
    held_jobs.held.clear()
    presenter.drop([manifest], "after")
    ((work, done, _),) = held_jobs.held.values()  # Whether it is a colour profile.
    done(work(no_tick))
    assert "preview" in held_jobs.cancelled


def test_a_photo_without_preview_is_left_to_the_comparison(stage, monkeypatch):
    def refuse(shot):
        raise PhotoUnreadable("a.jpg: no", hint="so")

    monkeypatch.setattr(stage.library, "preview_of", refuse)
    stage.presenter.drop([stage.a, stage.b])
    stage.view.show_preview.assert_not_called()
    stage.view.show_error.assert_not_called()
    assert stage.library.compared == [(stage.a, stage.b)]


def test_directional_shots_have_no_preview(stage):
    manifests = [stage.a.with_suffix(".json"), stage.b.with_suffix(".json")]
    for path in manifests:
        path.touch()
    stage.presenter.drop(manifests)
    stage.view.show_preview.assert_not_called()
    assert stage.library.compared


def test_compare_needs_two(stage):
    stage.presenter.compare()
    assert stage.view.show_error.call_args.args[0] == "Two photos are needed."


def test_cancel_leaves_no_trace(stage, held_jobs):
    presenter = ComparePresenter(stage.view, stage.library, held_jobs, stage.ask)
    presenter.drop([stage.a], "before")
    presenter.drop([stage.b], "after")
    stage.view.show_busy.assert_called_once_with()
    held_jobs.cancelled.clear()
    presenter.cancel()
    assert held_jobs.cancelled == ["preview", "compare"]
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


def test_report_that_cannot_be_written_is_reported(stage):
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


# Session details


@pytest.fixture
def charts(stage, tmp_path):
    stage.chart, stage.profile = tmp_path / "chart.jpg", tmp_path / "colours.json"
    for path in (stage.chart, stage.profile):
        path.touch()
    stage.presenter.drop([stage.a, stage.b])
    return stage


def use(stage, days=None):
    stage.presenter._presenter.confirm(days)


def test_profile_is_read_shown_and_used(charts):
    charts.ask.photo.return_value = charts.profile
    charts.presenter.open_details()
    charts.presenter._presenter.choose("before")
    shown = charts.view.show_details.call_args.args[0]
    assert shown.paths == (charts.profile,)
    assert charts.library.inputs[-1] == PairInputs(notes=PairNotes())
    use(charts, 3.0)
    assert charts.library.inputs[-1] == PairInputs(
        profiles=(charts.profile,), notes=PairNotes(days_since_needling=3.0)
    )
    assert len(charts.library.compared) == 2
    assert charts.view.show_notes.call_args.args[0].days == 3.0


def test_other_days_and_another_control_patch_use_what_was_measured(charts):
    first, charts.library.noted = charts.library.pair, pair_of("1" * 64, "2" * 64)
    charts.presenter.open_details()
    use(charts, 3.0)
    charts.presenter.use_control(PATCH)
    assert len(charts.library.compared) == 1
    assert charts.library.again == [
        (first, PairNotes(days_since_needling=3.0)),
        (charts.library.noted, PairNotes(PATCH, 3.0)),
    ]
    charts.view.show_pair.assert_called_with(charts.library.noted, None)


def test_what_needs_the_photos_is_compared_anew(charts):
    charts.library.noted = charts.library.pair
    charts.presenter.compare()
    charts.ask.photo.return_value = charts.profile
    charts.presenter.open_details()
    charts.presenter._presenter.choose("before")
    use(charts, 3.0)
    charts.presenter.add_repeats([charts.c], "after")
    charts.presenter.swap()
    assert len(charts.library.compared) == 5
    assert charts.library.again == []


def test_notes_that_need_the_photos_have_them_compared_anew(charts):
    charts.presenter.open_details()
    use(charts, 3.0)
    assert len(charts.library.again) == 1
    assert len(charts.library.compared) == 2


def test_nothing_new_is_not_compared_again(charts):
    charts.presenter.open_details()
    use(charts)
    assert len(charts.library.compared) == 1


def test_details_closed_without_use_change_nothing(charts):
    charts.ask.photo.return_value = charts.profile
    charts.presenter.open_details()
    charts.presenter._presenter.choose("after")
    charts.presenter.swap()
    assert charts.library.inputs[-1].profiles == ()


def test_profile_of_another_photo_is_not_kept(charts):
    charts.ask.photo.return_value = charts.profile
    charts.presenter.open_details()
    charts.presenter._presenter.choose("after")
    use(charts)
    charts.presenter.drop([charts.c], "after")
    assert charts.library.inputs[-1].profiles == ()


def test_profile_that_cannot_be_used_is_reported_where_it_was_chosen(charts):
    charts.library.error = ChartUnusable("No chart.", hint="Or give its four corners by hand.")
    charts.ask.photo.return_value = charts.chart
    charts.presenter.open_details()
    charts.presenter._presenter.choose("before")
    charts.view.show_profile_trouble.assert_called_once_with(
        "No chart.", "Or give its four corners by hand.", by_hand=True
    )
    assert charts.view.set_reading.mock_calls[-1] == call(False)


def test_dropped_profile_is_taken_as_one_and_other_json_as_shots(charts, tmp_path):
    charts.presenter.drop([charts.profile], "after")
    charts.view.show_details.assert_called()
    assert charts.presenter._presenter._draft.paths == (charts.profile,)
    other = tmp_path / "session.json"
    charts.library.profiles = ()
    charts.presenter.drop([other], "after")
    assert charts.library.compared[-1] == (charts.a, other)


def test_profile_is_made_from_a_photo_of_the_chart(charts):
    charts.ask.photo.return_value, charts.ask.save_colours.return_value = (
        charts.chart,
        charts.profile,
    )
    charts.presenter._presenter.make()
    assert charts.library.made == [(charts.chart, charts.profile)]
    assert charts.view.show_made.call_args.args[0].path == charts.profile
    charts.ask.save_colours.return_value = None
    charts.presenter._presenter.make()
    charts.ask.photo.return_value = None
    charts.presenter._presenter.make()
    assert len(charts.library.made) == 1


def test_profile_made_while_nothing_is_chosen_is_chosen(charts):
    charts.ask.photo.return_value = charts.chart
    charts.ask.save_colours.return_value = charts.profile
    charts.presenter.open_details()
    charts.presenter._presenter.make()
    use(charts)
    assert charts.library.inputs[-1].profiles == (charts.profile,)


def test_chart_that_is_read_when_the_dialog_is_closed_comes_up_no_more(stage, held_jobs):
    presenter = ComparePresenter(stage.view, stage.library, held_jobs, stage.ask)
    presenter.open_details()
    presenter._presenter.read(Side.BEFORE, stage.a)
    presenter._presenter.stop()
    assert held_jobs.cancelled == ["colours"]
    assert stage.view.set_reading.mock_calls[-1] == call(False)


def test_corners_of_a_chart_that_is_not_found_are_marked_by_hand(charts):
    presenter, corners = (
        charts.presenter._presenter,
        ((1.0, 2.0), (1.0, 9.0), (6.0, 9.0), (6.0, 2.0)),
    )
    presenter.ask_corners()
    charts.view.show_corners.assert_not_called()
    charts.presenter.open_details()
    charts.library.error = ChartUnusable("No chart.", hint="Or give its four corners by hand.")
    presenter.read(Side.AFTER, charts.chart)
    charts.library.error = None
    presenter.ask_corners()
    charts.view.show_corners.assert_called_once_with("pixels of chart.jpg", "chart.jpg")
    charts.ask.save_colours.return_value = charts.profile
    presenter.make_by_corners(corners)
    assert charts.library.made == [(charts.chart, charts.profile, corners)]
    use(charts)
    assert charts.library.inputs[-1].profiles == (charts.profile,)


def test_profile_file_has_no_corners_to_mark(charts):
    charts.library.error = ChartUnusable("Damaged.", hint="Make it again.")
    charts.presenter._presenter.read(Side.AFTER, charts.profile)
    assert charts.view.show_profile_trouble.call_args.kwargs == {"by_hand": False}


def test_directional_shots_take_no_profile(charts, tmp_path):
    folders = [tmp_path / "x", tmp_path / "y"]
    for folder in folders:
        folder.mkdir()
        (folder / "SHOTS.json").write_text("{}")
    charts.presenter.drop(folders)
    charts.presenter.open_details()
    charts.presenter._presenter.read(Side.BEFORE, charts.profile)
    use(charts)
    assert "directional shots" in charts.view.show_error.call_args.args[0]
    assert charts.library.inputs[-1].profiles == ()


def test_files_of_one_name_are_distinguished(stage, tmp_path, make_pair):
    pair = make_pair()
    stage.library.pair = replace(pair, after=replace(pair.after, name=pair.before.name))
    for name in ("march", "june"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.jpg").touch()
    stage.presenter.drop([tmp_path / "march" / "a.jpg", tmp_path / "june" / "a.jpg"])
    shown = stage.view.show_pair.call_args.args[0]
    assert (shown.before.name, shown.after.name) == ("march/a.jpg", "june/a.jpg")


# The depth profile


def test_line_is_measured_on_the_surfaces_and_kept(stage, tmp_path):
    stage.library.surfaces = "surfaces"
    stage.presenter.drop([stage.a, stage.b])
    stage.view.show_pair.assert_called_once_with(PAIR, "surfaces")
    stage.presenter.draw_profile(((1.0, 2.0), (3.0, 4.0)))
    profile = ("surfaces", (1.0, 2.0), (3.0, 4.0))
    stage.view.show_profile.assert_called_once_with(profile)
    stage.ask.save_profile.return_value = tmp_path / "p.csv"
    stage.presenter.export_profile()
    assert stage.ask.save_profile.call_args.args[1] == "a - b profile.csv"
    assert stage.library.kept == [(profile, tmp_path / "p.csv")]
    stage.view.show_saved.assert_called_once_with(tmp_path / "p.csv")
    stage.presenter.draw_profile(None)
    stage.view.show_profile.assert_called_with(None)


def test_no_line_no_export(stage):
    stage.presenter.drop([stage.a, stage.b])
    stage.presenter.draw_profile(((1.0, 2.0), (3.0, 4.0)))
    stage.view.show_profile.assert_called_once_with(None)
    stage.presenter.export_profile()
    stage.ask.save_profile.assert_not_called()
    assert stage.view.show_error.call_args.args[1] == "Draw a line across the skin first."


def test_profile_that_cannot_be_written_is_reported(stage, tmp_path):
    stage.library.surfaces = "surfaces"
    stage.presenter.drop([stage.a, stage.b])
    stage.presenter.draw_profile(((1.0, 2.0), (3.0, 4.0)))
    stage.ask.save_profile.return_value = None
    stage.presenter.export_profile()
    assert stage.library.kept == []
    stage.ask.save_profile.return_value = tmp_path / "p.png"
    stage.library.error = OutputFailed("The disk is full.", hint="Make room.")
    stage.presenter.export_profile()
    stage.view.show_error.assert_called_once_with("The disk is full.", "Make room.")


@pytest.fixture
def compared(stage, tmp_path):
    """A stage on which a and b are compared; d and e are two more photos."""
    stage.d, stage.e = tmp_path / "d.jpg", tmp_path / "e.jpg"
    stage.presenter.drop([stage.a, stage.b])
    return stage


def test_repeats_dropped_on_a_side_are_compared_at_once(compared):
    compared.presenter.add_repeats([compared.c], "before")
    compared.presenter.add_repeats([compared.d, compared.e], "after")
    assert compared.library.compared == [(compared.a, compared.b)] * 3
    assert compared.library.repeats == ((compared.c,), (compared.d, compared.e))


def test_repeat_before_its_first_photo_is_refused(stage):
    stage.presenter.add_repeats([stage.a], "before")
    assert "first one" in stage.view.show_error.call_args.args[0]


def test_repeats_are_chosen_by_dialog(compared):
    compared.ask.photos.side_effect = [(compared.c,), ()]
    compared.presenter.choose_repeats("after")
    compared.presenter.choose_repeats("after")
    assert compared.library.repeats == ((), (compared.c,))
    assert len(compared.library.compared) == 2


def test_what_was_left_out_is_shown_with_its_reason(compared):
    replicates = [SimpleNamespace(left_out=""), SimpleNamespace(left_out="Other skin.")]
    compared.library.pair = pair_of("1f", "2e", replicates)
    compared.presenter.add_repeats([compared.c, compared.d], "after")
    shown = compared.view.show_repeats.call_args.args[0]
    assert [(one.name, one.left_out) for one in shown["after"]] == [
        ("c.jpg", ""),
        ("d.jpg", "Other skin."),
    ]


def test_repeats_are_removed_in_the_details(compared):
    compared.presenter.add_repeats([compared.c, compared.d], "before")
    compared.presenter.open_details()
    presenter = compared.presenter._presenter
    presenter.remove_repeat("before", 0)
    assert [one.name for one in compared.view.show_details.call_args.args[1]["before"]] == ["d.jpg"]
    assert compared.library.repeats[0] == (compared.c, compared.d)  # not used yet
    presenter.confirm(None)
    assert compared.library.repeats[0] == (compared.d,)


def test_repeats_are_added_in_the_details_unless_they_are_stray(compared):
    compared.presenter.open_details()
    compared.ask.photos.side_effect = [(compared.b,), (compared.c,)]
    presenter = compared.presenter._presenter
    presenter.add_repeats("before")
    assert "already" in compared.view.show_profile_trouble.call_args.args[0]
    presenter.add_repeats("before")
    presenter.confirm(None)
    assert compared.library.repeats == ((compared.c,), ())


def test_all_shots_of_two_sessions_are_dropped_together(compared):
    def at(day, hour):
        return datetime(2026, 3, day, hour, tzinfo=UTC)

    compared.library.times = {
        compared.a: at(20, 9),
        compared.b: at(1, 9),
        compared.c: at(20, 10),
        compared.d: at(1, 10),
    }
    compared.presenter.drop([compared.a, compared.b, compared.c, compared.d])
    assert compared.library.compared[-1] == (compared.b, compared.a)
    assert compared.library.repeats == ((compared.d,), (compared.c,))


def test_shots_of_a_session_dropped_on_its_side_take_its_place(compared):
    compared.presenter.drop([compared.c, compared.d], "after")
    assert compared.library.compared[-1] == (compared.a, compared.c)
    assert compared.library.repeats == ((), (compared.d,))
    compared.presenter.drop([compared.c, compared.a], "after")
    assert compared.view.show_error.call_args.args[0] == "Both are the same photo."


def test_two_files_on_one_side_of_an_empty_screen_are_a_pair(stage):
    stage.presenter.drop([stage.a, stage.b], "before")
    assert stage.library.compared == [(stage.a, stage.b)]


def test_another_photo_takes_its_repeats_away(compared):
    compared.presenter.add_repeats([compared.c], "before")
    compared.presenter.drop([compared.d], "before")
    assert compared.library.repeats == ((), ())


def test_failed_repeat_brings_back_what_was_there(compared):
    compared.library.error = PhotoUnreadable("no", hint="so")
    compared.presenter.add_repeats([compared.c], "before")
    compared.view.show_repeats.assert_called_with({})


PATCH = Patch(10, 20, 60, 50)


def test_control_is_checked_when_drawn_and_used_when_wanted(compared):
    compared.presenter._patch.check(PATCH)
    compared.view.show_patch_state.assert_called_with(fits=True, news=True)
    assert compared.library.inputs[-1] == PairInputs(notes=PairNotes())
    compared.presenter._patch.confirm()
    assert compared.library.inputs[-1] == PairInputs(notes=PairNotes(control=PATCH))
    compared.view.show_control.assert_called_with(PATCH)
    compared.view.show_patch_state.assert_called_with(fits=True, news=False)


def test_small_control_is_refused_at_once(compared):
    compared.presenter._patch.check(Patch(10, 20, 5, 5))
    compared.view.show_patch_state.assert_called_with(fits=False, news=False)
    words, hint = compared.view.show_patch_trouble.call_args.args
    assert ("9 mm2" in words, hint) == (True, "Larger.")
    assert len(compared.library.compared) == 1


def test_control_is_removed_by_comparing_without(compared):
    compared.presenter._patch.check(PATCH)
    compared.presenter._patch.confirm()
    compared.presenter._patch.check(None)
    compared.view.show_patch_state.assert_called_with(fits=True, news=True)
    compared.presenter._patch.confirm()
    assert compared.library.inputs[-1] == PairInputs(notes=PairNotes())
    compared.view.show_control.assert_called_with(None)


def test_control_refused_by_the_comparison_is_reported_at_the_patch(compared):
    compared.library.error = PatchUnusable("Off the skin.", hint="Elsewhere.")
    compared.presenter._patch.check(PATCH)
    compared.presenter._patch.confirm()
    compared.view.show_patch_trouble.assert_called_once_with("Off the skin.", "Elsewhere.")
    compared.view.show_result.assert_called_once_with()


def test_control_stays_with_the_photo_before_and_repeats(compared):
    compared.presenter._patch.check(PATCH)
    compared.presenter._patch.confirm()
    compared.presenter.add_repeats([compared.c], "after")
    repeats = PairInputs(repeats_after=(compared.c,))
    assert compared.library.inputs[-1] == replace(repeats, notes=PairNotes(control=PATCH))
    compared.presenter.drop([compared.d], "before")
    assert compared.library.inputs[-1] == repeats
