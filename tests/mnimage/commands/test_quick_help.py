"""Help comes without the heavy libraries: in one process for all commands, each by its own name."""

from __future__ import annotations

import subprocess
import sys

import pytest

from mnimage.commands.root import COMMANDS

HEAVY = (
    "cv2",
    "scipy",
    "skimage",
    "matplotlib",
    "PySide6",
    "sqlalchemy",
    "typst",
    "pydantic",
    "PIL",
)

CHECK = """
import contextlib, io, sys
from mnimage.commands.root import run
with contextlib.redirect_stdout(io.StringIO()) as out:
    status = run(sys.argv[2:])
loaded = [name for name in sys.argv[1].split(",") if name in sys.modules]
print(status, "Usage:" in out.getvalue() or "version" in sys.argv[2], *loaded)
"""

CALLS = [
    ["--help"],
    ["--version"],
    *([name, "--help"] for name in COMMANDS),
    *(["library", name, "--help"] for name in ("init", "import", "show", "measure", "users")),
]


@pytest.mark.parametrize("call", CALLS, ids=" ".join)
def test_help_loads_no_heavy_library(call):
    done = subprocess.run(
        [sys.executable, "-c", CHECK, ",".join(HEAVY), *call],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == ["0", "True"], done.stdout + done.stderr
