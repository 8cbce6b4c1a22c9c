"""The catalogue and the code agree: every code has its sentence, every sentence its place."""

import ast
import string
from pathlib import Path

import pytest

from mnimage.words.english import ENGLISH
from mnimage.words.message import HINT

ROOT = Path(__file__).parents[3]
SOURCES = [
    path
    for top in ("mnimage", "ui")
    for path in sorted((ROOT / top).rglob("*.py"))
    if "words" not in path.parts
]


def trees():
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES]


def fields(code):
    return {
        name.split(".")[0].split("[")[0]
        for _, name, _, _ in string.Formatter().parse(ENGLISH[code])
        if name is not None
    }


def test_every_message_has_a_sentence_whose_places_it_fills():
    wrong = []
    for path, tree in trees():
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            if not isinstance(call.func, ast.Name) or call.func.id != "message" or not call.args:
                continue
            code = call.args[0]
            if not isinstance(code, ast.Constant):
                continue
            given = {word.arg for word in call.keywords}
            needed = fields(code.value) if code.value in ENGLISH else None
            if needed is None or (None not in given and not needed <= given):
                wrong.append(f"{path.relative_to(ROOT)}:{call.lineno} {code.value} {needed}")
    assert wrong == []


def test_every_sentence_is_used():
    constants = {
        node.value
        for _, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    unused = [code for code in ENGLISH if code.removesuffix(HINT) not in constants]
    assert unused == []


def test_a_hint_belongs_to_a_sentence_and_needs_no_more_than_that():
    hints = [code for code in ENGLISH if code.endswith(HINT)]
    assert [code for code in hints if code.removesuffix(HINT) not in ENGLISH] == []


@pytest.mark.parametrize("code", sorted(ENGLISH))
def test_a_sentence_is_whole(code):
    text = ENGLISH[code]
    assert text == text.strip()
    assert text
    assert "  " not in text
