"""A study as rows for the eye, as one JSON document, and as a page."""

from __future__ import annotations

import math
from dataclasses import asdict
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from mnimage.formats.lights import ENTERED_SCALE_ERROR
from mnimage.validate.calls import POWER
from mnimage.validate.plan import SEED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mnimage.validate.line import Line
    from mnimage.validate.validate import Study

HEAD = ("arm", "what", "goal", "measured", "met", "n", "bias", "error", "SEM", "MDC95", "worst")
_WORDS = {True: "met", False: "NOT MET", None: ""}


def rows(study: Study, *, goals_only: bool = False) -> list[tuple[str, ...]]:
    """Return the table, its heading first; with `goals_only` without lines that have no goal."""
    lines = [line for line in study.lines if line.met is not None or not goals_only]
    return [HEAD, *(_row(line) for line in lines)]


def _row(line: Line) -> tuple[str, ...]:
    numbers = (line.bias, line.error, line.sem, line.mdc95)
    measured = f"{_figure(line.value)} {line.unit}".rstrip()
    return (
        line.arm,
        line.what,
        line.goal,
        measured,
        _WORDS[line.met],
        str(line.count),
        *(_figure(number) for number in numbers),
        "; ".join(part for part in (line.worst, line.note) if part),
    )


def _figure(number: float) -> str:
    return f"{number:.3g}" if math.isfinite(number) else "-"


def summary(study: Study) -> str:
    """Return how many goals are met, in one sentence."""
    judged = [line for line in study.lines if line.met is not None]
    met = sum(line.met is True for line in judged)
    return f"{met} of {len(judged)} goals met ({study.plan} study, {study.seconds:.0f} s)"


def answer(study: Study, version: str, made_at: str) -> dict[str, Any]:
    """Return the study as one JSON document; NaN where a number means nothing."""
    return {
        "version": version,
        "recipe": study.recipe,
        "made_at": made_at,
        "study": study.plan,
        "seconds": round(study.seconds, 1),
        "lines": [asdict(line) | {"goal": line.goal, "met": line.met} for line in study.lines],
        "controls": [asdict(one) for one in study.controls],
        "refused": list(study.refused),
    }


_INTRO = """# Validation on phantoms

Made by `mnimage validate{option}` on {day}, mnimage {version}, recipe {recipe}:
{summary}. Every figure was measured by that command; none was typed in.

## What this proves, and what it does not

Skin, charts, lamps and cameras are computed (`mnimage/phantom`): the truth is known because we
made it, from closed forms of relief and from spectra of melanin and blood. The photos are coded as
a camera codes them, most of them written to files, and measured as those of a patient would be. No
threshold was chosen on the skins, cameras and sessions of this study: whenever its cases were
looked into to mend the chain, as after the study before this one, it was given fresh seeds (now
from {seed} on), and what was mended was tried on other skins before.

- It proves that the chain does what its definitions say, how steady its numbers are when the same
  skin is photographed again with the faults simulated here, and which mistakes it catches.
- It does **not** prove that any number agrees with a dermatologist, or holds on living skin: the
  phantom has no hair, no sweat, no swelling, no breathing, one model of light in skin, and lamps
  and cameras that go wrong only in the ways we thought of. Study and chain come from one house; an
  error in both would not show.
- Repeatability on people must be measured on people, twice within minutes, by those who use it.
- The uncertainty stated for scores of ordinary photos rests on portraits of real people, who
differ more
  from photo to photo than phantoms do: here the spread is a small part of the stated uncertainty.
  That of
  pores and of ITA without a chart is given by each picture, by what rendered skin differs by.
- Nothing in a single set of close-up shots shows that its scale is wrong: a marker beside the skin
  does, and so does the session before; on a whole face the eyes show gross errors. A scale
  that was only entered is given an uncertainty of {stated:.0%} in every length.

## Where two goals pull against each other, and where nothing can be known

- A change of 1.5 x the MDC95 that is stated beside it is {sizes:.2f} standard errors. Looked at
  alone it is called {alone:.0%} of the time if the stated uncertainty is exact. To keep false
  calls at
  5 % over all {flat} scores of a close-up the most certain of them must pass {even:.2f} standard
  errors where all are weighed alike (Holm), {bar:.2f} where what a course is for (redness, pigment,
  texture and scars of all skin) has two thirds of the 5 %, as here; with an exact uncertainty such
  a
  change does that {close:.0%} of the time, a lesser score of {many} scores and zones of a face
  {face:.0%}. Phantoms repeat better than what is stated, so the table shows more; count on the
  figures here for people who vary as much as is stated. A larger change, repeat shots, or fewer
  scores help; both ways of counting stand in the table.
- Spots that change make a change patchy, which the bootstrap counts as uncertainty, and no two
pairs are
  equally alike: a changed pair's MDC95 is mostly larger than that of an unchanged one. So each
  change is sized by what is stated for the pair that shows it.
- No procedure does much better: where one thing changed, step-up rules (Hochberg, Hommel) ask as
  much of the largest statistic as Holm does, and the true quantile of the largest of {flat}
  independent ones is {largest:.2f}. Only what is known to be one look in two units is joined (depth
  index and volume of all scars). How far errors of other scores go together is not known: they
  are errors between sessions, which patches of skin (block bootstrap) do not show.
- A wrong scale at a first session, no marker in the picture: light has no length. It can only be
  covered.
- Relief on an ordinary photo: its texture contrast hardly follows the true relief.

## Goals
"""

FLAT_SCORES, FACE_SCORES = 9, 72
"""Scores of a close-up, and scores times zones of a face, that one comparison looks at."""

HEADLINES, HEADLINES_SHARE = 4, 2 / 3
"""Scores that have their own part of the 5 %, and that part (`compare.shares`)."""

_REST = """
## Everything measured

`bias` and `error` (root mean square) are in the line's unit or as said; SEM is the standard error
of one session, MDC95 the smallest change beyond noise (for verdicts: the median that was stated).
"""


def page(study: Study, version: str, day: str) -> str:
    """Return the study as a page in Markdown."""
    intro = _INTRO.format(
        option=" --full" if study.plan == "full" else "",
        day=day,
        version=version,
        recipe=study.recipe,
        summary=summary(study),
        stated=ENTERED_SCALE_ERROR,
        **_chances(),
    )
    parts = [intro, _markdown(rows(study, goals_only=True), (0, 1, 2, 3, 4, 5, 10)), _REST]
    parts += [_markdown(rows(study), tuple(range(len(HEAD))))]
    if study.controls:
        parts += ["\n## Mistakes made on purpose\n", _markdown(_control_rows(study), (0, 1, 2, 3))]
    if study.refused:
        parts += [
            "\n## Refused by the chain, not counted\n",
            *(f"- {one}" for one in study.refused),
        ]
    return "\n".join(parts) + "\n"


def _chances() -> dict[str, float]:
    """Return how often a change of 1.5 x MDC95 passes, by the normal distribution."""
    normal = NormalDist()
    size = POWER * normal.inv_cdf(0.975)

    def bar(share: float) -> float:
        return normal.inv_cdf(1 - 0.025 * share)

    def passed(share: float) -> float:
        return 1 - normal.cdf(bar(share) - size)

    return {
        "sizes": size,
        "flat": FLAT_SCORES,
        "many": FACE_SCORES,
        "alone": passed(1.0),
        "close": passed(HEADLINES_SHARE / HEADLINES),
        "face": passed((1 - HEADLINES_SHARE) / (FACE_SCORES - HEADLINES)),
        "bar": bar(HEADLINES_SHARE / HEADLINES),
        "even": bar(1 / FLAT_SCORES),
        # Independent: the largest of n stays below z with the chance that each does.
        "largest": normal.inv_cdf((1 + 0.95 ** (1 / FLAT_SCORES)) / 2),
        "seed": SEED,
    }


def _control_rows(study: Study) -> list[tuple[str, ...]]:
    return [
        ("mistake", "seed", "outcome", "what was said or measured"),
        *((one.name, str(one.number), one.outcome, one.said) for one in study.controls),
    ]


def _markdown(table: Sequence[tuple[str, ...]], columns: Sequence[int]) -> str:
    cells = [[row[place].replace("|", "/") for place in columns] for row in table]
    lines = [f"| {' | '.join(row)} |" for row in cells]
    return "\n".join([lines[0], "|" + "---|" * len(columns), *lines[1:]])
