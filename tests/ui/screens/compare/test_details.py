from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDoubleSpinBox, QLabel, QPushButton

from ui.screens.compare.details import DetailsDialog, Shown


@pytest.fixture
def dialog(qtbot):
    dialog = DetailsDialog()
    qtbot.addWidget(dialog)
    dialog.open()
    return dialog


def notes(dialog, side):
    return dialog.findChild(QLabel, f"profile-{side}").text().replace("\u200b", "")


def button(dialog, name):
    return dialog.findChild(QPushButton, name)


FIT = Shown("march.json", "Colour error 1.2 ΔE on average, 0.9 on skin tones.")


def test_no_profile_says_what_that_means(dialog):
    assert "not calibrated" in notes(dialog, "before")
    assert not button(dialog, "remove-profile-before").isEnabled()


def test_profile_is_shown_with_its_error_and_serves_both(dialog):
    dialog.show_profiles({"before": FIT})
    assert notes(dialog, "before") == f"{FIT.name}\n{FIT.words}"
    assert "same" in notes(dialog, "after")
    assert button(dialog, "remove-profile-before").isEnabled()
    assert not button(dialog, "remove-profile-after").isEnabled()
    dialog.show_profiles({"before": FIT, "after": Shown("june.json", "Colour error 2.0 ΔE.")})
    assert notes(dialog, "after").startswith("june.json")


def test_long_words_have_room(dialog):
    words = " ".join(["The chart looks turned away from the camera."] * 4)
    dialog.show_profiles({"before": Shown("a_very_long_name_" * 6 + ".json", words)})
    label = dialog.findChild(QLabel, "profile-before")
    assert label.height() >= label.heightForWidth(label.width())


def test_buttons_show_whose_profile(dialog, qtbot):
    dialog.show_profiles({"after": FIT})
    with qtbot.waitSignal(dialog.profile_wanted, timeout=500) as wanted:
        button(dialog, "choose-profile-before").click()
    with qtbot.waitSignal(dialog.profile_removed, timeout=500) as removed:
        button(dialog, "remove-profile-after").click()
    with qtbot.waitSignal(dialog.make_wanted, timeout=500):
        button(dialog, "make-profile").click()
    assert (wanted.args, removed.args) == (["before"], ["after"])


@pytest.mark.parametrize(("days", "expected"), [(None, None), (0, 0.0), (3, 3.0)])
def test_days_are_reported_only_when_given(dialog, qtbot, days, expected):
    dialog.show_days(days)
    with qtbot.waitSignal(dialog.confirmed, timeout=500) as confirmed:
        button(dialog, "use-details").click()
    assert confirmed.args == [expected]
    assert not dialog.isVisible()


def test_days_begin_as_not_reported(dialog):
    assert dialog.findChild(QDoubleSpinBox, "days").text() == "not stated"


def test_nothing_is_confirmed_while_a_chart_is_read(dialog):
    dialog.set_reading(True)
    assert not button(dialog, "use-details").isEnabled()
    assert not button(dialog, "choose-profile-after").isEnabled()
    dialog.show_trouble("No colour chart was found.", "Lay it flat.")
    dialog.set_reading(False)
    assert button(dialog, "use-details").isEnabled()
    assert "No colour chart" in dialog.findChild(QLabel, "details-trouble").text()


def test_corners_are_offered_only_where_they_help(dialog, qtbot):
    by_hand = button(dialog, "by-hand")
    assert not by_hand.isVisible()
    dialog.show_trouble("No colour chart was found.", "Or give its corners by hand.", by_hand=True)
    with qtbot.waitSignal(dialog.corners_wanted, timeout=500):
        by_hand.click()
    dialog.show_trouble("The white is overexposed.", "Take it again.")
    assert not by_hand.isVisible()
