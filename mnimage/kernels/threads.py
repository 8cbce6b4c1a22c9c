"""Threads of the numerical libraries, so that they do not compete with each other."""

from __future__ import annotations

from functools import cache

from threadpoolctl import threadpool_limits


@cache
def one_blas_thread() -> None:
    """Let this process multiply matrices on the calling thread only.

    Pictures are processed in bands, on as many threads as are useful. The extra threads of a BLAS
    spin while they wait, and take the processor from threads that have work: a system
    of 448 equations took 3 ms without them, and 20 to 120 ms with them on two busy processors. See
    `docs/decisions/0011-one-thread-per-matrix-product.md`.
    """
    threadpool_limits(limits=1, user_api="blas")
