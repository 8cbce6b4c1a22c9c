"""Real faces: the astronaut of scikit-image, and portraits stored beside the project."""

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from skimage import data

from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.face.find import find_face

SHARED = Path(__file__).parents[3] / ".." / "shared" / "data"


def photo_of(pixels):
    return Photo(np.ascontiguousarray(pixels), CaptureFacts("test", 8))


@cache
def read(name):
    path = SHARED / name
    if not path.is_file():
        pytest.skip("../shared/data is not here")
    return cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB)


@pytest.fixture(scope="session")
def as_photo():
    return photo_of


@pytest.fixture(scope="session")
def portrait():
    """Return a function from a file's name to its pixels."""
    return read


@pytest.fixture(scope="session")
def astronaut():
    return data.astronaut()


@pytest.fixture(scope="session")
def astronaut_face(astronaut):
    return find_face(photo_of(astronaut))


@pytest.fixture(scope="session")
def woman(portrait):
    """A portrait with its face."""
    pixels = portrait("faces/002_neutral.jpg")
    return pixels, find_face(photo_of(pixels))
