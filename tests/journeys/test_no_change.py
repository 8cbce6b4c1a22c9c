"""Skin that has not changed is not called changed, on real portraits taken minutes apart."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from mnimage import workflow
from mnimage.domain.comparison import Verdict

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"


@pytest.mark.parametrize("person", ["003", "005", "009", "011"])
def test_portraits_minutes_apart(person):
    before, after = (DATA / "faces" / f"{person}_{how}.jpg" for how in ("neutral", "smiling"))
    if not before.is_file():
        pytest.skip("../shared/data is not here")
    comparison = workflow.compare_files(before, after).comparison
    changes = [change for zone in comparison.zones.values() for change in zone.values()]
    called = [change for change in changes if change.verdict in (Verdict.BETTER, Verdict.WORSE)]
    # Zones that the smile moved are not scored; 009 smiles most and keeps the upper face.
    assert len(changes) > 20
    # The family-wise level is 5 %; a smile moves blood and shading, so one call is let pass.
    assert len(called) <= 1, called
    # And the uncertainty is of the size of what really moves, not simply huge.
    ratios = [change.change / change.uncertainty for change in changes]
    assert 0.2 < np.sqrt(np.nanmean(np.square(ratios))) < 1.6


def test_a_photo_without_colour_has_no_colour_scores(tmp_path):
    path = DATA / "faces" / "005_neutral.jpg"
    if not path.is_file():
        pytest.skip("../shared/data is not here")
    gray = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_GRAYSCALE)
    cv2.imwrite(str(tmp_path / "gray.jpg"), gray)
    card = workflow.score_file(tmp_path / "gray.jpg", tmp_path / "o")
    assert "colour" in str(card.not_measured["redness_hi"])
    for zone in card.zones.values():
        assert not {"redness_hi", "red_area", "ita_deg"} & set(zone.scores)
        assert "scar_visibility" in zone.scores
