"""The arm of relief on one small skin, and its lines."""

import pytest

from mnimage.validate.calls import no_change_lines
from mnimage.validate.depths import relief_lines
from mnimage.validate.relief import counts, relief


@pytest.fixture(scope="module")
def found():
    return relief(4, 14.0)


def test_scars_are_found_and_their_change_is_read(found):
    large = [one for one in found.scars if counts(one.true)]
    assert large
    assert sum(one.found is not None for one in large) >= len(large) - 1
    share, read = found.volumes[0]
    assert share == pytest.approx(0.2)
    assert read == pytest.approx(-20, abs=4)


def test_unchanged_skin_reads_the_same(found):
    lines = no_change_lines("relief", found.unchanged)
    assert lines[1].value <= 20
    assert abs(found.again_um / found.bands[0][1] - 1) < 0.05


def test_every_goal_of_relief_has_its_line(found):
    names = " ".join(line.what for line in relief_lines([found]))
    for word in ("boxcar", "rolling", "ice-pick", "volume", "F1", "false", "Sq", "pores", "lines"):
        assert word in names
