from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QPushButton

from ui.screens.compare.corners import CornersDialog


def test_four_corners_are_reported_in_their_order(qtbot):
    dialog = CornersDialog()
    qtbot.addWidget(dialog)
    dialog.show_photo(np.zeros((200, 300, 3), dtype=np.uint8), "chart.jpg")
    use, canvas = dialog.findChild(QPushButton, "use-corners"), dialog.canvas
    places = ((20.0, 30.0), (20.0, 250.0), (150.0, 250.0), (150.0, 30.0))
    for row, column in places:
        assert not use.isEnabled()
        point = canvas.transform.to_screen(QPointF(column + 0.5, row + 0.5)).toPoint()
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=point)
    with qtbot.waitSignal(dialog.marked, timeout=500) as marked:
        use.click()
    np.testing.assert_allclose(marked.args[0], places, atol=0.6)
    assert not dialog.isVisible()


def test_another_photo_begins_anew(qtbot):
    dialog = CornersDialog()
    qtbot.addWidget(dialog)
    photo = np.zeros((200, 300, 3), dtype=np.uint8)
    dialog.show_photo(photo, "a.jpg")
    qtbot.mouseClick(dialog.canvas, Qt.MouseButton.LeftButton)
    assert len(dialog.canvas.corners) == 1
    dialog.show_photo(photo, "b.jpg")
    assert dialog.canvas.corners == ()
