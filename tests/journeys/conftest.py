from __future__ import annotations

import gc
import sys

import pytest


@pytest.fixture(autouse=True)
def no_window_is_left_to_a_worker_thread():
    """Delete the window of a test before the next one starts; runs around qtbot.

    A window is part of reference cycles. Left to the garbage collector, it may be deleted in a
    worker thread of the next test, which corrupts Qt's memory.
    """
    yield
    if "PySide6.QtCore" not in sys.modules:
        return
    from PySide6.QtCore import QCoreApplication, QEvent

    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
