import numpy as np

from mnimage.phantom.noise import band_noise, clouds, scatter_places


def test_band_noise_keeps_to_its_band_and_size():
    noise = band_noise((256, 300), (5.0, 20.0), np.random.default_rng(1))
    assert noise.std() == np.float32(1) or abs(noise.std() - 1) < 1e-4
    power = np.abs(np.fft.fft2(noise[:256, :256] * np.outer(np.hanning(256), np.hanning(256)))) ** 2
    frequency = np.hypot(np.fft.fftfreq(256)[:, None], np.fft.fftfreq(256)[None])
    inside = (frequency > 1 / 24) & (frequency < 1 / 4.6)
    assert power[inside].sum() > 0.98 * power.sum()


def test_clouds_have_unit_size_and_the_features_asked_for():
    field = clouds((600, 600), 30.0, np.random.default_rng(2))
    assert 0.8 < field.std() < 1.2
    shifted = [np.mean(field[:, step:] * field[:, : 600 - step]) for step in (3, 60)]
    assert shifted[0] > 0.9 * field.var()
    assert abs(shifted[1]) < 0.2


def test_places_keep_their_distance():
    radii = np.full(12, 1.5)
    places = scatter_places((30.0, 20.0), radii, 0.5, np.random.default_rng(3))
    assert np.isfinite(places).all()
    away = np.linalg.norm(places[:, None] - places[None], axis=2)[~np.eye(12, dtype=bool)]
    assert away.min() >= 3.5
    assert np.all(np.abs(places) <= [15 - 2, 10 - 2])
    crowded = scatter_places((5.0, 5.0), radii, 0.5, np.random.default_rng(3))
    assert np.isnan(crowded).any()
