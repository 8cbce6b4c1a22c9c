"""Options that several commands share."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mnimage.domain.session import PairInputs, PairNotes, Patch

if TYPE_CHECKING:
    from collections.abc import Callable

Function = TypeVar("Function", bound="Callable[..., Any]")

FILE = click.Path(path_type=Path)


def out_option(command: Function) -> Function:
    """Add the folder for answers, made if missing."""
    return click.option(
        "--out", type=FILE, required=True, metavar="DIR", help="Folder for the answer."
    )(command)


def json_option(command: Function) -> Function:
    """Add the switch to one JSON document on standard output."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON document.")(command)


def scale_option(command: Function) -> Function:
    """Add the scale, where a rig fixes it."""
    return click.option(
        "--mm-per-px",
        type=click.FloatRange(min=0, min_open=True, max=10),
        default=None,
        help="Millimetres per pixel on the skin, if known (from a rig or a ruler).",
    )(command)


def profile_option(command: Function) -> Function:
    """Add the colour profile that `mnimage calibrate` made."""
    return click.option(
        "--profile",
        type=FILE,
        default=None,
        metavar="PROFILE.json",
        help="Colour profile made by `mnimage calibrate`, or a photo of the chart.",
    )(command)


def input_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add what is given with a pair, as `inputs`.

    The scale, one or two colour profiles, repeat shots, a control patch, the days since needling.
    """

    @wraps(command)
    def with_inputs(**options: Any) -> int:
        profiles = options.pop("profiles")
        if len(profiles) > 2:
            raise click.BadParameter("two at most: before, after", param_hint="--profile")
        inputs = PairInputs(
            mm_per_px=options.pop("mm_per_px"),
            profiles=profiles,
            repeats_before=options.pop("repeats_before"),
            repeats_after=options.pop("repeats_after"),
            notes=PairNotes(options.pop("control"), options.pop("days")),
        )
        return command(inputs=inputs, **options)

    repeated = _repeat_option("before", _repeat_option("after", with_inputs))
    return scale_option(_profiles_option(_notes_options(repeated)))


def _repeat_option(side: str, command: Function) -> Function:
    return click.option(
        f"--repeat-{side}",
        f"repeats_{side}",
        type=FILE,
        multiple=True,
        metavar="FILE",
        help=f"One more shot of the session {side}; may be given several times.",
    )(command)


def _notes_options(command: Function) -> Function:
    """Add the untreated control patch, and the days since needling."""
    control = click.option(
        "--control",
        type=_Rectangle(),
        default=None,
        help="Untreated skin in pixels of BEFORE; its change is taken off that of the rest.",
    )
    days = click.option(
        "--days-since-needling",
        "days",
        type=click.FloatRange(min=0),
        default=None,
        help="Days from the last needling to AFTER; too few, and swollen skin gets no verdict.",
    )
    return control(days(command))


class _Rectangle(click.ParamType[Patch]):
    """Four whole numbers with commas between them."""

    name = "ROW,COL,HEIGHT,WIDTH"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Patch:
        """Return the patch, or say what is wrong with it."""
        if isinstance(value, Patch):
            return value
        try:
            row, column, height, width = (int(part) for part in str(value).split(","))
            return Patch(row, column, height, width)
        except ValueError:
            self.fail(f"{value!r} is not ROW,COL,HEIGHT,WIDTH in pixels, such as 900,400,300,300")


def _profiles_option(command: Function) -> Function:
    return click.option(
        "--profile",
        "profiles",
        type=FILE,
        multiple=True,
        metavar="PROFILE.json",
        help="Colour profile of both photos; give it twice for one each, before and after.",
    )(command)
