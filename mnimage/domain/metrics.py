"""The table of scores: everything that is known of a score but how it is computed.

A new score is one row here, and one function in `mnimage.score` or `mnimage.relief` that measures
it (see CONTRIBUTING.md). Every other table of scores is read off this one.

Units are UCUM codes where UCUM has one (`ucum`), and the contract's words (`unit`) in answers.
`concept` is the DICOM or LOINC code for what is measured where one exists; where none does,
exports send the name of the score under the project's own coding scheme (DICOM PS3.3 8.2: schemes
that start with "99").
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

from mnimage.domain.scorecard import Mode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True, slots=True)
class SessionError:
    """Standard error between sessions of unchanged skin, one shot each.

    `absolute` is in the score's unit, `relative` is a share of the value; both are added in
    quadrature (GUM, JCGM 100:2008, 5.1.2).
    """

    absolute: float
    relative: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One score.

    Parameters
    ----------
    name
        As answers, tables and the library spell it; never renamed.
    unit, ucum
        The unit in answers, and its UCUM code.
    mode
        The light it is measured in; a score of the surface that both modes give (`pores`, `lines`)
        has the mode of its measurement, and here the one of an ordinary photo.
    worse
        +1 where a higher value is worse, -1 where a lower one is.
    digits
        Decimals to print.
    label, meaning
        For readers, in English.
    log_offset
        The score errs by a factor: shots are averaged, and series modelled, as ln(value + offset).
        None where it errs by an amount.
    session_error
        Between sessions of an ordinary photo; None where relief states its own.
    repeat_share
        Share of the session error's variance that differs from shot to shot of one session, so that
        replicates average it out.
    focus_left, focus_kept
        Error, relative to the value (for pores: ln of contrast), for each pixel by which focus
        differs after equalising it, and for each squared pixel where it was not equalised.
    headline
        What a course of treatment is for: over all measured skin these share two thirds of the
        chance of a false verdict.
    same_as
        The score is another one in other units: both count as one comparison.
    needs_color
        It cannot be measured on a black-and-white photo.
    above_reference
        It is measured against reference skin in the same photo.
    swells, reddens
        Swelling after needling lowers it; needling itself raises it for some days.
    layer, layer_unit, layer_sigma_mm
        The map that shows it, the map's unit and by how much the map is smoothed; empty: no map.
    in_zones
        The score is measured zone by zone; otherwise over all measured skin, or scar by scar.
    concept
        (value, scheme, meaning) of a standard's code for what is measured.
    """

    name: str
    unit: str
    ucum: str
    mode: Mode
    worse: int
    digits: int
    label: str
    meaning: str
    log_offset: float | None = None
    session_error: SessionError | None = None
    repeat_share: float = 0.05
    focus_left: float | None = None
    focus_kept: float | None = None
    headline: bool = False
    same_as: str = ""
    needs_color: bool = False
    above_reference: bool = False
    swells: bool = False
    reddens: bool = False
    layer: str = ""
    layer_unit: str = ""
    layer_sigma_mm: float = 0.0
    in_zones: bool = True
    concept: tuple[str, str, str] | None = None


# DICOM PS3.16, CID 7470 and 7472.
_DEPTH = ("131197000", "SCT", "Depth")
_VOLUME = ("118565006", "SCT", "Volume")

# Session errors are the larger of two: unchanged rendered skin of types I to V photographed again
# with the lamp moved by 3 to 6 degrees (benchmarks/repeatability.py), and studio portraits of 12
# people taken twice within minutes, which differ more in colour (blood moves, a head shades
# itself): the rms change over the root of two was 0.7 HI, 7 to 10 % red area, 0.3 to 1.3 MI, 1 to
# 2.8 evenness, on pairs of grade B and D. ITA: a moved lamp (0.7); what exposure and white balance
# add depends on the skin's own colour.
# Repeat shares: rendered skin, shots of one session against the validated variance
# (benchmarks/repeats.py), rounded down, at least 0.05.
_ROWS = (
    Metric(
        name="scar_depth_index_um",
        unit="um",
        ucum="um",
        mode=Mode.RELIEF,
        worse=+1,
        digits=1,
        label="Scar depth index",
        meaning="mean depth of the measured skin below its reference surface",
        concept=_DEPTH,
        log_offset=0.0,
        headline=True,
        same_as="scar_volume_mm3",
        swells=True,
        layer="depth",
        in_zones=False,
    ),
    Metric(
        name="scar_depth_mm",
        unit="mm",
        ucum="mm",
        mode=Mode.RELIEF,
        worse=+1,
        digits=2,
        label="Scar depth",
        meaning="depth of scars below the reference surface",
        concept=_DEPTH,
        swells=True,
        layer="depth",
        in_zones=False,
    ),
    Metric(
        name="redness_hi",
        unit="points",
        ucum="{points}",
        mode=Mode.FLAT,
        worse=+1,
        digits=1,
        label="Redness",
        meaning="redness above the patient's own reference skin",
        session_error=SessionError(0.45, 0.1),
        headline=True,
        needs_color=True,
        above_reference=True,
        reddens=True,
        layer="redness",
        layer_unit="points",
    ),
    Metric(
        name="texture_sq_um",
        unit="um",
        ucum="um",
        mode=Mode.RELIEF,
        worse=+1,
        digits=1,
        label="Texture",
        meaning="roughness (Sq, ISO 25178) of the skin's surface between 0.1 and 2.5 mm",
        log_offset=0.0,
        repeat_share=0.2,
        headline=True,
        swells=True,
        layer="texture",
        in_zones=False,
    ),
    Metric(
        name="scar_volume_mm3",
        unit="mm3",
        ucum="mm3",
        mode=Mode.RELIEF,
        worse=+1,
        digits=2,
        label="Scar volume",
        meaning="volume missing below the reference surface",
        concept=_VOLUME,
        log_offset=0.0,
        repeat_share=0.1,
        headline=True,
        swells=True,
        layer="depth",
        in_zones=False,
    ),
    Metric(
        name="scar_visibility",
        unit="points",
        ucum="{points}",
        mode=Mode.FLAT,
        worse=+1,
        digits=1,
        label="Scar visibility",
        meaning="contrast and area of scar-like marks; not a depth",
        session_error=SessionError(0.1, 0.2),
        focus_kept=0.05,
        headline=True,
        swells=True,
        layer="scar_visibility",
        layer_unit="points",
    ),
    Metric(
        name="texture_contrast",
        unit="%",
        ucum="%",
        mode=Mode.FLAT,
        worse=+1,
        digits=1,
        label="Texture contrast",
        meaning="contrast of fine light and shade on the skin in an ordinary photo",
        log_offset=0.0,
        session_error=SessionError(0.02, 0.07),
        repeat_share=0.2,
        focus_left=0.04,
        focus_kept=0.13,
        headline=True,
        swells=True,
        layer="texture_contrast",
        layer_unit="%",
        layer_sigma_mm=0.75,
    ),
    Metric(
        name="red_area",
        unit="%",
        ucum="%",
        mode=Mode.FLAT,
        worse=+1,
        digits=1,
        label="Red area",
        meaning="share of the skin that is clearly red",
        session_error=SessionError(4.0, 0.15),
        needs_color=True,
        above_reference=True,
        reddens=True,
    ),
    Metric(
        name="pigment_mi",
        unit="points",
        ucum="{points}",
        mode=Mode.FLAT,
        worse=+1,
        digits=1,
        label="Pigment",
        meaning="melanin index above the patient's own reference skin",
        session_error=SessionError(0.35, 0.1),
        headline=True,
        needs_color=True,
        above_reference=True,
        layer="pigment",
        layer_unit="points",
        layer_sigma_mm=0.5,
    ),
    Metric(
        name="evenness",
        unit="points",
        ucum="{points}",
        mode=Mode.FLAT,
        worse=-1,
        digits=1,
        label="Evenness of tone",
        meaning="how little the skin's colour varies; 100 is one colour throughout",
        session_error=SessionError(1.2, 0.0),
        needs_color=True,
        reddens=True,
    ),
    Metric(
        name="ita_deg",
        unit="deg",
        ucum="deg",
        mode=Mode.FLAT,
        worse=-1,
        digits=1,
        label="Skin tone (ITA)",
        meaning="individual typology angle; higher is lighter",
        session_error=SessionError(1.0, 0.0),
        needs_color=True,
    ),
    Metric(
        name="pores",
        unit="/cm2",
        ucum="/cm2",
        mode=Mode.FLAT,
        worse=+1,
        digits=1,
        label="Pores",
        meaning="number of pore-like dark dots",
        log_offset=1.0,
        session_error=SessionError(2.0, 0.1),
        repeat_share=0.5,
        focus_left=0.1,
        focus_kept=0.3,
        swells=True,
        layer="pores",
        layer_unit="/cm2",
        layer_sigma_mm=2.0,
    ),
    Metric(
        name="lines",
        unit="mm/cm2",
        ucum="mm/cm2",
        mode=Mode.FLAT,
        worse=+1,
        digits=1,
        label="Lines",
        meaning="length of line-like furrows",
        log_offset=1.0,
        session_error=SessionError(0.8, 0.12),
        repeat_share=0.1,
        focus_left=0.06,
        focus_kept=0.2,
        swells=True,
        layer="lines",
        layer_unit="mm/cm2",
        layer_sigma_mm=0.5,
    ),
)

METRICS: Mapping[str, Metric] = MappingProxyType({row.name: row for row in _ROWS})
"""Every score by name, in the order in which readers see them: what treatment is for comes first,
whatever the results are."""


def names_of(wanted: Callable[[Metric], object]) -> tuple[str, ...]:
    """Return the names of the scores that a condition holds for, in the table's order."""
    return tuple(name for name, metric in METRICS.items() if wanted(metric))


def is_worse_higher(name: str) -> bool:
    """Return whether a rise of a score, or of the map of a score, is for the worse.

    A name that no row has is taken to be worse when higher.
    """
    if name in METRICS:
        return METRICS[name].worse > 0
    shown = [metric for metric in METRICS.values() if metric.layer == name]
    return all(metric.worse > 0 for metric in shown)


def log_offset(name: str) -> float | None:
    """Return what is added to a score before its logarithm is taken, None where none is taken."""
    return METRICS[name].log_offset if name in METRICS else None
