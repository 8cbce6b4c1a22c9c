import numpy as np
import pytest

from mnimage.phantom.sensor import Sensor, code, expose, stepped, through_jpeg

LIGHT = np.full((300, 300, 3), (0.6, 0.3, 0.1), dtype=np.float32)


def test_noise_is_as_asked():
    sensor = Sensor(electrons=12000.0, read_noise=10.0)
    seen = expose(LIGHT, sensor, np.random.default_rng(1))
    wanted = np.array([0.6, 0.3, 0.1]) / 12000 + (10 / 12000) ** 2
    assert seen.var(axis=(0, 1)) == pytest.approx(wanted, rel=0.03)
    assert seen.mean(axis=(0, 1)) == pytest.approx([0.6, 0.3, 0.1], abs=1e-4)


def test_exposure_and_balance_multiply():
    seen = expose(LIGHT, Sensor(exposure=0.5, balance=(1.1, 1.0, 0.9)), np.random.default_rng(1))
    assert seen[0, 0] == pytest.approx([0.33, 0.15, 0.045], rel=1e-5)


def test_blur_is_a_gaussian_of_its_sigma():
    point = np.zeros((41, 41, 3), dtype=np.float32)
    point[20, 20] = 1
    seen = expose(point, Sensor(blur_px=1.5), np.random.default_rng(1))[..., 0]
    spread = np.sum(seen * (np.arange(41)[None] - 20) ** 2)
    assert spread == pytest.approx(1.5**2, rel=0.02)


def test_coding_is_srgb():
    # 0.2140 linear is 0.5 coded (IEC 61966-2-1).
    grey = np.full((2, 2, 3), 0.21404, dtype=np.float32)
    assert code(grey, Sensor())[0, 0, 0] in (127, 128)
    assert code(grey, Sensor(bits=16))[0, 0, 0] == pytest.approx(32768, abs=2)
    assert code(grey, Sensor(bits=12)).dtype == np.uint16


def test_steps_of_a_converter():
    ramp = np.linspace(-0.1, 1.1, 5000, dtype=np.float32)
    seen = stepped(ramp, 8)
    assert np.unique(seen).size == 256
    assert np.abs(seen - np.clip(ramp, 0, 1)).max() <= 0.5 / 255 + 1e-6


def test_jpeg_loses_a_little():
    rng = np.random.default_rng(2)
    picture = rng.integers(0, 256, (64, 64, 3), dtype=np.uint8)
    again = through_jpeg(picture, 90)
    assert again.shape == picture.shape
    assert 0 < np.abs(again.astype(int) - picture).mean() < 20
    assert code(LIGHT, Sensor(jpeg=80)).dtype == np.uint8


@pytest.mark.parametrize("wrong", [{"bits": 10}, {"bits": 12, "jpeg": 90}])
def test_a_sensor_refuses_what_there_is_not(wrong):
    with pytest.raises(ValueError, match="bit"):
        Sensor(**wrong)
