"""Threads of the libraries below, so that they do not get into each other's way."""

from __future__ import annotations

from functools import cache

from threadpoolctl import threadpool_limits


@cache
def one_blas_thread() -> None:
    """Let this process multiply matrices on the thread that asks for it.

    Pictures are worked on by bands, on as many threads as are of use. Those that a BLAS keeps
    beside them wait busily for their part, and take the processor from whoever has work: a system
    of 448 equations took 3 ms without them, and 20 to 120 ms with them on two busy processors. See
    `docs/decisions/0011-one-thread-per-matrix-product.md`.
    """
    threadpool_limits(limits=1, user_api="blas")
