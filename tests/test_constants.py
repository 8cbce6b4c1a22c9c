"""Numbers that decide a result are explained where they stand.

A constant counts as explained by a docstring directly below its assignment (which may speak for all
names of that one assignment), or by a comment in the same lines or directly above.
"""

from __future__ import annotations

import ast
import io
import tokenize
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("calibrate", "face", "quality", "register", "relief", "score", "compare")
ALLOWED = ROOT / "tests" / "data" / "unexplained_constants.txt"
"""Constants whose explanation is still owed, one in a line; it may only become shorter."""

DIRECTIVES = ("noqa", "type:", "pragma")
"""Comments to tools, which explain nothing."""


def numeric(node: ast.AST | None) -> bool:
    """Whether an expression holds a number that someone chose."""
    match node:
        case ast.Constant(value=bool()):
            return False
        case ast.Constant(value=int() | float() | complex()):
            return True
        case ast.UnaryOp(operand=inner) | ast.Starred(value=inner):
            return numeric(inner)
        case ast.BinOp(left=left, right=right):
            return numeric(left) or numeric(right)
        case ast.Tuple(elts=parts) | ast.List(elts=parts) | ast.Set(elts=parts):
            return any(map(numeric, parts))
        case ast.Dict(keys=keys, values=values):
            return any(map(numeric, [*keys, *values]))
        case ast.Call(args=args, keywords=keywords):
            return any(map(numeric, [*args, *(one.value for one in keywords)]))
    return False


def targets(node: ast.stmt) -> list[str]:
    """Return the names that a statement assigns to."""
    match node:
        case ast.Assign(targets=found):
            parts = [part for one in found for part in getattr(one, "elts", [one])]
        case ast.AnnAssign(target=one, value=ast.expr()):
            parts = [one]
        case _:
            parts = []
    return [part.id for part in parts if isinstance(part, ast.Name)]


def comments(source: str) -> dict[int, str]:
    """Return the comments by line, without those to tools."""
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    found = {one.start[0]: one.string for one in tokens if one.type == tokenize.COMMENT}
    return {
        line: words
        for line, words in found.items()
        if not words.lstrip("# ").startswith(DIRECTIVES)
    }


def explained(source: str) -> dict[str, bool]:
    """Return the numeric constants of a module, and whether each is explained."""
    body, lines, notes = ast.parse(source).body, source.splitlines(), comments(source)
    found = {}
    for node, after in pairwise([*body, None]):
        names = targets(node)
        if not names or not numeric(node.value):
            continue
        match after:
            case ast.Expr(value=ast.Constant(value=str())):
                below = after.lineno == node.end_lineno + 1
            case _:
                below = False
        above = node.lineno - 1
        said = any(line in notes for line in range(node.lineno, node.end_lineno + 1))
        said |= above in notes and lines[above - 1].startswith("#")
        found.update(dict.fromkeys(names, below or said))
    return found


def constants(room: str) -> dict[str, bool]:
    """Return the constants of a package as "package/module.py:NAME"."""
    return {
        f"{path.relative_to(ROOT / 'mnimage').as_posix()}:{name}": is_said
        for path in sorted((ROOT / "mnimage" / room).rglob("*.py"))
        for name, is_said in explained(path.read_text(encoding="utf-8")).items()
    }


def allowed() -> set[str]:
    lines = ALLOWED.read_text(encoding="utf-8").splitlines()
    return {line for line in lines if line and not line.startswith("#")}


@pytest.mark.parametrize("room", ROOMS)
def test_every_constant_of_a_measurement_is_explained(room):
    found = constants(room)
    assert found
    owed = {name for name, is_said in found.items() if not is_said}
    assert sorted(owed - allowed()) == []


def test_nothing_is_allowed_that_is_explained_or_gone():
    owed = {name for room in ROOMS for name, said in constants(room).items() if not said}
    assert sorted(allowed() - owed) == []


def test_no_name_is_assigned_twice():
    """Two names made one by a renaming leave the last value for both."""
    twice = []
    for path in sorted((ROOT / "mnimage").rglob("*.py")):
        body = ast.parse(path.read_text(encoding="utf-8")).body
        names = [name for node in body for name in targets(node)]
        twice += [f"{path.name}: {name}" for name in set(names) if names.count(name) > 1]
    assert twice == []


@pytest.mark.parametrize(
    ("source", "is_said"),
    [
        ("LIMIT = 0.5", False),
        ('LIMIT = 0.5\n"""Share that is enough."""', True),
        ('LIMIT = 0.5\n\n"""Of what follows."""', False),
        ("LIMIT = 0.5  # share that is enough", True),
        ("LIMIT = 0.5  # noqa: X", False),
        ("# Share that is enough.\nLIMIT = 0.5", True),
        ("OTHER = f()  # why\nLIMIT = 0.5", False),
        ('LIMIT, OTHER = 0.5, 1\n"""Shares."""', True),
        ("LIMIT: float = -0.5", False),
        ("LIMIT = np.array([0.5])", False),
        ('LIMIT = {"a": 0.5}', False),
        ("LIMIT = (\n    0.5,  # the first\n)", True),
    ],
)
def test_what_counts_as_explained(source, is_said):
    assert explained(source)["LIMIT"] is is_said


@pytest.mark.parametrize("source", ["NAME = 'x'", "FLAG = True", "T = TypeVar('T')", "X = other"])
def test_what_is_no_number(source):
    assert explained(source) == {}
