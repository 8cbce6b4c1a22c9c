"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

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
