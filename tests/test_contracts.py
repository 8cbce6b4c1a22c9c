"""The import contracts bite: each planted violation breaks one of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
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
    "part calls the workflow": (
        "ui/screens/library/patient_forms.py",
        "import mnimage.workflow.clinic",
    ),
    "part opens the library": ("ui/screens/library/timeline.py", "import mnimage.library.library"),
    "part decodes files": ("ui/screens/library/patients_page.py", "import mnimage.formats.files"),
    "part imports jobs": ("ui/screens/library/imports.py", "import ui.jobs"),
    "view knows its presenter": (
        "ui/screens/library/view.py",
        "import ui.screens.library.presenter",
    ),
    "part knows a presenter": (
        "ui/screens/library/unlock_page.py",
        "import ui.screens.library.login_presenter",
    ),
    "presenter imports Qt": ("ui/screens/compare/presenter.py", "import PySide6.QtCore"),
    "further presenter imports Qt": (
        "ui/screens/library/record_presenter.py",
        "import PySide6.QtCore",
    ),
    "presenter imports a widget": (
        "ui/screens/library/import_presenter.py",
        "import ui.widgets.toast",
    ),
    "presenter loads its jobs": ("ui/screens/library/presenter.py", "import mnimage.workflow"),
    "stray module in the library": ("mnimage/helpers.py", "import mnimage.errors"),
    "stray module in the window": ("ui/common.py", "import ui.theme"),
    "cycle inside a stage": ("mnimage/register/judge.py", "import mnimage.register.register"),
}


def test_every_presenter_is_named_in_the_contracts():
    contracts = {
        one["id"]: one
        for one in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
            "contracts"
        ]
    }
    further = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts)
        for path in sorted((ROOT / "ui" / "screens").glob("*/*_presenter.py"))
    ]
    assert further
    for contract, key in (
        ("presenters-have-no-qt", "source_modules"),
        ("views-are-dumb", "forbidden_modules"),
    ):
        named = contracts[contract][key]
        assert "ui.screens.*.presenter" in named
        assert [name for name in further if name not in named] == []


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
