"""The house rules that no linter knows."""

from __future__ import annotations

import ast
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


UNMIRRORED = (
    "mnimage",
    "mnimage/domain",
    "mnimage/domain/record",
    "mnimage/workflow",
    "mnimage/words/english",
)
"""Values without behaviour, the jobs and the sentences: tested where they are used."""


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_has_tests_that_mirror_it(package):
    modules = [
        path
        for path in (ROOT / package).glob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
    ]
    tests = ROOT / "tests" / package
    if package in UNMIRRORED or not modules:
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


MEASURING = ("calibrate", "compare", "kernels", "quality", "register", "relief", "score")

SOURCE = re.compile(
    r"\b[A-Z][\w'-]+(?:,? (?:and|von|et|al\.|[A-Z][\w'-]+))*,? \(?(?:1[89]\d\d|20[0-3]\d)\b"
    r"|\b(?:ISO|IEC|ISO/CIE) \d{4,}|\bCIE \d+|\bJCGM \d+|\bICC\.1\b"
    r"|\bITU-[TR] [A-Z]+\.\d+|\bCIPA DC-\d+"
    r"|\bdocs/[\w/-]+\.md"
    r"|\bmeasured on (?:the )?\d+"
)
"""Authors with their year, a standard with its number, a page of ours that measures it, or on how
many it was measured."""

NO_SOURCE = {
    "compare/repeats.py:flat_measured": "picks values out of a card",
    "compare/repeats.py:of_side": "picks values out of a card",
    "kernels/bands.py:bands_of": "shares out work",
    "kernels/bands.py:in_bands": "shares out work",
    "kernels/bands.py:only_to_stop": "shares out work",
    "kernels/bands.py:widened": "shares out work",
    "kernels/geometry.py:bilinear_lattice": "plain interpolation",
    "kernels/geometry.py:block_mean": "a mean",
    "kernels/geometry.py:block_share": "a mean",
    "kernels/geometry.py:expand": "plain interpolation",
    "kernels/geometry.py:grid_places": "counts nodes",
    "kernels/geometry.py:grid_shape": "counts nodes",
    "kernels/geometry.py:sample": "plain interpolation",
    "kernels/statistics.py:thinned": "leaves rows out",
    "quality/finding.py:at_least": "writes a finding",
    "quality/finding.py:at_most": "writes a finding",
    "quality/finding.py:judge": "writes a finding",
    "quality/size.py:check_picture_size": "counts pixels",
    "quality/size.py:check_skin": "counts pixels",
    "register/dense.py:shrink": "a mean",
    "register/rigid.py:at_nodes": "picks pixels",
    "relief/export.py:height_tiff": "writes a file",
    "relief/export.py:scars_csv": "writes a file",
    "score/pores.py:pore_reach": "counts rows that a filter reaches",
}
"""Public functions without a method of their own, and why."""


def _words(node: ast.Module | ast.FunctionDef) -> str:
    """Return a docstring on one line."""
    return " ".join((ast.get_docstring(node) or "").split())


def _functions(room: str) -> dict[str, str]:
    """Return the docstrings that show of each public function: its module's and its own."""
    found = {}
    for path in sorted((ROOT / "mnimage" / room).glob("*.py")):
        module = ast.parse(path.read_text(encoding="utf-8"))
        for node in module.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                found[f"{room}/{path.name}:{node.name}"] = f"{_words(module)} | {_words(node)}"
    return found


@pytest.mark.parametrize("room", MEASURING)
def test_every_public_function_of_a_measurement_names_its_source(room):
    words = _functions(room)
    assert len(words) >= 5
    nameless = [name for name, said in words.items() if not SOURCE.search(said)]
    assert [name for name in nameless if name not in NO_SOURCE] == []
    exempt = [name for name in NO_SOURCE if name.startswith(f"{room}/")]
    assert [name for name in exempt if name not in words] == []


@pytest.mark.parametrize("room", MEASURING)
def test_every_page_that_a_docstring_names_is_there(room):
    pages = {
        page
        for said in _functions(room).values()
        for page in re.findall(r"\bdocs/[\w/-]+\.md", said)
    }
    assert pages
    assert [page for page in sorted(pages) if not (ROOT / page).is_file()] == []


@pytest.mark.parametrize(
    ("said", "is_source"),
    [
        ("after Lucas and Kanade (1981)", True),
        ("as Finlayson, Mackiewicz and Hurlbert 2015 have it", True),
        ("MI is that of Yamamoto et al. (2008)", True),
        ("Sq of ISO 25178-2", True),
        ("decoded by IEC 61966-2-1", True),
        ("Our own; how well it does: `docs/relief.md`.", True),
        ("our own, measured on 28 portraits", True),
        ("brought to Rec. 2020", False),
        ("a picture of 2048 pixels, our own", False),
        ("Of 2048 pixels", False),
        ("taken at ISO 800", False),
        ("how well it does nobody knows", False),
    ],
)
def test_what_counts_as_a_source(said, is_source):
    assert bool(SOURCE.search(said)) is is_source


def parameters_without_a_place(tree):
    """Yield the names that docstrings describe as parameters and that nothing has."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        section = re.search(
            r"^Parameters\n-+\n(.*?)(?=\n\n[A-Z]\w+\n-+\n|\Z)",
            ast.get_docstring(node) or "",
            re.DOTALL | re.MULTILINE,
        )
        if section is None:
            continue
        lines = [line for line in section[1].splitlines() if re.match(r"[\w*]+(, [\w*]+)*$", line)]
        described = {name.strip("*") for line in lines for name in line.split(", ")}
        inner = [node] if isinstance(node, ast.FunctionDef) else node.body
        given = {one.arg for part in inner for one in ast.walk(part) if isinstance(one, ast.arg)}
        given |= {
            one.target.id
            for one in inner
            if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        }
        yield from sorted(described - given)


def test_docstrings_describe_parameters_that_there_are():
    wrong = {
        path.relative_to(ROOT).as_posix(): names
        for top in ("mnimage", "ui", "benchmarks")
        for path in (ROOT / top).rglob("*.py")
        if (names := [*parameters_without_a_place(ast.parse(path.read_text()))])
    }
    assert wrong == {}


def test_a_parameter_that_was_renamed_is_found():
    code = '''def f(notes):
    """Do it.

    Parameters
    ----------
    given, notes
        What is known.
    """'''
    assert [*parameters_without_a_place(ast.parse(code))] == ["given"]
