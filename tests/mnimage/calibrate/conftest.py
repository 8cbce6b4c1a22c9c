from dataclasses import replace
from pathlib import Path

import pytest

from mnimage.phantom.camera import CAMERAS, Rig
from mnimage.phantom.chart import Laid, lay_chart, take, wall
from mnimage.phantom.sensor import Sensor

SENSOR = Sensor(exposure=0.85, blur_px=0.6, electrons=12000.0, jpeg=92)
LAID = Laid((220.0, 320.0), pitch_px=62.0, turn_deg=2.0)


@pytest.fixture
def charted():
    """Return a photo of the chart, and how it lies; options of `Laid` and `Sensor` by name."""

    def photo(rig=None, exposure=SENSOR.exposure, bits=8, facts=None, **laid):
        rig = rig or Rig(CAMERAS[0])
        sensor = replace(SENSOR, exposure=exposure, bits=bits, jpeg=92 if bits == 8 else None)
        where = replace(LAID, **laid)
        taken = take(lay_chart(wall((440, 640), rig), rig, where), rig, sensor, seed=1)
        if facts is not None:
            taken = replace(taken, facts=replace(taken.facts, **facts))
        return taken, where

    return photo


@pytest.fixture(scope="session")
def shared_charts():
    folder = Path(__file__).parents[4] / "shared" / "data" / "chart"
    if not folder.is_dir():
        pytest.skip("../shared/data is not here")
    return folder
