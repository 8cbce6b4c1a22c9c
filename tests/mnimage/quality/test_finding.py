import pytest

from mnimage.quality.finding import at_least, at_most, judge


@pytest.mark.parametrize(
    ("measured", "limit", "ok", "grave"),
    [
        (5.0, at_most(5.0, "%"), True, False),
        (5.1, at_most(5.0, "%"), False, False),
        (5.1, at_most(5.0, "%", 8.0), False, False),
        (8.1, at_most(5.0, "%", 8.0), False, True),
        (5.0, at_least(5.0, "px", 2.0), True, False),
        (3.0, at_least(5.0, "px", 2.0), False, False),
        (1.9, at_least(5.0, "px", 2.0), False, True),
    ],
)
def test_limits(measured, limit, ok, grave):
    finding = judge("test", measured, limit, "Do better.")
    assert (finding.ok, finding.grave) == (ok, grave)
    assert finding.advice == ("" if ok else "Do better.")
    assert (finding.rule, finding.unit, finding.needed) == (limit.rule, limit.unit, 5.0)


def test_what_is_not_a_number_does_not_pass():
    assert not judge("test", float("nan"), at_most(5.0, "%"), "Do better.").ok
