from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtWidgets import QLabel, QPushButton

from mnimage import workflow
from mnimage.domain.photo import ImageScale
from mnimage.domain.session import Patch
from ui.screens.compare.patch_presenter import PatchPresenter
from ui.screens.compare.view import CompareView


@pytest.fixture
def presenter(qtbot, make_pair):
    """A presenter over a real window and the library's own check; skin is at rows 40-99, 50-149."""
    pair = make_pair()
    pair = replace(pair, before=replace(pair.before, scale=ImageScale(0.2, "face", 0.1)))
    view, used = CompareView(), []
    qtbot.addWidget(view)
    view.show_pair(pair)
    view.canvas.toggle_control()
    presenter = PatchPresenter(view, workflow, used.append)
    presenter.show(pair, None)
    presenter.view, presenter.used = view, used
    return presenter


def draw(presenter, box):
    presenter.view.canvas.control.tool.set_box(box)
    presenter.view.canvas.control.tool.settled.emit()


def words(presenter):
    return presenter.view.findChild(QLabel, "control-words").text()


def confirm(presenter):
    return presenter.view.findChild(QPushButton, "control-confirm")


def test_skin_of_one_square_centimetre_will_do(presenter):
    draw(presenter, QRectF(60, 45, 50, 50))
    assert "10 \N{MULTIPLICATION SIGN} 10 mm" in words(presenter)
    confirm(presenter).click()
    assert presenter.used == [Patch(row=45, column=60, height=50, width=50)]


@pytest.mark.parametrize(
    ("box", "why"),
    [(QRectF(60, 45, 40, 50), "80 mm² of skin"), (QRectF(0, 0, 50, 80), "0% of the control")],
)
def test_too_little_and_no_skin_are_refused_at_the_patch(presenter, box, why):
    draw(presenter, box)
    assert why in words(presenter)
    assert why in presenter.view.canvas.control.tool.trouble
    assert not confirm(presenter).isEnabled()
    draw(presenter, QRectF(60, 45, 60, 50))
    assert presenter.view.canvas.control.tool.trouble == ""
    assert confirm(presenter).isEnabled()
