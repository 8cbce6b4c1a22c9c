import math

import numpy as np
import pytest

from mnimage.phantom.scars import TrueScar, scar_depth

CASES = [
    ("ice-pick", 0.5, 0.6),
    ("boxcar", 0.3, 1.4),
    ("rolling", 0.4, 2.6),
]


def literal_depth(scar, row, column):
    """The scar's definition, written down a second time."""
    right, down = column - scar.column_mm, row - scar.row_mm
    along = (right * math.cos(scar.angle) + down * math.sin(scar.angle)) / scar.stretch
    across = (down * math.cos(scar.angle) - right * math.sin(scar.angle)) * scar.stretch
    turn = np.arctan2(across, along)
    rho = np.hypot(along, across) / (
        scar.radius_mm * (1 + scar.waves * np.cos(scar.wave_count * turn))
    )
    shapes = {
        "ice-pick": np.where(rho < 1, 1 - rho, 0),
        "boxcar": (1 + math.exp(-1 / 0.07)) / (1 + np.exp((rho - 1) / 0.07)),
        "rolling": np.where(rho < 1, (1 + np.cos(np.pi * rho)) / 2, 0),
    }
    return scar.depth_mm * shapes[scar.kind]


@pytest.mark.parametrize(("kind", "depth", "radius"), CASES)
@pytest.mark.parametrize(("stretch", "waves"), [(1.0, 0.0), (1.3, 0.1)])
def test_closed_forms_against_sums(kind, depth, radius, stretch, waves):
    scar = TrueScar(kind, 0.3, -0.2, depth, radius, stretch=stretch, angle=0.7, waves=waves)
    pitch = 0.006
    places = np.arange(-5.5, 5.5, pitch)
    deep = literal_depth(scar, places[:, None], places[None])
    assert scar.volume_mm3 == pytest.approx(deep.sum() * pitch**2, rel=2e-4)
    assert scar.area_mm2 == pytest.approx(np.count_nonzero(deep > 0.04) * pitch**2, rel=2e-3)
    assert scar.depth_p95_mm == pytest.approx(np.percentile(deep[deep > 0.04], 95), rel=2e-3)
    assert scar.depth_mean_mm == pytest.approx(deep[deep > 0.04].mean(), rel=2e-3)
    half = np.count_nonzero(deep > depth / 2) * pitch**2
    assert scar.width_mm == pytest.approx(2 * math.sqrt(half / math.pi), rel=2e-3)


@pytest.mark.parametrize(("kind", "depth", "radius"), CASES)
def test_map_is_the_closed_form_at_pixel_centres(kind, depth, radius):
    scar = TrueScar(kind, 1.0, -2.0, depth, radius, stretch=1.2, angle=0.4, waves=0.08)
    seen = scar_depth((scar,), (201, 241), 0.05)
    row = (np.arange(201) - 100)[:, None] * 0.05
    column = (np.arange(241) - 120)[None] * 0.05
    assert np.abs(seen - literal_depth(scar, row, column)).max() < 1e-5
    assert seen.max() <= depth


def test_a_shallower_scar_keeps_its_outline():
    scar = TrueScar("boxcar", 0.0, 0.0, 0.4, 1.0)
    healed = scar.shallower(0.25)
    assert healed.depth_mm == pytest.approx(0.3)
    assert healed.volume_mm3 == pytest.approx(0.75 * scar.volume_mm3)
    assert healed.width_mm == pytest.approx(scar.width_mm)
    assert scar.shallower(1.0).area_mm2 == 0


@pytest.mark.parametrize(("kind", "depth"), [("ice-pick", 0.4), ("boxcar", 0.3), ("rolling", 0.35)])
def test_wall_angle_against_slopes_of_the_map(kind, depth):
    scar = TrueScar(kind, 0.0, 0.0, depth, 1.5)
    row, column = np.mgrid[-3.2:3.2:0.01, -3.2:3.2:0.01]
    hole = scar.depth_at(row, column)
    steep = np.hypot(*np.gradient(hole.astype(float), 0.01))[hole > 0.04]
    angle = math.degrees(math.atan(np.percentile(steep, 90)))
    assert scar.wall_angle_deg == pytest.approx(angle, abs=1.0)
