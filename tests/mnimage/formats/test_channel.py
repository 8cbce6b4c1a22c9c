import numpy as np
import pytest

from mnimage.domain.recipe import ReliefRecipe
from mnimage.formats.channel import choose_channel
from mnimage.formats.shots import read_shots
from mnimage.phantom.files import write_shots
from mnimage.phantom.light import ring
from mnimage.phantom.render import Shot
from mnimage.phantom.sensor import Sensor
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.relief.measure import measure_relief
from mnimage.relief.relief import recover_relief


def light(blue, green, noise):
    chance = np.random.default_rng(3)
    level = np.array([0.5, green, blue])
    seen = level + noise * chance.standard_normal((80, 80, 3))
    slope = np.linspace(0.8, 1.2, 80)[:, None, None]
    return (seen * slope).astype(np.float32)


@pytest.mark.parametrize(
    ("blue", "green", "channel"), [(0.2, 0.3, "blue"), (0.06, 0.2, "green"), (0.06, 0.065, "blue")]
)
def test_green_is_taken_where_blue_is_too_faint_and_green_is_better(blue, green, channel):
    # Noise of 0.002: 50 to 1 needs a level of 0.1.
    chosen, note = choose_channel(light(blue, green, 0.002))
    assert chosen == channel
    assert bool(note) == (channel == "green")


def test_the_note_gives_the_signal_to_noise_ratio():
    _, note = choose_channel(light(0.06, 0.2, 0.002))
    assert dict(note.args)["signal"] == pytest.approx(0.06 / 0.002, rel=0.1)
    assert "signal-to-noise ratio 3" in str(note)


@pytest.fixture(scope="module")
def dark_skin():
    look = SkinAppearance(tone="VI", scars=(0, 1, 0), lines=0, marks=(0, 0), margin_mm=4.0)
    return make_skin(seed=5, size_mm=(20, 20), mm_per_px=0.05, look=look)


def test_relief_of_dark_skin_is_true_in_the_channel_that_is_chosen(dark_skin, tmp_path):
    sensor = Sensor(exposure=0.0, electrons=12000.0, bits=12, blur_px=0.6)
    shots = read_shots(write_shots(tmp_path, dark_skin, ring(8), Shot(sensor=sensor)))
    assert shots.channel == "green"
    assert "formats.blue_faint" in [note.code for note in shots.notes]
    recipe = ReliefRecipe()
    relief = recover_relief(shots, recipe)
    assert relief.channel == "green"
    assert relief.scatter_share == {n: share for n, share, _ in recipe.scatter}["green"]
    (scar,) = measure_relief(relief, recipe).scars
    assert scar.depth_mm == pytest.approx(dark_skin.scars[0].depth_p95_mm, rel=0.06)
    texture = dark_skin.texture_mm
    found, true = (np.diff(part[40:-40, 40:120]).std() for part in (relief.height_mm, texture))
    assert found == pytest.approx(true, rel=0.12)
