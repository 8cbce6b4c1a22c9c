"""A line that runs on into a scar is an uncertainty of the scar; one that passes it is none."""

import numpy as np
import pytest

from mnimage.domain.relief import Scar
from mnimage.relief.crossed import with_line_uncertainty

PITCH = 0.05
SHAPE = (300, 300)
DEEP, SIGMA = 0.12, 0.15
SECTION = DEEP * SIGMA * np.sqrt(2 * np.pi)
ROW, COLUMN = np.mgrid[: SHAPE[0], : SHAPE[1]] * PITCH


def groove(row_mm, slope=0.0):
    """Depth of a line across the picture that begins at `row_mm` and falls by `slope`."""
    away = (ROW - row_mm - slope * COLUMN) / np.hypot(1, slope)
    return (DEEP * np.exp(-0.5 * (away / SIGMA) ** 2)).astype(np.float32)


def centre(row_mm, columns_mm, slope=0.0):
    column = np.arange(*(round(end / PITCH) for end in columns_mm))
    row = np.rint((row_mm + slope * column * PITCH) / PITCH).astype(int)
    return np.stack([row, column], axis=1).astype(np.int32)


def disc(radius_mm=2.0):
    """The mask of a scar around row and column 7.5 mm, its margin too."""
    return (np.hypot(ROW - 7.5, COLUMN - 7.5) < radius_mm).astype(np.int32)


def scar(area_mm2=8.0, number=1):
    return Scar(
        number, 150, 150, 0.3, 0.2, area_mm2, 1.5, 2.4, 40, "boxcar", 0.01, 0.05,
        depth_systematic_mm=0.02, volume_systematic_mm3=0.1,
    )  # fmt: skip


def questioned(lines, depth, labels=None, before=None):
    before = before or scar()
    labels = disc() if labels is None else labels
    (after,) = with_line_uncertainty([before], labels, lines, depth, PITCH)
    return after


def test_half_a_line_that_meets_the_scar_gets_a_warning_by_its_volume_inside():
    line = centre(7.5, (0.5, 5.0))
    found = questioned(line, groove(7.5))
    # 4 mm of it inside, which are there on a share between none and all of the way.
    added = np.sqrt(found.volume_systematic_mm3**2 - 0.1**2)
    assert added == pytest.approx(4.0 * SECTION / np.sqrt(3), rel=0.1)
    assert found.depth_systematic_mm == pytest.approx(np.hypot(0.02, DEEP / np.sqrt(3)), rel=0.1)


def test_a_line_seen_on_both_sides_runs_through():
    line = np.concatenate([centre(7.5, (0.5, 5.0)), centre(7.5, (10.0, 14.5))])
    found = questioned(line, groove(7.5))
    added = np.sqrt(found.volume_systematic_mm3**2 - 0.1**2)
    assert added == pytest.approx(np.sqrt(2 / 3) * 4.0 * SECTION, rel=0.1)


def test_a_slanted_line_through_the_edge_counts_for_its_chord():
    slope = 0.5
    line = centre(2.5, (0.5, 5.6), slope)
    found = questioned(line, groove(2.5, slope))
    away = (7.5 - 2.5 - slope * 7.5) / np.hypot(slope, 1)
    chord = 2 * np.sqrt(4 - away**2)
    added = np.sqrt(found.volume_systematic_mm3**2 - 0.1**2)
    assert added == pytest.approx(chord * SECTION / np.sqrt(3), rel=0.15)


@pytest.mark.parametrize(
    ("row_mm", "columns_mm"), [(4.9, (0.5, 14.5)), (7.5, (0.5, 3.5)), (7.5, (4.9, 5.1))]
)
def test_a_line_that_passes_ends_far_away_or_is_no_longer_than_a_dot_is_no_uncertainty(
    row_mm, columns_mm
):
    found = questioned(centre(row_mm, columns_mm), groove(row_mm))
    assert found == scar()


def test_only_the_scar_that_it_meets_gets_a_warning():
    labels = disc()
    labels[:40, :40] = 2
    found = with_line_uncertainty(
        [scar(), scar(number=2)], labels, centre(7.5, (0.5, 5.0)), groove(7.5), PITCH
    )
    assert found[0].volume_systematic_mm3 > 0.13
    assert found[1] == scar(number=2)


def test_a_wide_scar_keeps_its_depth_beside_a_fine_line():
    found = questioned(centre(7.5, (0.5, 5.0)), groove(7.5), before=scar(area_mm2=400.0))
    assert found.depth_systematic_mm == 0.02
    assert found.volume_systematic_mm3 > 0.1


def test_no_lines_no_scars():
    none = np.zeros((0, 2), dtype=np.int32)
    assert questioned(none, groove(7.5)) == scar()
    assert with_line_uncertainty([], disc() * 0, centre(7.5, (0.5, 5.0)), groove(7.5), PITCH) == ()
