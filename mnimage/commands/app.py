"""`mnimage app`: open the window."""

from __future__ import annotations

import importlib

import click

from mnimage.errors import MnimageError
from mnimage.words.message import message


@click.command("app")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def command(arguments: tuple[str, ...]) -> int:
    """Open the window, on two photos if they are named."""
    # By name: the library knows no screen, and runs where there is none.
    try:
        app = importlib.import_module("ui.app")
    except ImportError as error:
        raise MnimageError(message("commands.no_qt")) from error
    return int(app.main(["mnimage", *arguments]))
