from __future__ import annotations

import pytest
from PySide6.QtWidgets import QLabel

from ui.widgets.findings import FindingList, breakable, failed


@pytest.fixture
def texts(qtbot, make_pair):
    findings = FindingList()
    qtbot.addWidget(findings)
    findings.show_pair(make_pair())
    findings.resize(400, 400)
    findings.grab()
    return [label.text() for label in findings.findChildren(QLabel) if label.text()]


def test_failed_check_shows_measured_needed_and_advice(texts):
    assert "Focus: 0.4, needed at least 0.6" in texts
    assert "Hold the camera still." in texts


def test_passed_checks_are_one_line_for_each_photo(texts):
    assert texts.count("In order: exposure") == 2


def test_what_was_not_measured_has_its_reason(texts):
    place = texts.index("Not measured")
    assert texts[place + 1 : place + 3] == ["Pores", "too coarse"]


def test_failed_checks_are_counted(make_pair):
    assert failed(make_pair()) == 1


def test_long_names_can_be_broken_and_read_the_same():
    assert breakable("a_b-c.jpg").replace("\u200b", "") == "a_b-c.jpg"
    assert "\u200b" in breakable("a_b")
