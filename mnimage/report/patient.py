"""The first page, for the patient: one pair, three numbers, and what they mean."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mnimage.domain.comparison import Verdict
from mnimage.domain.face import CONTROL, WHOLE
from mnimage.domain.report import (
    Card,
    Cards,
    Columns,
    Grade,
    Masthead,
    Notice,
    Page,
    Photos,
)
from mnimage.domain.same_session import between
from mnimage.report.parts import count, face_frame, mark, photo_pair
from mnimage.report.relief import pair_warnings
from mnimage.report.uncertainty import needling_words, shots_words
from mnimage.report.words import (
    PLUS_MINUS,
    date_words,
    number,
    score_order,
    score_words,
    unit_words,
    zone_order,
    zone_words,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mnimage.domain.comparison import Caution, Change, Comparison
    from mnimage.domain.pair import Pair
    from mnimage.domain.report import Block, Labels

KEY_NUMBERS = 3
REASONS_SHOWN = 4
WARNINGS_SHOWN = 3

_GRADES = {
    "A": "The two photos were taken alike.",
    "B": "The two photos were taken nearly alike.",
    "C": "The two photos differ somewhat; small changes may be hidden.",
    "D": "The two photos differ clearly; read the numbers with care.",
    "F": "The two photos cannot be compared.",
}
_BETTER_MEANS = (
    "\N{LEFT DOUBLE QUOTATION MARK}Better\N{RIGHT DOUBLE QUOTATION MARK} and "
    "\N{LEFT DOUBLE QUOTATION MARK}worse\N{RIGHT DOUBLE QUOTATION MARK} are said only of a change "
    "that photos of unchanged skin would show at most once in twenty times. "
    "\N{LEFT DOUBLE QUOTATION MARK}Within error\N{RIGHT DOUBLE QUOTATION MARK} means: no change "
    "could be shown. The number after \N{PLUS-MINUS SIGN} is the standard error."
)
_NOTHING = "Nothing could be measured on both photos."
_NOT_MEANT = (
    "The numbers do not say why the skin changed, whether it is healthy, or how it will go on. "
    "The photos are not retouched. For documentation, not for diagnosis."
)


def patient_page(pair: Pair, labels: Labels) -> Page:
    """Return the page for the patient."""
    blocks: list[Block] = [
        masthead(pair, labels, "Your skin, before and after"),
        Photos(photo_pair(pair, labels, face_frame(pair.before))),
        _key_numbers(pair.comparison),
        *cautions_block(pair.comparison, pair_warnings(pair)),
        grade_block(pair.comparison),
        Columns(_meaning(pair.comparison, labels)),
    ]
    return Page(tuple(blocks), single=True)


def masthead(pair: Pair, labels: Labels, title: str) -> Masthead:
    """Return the head of a first page: who, when, by whom; empty labels are left out."""
    before, after = pair.before.photo.facts.taken_at, pair.after.photo.facts.taken_at
    facts = [
        ("Patient", labels.patient),
        ("Course", labels.course),
        ("Photos by", labels.operator),
        (labels.before or "Before", date_words(before)),
        (labels.after or "After", date_words(after)),
        ("Between", count(between(before, after).days, "day") if before and after else ""),
        ("Shots", shots_words(pair.comparison)),
        ("Since the last needling", needling_words(pair.comparison)),
    ]
    return Masthead(title, labels.clinic, tuple((name, words) for name, words in facts if words))


def cautions_block(comparison: Comparison, warnings: Sequence[tuple[str, str]] = ()) -> list[Block]:
    """Return what must be borne in mind with all the numbers; nothing where there is nothing.

    `warnings` are those of the relief, each with whose relief it is; the first ones are given.
    """
    notes = [caution_words(one) for one in comparison.cautions]
    notes += [f"{whose}: {one}" for whose, one in warnings[:WARNINGS_SHOWN]]
    if left := len(warnings) - WARNINGS_SHOWN if len(warnings) > WARNINGS_SHOWN else 0:
        notes.append(f"{count(left, 'more warning')} of the relief on the record's pages.")
    return [Notice("To bear in mind", tuple(notes))] if notes else []


def caution_words(caution: Caution) -> str:
    """Return a caution as one sentence: its name, where it holds, and what it says."""
    zones = [zone_words(zone).lower() for zone in caution.zones if zone != CONTROL]
    where = f" ({', '.join(zones)})" if zones else ""
    name = caution.name[:1].upper() + caution.name[1:]
    return f"{name}{where}: {caution.words}"


def grade_block(comparison: Comparison, most: int = REASONS_SHOWN) -> Grade:
    """Return the grade with its reasons, the first `most` of them, warnings before all others."""
    comparability = comparison.comparability
    every = tuple(dict.fromkeys(map(str, (*comparison.alignment.warnings, *comparability.reasons))))
    reasons = every[:most]
    left = len(every) - len(reasons)
    more = (f"and {left} more, listed on the record's pages",) if left else ()
    headline = _GRADES.get(comparability.grade, "How alike the two photos were taken.")
    return Grade(comparability.grade, headline, (*reasons, *more))


def main_zone(zones: Mapping[str, Mapping[str, Change]]) -> str:
    """Return the zone that stands for all skin."""
    return WHOLE if WHOLE in zones or not zones else min(zones, key=zone_order)


def key_changes(comparison: Comparison) -> list[tuple[str, Change]]:
    """Return the changes of all skin, comparable ones first, in the order of the words' table.

    The order does not look at the result, so that a good one is not picked for being good.
    """
    changes = comparison.zones.get(main_zone(comparison.zones), {})
    return sorted(
        changes.items(),
        key=lambda item: (item[1].verdict is Verdict.NOT_COMPARABLE, *score_order(item[0])),
    )


def _key_numbers(comparison: Comparison) -> Cards | Notice:
    changes = key_changes(comparison)[:KEY_NUMBERS]
    if not changes:
        reasons = tuple(dict.fromkeys(str(one) for one in comparison.not_measured.values()))[:3]
        return Notice("No score could be compared", reasons or (_NOTHING,))
    return Cards(tuple(_card(name, change) for name, change in changes))


def _card(name: str, change: Change) -> Card:
    words, unit = score_words(name), unit_words(change.unit)
    value, error, _ = change.weighed
    values = f"{number(change.before, words.digits)} \N{RIGHTWARDS ARROW} "
    values += f"{number(change.after, words.digits)} {unit}"
    if change.verdict is Verdict.NOT_COMPARABLE:
        why = str(change.reason) or "not comparable"
        detail = f"{values}. {why}" if math.isfinite(value) else why
        return Card(words.name, "", "", "", mark(change), detail)
    if change.controlled is not None:
        values += f", beyond the control's {number(change.controlled.expected, words.digits)}"
    return Card(
        name=words.name,
        value=number(value, words.digits, signed=True),
        unit=unit,
        uncertainty=f"{PLUS_MINUS} {number(error, words.digits)}",
        mark=mark(change),
        detail=values,
    )


def _meaning(comparison: Comparison, labels: Labels) -> tuple[tuple[str, str], ...]:
    texts = [
        ("What was seen", _everywhere(comparison)),
        ("What the words mean", _BETTER_MEANS),
        ("What they do not mean", _NOT_MEANT),
    ]
    if labels.next_session:
        texts[0] = (texts[0][0], f"{texts[0][1]} Next session: {labels.next_session}.")
    return tuple(texts)


def _everywhere(comparison: Comparison) -> str:
    """Return a fair line: how many zones and scores went which way, and where it was worst."""
    changes = [
        (zone, name, change)
        for zone in sorted(comparison.zones, key=zone_order)
        if zone != CONTROL and (zone != WHOLE or not comparison.zones.keys() - {WHOLE, CONTROL})
        for name, change in comparison.zones[zone].items()
    ]
    texts = [_summary([change for _, _, change in changes])]
    worse = [
        f"{score_words(name).name.lower()}, {zone_words(zone).lower()}"
        for zone, name, change in changes
        if change.verdict is Verdict.WORSE
    ]
    if worse:
        more = f" and {len(worse) - 3} more" if len(worse) > 3 else ""
        texts.append("Worse: " + "; ".join(worse[:3]) + more + ".")
    if comparison.scars:
        texts.append(_scar_summary(comparison))
    return " ".join(texts)


def _summary(changes: list[Change]) -> str:
    if not changes:
        return "No score could be measured on both photos."
    parts = [
        f"{sum(change.verdict is verdict for change in changes)} {verdict}"
        for verdict in Verdict
        if any(change.verdict is verdict for change in changes)
    ]
    measured = count(len(changes), "measurement")
    return f"Of {measured}, zone by zone: " + ", ".join(parts) + "."


def _scar_summary(comparison: Comparison) -> str:
    scars = comparison.scars
    better = sum(scar.verdict is Verdict.BETTER for scar in scars)
    return f"Of {count(len(scars), 'scar')} followed, {better} better."
