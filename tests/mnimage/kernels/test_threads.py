"""Matrix products run on the calling thread, so that bands have the processors to themselves."""

import os
import subprocess
import sys

COUNT = """
import numpy, scipy.linalg, cv2
from threadpoolctl import threadpool_info
from mnimage.kernels.bands import in_bands
in_bands(len, ["", ""])
print([one["num_threads"] for one in threadpool_info() if one["user_api"] == "blas"])
"""


def test_work_in_bands_leaves_no_threads_to_blas():
    # Two were asked for; a process of its own, since it stays so to the end.
    asked = os.environ | {"OPENBLAS_NUM_THREADS": "2"}
    command = [sys.executable, "-c", COUNT]
    printed = subprocess.run(command, capture_output=True, check=True, text=True, env=asked).stdout
    counts = [int(one) for one in printed.strip("[]\n ").split(",")]
    assert counts
    assert set(counts) == {1}
