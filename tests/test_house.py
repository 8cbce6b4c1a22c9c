"""The house rules that no linter knows."""

from __future__ import annotations

import importlib.metadata
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(
    path.parent.relative_to(ROOT).as_posix()
    for top in ("mnimage", "ui")
    for path in (ROOT / top).rglob("__init__.py")
)


def test_only_the_headless_opencv_is_installed():
    installed = {name.lower() for dist in importlib.metadata.distributions() if (name := dist.name)}
    assert "opencv-python-headless" in installed
    assert not installed & {
        "opencv-python",
        "opencv-contrib-python",
        "opencv-contrib-python-headless",
        "mediapipe",
    }


def test_loading_opencv_leaves_qt_alone():
    code = "import cv2, os; print([name for name in os.environ if name.startswith('QT_QPA_')])"
    clean = {name: value for name, value in os.environ.items() if not name.startswith("QT_")}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=clean, check=True
    )
    assert done.stdout.strip() == "[]"


def test_the_lock_has_hashes_and_no_address():
    lock = (ROOT / "requirements.lock").read_text()
    assert "://" not in lock
    pinned = re.findall(r"^[a-z0-9][^\s]*==", lock, re.MULTILINE)
    assert len(pinned) > 20
    for block in re.split(r"\n(?=[a-z0-9])", lock.strip()):
        assert "--hash=sha256:" in block, block.splitlines()[0]


def test_the_lock_is_what_is_installed():
    lock = (ROOT / "requirements.lock").read_text()
    for name, version in re.findall(r"^([a-z0-9._-]+)==([^\s;\\]+)(?= \\$)", lock, re.MULTILINE):
        assert importlib.metadata.version(name) == version


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_has_tests_that_mirror_it(package):
    modules = [
        path
        for path in (ROOT / package).glob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
    ]
    tests = ROOT / "tests" / package
    if package in ("mnimage", "mnimage/domain", "mnimage/workflow") or not modules:
        # Values without behaviour, and the jobs: tested where they are used, in tests/journeys.
        assert (ROOT / "tests" / "journeys").is_dir()
        return
    assert list(tests.glob("test_*.py")), f"no tests in {tests.relative_to(ROOT)}"


def test_every_test_module_names_what_it_tests():
    strays = []
    for path in (ROOT / "tests" / "mnimage").rglob("test_*.py"):
        source = ROOT / path.relative_to(ROOT / "tests").with_name(path.name[len("test_") :])
        room = ROOT / path.parent.relative_to(ROOT / "tests")
        if not source.exists() and not room.is_dir():
            strays.append(path.name)
    assert strays == []


@pytest.mark.parametrize("word", ["TODO", "FIXME", "XXX"])
def test_nothing_is_left_for_later(word):
    found = [
        path.name
        for top in ("mnimage", "ui", "installer")
        for path in (ROOT / top).rglob("*.py")
        if word in path.read_text(encoding="utf-8")
    ]
    assert found == []


def test_every_command_is_in_the_readme():
    from mnimage.commands.root import COMMANDS

    words = (ROOT / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"mnimage {name}" not in words] == []


def test_every_local_link_of_the_pages_leads_somewhere():
    pages = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    broken = [
        f"{page.name}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#]+)", page.read_text(encoding="utf-8"))
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []
