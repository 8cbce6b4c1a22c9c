"""Every option that alters a result, in one versioned value that is stored with the result."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field

from mnimage.domain.metrics import METRICS

ALGORITHM = 6
"""Raised whenever the same recipe would give other numbers on the same photo."""


PORE_WEIGHTS = "1af020d36ab54300ba91a67fc29a5abe1e7cc648c1bbccfeb0bd806ef9cda390"
LINE_WEIGHTS = "437224176a994e17ea920025b6be5ecdcd441537620f1dd864ea4e9a6252d136"
"""SHA-256 of `assets/weights/pores.json` and `lines.json`, the weights of their classifiers."""


@dataclass(frozen=True, slots=True)
class QualityRecipe:
    """Limits of the quality checks; each is explained beside its check."""

    min_face_px: float = 300.0
    min_picture_px: float = 1000.0
    min_skin_percent: float = 1.0
    min_jpeg_quality: float = 75.0
    min_sharpness: float = 62.0
    grave_sharpness: float = 30.0
    min_lightness: float = 28.0
    max_lightness: float = 82.0
    max_clipped_percent: float = 1.0
    max_glare_percent: float = 2.0
    max_side_ratio: float = 1.35
    max_light_ratio: float = 3.6
    max_yaw_deg: float = 12.0
    max_pitch_deg: float = 20.0
    max_roll_deg: float = 10.0
    max_turn_deg: float = 3.0
    max_distance_percent: float = 5.0
    max_camera_percent: float = 10.0
    max_perspective_percent: float = 3.0
    max_smile: float = 1.2
    max_mouth_open: float = 4.0
    max_smile_change: float = 0.45
    max_cast_percent: float = 5.0
    max_white_percent: float = 6.0
    max_exposure_percent: float = 20.0


@dataclass(frozen=True, slots=True)
class RegisterRecipe:
    """Options of registration; px are those of the working picture.

    `working_px` is the longest side of the skin at which matching is done; `halvings` how often
    that is halved for the coarsest level; `steps` and `final_steps` the rounds per level;
    `bending_px` how far a node may stray from the cubic through its neighbours (scale of a Cauchy
    distribution, at the finest level, where each pair chooses up to four times more or less);
    `anchor_errors` how loosely the field is held to the rough placing, in standard errors of that;
    skin whose expected error is above `max_error_px`, or whose agreement is below `min_agreement`,
    or that got brighter or darker than the light around it explains by `max_shade` (ln of coded
    brightness) and shows other marks (hair, frames), is not trusted; a pair whose typical agreement
    does not exceed chance by `min_evidence` is refused (on the portraits of 12 people: two people
    reach 0.04, a mirrored face 0.09, one person smiling at least 0.31).

    Skin that lies more than `moved_eyes` eye distances (about 1 mm) from where a rigid head would
    have carried it, or half as far and stretched by `moved_strain`, was moved by expression where
    that is more than `min_moved` of the skin (12 people smiling: 10 to 62 %; rendered heads turned
    by up to 8 degrees and bent by 0.3 mm, bent portraits and another camera distance: below 1 %).
    Where less than `min_unmoved` did not move, the pair is refused.
    A perspective changed by more than `max_perspective` is said so: 30 against 45 cm is 0.045 to
    0.05, turned rendered heads reach 0.025. Views are `max_turn_deg` apart as the mesh reads them:
    it reads a turn of 30 degrees as 18 to 26.
    """

    working_px: int = 1100
    halvings: int = 3
    steps: int = 4
    final_steps: int = 2
    bending_px: float = 0.04
    anchor_errors: float = 2.0
    longest_step_px: float = 3.0
    max_error_px: float = 1.0
    min_agreement: float = 0.15
    max_shade: float = 0.7
    min_evidence: float = 0.14
    min_covered: float = 0.3
    max_turn_deg: float = 18.0
    moved_eyes: float = 0.012
    moved_strain: float = 0.15
    min_moved: float = 0.03
    min_unmoved: float = 0.1
    max_perspective: float = 0.03


@dataclass(frozen=True, slots=True)
class ScoreRecipe:
    """Options of the flat scores; lengths in mm on the skin, contrasts in ln of light.

    `redness_k` serves without a colour profile, `redness_k_chart` and `redness_tone` with one.
    `texture_low_mm`, `texture_high_mm` are the wavelengths passed by half. `session` gives per
    score the standard error between sessions of unchanged skin, single shot, uncalibrated, as an
    absolute part (in the score's unit) and a part relative to the value, to which is added what
    the picture itself shows (`pore_light`, `ita_light`, `ita_yellow`: see `score.zones`), with a
    colour profile its own error in place of the camera's; `focus_left` the error, relative
    to the value, that each pixel of difference in focus leaves after it was equalised,
    `focus_kept` that of each squared pixel where it was not; for pores both are in ln of contrast.
    """

    grid_mm: float = 0.25
    redness_k: float = 0.3
    redness_k_chart: float = 0.4
    redness_tone: float = 0.2
    redness_sigma_mm: float = 0.5
    least_red_hi: float = 1.0
    flatten_mm: float = 15.0
    texture_low_mm: float = 0.4
    texture_high_mm: float = 2.5
    pore_sigmas_mm: tuple[float, ...] = (0.06, 0.085, 0.12, 0.17, 0.24)
    pore_contrast: float = 0.035
    pore_roundness: float = 0.35
    pore_coarsest_mm_per_px: float = 0.08
    line_sigmas_mm: tuple[float, ...] = (0.15, 0.25, 0.4)
    line_low: float = 0.015
    line_high: float = 0.04
    line_min_mm: float = 3.0
    relief_coarsest_mm_per_px: float = 0.25
    mark_sigma_mm: float = 0.4
    mark_surround_mm: float = 3.0
    mark_contrast: float = 0.025
    focus_left: tuple[tuple[str, float], ...] = tuple(
        (name, one.focus_left) for name, one in METRICS.items() if one.focus_left is not None
    )
    focus_kept: tuple[tuple[str, float], ...] = tuple(
        (name, one.focus_kept) for name, one in METRICS.items() if one.focus_kept is not None
    )
    block_mm: float = 5.0
    resamples: int = 500
    session: tuple[tuple[str, float, float], ...] = tuple(
        (name, one.session_error.absolute, one.session_error.relative)
        for name, one in METRICS.items()
        if one.session_error is not None
    )
    # By how much pores' contrast differs between sessions (ln; lamp's angle, noise, coding): 54
    # pairs of rendered skin photographed again spread by 0.6 of what is shown with it.
    pore_light: float = 0.06
    # Light (ln) and b* by which one session's photo differs, exposure and white balance set anew by
    # 12 and 5 %, tone curves up to half as steep again: with them ITA of 600 pairs, five cameras,
    # four lamps, spread by 0.7 of what was entered, alike from the pole outwards.
    ita_light: float = 0.2
    ita_yellow: float = 2.5


@dataclass(frozen=True, slots=True)
class CompareRecipe:
    """Options of weighing a change.

    `uncertainty_by_grade` is the factor by which the session error of a flat score grows when the
    two photos were taken differently, per grade of comparability. `repeat_share` is per score the
    share of the validated variance that differs from shot to shot of one session, so that
    replicates average it out and measure it; `repeat_prior` how many degrees of freedom the
    validated share counts beside the replicates' own. Within `healing_days` of needling, swollen
    skin gets no verdict. A control patch covers at least `control_least_mm2` (`control_least_px`
    without a scale), of which at least `control_least_skin` is skin.
    """

    uncertainty_by_grade: tuple[tuple[str, float], ...] = (
        ("A", 1.0),
        ("B", 1.1),
        ("C", 1.4),
        ("D", 1.8),
    )
    repeat_share: tuple[tuple[str, float], ...] = tuple(
        (name, one.repeat_share) for name, one in METRICS.items()
    )
    repeat_prior: float = 4.0
    healing_days: float = 7.0
    control_least_mm2: float = 100.0
    control_least_px: int = 4096
    control_least_skin: float = 0.8


@dataclass(frozen=True, slots=True)
class ReliefRecipe:
    """Options of relief, texture in um and scars; lengths in mm on the skin.

    `scatter` holds, for each channel, the share of light that spreads inside the skin and how far
    (sigma in mm): assumed values in the order of Jensen's diffuse lengths, to be measured per rig.
    The `..._error` values are what sessions with a fixed rig are expected to differ by (simulated:
    lamps known to 0.4 degrees, power to 2 %, motion of half a pixel). `scatter_error` is how wrong
    share and reach may be for one skin, each by itself; `gloss_error` how wrong the part of slopes
    that gloss made may be found, since its lobe is not known. `lens_blur_px` is the sigma
    of a sharp lens' blur. What covers less than `scar_narrow_mm2` is a scar only if it is deeper
    than `scar_least_narrow_mm`: pores, crossings of furrows and bits of lines reach 0.1 mm.
    """

    band_low_mm: float = 0.1
    band_high_mm: float = 2.5
    align_frames: bool = True
    shadow_share: float = 0.03
    robust_rounds: int = 8
    steepest_slope: float = 4.0
    correct_scatter: bool = True
    scatter: tuple[tuple[str, float, float], ...] = (
        ("blue", 0.3, 0.25),
        ("green", 0.4, 0.4),
        ("red", 0.5, 1.0),
    )
    correct_gloss: bool = True
    gloss_error: float = 0.4
    scatter_error: float = 0.3
    scatter_rounds: int = 4
    lens_blur_px: float = 0.6
    skin_sigma_mm: float = 2.5
    scar_edge_mm: float = 0.04
    scar_least_depth_mm: float = 0.08
    scar_least_area_mm2: float = 0.3
    scar_narrow_mm2: float = 2.0
    scar_least_narrow_mm: float = 0.125
    scar_margin_mm: float = 0.4
    slope_error: float = 0.017
    volume_error: float = 0.02
    depth_floor_mm: float = 0.004
    pore_weights: str = PORE_WEIGHTS
    line_weights: str = LINE_WEIGHTS


@dataclass(frozen=True, slots=True)
class Recipe:
    """All options together."""

    quality: QualityRecipe = field(default_factory=QualityRecipe)
    register: RegisterRecipe = field(default_factory=RegisterRecipe)
    score: ScoreRecipe = field(default_factory=ScoreRecipe)
    relief: ReliefRecipe = field(default_factory=ReliefRecipe)
    compare: CompareRecipe = field(default_factory=CompareRecipe)

    @property
    def version(self) -> str:
        """Algorithm number and a fingerprint of every option, such as "1-3fa9c2d1"."""
        options = json.dumps(asdict(self), sort_keys=True).encode()
        return f"{ALGORITHM}-{hashlib.sha256(options).hexdigest()[:8]}"
