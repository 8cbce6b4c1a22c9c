"""What is let go of is used again: the system is not asked for fresh pages."""

import platform
import subprocess
import sys

import pytest

PAGES = """
import resource, sys
import numpy as np
from mnimage.kernels.memory import keep_freed_memory

def pages():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

def band():
    # Two planes of 1 MB at a time, as a band of rows has them.
    return np.ones(1 << 18, np.float32) + np.ones(1 << 18, np.float32)

if sys.argv[1] == "kept":
    assert keep_freed_memory() is True
band()
start = pages()
for _ in range(100):
    band()
print(pages() - start)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc is told to keep memory")
def test_bands_use_the_memory_of_bands_before():
    usual, kept = (
        int(
            subprocess.run(
                [sys.executable, "-c", PAGES, how], capture_output=True, check=True
            ).stdout
        )
        for how in ("usual", "kept")
    )
    # A plane of 1 MB is 256 pages.
    assert kept < 256 <= usual / 4


def test_other_systems_are_left_as_they_are(monkeypatch):
    from mnimage.kernels import memory

    monkeypatch.setattr(memory.sys, "platform", "darwin")
    assert memory.keep_freed_memory.__wrapped__() is False
