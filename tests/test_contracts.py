"""The import contracts bite: each planted violation breaks one of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

PLANTED = {
    "library imports Qt": ("mnimage/kernels/filters.py", "import PySide6.QtCore"),
    "library imports the window": ("mnimage/workflow/files.py", "import ui.theme"),
    "stage imports stage": ("mnimage/score/score.py", "import mnimage.face.find"),
    "stage imports pipeline": ("mnimage/register/judge.py", "import mnimage.pipeline"),
    "kernel imports domain": ("mnimage/kernels/color.py", "import mnimage.domain.photo"),
    "pipeline touches the disk": ("mnimage/pipeline.py", "import mnimage.formats.files"),
    "pipeline imports workflow": ("mnimage/pipeline.py", "import mnimage.workflow"),
    "library measures": ("mnimage/library/vault.py", "import mnimage.score.score"),
    "window speaks SQL": ("ui/app.py", "import sqlalchemy"),
    "pipeline knows the library": ("mnimage/pipeline.py", "import mnimage.library.vault"),
    "view calls the workflow": ("ui/screens/compare/view.py", "import mnimage.workflow"),
    "widget imports jobs": ("ui/widgets/canvas.py", "import ui.jobs"),
    "presenter imports Qt": ("ui/screens/compare/presenter.py", "import PySide6.QtCore"),
    "stray module in the library": ("mnimage/helpers.py", "import mnimage.errors"),
    "stray module in the window": ("ui/common.py", "import ui.theme"),
    "cycle inside a stage": ("mnimage/register/judge.py", "import mnimage.register.register"),
}


def _lint(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def house(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("house")
    for top in ("mnimage", "ui"):
        shutil.copytree(ROOT / top, folder / top, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def test_the_house_keeps_its_contracts(house):
    done = _lint(house)
    assert done.returncode == 0, done.stdout[-2000:]


@pytest.mark.parametrize("what", PLANTED)
def test_a_planted_violation_is_caught(house, what):
    name, line = PLANTED[what]
    path = house / name
    before = path.read_text() if path.exists() else None
    path.write_text(f"{before or ''}\n{line}\n")
    try:
        assert _lint(house).returncode != 0
    finally:
        if before is None:
            path.unlink()
        else:
            path.write_text(before)
