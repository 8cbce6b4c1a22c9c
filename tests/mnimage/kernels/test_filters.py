import numpy as np
import pytest
from scipy.ndimage import gaussian_filter

from mnimage.kernels.filters import (
    dark_blobs,
    dark_ridges,
    gaussian,
    local_maxima,
    masked_blur,
    roundness,
)

RANDOM = np.random.default_rng(20260801)
NOISE = RANDOM.standard_normal((90, 120)).astype(np.float32)
MASK = np.zeros(NOISE.shape, dtype=bool)
MASK[10:70, 15:100] = True
MASK[30:40, 40:60] = False


def scipy_blur(values, sigma):
    return gaussian_filter(values.astype(np.float64), sigma, mode="reflect", truncate=4.0)


def close(seen, true, most=1e-5):
    return np.max(np.abs(seen - true)) <= most * np.max(np.abs(true))


@pytest.mark.parametrize("sigma", [0.7, 1.5, 4.0, 7.5])
def test_gaussian_matches_scipy(sigma):
    assert close(gaussian(NOISE, sigma), scipy_blur(NOISE, sigma), 2e-5)


@pytest.mark.parametrize("sigma", [1.5, 5.0])
def test_masked_blur_matches_its_definition(sigma):
    values = np.where(MASK, NOISE, np.nan).astype(np.float32)
    inside = np.where(MASK, NOISE, 0)
    true = scipy_blur(inside, sigma) / scipy_blur(MASK.astype(np.float64), sigma).clip(1e-9)
    assert close(masked_blur(values, MASK, sigma)[MASK], true[MASK], 2e-5)


def test_masked_blur_takes_several_planes_at_once():
    planes = np.stack([NOISE, 2 * NOISE, NOISE**2], axis=-1)
    together = masked_blur(planes, MASK, 3.0)
    for number in range(3):
        alone = masked_blur(np.ascontiguousarray(planes[..., number]), MASK, 3.0)
        assert close(together[..., number], alone)


@pytest.mark.parametrize("sigma", [12.0, 40.0])
def test_wide_blurs_at_reduced_size_stay_within_one_percent_of_the_contrast(sigma):
    rows, columns = np.mgrid[:411, :523].astype(np.float32)
    waves = (np.sin(rows / 31) + np.cos(columns / 47 + 1)).astype(np.float32)
    true = scipy_blur(waves, sigma)
    assert np.max(np.abs(gaussian(waves, sigma) - true)) < 0.02
    mask = (rows - 200) ** 2 + (columns - 260) ** 2 < 170**2
    weight = scipy_blur(mask.astype(np.float32), sigma)
    inside = scipy_blur(np.where(mask, waves, 0), sigma) / weight.clip(1e-9)
    assert np.max(np.abs(masked_blur(waves, mask, sigma) - inside)[mask]) < 0.06


def test_values_outside_the_mask_have_no_influence():
    other = np.where(MASK, NOISE, 1e6).astype(np.float32)
    assert close(masked_blur(other, MASK, 4.0)[MASK], masked_blur(NOISE, MASK, 4.0)[MASK])


def spot(depth, sigma, shape=(61, 61), stretch=1.0):
    rows, columns = np.mgrid[: shape[0], : shape[1]].astype(np.float64)
    away = ((rows - shape[0] // 2) / stretch) ** 2 + (columns - shape[1] // 2) ** 2
    return (-depth * np.exp(-away / (2 * sigma**2))).astype(np.float32)


@pytest.mark.parametrize("sigma", [1.8, 2.4, 3.4])
def test_the_response_to_a_dark_spot_is_half_its_depth(sigma):
    answer = dark_blobs(spot(0.2, sigma), [1.2, 1.7, 2.4, 3.4, 4.8])
    assert answer[30, 30] == pytest.approx(0.1, rel=0.12)
    assert answer[30, 30] == answer.max()


def test_dark_blobs_matches_its_definition():
    sigmas = [1.0, 1.5, 2.3]
    levels = [scipy_blur(NOISE, sigma) for sigma in sigmas]
    answers = [
        (levels[i + 1] - levels[i]) / np.log(sigmas[i + 1] / sigmas[i])
        for i in range(len(sigmas) - 1)
    ]
    # Two blurs in a row are one wider only up to the sampling of the Gaussian.
    inner = (slice(12, -12), slice(12, -12))
    assert close(dark_blobs(NOISE, sigmas)[inner], np.max(answers, axis=0)[inner], 5e-3)


def test_dark_blobs_refuses_a_single_scale():
    with pytest.raises(ValueError, match="two scales"):
        dark_blobs(NOISE, [1.0])


def test_local_maxima_are_those_found_pixel_by_pixel():
    rows, columns = local_maxima(NOISE, 1, 0.5)
    found = set(zip(rows.tolist(), columns.tolist(), strict=True))
    true = set()
    for r in range(NOISE.shape[0]):
        for c in range(NOISE.shape[1]):
            around = [
                NOISE[r + down, c + along]
                for down, along in ((-1, 0), (1, 0), (0, -1), (0, 1))
                if 0 <= r + down < NOISE.shape[0] and 0 <= c + along < NOISE.shape[1]
            ]
            if NOISE[r, c] > 0.5 and NOISE[r, c] >= max(around):
                true.add((r, c))
    assert found == true


def test_round_and_long_spots_are_separated():
    middle = np.array([30])
    scales = [1.5, 2.1, 3.0]
    assert roundness(dark_blobs(spot(0.2, 2.0), scales), middle, middle, 1)[0] > 0.9
    long = dark_blobs(spot(0.2, 2.0, stretch=4.0), scales)
    assert roundness(long, middle, middle, 1)[0] < 0.3


def line_picture(angle_deg, depth=0.2, sigma=2.0, half=60.0, size=201):
    rows, columns = np.mgrid[:size, :size].astype(np.float64) - size // 2
    angle = np.radians(angle_deg)
    along = rows * np.cos(angle) + columns * np.sin(angle)
    across = -rows * np.sin(angle) + columns * np.cos(angle)
    beyond = np.maximum(np.abs(along) - half, 0)
    return (-depth * np.exp(-(across**2 + beyond**2) / (2 * sigma**2))).astype(np.float32)


def found_length(angle, half):
    everywhere = np.ones((201, 201), dtype=bool)
    ridges = dark_ridges(line_picture(angle, half=half), everywhere, [1.5, 2.5], 0.03)
    return ridges.length_px.sum(), np.median(ridges.strength)


@pytest.mark.parametrize("angle", [0, 13, 30, 44, 71, 90, 135])
def test_length_of_a_drawn_line_is_right_at_any_angle(angle):
    # The difference of two lines, since where the faded ends stop is arbitrary.
    long, strength = found_length(angle, 75.0)
    short, _ = found_length(angle, 25.0)
    assert long - short == pytest.approx(100, rel=0.13 if angle in (44, 135) else 0.05)
    assert strength == pytest.approx(0.2 / 2.83, rel=0.12)


def literal_ridges(values, sigma, above):
    smooth = scipy_blur(values, sigma)
    found = {}
    for r in range(1, values.shape[0] - 1):
        for c in range(1, values.shape[1] - 1):
            patch = smooth[r - 1 : r + 2, c - 1 : c + 2]
            rr = patch[2, 1] - 2 * patch[1, 1] + patch[0, 1]
            cc = patch[1, 2] - 2 * patch[1, 1] + patch[1, 0]
            rc = (patch[2, 2] - patch[2, 0] - patch[0, 2] + patch[0, 0]) / 4
            (low, high), axes = np.linalg.eigh([[rr, rc], [rc, cc]])
            strength = sigma**2 * (high - abs(low))
            if strength <= above:
                continue
            normal = axes[:, 1]
            slope = [(patch[2, 1] - patch[0, 1]) / 2, (patch[1, 2] - patch[1, 0]) / 2]
            offset = -np.dot(slope, normal) / high
            if abs(offset) < 1:
                found[r, c] = (strength, 1 - abs(offset))
    return found


def test_ridges_match_their_definition():
    picture = line_picture(30, size=61, half=20.0) + 0.01 * NOISE[:61, :61]
    true = literal_ridges(picture, 2.0, 0.02)
    seen = dark_ridges(picture, np.ones(picture.shape, dtype=bool), [2.0], 0.02)
    places = list(zip(seen.rows.tolist(), seen.columns.tolist(), strict=True))
    assert set(places) == set(true)
    values = np.array([true[place] for place in places])
    assert np.allclose(seen.strength, values[:, 0], rtol=1e-4)
    assert np.allclose(seen.length_px, values[:, 1], atol=1e-3)


def test_a_round_spot_is_no_line():
    ridges = dark_ridges(spot(0.2, 2.0), np.ones((61, 61), dtype=bool), [1.5, 2.5], 0.03)
    assert ridges.length_px.sum() < 4
