"""Every text that the window shows is marked for translation, where Qt's tool finds it."""

from __future__ import annotations

import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from ui.screens.table import commands_of

ROOT = Path(__file__).parents[2]
FOLDERS = ("ui", "ui/screens", "ui/screens/library")
FILES = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.py"))

SHOWING = {
    "setText", "setWindowTitle", "setToolTip", "setPlaceholderText", "setAccessibleName",
    "setInformativeText", "addAction", "addMenu", "addItem", "addTab", "addRow", "setTabText",
    "QPushButton", "QLabel", "QCheckBox", "QToolButton", "label", "show_text", "show_error",
    "show_trouble", "show_message", "InvalidEntry", "Line", "DateLine", "NumberLine", "Notes",
    "Choice",
}  # fmt: skip
"""Calls whose texts a user sees."""

KINDS = {"title", "soft", "small", "heading", "trouble", "key"}
"""Names of styles, which are no texts."""


def raw_texts(tree):
    """Return literal texts with a letter that are shown without a call of `tr`."""
    found = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        if name not in SHOWING:
            continue
        for argument in call.args:
            for part in _shown_parts(argument):
                text = part.value
                if isinstance(text, str) and any(c.isalpha() for c in text) and text not in KINDS:
                    found.append((part.lineno, text))
    return found


def _shown_parts(node):
    if isinstance(node, ast.Constant):
        return [node]
    if isinstance(node, ast.IfExp):
        return [*_shown_parts(node.body), *_shown_parts(node.orelse)]
    if isinstance(node, ast.JoinedStr | ast.BinOp | ast.Tuple | ast.List):
        return [part for child in ast.iter_child_nodes(node) for part in _shown_parts(child)]
    return []


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_text_is_shown_untranslated(path):
    allowed = {"mnimage", "mnimage "}
    found = raw_texts(ast.parse(path.read_text(encoding="utf-8")))
    assert [one for one in found if one[1] not in allowed] == []


@pytest.mark.parametrize(
    ("code", "raw"),
    [
        ("x.setText('Open')", True),
        ("QLabel(f'{n} photos')", True),
        ("x.setText('Open' if y else '')", True),
        ("x.setText(self.tr('Open'))", False),
        ("label('', 'soft')", False),
        ("x.setObjectName('open')", False),
    ],
)
def test_what_counts_as_a_raw_text(code, raw):
    assert bool(raw_texts(ast.parse(code))) is raw


def test_the_texts_of_every_command_are_found_by_the_translation_tool(tmp_path):
    tool = Path(sys.executable).with_name("pyside6-lupdate")
    sources = [*(ROOT / "ui").glob("*.py"), *(ROOT / "ui" / "screens").rglob("*.py")]
    done = subprocess.run(
        [str(tool), *map(str, sources), "-ts", str(tmp_path / "all.ts")],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    (context,) = [
        one
        for one in ET.parse(tmp_path / "all.ts").getroot().iter("context")
        if one.findtext("name") == "Command"
    ]
    marked = {one.findtext("source") for one in context.iter("message")}
    shown = {text for one in commands_of().values() for text in (one.text, *one.menu)}
    assert shown - marked == set()
