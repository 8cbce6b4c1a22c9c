"""Help loads none of the heavy libraries: every command and subcommand, one process for each."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest

from mnimage.commands.root import root

HEAVY = (
    "PIL",
    "PySide6",
    "alembic",
    "cryptography",
    "cv2",
    "keyring",
    "matplotlib",
    "numpy",
    "pi_heif",
    "pydantic",
    "rawpy",
    "scipy",
    "skimage",
    "sqlalchemy",
    "sqlcipher3",
    "threadpoolctl",
    "tifffile",
    "tqdm",
    "typst",
)

CHECK = """
import contextlib, io, sys
from mnimage.commands.root import run
with contextlib.redirect_stdout(io.StringIO()) as out:
    status = run(sys.argv[2:])
loaded = [name for name in sys.argv[1].split(",") if name in sys.modules]
print(status, "Usage:" in out.getvalue() or "version" in sys.argv[2], *loaded)
"""


def commands_below(group, path=()):
    """Yield the words that call every command below a group, groups included."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        yield [*path, name]
        if isinstance(command, click.Group):
            yield from commands_below(command, (*path, name))


CALLS = [["--help"], ["--version"], *([*words, "--help"] for words in commands_below(root))]


def test_every_kind_of_command_is_found():
    assert ["compare", "--help"] in CALLS
    assert ["library", "users", "add", "--help"] in CALLS


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_help_loads_no_heavy_library(call):
    done = subprocess.run(
        [sys.executable, "-c", CHECK, ",".join(HEAVY), *call],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["0", "True"], done.stdout + done.stderr
