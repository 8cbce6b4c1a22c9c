"""The record's pages: maps, every number by zone, scars, and how it was all measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from mnimage.domain.comparison import Source, Verdict
from mnimage.domain.face import CONTROL
from mnimage.domain.metrics import METRICS, is_worse_higher
from mnimage.domain.report import Facts, Heading, Page, Picture, Strip, Table
from mnimage.report.panels import change_layer, error_part, map_part, map_table, shared_limits
from mnimage.report.parts import (
    MAP_PX,
    after_photo,
    before_photo,
    color_bar,
    error_bar,
    face_frame,
    mark,
    scale_bar,
)
from mnimage.report.patient import grade_block, main_zone
from mnimage.report.registration import error_map, length_words, share_words
from mnimage.report.relief import pair_warnings
from mnimage.report.scars import scars_block
from mnimage.report.uncertainty import control_picture, uncertainty_facts
from mnimage.report.words import (
    date_words,
    figures,
    layer_words,
    measured_words,
    number,
    percent,
    plain,
    score_order,
    score_words,
    unit_words,
    zone_order,
    zone_words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from mnimage.domain.comparison import Change, Comparison
    from mnimage.domain.pair import AnalyzedPhoto, Pair
    from mnimage.domain.report import Block, Cell, Labels
    from mnimage.domain.scorecard import ScoreCard
    from mnimage.report.registration import ErrorMap

    Pixels: TypeAlias = NDArray[np.uint8]

_SE, _FROM = "\N{PLUS-MINUS SIGN} SE", "SE from"
_HEADS = ("Before", "After", "Change", "%", _SE, _FROM, "MDC95", "Verdict")
_CONTROL_HEADS = ("Before", "After", "Change", "Beyond", _SE, _FROM, "MDC95", "Verdict")
_TABLE_NOTE = (
    "SE: standard error of the change, from the validation of this mode or from this patient's own "
    "repeat shots where they scatter more. MDC95: the smallest change that repeated photos of "
    "unchanged skin would exceed only once in twenty; verdicts hold for all comparisons together "
    "and ask for more. No percentage is given of a value smaller than the MDC95. Left and right "
    "are the patient's."
)
_CONTROL_NOTE = (
    " Beyond: what is left of the change when that of the untreated control patch is taken off; "
    "SE, MDC95 and verdict are those of it."
)
_SOURCES = {Source.VALIDATED: "validation", Source.REPEATS: "repeats"}


def record_pages(pair: Pair, labels: Labels) -> tuple[Page, ...]:
    """Return the pages of the record."""
    blocks = (*_maps(pair, labels), *_tables(pair.comparison), *_scars(pair), *_method(pair))
    return (Page(blocks),)


def _maps(pair: Pair, labels: Labels) -> list[Block]:
    if not pair.layers:
        return []
    frame = face_frame(pair.before)
    note = "Same frame, same size and same range before and after. Grey photo: not measured there."
    photos = before_photo(pair, frame, MAP_PX), after_photo(pair, frame, MAP_PX)
    names = sorted(pair.layers, key=_map_order)
    strips = [_map_strip(pair, name, photos, labels) for name in names]
    return [Heading("Maps", note), *strips]


def _map_order(name: str) -> tuple[int, str]:
    order = [metric.layer for metric in METRICS.values()]
    return next((i for i, start in enumerate(order) if start and name.startswith(start)), 99), name


def _map_strip(pair: Pair, name: str, photos: tuple[Pixels, Pixels], labels: Labels) -> Strip:
    """Return one score's maps over the photos of the face's frame."""
    before, after = pair.layers[name]
    frame = face_frame(pair.before)
    limits, table, words = shared_limits(before, after), map_table(name), layer_words(name)
    change = change_layer(before, after, higher_is_worse=is_worse_higher(name))
    reach = shared_limits(change, change)
    found = _map_change(pair.comparison, name)
    within = found[1].mdc95 if found else 0.0
    changes = map_table(change.name, within / reach[1])
    bar = scale_bar(pair.before.scale, frame)
    titles = (labels.before or "Before", labels.after or "After", "Change")
    days = (_day(pair.before), _day(pair.after), "after minus before")
    pixels = (
        map_part(before, photos[0], frame, limits, table),
        map_part(after, photos[1], frame, limits, table),
        map_part(change, photos[0], frame, reach, changes),
    )
    pictures = tuple(
        Picture(picture, f"Map of {words.lower()}: {title}", title, day, bar)
        for picture, title, day in zip(pixels, titles, days, strict=True)
    )
    unit = unit_words(before.unit)
    note = _change_note(within, unit)
    legends = (
        color_bar(words, unit, limits, table),
        color_bar("Change", unit, reach, changes, note),
    )
    number_words = _change_words(*found) if found else ""
    return Strip(pictures, 3, words, legends, number_words, mark(found[1]) if found else None)


def _day(analyzed: AnalyzedPhoto) -> str:
    return date_words(analyzed.photo.facts.taken_at)


def _change_words(name: str, change: Change) -> str:
    digits, unit = score_words(name).digits, unit_words(change.unit)
    value, error, _ = change.weighed
    spread = f"\N{PLUS-MINUS SIGN} {number(error, digits)}"
    return f"{number(value, digits, signed=True)} {unit} {spread}"


def _change_note(within: float, unit: str) -> str:
    ends = "Blue: better, orange: worse."
    if within <= 0:
        return ends
    return f"{ends} Grey: within \N{PLUS-MINUS SIGN}{within:.2g} {unit}, the MDC95 of all skin."


def _map_change(comparison: Comparison, layer: str) -> tuple[str, Change] | None:
    """Return the score of all skin that a map belongs to; None where there is none."""
    changes = comparison.zones.get(main_zone(comparison.zones), {})
    for name in sorted(changes, key=score_order):
        start = score_words(name).layer
        fits = name == layer or (start and layer.startswith(start))
        if fits and changes[name].verdict is not Verdict.NOT_COMPARABLE:
            return name, changes[name]
    return None


def _tables(comparison: Comparison) -> list[Block]:
    names = sorted({name for row in comparison.zones.values() for name in row}, key=score_order)
    if not names:
        return []
    note = _TABLE_NOTE + (_CONTROL_NOTE if comparison.notes.control else "")
    heading = Heading("All numbers, zone by zone", note)
    if len(comparison.zones.keys() - {CONTROL}) == 1:
        zones = sorted(comparison.zones, key=zone_order)
        return [heading, *(_zone_table(zone, comparison.zones[zone]) for zone in zones)]
    return [heading, *(_score_table(comparison, name) for name in names)]


def _zone_table(zone: str, changes: Mapping[str, Change]) -> Table:
    """Return all scores of one zone in one table, where there is but one, or one and a control."""
    heads = _heads(changes.values())
    rows = tuple(
        _row(
            f"{score_words(name).name}, {unit_words(changes[name].unit)}",
            changes[name],
            name,
            heads,
        )
        for name in sorted(changes, key=score_order)
    )
    return Table(zone_words(zone), "", heads, rows, _reasons(list(changes.values())))


def _score_table(comparison: Comparison, name: str) -> Table:
    zones = [z for z in sorted(comparison.zones, key=zone_order) if name in comparison.zones[z]]
    changes = [comparison.zones[zone][name] for zone in zones]
    heads = _heads(changes)
    rows = tuple(
        _row(zone_words(zone), change, name, heads)
        for zone, change in zip(zones, changes, strict=True)
    )
    unit = unit_words(changes[0].unit)
    return Table(score_words(name).name, unit, heads, rows, _reasons(changes))


def _heads(changes: Iterable[Change]) -> tuple[str, ...]:
    beyond = any(change.controlled is not None for change in changes)
    return _CONTROL_HEADS if beyond else _HEADS


def _reasons(changes: list[Change]) -> str:
    reasons = dict.fromkeys(plain(str(c.reason)).rstrip(".") + "." for c in changes if c.reason)
    return " ".join(reasons)


def _row(title: str, change: Change, name: str, heads: tuple[str, ...]) -> tuple[Cell, ...]:
    digits = score_words(name).digits
    values = (number(change.before, digits), number(change.after, digits))
    cells = _cells(change, digits)
    where = _SOURCES[change.source] if math.isfinite(change.uncertainty) else "\N{EN DASH}"
    if heads is _HEADS:
        return (title, *values, *cells[:3], where, *cells[3:])
    own = number(change.change, digits, signed=True)
    beyond = cells[0] if change.controlled is not None else "\N{EN DASH}"
    return (title, *values, own, beyond, cells[2], where, *cells[3:])


def change_cells(change: Change, digits: int) -> tuple[Cell, ...]:
    """Return change, percent, uncertainty, MDC95 and verdict; dashes where it is not comparable.

    Where there is a control patch they are those of the change beyond it.
    """
    if change.verdict is Verdict.NOT_COMPARABLE:
        return (*("\N{EN DASH}",) * 4, mark(change))
    return _cells(change, digits)


def _cells(change: Change, digits: int) -> tuple[Cell, ...]:
    """Return the same with all that was measured: numbers without a verdict are shown as well."""
    value, error, limit = change.weighed
    return (
        number(value, digits, signed=True),
        percent(_percent(change)),
        number(error, digits),
        number(limit, digits),
        mark(change),
    )


def _percent(change: Change) -> float | None:
    """Return a change in percent; None where the value before is within the error of nothing."""
    value, _, limit = change.weighed
    return 100 * value / change.before if change.before > limit else None


def _scars(pair: Pair) -> list[Block]:
    block = scars_block(pair)
    if block is None:
        return []
    note = (
        "Each scar before and after at the same place and size: photo, and depth below healthy "
        "skin where it was measured."
    )
    return [Heading("Scars", note), block]


def _method(pair: Pair) -> list[Block]:
    comparison = pair.comparison
    blocks: list[Block] = [
        Heading("How it was measured"),
        _registration(pair),
        grade_block(comparison, most=99),
        Heading("Where the uncertainty comes from"),
        Facts(uncertainty_facts(comparison), control_picture(pair)),
    ]
    if found := pair_warnings(pair):
        blocks += [Heading("What makes the relief questionable"), Facts(found)]
    if comparison.not_measured:
        missing = {
            score_words(name).name: plain(str(why)) for name, why in comparison.not_measured.items()
        }
        blocks += [Heading("What was not measured, and why"), Facts(_pairs(missing))]
    blocks += [Heading("Checks of the photos that failed"), Facts(failed_checks(pair))]
    blocks += [Heading("Method and limits"), Facts(_limits(pair))]
    return blocks


def _registration(pair: Pair) -> Facts:
    before, frame = pair.before, face_frame(pair.before)
    errors = error_map(pair.comparison.alignment, before.zones, before.scale)
    picture = Picture(
        error_part(errors, before_photo(pair, frame, MAP_PX), frame),
        "Map of the error expected of the registration",
        "Error map",
        bar=scale_bar(before.scale, frame),
    )
    return Facts(_registration_facts(pair, errors), picture, error_bar(errors))


def _registration_facts(pair: Pair, errors: ErrorMap) -> tuple[tuple[str, str], ...]:
    scale, alignment = pair.before.scale, pair.comparison.alignment
    limit = length_words(alignment.limit_px, scale)
    facts = {
        "Photo before": _photo_facts(pair.before),
        "Photo after": _photo_facts(pair.after),
        "Registration error, median": length_words(alignment.error_median_px, scale),
        "Registration error, 95th percentile": length_words(alignment.error_p95_px, scale),
        "Limit of the error, from the recipe": f"{limit}; skin above it is left out of all scores",
        "Skin that the scores rest on": share_words(errors.scored),
        **{
            f"Left out: {reason.words[0].lower()}{reason.words[1:]}": share_words(share)
            for reason, share in errors.shares.items()
        },
        "Scale": f"{scale.mm_per_px:.4f} mm per pixel, from the {scale.source}, "
        f"\N{PLUS-MINUS SIGN}{100 * scale.error:.0f} %"
        if scale
        else "not known: no lengths in mm",
    }
    facts |= {f"Warning {i + 1}": str(one) for i, one in enumerate(alignment.warnings)}
    return _pairs(facts)


def _photo_facts(analyzed: AnalyzedPhoto) -> str:
    photo, facts = analyzed.photo, analyzed.photo.facts
    size = f"{photo.columns} \N{MULTIPLICATION SIGN} {photo.rows} px"
    parts = [size, facts.format, f"{facts.bits} bit", facts.camera or ""]
    return ", ".join(part for part in parts if part)


def failed_checks(pair: Pair) -> tuple[tuple[str, str], ...]:
    """Return the failed checks of both photos with what was measured and what to do."""
    facts = [
        (
            f"{plain(finding.check)}, {when}",
            f"{measured_words(finding.measured, finding.unit)}, {finding.rule} "
            f"{figures(finding.needed)} needed. {finding.advice}".strip(),
        )
        for when, analyzed in (("before", pair.before), ("after", pair.after))
        for finding in analyzed.quality.findings
        if not finding.ok
    ]
    return tuple(facts) or (("None", "Both photos passed every check."),)


def _limits(pair: Pair) -> tuple[tuple[str, str], ...]:
    names = {name for changes in pair.comparison.zones.values() for name in changes}
    facts = {
        score_words(name).name: plain(score_words(name).meaning) + "."
        for name in sorted(names, key=score_order)
        if score_words(name).meaning
    }
    if pair.comparison.before is not None:
        facts["Colour"] = _colour(pair.comparison.before)
    facts["Verdict"] = (
        "A change is called better or worse only when it is larger than the MDC95, and large "
        "enough among all comparisons made (Holm's procedure; Hochberg's for scars). Places where "
        "the photos could not be registered are left out of all numbers."
    )
    facts["Photos"] = "Cropped, turned and resized to the same frame; not retouched in any way."
    facts["Recipe"] = pair.comparison.recipe
    return _pairs(facts)


def _colour(card: ScoreCard) -> str:
    """Return whether the colour is calibrated, and how well."""
    if card.color is None:
        return (
            "The camera's colour was not calibrated: colour scores follow change in one patient, "
            "and must not be compared between cameras."
        )
    return (
        f"Calibrated by a colour chart: {card.color.mean:.1f} dE2000 off on average over its "
        f"patches, {card.color.skin:.1f} on those like skin. Real skin may be off by more."
    )


def _pairs(facts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple(facts.items())
