"""The arm of relief on one small skin, and its lines."""

from types import SimpleNamespace

import numpy as np
import pytest

from mnimage.domain.comparison import Change, Verdict
from mnimage.phantom.scars import TrueScar
from mnimage.phantom.session import PITCH
from mnimage.phantom.texture import TrueLine
from mnimage.validate.calls import no_change_lines
from mnimage.validate.depths import relief_lines
from mnimage.validate.relief import _due, counts, lines_jaccard, relief

LOOKED_AT = 7000
"""Seeds that have been looked into; those of the study stay unseen."""


@pytest.fixture(scope="module")
def found():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mnimage.validate.relief.SEED", LOOKED_AT)
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


def test_what_is_gone_of_a_scar_is_identified_by_its_closed_form():
    """A line runs through the scar: it is read with it before and after, but does not change."""
    true = TrueScar("boxcar", 0.0, 0.0, depth_mm=0.3, radius_mm=1.2)
    line, share = 0.3, 0.2
    gone = share * true.volume_mm3

    def followed(number, before, after):
        change = Change(before, after, "mm3", 0.1, gone / 1.5, Verdict.BETTER)
        return SimpleNamespace(id=number, volume=change, fresh=False)

    crossed = followed(1, true.volume_mm3 + line, true.volume_mm3 + line - gone)
    dent = followed(2, gone / share, gone / share)
    pair = SimpleNamespace(zones={}, scars=(crossed, dent))
    (call,) = _due((pair, {1: true}), "skin", share, 0.0)
    assert call.zone == "scar 1"
    assert call.change / call.true == pytest.approx(1)


def test_a_line_no_deeper_than_the_furrows_is_neither_missing_nor_wrong():
    """Two level lines 10 mm long, 200 and 300 rows down; the furrows are as deep as the second."""
    rows, depths = (200, 300), (0.1, 0.05)
    columns = np.linspace(-5.0, 5.0, 41)
    lines = tuple(
        TrueLine(tuple((row * PITCH, column) for column in columns), depth, 0.3)
        for row, depth in zip(rows, depths, strict=True)
    )
    skin = SimpleNamespace(lines=lines, look=SimpleNamespace(furrow_um=50.0))
    session = SimpleNamespace(place_px=lambda row, column: (row / PITCH, column / PITCH + 250))
    healthy = np.ones((500, 500), dtype=np.bool_)
    half = round(5.0 / PITCH)

    def found(*rows, columns=slice(250 - half, 251 + half)):
        mask = np.zeros(healthy.shape, dtype=np.bool_)
        for row in rows:
            mask[row, columns] = True
        marks = SimpleNamespace(line_px=np.argwhere(mask))
        return lines_jaccard(skin, marks, session, healthy)

    # The ends of a true line run out; its last 0.1 % are no longer seen.
    assert found(200) == pytest.approx(1, abs=0.01)
    assert found(200, 300) == pytest.approx(1, abs=0.01)
    assert found(300) == 0
    # As much again where there is nothing; half of it.
    assert found(200, 100) == pytest.approx(0.5, abs=0.01)
    assert found(200, columns=slice(250 - half, 250)) == pytest.approx(0.5, abs=0.02)
