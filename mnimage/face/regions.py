"""Which landmarks of the mesh bound which part of the face.

Each outline is written for the patient's right half, from the middle or the top onward; the left
is its mirror image, point by point.
"""

from __future__ import annotations

_MIRROR = {
    10: 10, 109: 338, 67: 297, 103: 332, 54: 284, 21: 251, 162: 389, 127: 356, 234: 454, 93: 323,
    132: 361, 58: 288, 172: 397, 136: 365, 150: 379, 149: 378, 176: 400, 148: 377, 152: 152,
    71: 301, 70: 300, 63: 293, 105: 334, 66: 296, 107: 336, 55: 285, 65: 295, 52: 282, 53: 283,
    46: 276, 8: 8, 9: 9, 68: 298, 104: 333, 69: 299, 108: 337, 151: 151,
    124: 353, 143: 372, 111: 340, 117: 346, 118: 347, 119: 348, 120: 349, 121: 350, 128: 357,
    245: 465, 193: 417, 114: 343, 126: 355, 142: 371, 129: 358, 98: 327, 97: 326, 2: 2,
    203: 423, 206: 426, 216: 436, 212: 432, 202: 422, 204: 424, 194: 418, 200: 200,
    210: 430, 169: 394, 116: 345, 123: 352, 147: 376, 213: 433,
    33: 263, 7: 249, 163: 390, 144: 373, 145: 374, 153: 380, 154: 381, 155: 382, 133: 362,
    173: 398, 157: 384, 158: 385, 159: 386, 160: 387, 161: 388, 246: 466,
    61: 291, 146: 375, 91: 321, 181: 405, 84: 314, 17: 17, 0: 0, 37: 267, 39: 269, 40: 270,
    185: 409, 59: 289, 75: 305, 60: 290, 20: 250, 238: 458, 79: 309, 166: 392,
}  # fmt: skip


def _both(*right: int) -> tuple[int, ...]:
    """Return a whole outline from its right half."""
    left = tuple(_MIRROR[point] for point in reversed(right) if _MIRROR[point] != point)
    return right + left


def mirrored(right: tuple[int, ...]) -> tuple[int, ...]:
    """Return the same outline on the patient's left."""
    return tuple(_MIRROR[point] for point in right)


OVAL = _both(
    10, 109, 67, 103, 54, 21, 162, 127, 234, 93, 132, 58, 172, 136, 150, 149, 176, 148, 152
)  # fmt: skip

_PERIORBITAL = (124, 143, 111, 117, 118, 119, 120, 121, 128, 245, 193, 55, 65, 52, 53, 46)
_CHEEK = (
    143, 111, 117, 118, 119, 120, 121, 128, 114, 126, 142, 129, 203, 206, 216, 212, 202, 210, 169,
    150, 136, 172, 58, 132, 93, 234, 127,
)  # fmt: skip

OUTLINES = {
    "forehead": _both(10, 109, 67, 103, 54, 21, 71, 70, 63, 105, 66, 107, 55, 8),
    "cheek_left": mirrored(_CHEEK),
    "cheek_right": _CHEEK,
    "nose": _both(8, 193, 245, 128, 114, 126, 142, 129, 98, 97, 2),
    "chin": _both(200, 194, 204, 202, 210, 169, 150, 149, 176, 148, 152),
    "periorbital_left": mirrored(_PERIORBITAL),
    "periorbital_right": _PERIORBITAL,
    "perioral": _both(2, 97, 98, 129, 203, 206, 216, 212, 202, 204, 194, 200),
}
"""The outline of each zone."""

_EYE = (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246)
_BROW = (46, 53, 52, 65, 55, 107, 66, 105, 63, 70)
_NOSTRIL = (59, 75, 60, 20, 238, 79, 166)

EYES = (_EYE, mirrored(_EYE))
BROWS = (_BROW, mirrored(_BROW))
NOSTRILS = (_NOSTRIL, mirrored(_NOSTRIL))
LIPS = _both(17, 84, 181, 91, 146, 61, 185, 40, 39, 37, 0)

_FRONT_OF_EAR = (127, 234, 93, 132, 58, 213, 147, 123, 116, 143)

REFERENCE = (
    _both(10, 109, 67, 103, 54, 68, 104, 69, 108, 151),
    _FRONT_OF_EAR,
    mirrored(_FRONT_OF_EAR),
)
"""Outlines of the patient's own reference skin."""
