"""The whole answer says which zones it holds no numbers of."""

from dataclasses import replace

import numpy as np

from mnimage.compare.compare import compare_pair
from mnimage.domain.alignment import Alignment, Status
from mnimage.domain.face import Zones
from mnimage.domain.pair import AnalyzedPhoto
from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.domain.quality import QualityReport
from mnimage.domain.recipe import Recipe


def test_zones_moved_by_expression_are_named_with_the_reason():
    photo = Photo(np.zeros((16, 16, 3), np.uint8), CaptureFacts("PNG", 8))
    labels = np.ones((16, 16), np.uint8)
    analyzed = AnalyzedPhoto(
        "a", photo, None, Zones(("whole",), labels, labels > 0), QualityReport(()), None
    )
    grid = np.ones((2, 2), np.float32)
    still = Alignment(Status.ALIGNED, "", (16, 16), (16, 16), 8, grid, grid, grid, grid > 0)
    moved = replace(still, moved_zones=("chin", "perioral"), moved_share=0.2)
    found = compare_pair(analyzed, analyzed, moved, None, Recipe())
    assert {zone: str(why) for zone, why in found.zones_left_out.items()} == {
        "chin": "moved by expression",
        "perioral": "moved by expression",
    }
    assert not compare_pair(analyzed, analyzed, still, None, Recipe()).zones_left_out
