"""The height file, read back by tifffile, and the list of scars, read back by csv."""

import csv
from io import BytesIO, StringIO

import numpy as np
import tifffile

from mnimage.domain.photo import ImageScale
from mnimage.domain.relief import Relief, ReliefCard, Scar
from mnimage.relief.export import height_tiff, scars_csv


def test_height_comes_back_with_its_resolution():
    height = np.random.default_rng(1).normal(0, 0.1, (30, 40)).astype(np.float32)
    relief = Relief(
        height, np.zeros_like(height), np.ones((30, 40), bool), ImageScale(0.05, "rig", 0.001)
    )
    with tifffile.TiffFile(BytesIO(height_tiff(relief))) as file:
        page = file.pages[0]
        assert np.array_equal(page.asarray(), height)
        pixels, length = page.tags["XResolution"].value
        assert pixels / length == 200.0
        assert page.tags["ResolutionUnit"].value == 3


def test_scars_are_listed_line_by_line():
    scar = Scar(
        id=3,
        row=10.26,
        column=20.0,
        depth_mm=0.25,
        depth_mean_mm=0.2,
        area_mm2=3.0,
        volume_mm3=0.6,
        width_mm=1.9,
        wall_angle_deg=31.4,
        kind="boxcar",
        depth_uncertainty_mm=0.01,
        volume_uncertainty_mm3=0.02,
        lower_bound=True,
    )
    none = np.zeros((1, 1), np.float32)
    card = ReliefCard(
        15.0, 0.3, 5.0, 0.2, (scar,), none, none.astype(np.int32), none, 900.0, 1.0, "1-x"
    )
    (row,) = csv.DictReader(StringIO(scars_csv(card).decode()))
    assert (row["id"], row["type"], row["lower_bound"]) == ("3", "boxcar", "yes")
    assert float(row["row"]) == 10.3
    assert float(row["depth_mm"]) == 0.25
    assert float(row["wall_angle_deg"]) == 31.4
