"""Options that several commands share."""

from __future__ import annotations

from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from mnimage.workflow import Known

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
        help="Millimetres per pixel on the skin, where it is known (a rig, a ruler).",
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


def known_options(command: Callable[..., int]) -> Callable[..., int]:
    """Add what the user knows of a pair, as `known`: the scale, and one or two colour profiles."""

    @wraps(command)
    def told(*, mm_per_px: float | None, profiles: tuple[Path, ...], **rest: Any) -> int:
        if len(profiles) > 2:
            raise click.BadParameter("two at most: before, after", param_hint="--profile")
        return command(known=Known(mm_per_px, profiles), **rest)

    return scale_option(_profiles_option(told))


def _profiles_option(command: Function) -> Function:
    return click.option(
        "--profile",
        "profiles",
        type=FILE,
        multiple=True,
        metavar="PROFILE.json",
        help="Colour profile of both photos; give it twice for one each, before and after.",
    )(command)
