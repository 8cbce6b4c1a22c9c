"""The pictures of docs/library.md: the real window over a library of a synthetic patient.

python -m benchmarks.library_pictures [--out docs/images]
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import numpy as np
from PIL import Image
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from mnimage.domain.photo import View
from mnimage.domain.progress import no_tick
from mnimage.domain.record import (
    Answer,
    Contraindication,
    Indication,
    Patient,
    Plan,
    Series,
    Sex,
    SkinType,
    VisitKind,
)
from mnimage.formats.files import read_photo
from mnimage.phantom.course import make_course, write_course
from mnimage.workflow import clinic
from ui import app as program
from ui import theme

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from PySide6.QtGui import QPixmap

    from mnimage.domain.record import PhotoRecord
    from ui.screens.library.presenter import LibraryPresenter
    from ui.screens.library.view import LibraryView

_OUT = Path(__file__).parents[1] / "docs" / "images"
_MOST_BYTES = 400_000
_SIZE = (1280, 800)
_SEED, _SESSIONS = 4, 4
_WORD = "only for pictures"
_LONGEST_S = 300.0


@dataclass(slots=True)
class _Clinic:
    """The window as the program builds it, with its library open."""

    app: QApplication
    view: LibraryView
    presenter: LibraryPresenter

    def wait(self, until: Callable[[], bool]) -> None:
        """Let the window work until something is so."""
        end = time.monotonic() + _LONGEST_S
        while not until():
            if time.monotonic() > end:
                raise TimeoutError("the window did not come to rest")
            self.app.processEvents()
            time.sleep(0.005)

    def rest(self) -> None:
        """Let what was just asked for be done and drawn."""
        end = time.monotonic() + 1.0
        self.wait(lambda: time.monotonic() > end)


def main() -> int:
    """Draw the pictures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=_OUT)
    out: Path = parser.parse_args().out
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        QSettings.setPath(
            QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(folder / "settings")
        )
        _draw(folder, out)
    return 0


def _draw(folder: Path, out: Path) -> None:
    _take_photos(folder / "card")
    app = QApplication(sys.argv[:1])
    built = program.build(app)
    window, jobs = built.window, built.jobs
    window.resize(*_SIZE)
    theme.apply(app, theme.Choice.LIGHT)
    library, _ = clinic.make_library(folder / "clinic", "Dr A", _WORD)
    presenter: LibraryPresenter = built.screens["library"].presenter
    view = window.views["library"]
    opened = _Clinic(app, view, presenter)
    window.show_screen("library")
    window.show()
    presenter.enter(library)
    patient = _patient()
    library.add(patient)
    presenter.open_patient(patient)
    opened.wait(lambda: view.at_patient)
    presenter.import_paths([folder / "card"])
    opened.wait(lambda: not presenter.importing)
    _describe(opened, patient)
    _keep(out / "window-library.png", window.grab())
    _keep(out / "window-screening.png", _screening(opened))
    jobs.close()
    presenter.close()


def _take_photos(card: Path) -> None:
    """Write a course's portraits and close-ups, as a camera would, onto a memory card."""
    course = make_course(seed=_SEED, sessions=_SESSIONS)
    files = write_course(course, card, no_tick)
    (card / "TRUTH.json").unlink()
    for session in files.sessions:
        frames = sorted(session.shots.parent.glob("*.png"))
        mean = np.mean([read_photo(frame).coded for frame in frames], axis=0)
        for path in (*frames, session.shots):
            path.unlink()
        moment = session.taken_at.timestamp()
        close = session.shots.parent / "close-up.jpg"
        Image.fromarray(_bright(mean)).save(close, quality=92)
        os.utime(close, (moment, moment))


def _bright(mean: NDArray[np.float64]) -> NDArray[np.uint8]:
    """Return the mean of shots as bright as a close-up is taken, in 8 bits."""
    return np.clip(mean / np.percentile(mean, 99.5) * 235, 0, 255).astype(np.uint8)


def _patient() -> Patient:
    return Patient(
        code="0042",
        name="Synthetic Patient",
        birth_date=date(1988, 3, 12),
        sex=Sex.FEMALE,
        skin_type=SkinType.II,
    )


def _describe(opened: _Clinic, patient: Patient) -> None:
    """Record what a clinician would: the course, what each session was, which are close-ups."""
    library = opened.presenter.library()
    course = Series(
        patient_id=patient.id,
        indication=Indication.ACNE_SCARS,
        plan=Plan(sessions=4, interval_days=42, device="Needling pen"),
    )
    stated = library.timeline(patient)
    with library.changing() as changes:
        changes.add(course)
        for number, session in enumerate(sorted(stated.sessions, key=lambda one: one.held_at)):
            kind = VisitKind.TREATMENT if number else VisitKind.BASELINE
            changes.change(replace(session, series_id=course.id, kind=kind, number=number or None))
        for photo in stated.photos:
            changes.change(replace(photo, view=_view(photo)))
    opened.presenter.reload()
    page = opened.view.patient
    opened.wait(page.compare.isEnabled)
    opened.rest()
    opened.presenter.choose_course(course.id)
    opened.rest()


def _view(photo: PhotoRecord) -> View:
    return View.CLOSE_UP if photo.file_name.startswith("close") else View.FRONT


def _screening(opened: _Clinic) -> QPixmap:
    """Return the form of a new session whose screening warns."""
    opened.presenter.open_session()
    form = opened.view.session_form
    form.tabs.setCurrentWidget(form.screening)
    form.screening.answer(Contraindication.RETINOID, Answer.YES)
    form.screening.answer(Contraindication.INFECTION, Answer.NO)
    form.screening.answer(Contraindication.ACTIVE_ACNE, Answer.NO)
    opened.rest()
    grabbed = form.grab()
    form.reject()
    return grabbed


def _keep(path: Path, grabbed: QPixmap) -> None:
    """Keep a picture, in fewer colours where it would be too large."""
    path.parent.mkdir(parents=True, exist_ok=True)
    grabbed.save(str(path))
    if path.stat().st_size > _MOST_BYTES:
        Image.open(path).convert("RGB").quantize(192).save(path, optimize=True)
    sys.stdout.write(f"{path.name}: {path.stat().st_size // 1000} kB\n")


if __name__ == "__main__":
    sys.exit(main())
