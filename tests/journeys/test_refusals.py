"""The long study of what is refused and said, kind by kind (`make stress`)."""

from __future__ import annotations

import pytest

from benchmarks import refusals


@pytest.mark.stress
@pytest.mark.parametrize("kind", refusals.KINDS)
def test_every_kind_of_pair_is_judged_as_it_should_be(kind):
    wrong, count = refusals.wrong_of(refusals.KINDS[kind](12))
    if not count:
        pytest.skip("../shared/data is not here")
    assert len(wrong) <= (0.01 * count if kind.startswith("good") else 0), wrong
