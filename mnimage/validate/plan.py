"""How large a study is."""

from __future__ import annotations

from dataclasses import dataclass

SEED = 359000
"""First of the study's seeds: no threshold was chosen on skin, cameras or sessions from here on.

Whoever looks into a case to mend the chain has used it up: the study then moves on to fresh seeds.
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many cases each arm has.

    `cameras` are drawn, each under four lamps; `again` is the pairs of re-shot skin; `flat` the
    skins photographed at two visits, of which `faces` are whole faces; `relief` the skins under
    directional light, `side_mm` the side of each; `controls` the seeds of each negative control.
    """

    name: str
    cameras: int
    again: int
    flat: int
    faces: int
    relief: int
    controls: int
    charts: int
    side_mm: float = 36.0
    workers: int = 2


FULL = Plan("full", cameras=20, again=40, flat=36, faces=4, relief=10, controls=2, charts=20)
SHORT = Plan("short", cameras=4, again=6, flat=4, faces=1, relief=1, controls=1, charts=10)
