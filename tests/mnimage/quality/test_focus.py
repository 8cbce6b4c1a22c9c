import cv2
import numpy as np
import pytest

from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.quality.focus import check_focus, noise_share
from mnimage.quality.shot import take_shot

PORTRAITS = [f"faces/{i:03d}_{kind}.jpg" for i in range(1, 13) for kind in ("neutral", "smiling")]
BLURS = (0.0, 0.7, 1.5, 3.0)


def findings(kit, recipe, name, noise=0.0):
    photo, face, zones = kit.analyze(name)
    rng = np.random.default_rng(1)
    for sigma in BLURS:
        pixels = cv2.GaussianBlur(photo.coded, (0, 0), sigma) if sigma else photo.coded
        noisy = pixels + noise * rng.normal(size=pixels.shape)
        blurred = Photo(np.clip(np.round(noisy), 0, 255).astype(np.uint8), CaptureFacts("x", 8))
        yield check_focus(take_shot(blurred, face, zones), None, recipe)


@pytest.mark.parametrize("name", PORTRAITS)
def test_sharp_portraits_pass_and_blurred_are_flagged_in_order(kit, recipe, name):
    sharp, soft, blurred, gone = findings(kit, recipe, name)
    assert sharp.measured > soft.measured > blurred.measured > gone.measured
    assert sharp.ok
    assert not blurred.ok
    assert gone.grave


@pytest.mark.parametrize("name", PORTRAITS[::6])
def test_noise_does_not_pass_for_sharpness(kit, recipe, name):
    sharp, soft, blurred, gone = findings(kit, recipe, name, noise=3.0)
    assert sharp.measured > soft.measured > blurred.measured > gone.measured
    assert sharp.ok
    assert not blurred.ok
    assert not gone.ok


def test_jpeg_at_medium_quality_stays_sharp(kit, recipe):
    photo, face, zones = kit.analyze("faces/002_neutral.jpg")
    small = cv2.imencode(".jpg", photo.coded, [cv2.IMWRITE_JPEG_QUALITY, 70])[1]
    again = Photo(cv2.imdecode(small, cv2.IMREAD_COLOR), photo.facts)
    assert check_focus(take_shot(again, face, zones), None, recipe).ok


def test_painted_skin_is_ordered_too(kit, recipe):
    skin = kit.paint(detail=0.08)
    values = []
    for sigma in (0.0, 0.7, 1.5, 3.0):
        soft = cv2.GaussianBlur(skin, (0, 0), sigma) if sigma else skin
        values.append(check_focus(kit.shot(soft), None, recipe).measured)
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("scale", [1.0, 1.7])
def test_share_of_noise_is_that_of_noise(scale):
    noise = np.random.default_rng(2).normal(size=(600, 600))
    first, second = (cv2.GaussianBlur(noise, (0, 0), scale * sigma) for sigma in (0.7, 1.4))
    measured = np.var(first - second) / np.var(noise - first)
    assert measured == pytest.approx(noise_share(scale), rel=0.02)


def test_a_finer_photo_is_as_sharp(kit, recipe):
    photo, face, zones = kit.analyze("faces/002_neutral.jpg")
    large = cv2.resize(photo.coded, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_LANCZOS4)
    zone = cv2.resize(zones.labels, large.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    fine = take_shot(
        Photo(large, photo.facts),
        kit.face(eye_distance_px=1.5 * face.eye_distance_px),
        type(zones)(zones.names, zone, zone > 0),
    )
    here = check_focus(take_shot(photo, face, zones), None, recipe)
    assert check_focus(fine, None, recipe).measured == pytest.approx(here.measured, rel=0.1)
