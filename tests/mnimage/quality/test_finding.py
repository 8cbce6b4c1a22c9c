import pytest

from mnimage.domain.quality import Check
from mnimage.quality.finding import at_least, at_most, judge
from mnimage.words.message import NOTHING, message

ADVICE = message("quality.focus")


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
    finding = judge(Check.FOCUS, measured, limit, ADVICE)
    assert (finding.ok, finding.grave) == (ok, grave)
    assert finding.advice == (NOTHING if ok else ADVICE)
    assert finding.about == "photo"
    assert (finding.rule, finding.unit, finding.needed) == (limit.rule, limit.unit, 5.0)


def test_not_a_number_does_not_pass():
    assert not judge(Check.FOCUS, float("nan"), at_most(5.0, "%"), ADVICE).ok
