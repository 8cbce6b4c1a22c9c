"""Freed memory is reused: no fresh pages are requested from the system."""

import platform
import subprocess
import sys

import pytest

PAGES = """
import resource, sys
from contextlib import nullcontext
import numpy as np
from mnimage.kernels.memory import kept_memory

def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def held_mb():
    return int(open("/proc/self/statm").read().split()[1]) * resource.getpagesize() / 2**20

def plane(mb):
    return np.ones(mb << 18, np.float32)

start = held_mb()
with kept_memory() if sys.argv[1] == "kept" else nullcontext():
    plane(1) + plane(1), plane(48)
    first = pages()
    for _ in range(100):
        plane(1) + plane(1), plane(48)
    print(pages() - first)
print(held_mb() - start)
"""


STEPS = """
with kept_memory() if sys.argv[1] == "kept" else nullcontext():
    for _ in range(3):
        first = pages()
        with kept_memory():
            plane(1) + plane(1), plane(48)
    print(pages() - first)
print(held_mb() - start)
"""

only_glibc = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="only glibc can be set to keep memory"
)


@only_glibc
def test_memory_is_used_again_while_work_goes_on_and_given_back_after_it():
    usual, kept = ([float(line) for line in _run(how).split()] for how in ("usual", "kept"))
    # A plane of 1 MB is 256 pages.
    assert kept[0] < 256 < usual[0] / 10
    assert kept[1] < 10


@only_glibc
def test_steps_of_one_piece_of_work_share_its_memory():
    steps = PAGES.split("with kept", maxsplit=1)[0] + STEPS
    apart, within = (
        [float(line) for line in _run(how, steps).split()] for how in ("usual", "kept")
    )
    assert within[0] < 64 < apart[0] / 10
    assert within[1] < 10


def _run(how, code=PAGES):
    command = [sys.executable, "-c", code, how]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


def test_other_systems_are_not_changed(monkeypatch):
    from mnimage.kernels import memory

    monkeypatch.setattr(memory.sys, "platform", "darwin")
    assert memory.keep_freed_memory.__wrapped__() is False
