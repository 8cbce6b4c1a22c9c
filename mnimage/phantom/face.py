"""A portrait with phantom skin in it: detail, marks and scars of known place and strength.

The face is the public-domain portrait of Eileen Collins (NASA) that comes with scikit-image; it is
only 110 pixels wide, so all fine detail in the skin is the phantom's. The head's depth is a smooth
bulge with a nose and eye sockets: enough for the parallax of small turns.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, TypeVar

import cv2
import numpy as np
from skimage import data

from mnimage.domain.photo import CaptureFacts, Photo
from mnimage.kernels.color import luminance, to_linear
from mnimage.phantom.chromophores import TrueMark, draw_marks, make_chromophores
from mnimage.phantom.light import Lamp, diffuse, irradiance, spread, survey
from mnimage.phantom.noise import band_noise
from mnimage.phantom.render import Shot, picture
from mnimage.phantom.scars import KINDS, TrueScar, scar_depth
from mnimage.phantom.sensor import code, expose
from mnimage.phantom.skin import Skin, SkinAppearance, draw_scars
from mnimage.phantom.spectrum import skin_rgb
from mnimage.phantom.texture import TruePore, draw_pores, furrow_net, pore_depth

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Placed = TypeVar("_Placed", TrueMark, TrueScar, TruePore)
_Kind = TypeVar("_Kind", TrueMark, TrueScar)

# Everything below in pixels of the small portrait, (row, column).
_TOP, _LEFT, _HEIGHT, _WIDTH = 4.0, 142.0, 215.0, 172.0
_MM_PER_SOURCE_PX = 63 / 43.2
"""Eyes 43.2 px apart, taken as 63 mm."""

_OUTLINE = np.array(
    [
        (86, 189), (83, 205), (83, 222), (85, 242), (93, 258), (101, 266), (118, 267), (130, 265),
        (145, 261), (158, 255), (167, 247), (174, 236), (177, 225), (174, 211), (168, 200),
        (158, 190), (145, 186), (130, 185), (115, 184), (100, 185),
    ],
    dtype=np.float64,
)  # fmt: skip
_NOT_SKIN = np.array(
    [
        (101, 203, 7, 13), (103, 246, 7, 13), (91, 200, 4, 14), (92, 247, 4, 14),
        (146, 223, 12, 25), (129, 223, 4, 11),
    ],
    dtype=np.float64,
)  # fmt: skip
"""Eyes, brows, mouth and nostrils: centre and half axes of ellipses."""

_BULGES = np.array(
    [
        (112.0, 225.0, 58.0, 40.0, 100.0), (119.0, 224.0, 11.0, 8.0, 20.0),
        (102.0, 203.0, 8.0, 11.0, -5.0), (103.0, 246.0, 8.0, 11.0, -5.0),
        (165.0, 223.0, 11.0, 16.0, 8.0),
    ]
)  # fmt: skip
"""Head, nose, eye sockets, chin: centre, two sigmas in pixels, height in mm."""


@dataclass(frozen=True, slots=True)
class FaceScene:
    """A face: its skin's relief and colour, the portrait they are laid into, and where.

    `portrait` is linear RGB (rows, columns, 3) without the phantom's detail, `share` (rows,
    columns) 0..1 how far each sample is skin. The head's depth is `skin.base_mm`.
    """

    skin: Skin
    portrait: NDArray[np.float32] = field(repr=False)
    share: NDArray[np.float32] = field(repr=False)


def make_face(
    *, seed: int, shape: tuple[int, int] = (1500, 1200), look: SkinAppearance | None = None
) -> FaceScene:
    """Return a face; the same arguments give the same face.

    Parameters
    ----------
    seed
        Chooses the detail, the marks and the scars; the person stays the same.
    shape
        Rows and columns, about 5 to 4.
    look
        What is in the skin; its tone and curvature don't matter, the portrait's are taken.
    """
    look = look or SkinAppearance(
        microrelief_um=25.0, furrow_um=50.0, scars=(8, 8, 4), marks=(20, 10)
    )
    mm_per_px = _MM_PER_SOURCE_PX * _HEIGHT / shape[0]
    share = _skin_share(shape)
    colour, relief, places, other = np.random.default_rng(seed).spawn(4)
    # Half of the face's box is no skin, so more are drawn than wanted.
    many_marks = (4 * look.marks[0], 4 * look.marks[1])
    many_scars = (4 * look.scars[0], 4 * look.scars[1], 4 * look.scars[2])
    marks = _on_face(draw_marks(_box(), look.tone, many_marks, places), share, mm_per_px)
    marks = _first(marks, dict(zip(("red", "brown"), look.marks, strict=True)))
    scars = _on_face(draw_scars(_box(), many_scars, places), share, mm_per_px)
    scars = _first(scars, dict(zip(KINDS, look.scars, strict=True)))
    grooves = furrow_net(shape, look.furrow_cell_mm / mm_per_px, 1.0, relief)
    pores = _on_face(draw_pores(_box(), look.pores_per_cm2, places), share, mm_per_px)
    grooves = grooves * np.float32(look.furrow_um / 1000) + pore_depth(pores, shape, mm_per_px)
    micro = band_noise(shape, (3.0, max(1.5 / mm_per_px, 8.0)), relief)
    skin = Skin(
        mm_per_px=mm_per_px,
        micro_mm=micro * np.float32(look.microrelief_um / 1000),
        mark_mm=-grooves,
        scar_mm=scar_depth(scars, shape, mm_per_px),
        base_mm=_depth(shape),
        chromophores=make_chromophores(shape, mm_per_px, look.tone, marks, colour),
        look=look,
        scars=scars,
        pores=pores,
    )
    return FaceScene(skin=skin, portrait=_portrait(shape, other), share=share)


def treated_face(scene: FaceScene, **fractions: float) -> FaceScene:
    """Return the face at a later session; `fractions` as for `Skin.treated`."""
    seed = int(fractions.pop("seed", 0))
    return replace(scene, skin=scene.skin.treated(seed=seed, **fractions))


def shoot_face(scene: FaceScene, shot: Shot) -> Photo:
    """Return a photo of the face, sRGB-coded. A lamp in the shot shifts the light that way."""
    seen = picture(scene.skin, shot, face_light(scene, shot.lamp))
    linear = expose(seen, shot.sensor, np.random.default_rng([shot.seed, 7]))
    made = "JPEG" if shot.sensor.jpeg is not None else "PNG"
    return Photo(code(linear, shot.sensor), CaptureFacts(format=made, bits=8))


def face_light(scene: FaceScene, lamp: Lamp | None = None) -> NDArray[np.float32]:
    """Return the light that leaves each sample of the scene, linear RGB (rows, columns, 3)."""
    skin, chromophores = scene.skin, scene.skin.chromophores
    # The portrait has its own colour; the phantom adds how it differs from even skin.
    even = skin_rgb(
        chromophores.melanin_skin.mean(keepdims=True),
        chromophores.blood_skin.mean(keepdims=True),
        chromophores.oxygen.mean(keepdims=True),
    )
    ratio = chromophores.albedo() / even
    terrain = survey(skin.relief_mm, skin.mm_per_px)
    side = Lamp(-0.35, -0.45, 0.82, far=True)
    aside = irradiance(terrain, side, shadows=False)
    light = 0.6 * diffuse(terrain) + 0.4 / side.direction[2] * aside
    for part in range(3):
        ratio[..., part] *= spread(light.astype(np.float32), part, skin.mm_per_px)
    laid = scene.portrait * (1 + scene.share[..., None] * (ratio - 1))
    laid = laid if lamp is None else laid * _tilt(scene, lamp)[..., None]
    return np.asarray(laid, dtype=np.float32)


def _tilt(scene: FaceScene, lamp: Lamp) -> NDArray[np.float32]:
    """Return how much brighter the head is where it faces the lamp."""
    terrain = survey(scene.skin.base_mm, scene.skin.mm_per_px)
    x, y, z = lamp.direction
    turned = (z - x * terrain.slope_right - y * terrain.slope_down) * terrain.facing
    return np.asarray(0.75 + 0.25 * turned / z, dtype=np.float32)


def _portrait(shape: tuple[int, int], rng: np.random.Generator) -> NDArray[np.float32]:
    """Return the portrait enlarged, its blur and noise replaced by fine grain outside the skin."""
    coded = cv2.bilateralFilter(_source(), 5, 12, 1.5)
    enlarged = cv2.warpAffine(
        coded.astype(np.float32),
        _to_source(shape),
        shape[::-1],
        flags=cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_REFLECT,
    )
    soft = cv2.GaussianBlur(enlarged, (0, 0), 0.6 * shape[0] / _HEIGHT)
    crisp = np.clip(enlarged + 0.7 * (enlarged - soft), 0, 255)
    linear = to_linear(np.rint(crisp).astype(np.uint8))
    # Hair has fine structure; the wall behind the head has next to none.
    hair = np.clip((0.35 - luminance(linear)) / 0.2, 0.1, 1) * (1 - _skin_share(shape))
    rough = hair * band_noise(shape, (3.0, 40.0), rng) * np.float32(0.07)
    return np.asarray(linear * np.exp(rough)[..., None], dtype=np.float32)


def _source() -> NDArray[np.uint8]:
    return np.asarray(data.astronaut(), dtype=np.uint8)  # type: ignore[no-untyped-call]


def _to_source(shape: tuple[int, int]) -> NDArray[np.float64]:
    """Return the 2x3 matrix from a sample (x, y) to the small portrait."""
    step = _HEIGHT / shape[0]
    middle = _LEFT + _WIDTH / 2
    return np.array(
        [[step, 0, middle - step * (shape[1] - 1) / 2], [0, step, _TOP + 0.5 * step - 0.5]]
    )


def _source_places(
    shape: tuple[int, int],
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    matrix = _to_source(shape)
    row = np.arange(shape[0]) * matrix[1, 1] + matrix[1, 2]
    column = np.arange(shape[1]) * matrix[0, 0] + matrix[0, 2]
    return row.astype(np.float32)[:, None], column.astype(np.float32)[None]


@cache
def _skin_share(shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return where the face's skin is, 0..1 with soft rims."""
    matrix = _to_source(shape)
    outline = (_OUTLINE[:, ::-1] - matrix[:, 2]) / matrix[0, 0]
    mask = np.zeros(shape, dtype=np.uint8)
    cv2.fillPoly(mask, [np.rint(outline).astype(np.int32)], 255)
    row, column = _source_places(shape)
    for middle_row, middle_column, high, wide in _NOT_SKIN:
        inside = ((row - middle_row) / high) ** 2 + ((column - middle_column) / wide) ** 2 < 1
        mask[inside] = 0
    soft = cv2.GaussianBlur(mask.astype(np.float32) / 255, (0, 0), 1.5 / matrix[0, 0])
    share = soft * _bright(shape)
    share.setflags(write=False)
    return np.asarray(share, dtype=np.float32)


def _bright(shape: tuple[int, int]) -> NDArray[np.float32]:
    """Return 1 where the portrait is as light as skin, 0 where as dark as hair."""
    soft = cv2.GaussianBlur(to_linear(_source()), (0, 0), 1.0)
    light = luminance(np.asarray(soft, dtype=np.float32))
    enlarged = cv2.warpAffine(
        light, _to_source(shape), shape[::-1], flags=cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    )
    return np.asarray(np.clip((enlarged - 0.17) / 0.1, 0, 1), dtype=np.float32)


def _depth(shape: tuple[int, int]) -> NDArray[np.float32]:
    row, column = _source_places(shape)
    depth = np.zeros(shape, dtype=np.float32)
    for middle_row, middle_column, high, wide, rise in _BULGES:
        rho = ((row - middle_row) / high) ** 2 + ((column - middle_column) / wide) ** 2
        depth += np.float32(rise) * np.exp(-0.5 * rho)
    return depth


def _box() -> tuple[float, float]:
    """Return the height and width of the face's box in mm."""
    size = (_OUTLINE.max(axis=0) - _OUTLINE.min(axis=0)) * _MM_PER_SOURCE_PX
    return float(size[0]), float(size[1])


def _offset() -> tuple[float, float]:
    """Return the middle of the face's box from the picture's middle, in mm."""
    middle = (_OUTLINE.max(axis=0) + _OUTLINE.min(axis=0)) / 2
    away = middle - np.array([_TOP + _HEIGHT / 2 - 0.5, _LEFT + _WIDTH / 2])
    row, column = (away * _MM_PER_SOURCE_PX).tolist()
    return row, column


def _on_face(
    drawn: tuple[_Placed, ...], share: NDArray[np.float32], mm_per_px: float
) -> tuple[_Placed, ...]:
    """Return what was drawn in the face's box, moved there; what is not on skin is left out."""
    middle = (np.array(share.shape) - 1) / 2
    wholly = cv2.erode((share > 0.6).astype(np.uint8), np.ones((9, 9), dtype=np.uint8))
    down, right = _offset()
    kept = []
    for one in drawn:
        moved = replace(one, row_mm=one.row_mm + down, column_mm=one.column_mm + right)
        place = np.rint(middle + np.array([moved.row_mm, moved.column_mm]) / mm_per_px).astype(int)
        if wholly[place[0], place[1]]:
            kept.append(moved)
    return tuple(kept)


def _first(drawn: tuple[_Kind, ...], wanted: dict[str, int]) -> tuple[_Kind, ...]:
    """Return as many of each kind as wanted."""
    left = dict(wanted)
    kept = []
    for one in drawn:
        if left[one.kind] > 0:
            left[one.kind] -= 1
            kept.append(one)
    return tuple(kept)
