"""Height of the skin, recovered from directional shots, and the scars in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from mnimage.domain.photo import ImageScale
    from mnimage.words.message import Message


@dataclass(frozen=True, slots=True)
class Shots:
    """Directional shots of one place: fixed camera, one lamp each.

    `frames` has shape (k, rows, columns): linear light of one colour `channel` ("blue", "green" or
    "red"; blue light scatters least in the skin), 1.0 is the sensor's white, dark frame subtracted
    and flat frames divided out where there were any, so values may lie a little below 0 or above
    1. `lights` has shape (k, 3): unit vectors from the skin to the lamp (x right, y down, z to the
    camera), or, where `near` is true, lamp positions in mm from the picture's centre. `picture` is
    the mean of all shots in colour, 8-bit sRGB (rows, columns, 3), for display. `saturated` has
    the shape of `frames` and marks where any channel of the raw shot is at its end. `notes` are
    warnings from reading. `slope_error` is the relative standard error of all slopes that lamps,
    room light and missing frames bring (0: as the recipe expects of a good rig). `colors`
    (k, rows, columns, 3) are the shots themselves as 8-bit sRGB, for a picture without motion.
    """

    frames: NDArray[np.float32] = field(repr=False)
    lights: NDArray[np.float64]
    near: bool
    scale: ImageScale
    picture: NDArray[np.uint8] = field(repr=False)
    channel: str = "blue"
    bits: int = 8
    saturated: NDArray[np.bool_] | None = field(repr=False, default=None)
    notes: tuple[Message, ...] = ()
    slope_error: float = 0.0
    colors: NDArray[np.uint8] | None = field(repr=False, default=None)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of each frame."""
        return int(self.frames.shape[1]), int(self.frames.shape[2])


@dataclass(frozen=True, slots=True)
class Relief:
    """Recovered surface: height in mm (up is positive), where it is trusted, and the mean colour.

    `raw_mm` is the height before the light's spread inside the skin was taken back; `shadowed`
    marks where a shot was much darker than the shape found can explain, so that a hole is at least
    as deep as found.
    `scatter_share` is the share of the light that was taken to spread inside the skin (0: none).
    `slope_error` is that of the shots; `picture` their mean with the motion between them taken
    back, None where none was. `gloss` is by which part gloss had steepened the slopes before it was
    taken back, `channel` the colour of the light it was measured in.
    """

    height_mm: NDArray[np.float32] = field(repr=False)
    albedo: NDArray[np.float32] = field(repr=False)
    trusted: NDArray[np.bool_] = field(repr=False)
    scale: ImageScale
    warnings: tuple[Message, ...] = ()
    raw_mm: NDArray[np.float32] | None = field(repr=False, default=None)
    scatter_share: float = 0.0
    shadowed: NDArray[np.bool_] | None = field(repr=False, default=None)
    slope_error: float = 0.0
    picture: NDArray[np.uint8] | None = field(repr=False, default=None)
    gloss: float = 0.0
    channel: str = "blue"


@dataclass(frozen=True, slots=True)
class Scar:
    """One scar: where it is and how large the missing volume.

    `depth_mm` is the 95th percentile of its depth; `kind` is a suggestion: "ice-pick", "boxcar",
    "boxcar deep", "rolling". `lower_bound` is set where the walls were in shadow, and for every
    ice-pick: the true depth is then at least the one given. The `raw_...` values are those before
    the light's spread inside the skin was taken back: too small, but by the same factor at every
    session, so that a change is best read from them; NaN where there are none. The
    `..._systematic` values are the standard errors that every session of one skin shares, since
    nobody knows exactly how far light spreads in it: they concern the amount, not its change.
    """

    id: int
    row: float
    column: float
    depth_mm: float
    depth_mean_mm: float
    area_mm2: float
    volume_mm3: float
    width_mm: float
    wall_angle_deg: float
    kind: str
    depth_uncertainty_mm: float
    volume_uncertainty_mm3: float
    lower_bound: bool = False
    raw_depth_mm: float = float("nan")
    raw_volume_mm3: float = float("nan")
    depth_systematic_mm: float = float("nan")
    volume_systematic_mm3: float = float("nan")
    area_uncertainty_mm2: float = float("nan")
    width_uncertainty_mm: float = float("nan")


@dataclass(frozen=True, slots=True)
class Direction:
    """Which way the texture runs: `degrees` from the picture's right downwards, 0 to 180.

    `aspect` is the texture aspect ratio Str of ISO 25178-2: the fastest fall of the
    autocorrelation to 0.2 over the slowest; near 1 the same all round, near 0 all one way.
    """

    degrees: float
    aspect: float


@dataclass(frozen=True, slots=True)
class Marks:
    """Pores and lines on a relief: places in px (n, 2) as (row, column), and what they come to.

    `pore_depth_um` is how far each pore lies below its rim, the medians are over all pores.
    `line_px` are the points on the lines' centres, `line_depth_um` their mean depth.
    """

    pores_px: NDArray[np.float32] = field(repr=False)
    pore_depth_um: NDArray[np.float32] = field(repr=False)
    pores_per_cm2: float
    pore_diameter_mm: float
    pore_median_um: float
    line_px: NDArray[np.int32] = field(repr=False)
    lines_mm_per_cm2: float
    line_depth_um: float


@dataclass(frozen=True, slots=True)
class ReliefCard:
    """What was measured on a relief: texture, scars and the depth below the virtual healthy skin.

    `depth_mm` (rows, columns) is positive in holes, NaN over what is wide and no skin;
    `scar_labels` numbers each scar's pixels, and a margin around them, with its id, 0 elsewhere:
    these are the masks to carry to later sessions. `band_um` is the local texture Sq in um (NaN
    where not measured). `texture_octaves_um` gives Sq per octave of wavelength as (from mm, to mm,
    um). `places` is what this relief shows at the places of scars that were found at a later
    session only. `texture_direction` and `marks` (pores and lines) are None where they could not be
    measured. Uncertainties are standard errors between sessions; `texture_systematic_um` is the one
    that all sessions of one skin share (see `Scar`).
    """

    texture_sq_um: float
    texture_uncertainty_um: float
    scar_depth_index_um: float
    scar_depth_index_uncertainty_um: float
    scars: tuple[Scar, ...]
    depth_mm: NDArray[np.float32] = field(repr=False)
    scar_labels: NDArray[np.int32] = field(repr=False)
    band_um: NDArray[np.float32] = field(repr=False)
    area_mm2: float
    trusted: float
    recipe: str
    warnings: tuple[Message, ...] = ()
    area_uncertainty_mm2: float = float("nan")
    texture_octaves_um: tuple[tuple[float, float, float], ...] = ()
    places: tuple[Scar, ...] = ()
    texture_systematic_um: float = float("nan")
    texture_direction: Direction | None = None
    marks: Marks | None = None
