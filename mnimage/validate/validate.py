"""The study on phantoms: every arm through the whole chain, in processes of their own."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, starmap
from typing import TYPE_CHECKING, Any

import cv2

from mnimage.domain.progress import no_tick
from mnimage.domain.recipe import Recipe
from mnimage.phantom.camera import LAMPS
from mnimage.validate.calls import no_change_lines, power_lines
from mnimage.validate.controls import CONTROLS, Control, control, control_lines
from mnimage.validate.depths import relief_lines
from mnimage.validate.flat import Flat, arm_lines, face, flat
from mnimage.validate.redness import Again, Blood, Chart, again, blood, chart, colour_lines
from mnimage.validate.relief import Relieved, relief

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from mnimage.domain.progress import Tick
    from mnimage.validate.calls import Call
    from mnimage.validate.line import Line
    from mnimage.validate.plan import Plan

    Task = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Study:
    """What a study found: its lines, how large it was, how long it took, the recipe it is of."""

    plan: str
    recipe: str
    seconds: float
    lines: tuple[Line, ...]
    controls: tuple[Control, ...] = field(default=())
    refused: tuple[str, ...] = field(default=())


def run_study(plan: Plan, tick: Tick = no_tick) -> Study:
    """Return what the chain makes of phantoms whose truth is known.

    Phantom study after the design of Bland and Altman (repeatability) and of power analysis
    (changes of 1.5 x MDC95); what it holds against what is given by each arm's own module.

    Parameters
    ----------
    plan
        How many cases each arm has; the cases are the same each time.
    tick
        Called after each case.
    """
    started = time.perf_counter()
    found = _gathered(tasks(plan), plan, tick)
    flats = [one for one in found if isinstance(one, Flat)]
    agains = [one for one in found if isinstance(one, Again)]
    bloods = [one for one in found if isinstance(one, Blood)]
    charts = [one for one in found if isinstance(one, Chart)]
    reliefs = [one for one in found if isinstance(one, Relieved)]
    controls = [one for one in found if isinstance(one, Control)]
    lines = [
        *relief_lines(reliefs),
        *colour_lines(bloods, agains, charts),
        *arm_lines(flats),
        *_verdicts(flats, agains, reliefs),
        *control_lines(controls),
    ]
    return Study(
        plan=plan.name,
        recipe=Recipe().version,
        seconds=time.perf_counter() - started,
        lines=tuple(lines),
        controls=tuple(controls),
        refused=_refused(flats, agains, bloods),
    )


def _refused(
    flats: Sequence[Flat], agains: Sequence[Again], bloods: Sequence[Blood]
) -> tuple[str, ...]:
    said = [one.refused for one in flats]
    said += [f"{one.name}: {one.refused}" for one in agains if one.refused]
    said += [f"{one.rig}: {one.refused}" for one in bloods if one.refused]
    return tuple(sentence for sentence in said if sentence)


def _verdicts(
    flats: Sequence[Flat], agains: Sequence[Again], reliefs: Sequence[Relieved]
) -> list[Line]:
    unchanged = {
        "flat": _calls(one.unchanged for one in flats),
        "flat, chart": _calls(one.calls for one in agains),
        "flat, settings anew": _calls(one.bare for one in agains),
        "relief": _calls(one.unchanged for one in reliefs),
    }
    changed = {
        "flat": _calls(one.changed for one in flats),
        "relief": _calls(one.changed for one in reliefs),
    }
    lines = starmap(no_change_lines, unchanged.items())
    return [*chain(*lines), *chain(*starmap(power_lines, changed.items()))]


def _calls(groups: Iterable[Sequence[Call]]) -> list[Call]:
    return list(chain.from_iterable(groups))


def tasks(plan: Plan) -> list[Task]:
    """Return every case as work to be done, the longest first."""
    return [
        *(partial(relief, number, plan.side_mm) for number in range(plan.relief)),
        *(partial(face, number) for number in range(plan.faces)),
        *(partial(flat, number, plan.side_mm) for number in range(plan.flat)),
        *(partial(control, name, number) for name in CONTROLS for number in range(plan.controls)),
        *(partial(again, number) for number in range(plan.again)),
        *(partial(blood, number) for number in range(plan.cameras * len(LAMPS))),
        *(partial(chart, number) for number in range(plan.charts)),
    ]


def _gathered(tasks: Sequence[Task], plan: Plan, tick: Tick) -> list[Any]:
    tick(0, len(tasks))
    if plan.workers == 1:
        found = []
        for done, task in enumerate(tasks, 1):
            found.append(task())
            tick(done, len(tasks))
        return found
    # Fresh processes: a forked one would hold the locks of threads that it does not have.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(plan.workers, mp_context=context, initializer=_alone) as pool:
        futures = [pool.submit(task) for task in tasks]
        try:
            for done, _ in enumerate(as_completed(futures), 1):
                tick(done, len(tasks))
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
        return [future.result() for future in futures]


def _alone() -> None:
    """Let OpenCV use one core in each process: there are as many processes as cores."""
    cv2.setNumThreads(1)
