"""How long the window keeps its user waiting, measured in a process of its own, without a screen.

As a module it is that process: it opens the window, drops two photos onto it and prints the times.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from PySide6.QtWidgets import QApplication

_BEFORE_DROP_S = 1.0
"""How long the window is there before photos are dropped: nobody is quicker."""

_LONGEST_S = 120
"""When to give up."""


def window_times(before: Path, after: Path) -> Mapping[str, float]:
    """Return the seconds until the window is visible, and from the drop to pictures and result.

    `window` counts from the start of the process, `picture` and `result` from the drop of both
    photos, a second after the window was there.
    """
    with tempfile.TemporaryDirectory() as settings:
        found = subprocess.run(
            [sys.executable, "-m", __name__, str(time.time()), str(before), str(after)],
            check=True,
            capture_output=True,
            text=True,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": settings},
        )
    times: Mapping[str, float] = json.loads(found.stdout.splitlines()[-1])
    return times


def main(arguments: Sequence[str]) -> int:
    """Open the window, drop two photos, print the times; `arguments` begin with the start's."""
    started, photos = float(arguments[0]), [Path(name) for name in arguments[1:]]
    from PySide6.QtWidgets import QApplication

    from ui.app import build

    app = QApplication(["mnimage"])
    program = build(app)
    program.window.show()
    program.begin(())
    app.processEvents()
    times = {"window": time.time() - started}
    program.preload()
    program.window.show_screen("compare")
    _let_run(app, _BEFORE_DROP_S)
    view = program.window.views["compare"]
    dropped = time.perf_counter()
    program.screens["compare"].presenter.drop(photos)
    for name, there in (
        ("picture", lambda: view.previews or view.canvas.isVisible()),
        ("result", view.canvas.isVisible),
    ):
        _wait(app, there)
        view.grab()  # What is shown is painted, too.
        times[name] = time.perf_counter() - dropped
    print(json.dumps(times))
    program.close()
    return 0


def _let_run(app: QApplication, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        app.processEvents()
        time.sleep(0.002)


def _wait(app: QApplication, there: Callable[[], bool]) -> None:
    until = time.monotonic() + _LONGEST_S
    while not there():
        if time.monotonic() > until:
            raise TimeoutError("the window showed nothing")
        app.processEvents()
        time.sleep(0.002)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
