"""The alarm for skin that grew darker than at the patient's own first photo."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from mnimage.compare.verdict import LEVEL
from mnimage.domain.comparison import Caution, Verdict
from mnimage.domain.face import CONTROL, WHOLE
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mnimage.domain.comparison import Change

DARKENING = "darker skin"

_WAY = {"pigment_mi": 1.0, "ita_deg": -1.0}
"""Which way each score goes where skin grows darker."""


def darkening_cautions(changes: Mapping[tuple[str, str], Change]) -> list[Caution]:
    """Return the alarm, with the treated zones that grew darker; nothing where none did.

    It looks at MI = -100 log10 R above the patient's own reference skin, and at ITA (science of
    redness, 2.1 and 2.2). MI is held against skin of the same photo, so exposure and a tan of the
    whole face leave it alone: 1 point is 2.3 % less red light, and at its validated SEM of 0.35
    points and 10 % of itself, one zone alone would alarm from 0.8 points (2 % less light), one of
    eight with both scores from 1.4 points. ITA turns with exposure: without a chart its SEM of 10.5
    degrees is most of a class of skin (classes are 13 to 18 degrees wide), so only a fall of 40
    degrees alarms; with a chart, of 4.

    The limit is the uncertainty alone: whether a change matters is not for the program to decide.
    It is one-sided, and a family of its own (Holm 1979), so that one unchanged patient in twenty
    is alarmed at most,
    while true darkening is not hidden by all the other scores that were tested.

    Parameters
    ----------
    changes
        By zone and score, before any verdict was held back.
    """
    tested = [
        (_chance(name, change), zone)
        for (zone, name), change in changes.items()
        if name in _WAY and zone in _zones(changes) and change.verdict is not Verdict.NOT_COMPARABLE
    ]
    darker = []
    for rank, (chance, zone) in enumerate(sorted(tested)):
        if chance > LEVEL / (len(tested) - rank):
            break
        darker.append(zone)
    return (
        [Caution(DARKENING, message("compare.darker"), tuple(dict.fromkeys(darker)))]
        if darker
        else []
    )


def _zones(changes: Mapping[tuple[str, str], Change]) -> set[str]:
    """Return the treated zones; all skin as one only where there are no others."""
    zones = {zone for zone, _ in changes} - {CONTROL}
    return zones - {WHOLE} or zones


def _chance(name: str, change: Change) -> float:
    """Return how often unchanged skin would look so much darker (one-sided normal)."""
    value, error, _ = change.weighed
    darker = _WAY[name] * value
    if error <= 0:
        return 0.0 if darker > 0 else 1.0
    return 0.5 * math.erfc(darker / error / math.sqrt(2.0))
