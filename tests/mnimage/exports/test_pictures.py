import cv2
import numpy as np

from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.exports.pictures import png_of


def test_the_pixels_come_back_in_their_own_depth():
    for dtype, most in ((np.uint8, 255), (np.uint16, 65535)):
        random = np.random.default_rng(1)
        coded = random.integers(0, most, (70, 90, 3), dtype=dtype)
        content = png_of(Photo(coded, CaptureFacts("PNG", 8 * coded.itemsize)))
        back = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(back[..., ::-1], coded)
