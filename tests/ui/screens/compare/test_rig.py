from __future__ import annotations

from pathlib import Path
from unittest.mock import Mock, call

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton

from mnimage.domain.rig import LightRig, RigLamp
from mnimage.errors import RigUnusable
from ui.screens.compare.rig import RigDialog, RigRequest
from ui.screens.compare.rig_presenter import RigPresenter, rig_words
from ui.screens.compare.view import CompareView
from ui.widgets.file_dialogs import FileDialogs

LAMPS = tuple(RigLamp((0.5, 0.0, 0.87), error) for error in (0.3, 0.42))
RIG = LightRig(LAMPS, near=False, common_deg=0.2, method="chrome ball", made_at="2026-03-02")
WISH = RigRequest("chrome", 20.0, near=False)


@pytest.fixture
def dialog(qtbot):
    dialog = RigDialog()
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def test_nothing_is_measured_without_shots(dialog, qtbot):
    measure = dialog.findChild(QPushButton, "measure-rig")
    assert not measure.isEnabled()
    dialog.show_overlays(("left/SHOTS.json", "right/SHOTS.json"))
    with qtbot.waitSignal(dialog.measure_pressed, timeout=500) as pressed:
        measure.click()
    assert pressed.args == [WISH]


def test_card_needs_no_diameter(dialog, qtbot):
    dialog.show_overlays(("a/SHOTS.json",))
    dialog._near.setCurrentIndex(1)
    dialog.findChild(QComboBox, "rig-kind").setCurrentIndex(2)
    assert not dialog._diameter.isEnabled()
    with qtbot.waitSignal(dialog.measure_pressed, timeout=500) as pressed:
        dialog.findChild(QPushButton, "measure-rig").click()
    assert (pressed.args[0].ball, pressed.args[0].near) == (None, False)


def test_trouble_takes_the_answer_away(dialog):
    dialog.show_answer("2 lamps found.")
    dialog.show_trouble("No ball was found.", "Lay it on dark cloth.")
    assert dialog.findChild(QLabel, "rig-answer").text() == ""
    dialog.show_answer("2 lamps found.")
    assert dialog.findChild(QLabel, "rig-trouble").text() == ""


@pytest.fixture
def presenter(inline_jobs):
    view, ask, library = Mock(spec=CompareView), Mock(spec=FileDialogs), Mock()
    presenter = RigPresenter(view, library, inline_jobs, ask)
    presenter.view, presenter.ask, presenter.library = view, ask, library
    ask.manifests.return_value = (Path("x/SHOTS.json"), Path("y/SHOTS.json"))
    ask.save_rig.return_value = Path("RIG.json")
    presenter.open()
    return presenter


def test_rig_is_measured_and_reported(presenter):
    presenter.library.measure_rig.return_value = RIG
    presenter.choose()
    presenter.view.show_rig_dialog.assert_called_with(("x/SHOTS.json", "y/SHOTS.json"))
    presenter.measure(WISH)
    manifests, out = presenter.library.measure_rig.call_args.args
    assert (manifests, out) == (presenter.ask.manifests.return_value, Path("RIG.json"))
    assert "found: 2" in presenter.view.show_rig.call_args.args[0]
    assert presenter.view.set_rig_busy.mock_calls == [call(True), call(False)]


def test_failure_is_reported_in_the_dialog(presenter):
    presenter.library.measure_rig.side_effect = RigUnusable("No ball.", hint="On dark cloth.")
    presenter.choose()
    presenter.measure(WISH)
    presenter.view.show_rig_trouble.assert_called_once_with("No ball.", "On dark cloth.")


def test_change_of_mind_measures_nothing(presenter):
    presenter.measure(WISH)
    presenter.choose()
    presenter.ask.save_rig.return_value = None
    presenter.measure(WISH)
    presenter.library.measure_rig.assert_not_called()


def test_words_give_errors_warnings_and_what_to_do():
    near = LightRig(
        (RigLamp((1.0, 2.0, 300.0), 0.5, error_mm=2.4),),
        near=True,
        common_deg=0.1,
        method="card",
        made_at="",
        warnings=("The card was tilted.",),
    )
    lines = rig_words(near, "RIG.json").splitlines()
    assert lines[0] == "Lamps found: 1, each direction to 0.5° or better, each place to 2.4 mm."
    assert lines[1] == "The card was tilted."
    assert '"rig": "RIG.json"' in lines[2]
    assert "0.42" in rig_words(RIG, "r.json")
