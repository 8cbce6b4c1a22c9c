"""The table of commands and what they have in common: help, version, errors, exit status."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

import click

from mnimage import __version__
from mnimage.errors import Cancelled, MnimageError
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

COMMANDS: Mapping[str, str] = {
    "demo": "Make a synthetic patient and run the whole chain on it.",
    "inspect": "Say what each photo is and whether it will do.",
    "register": "Lay one photo onto another.",
    "score": "Score one ordinary photo.",
    "relief": "Turn directional shots into relief.",
    "compare": "Compare two photos, or two sets of directional shots.",
    "follow": "Follow every scar over sets of directional shots.",
    "rescore": "Bring kept answers to today's version, with both values.",
    "calibrate": "Make a colour profile from a photo of the colour chart.",
    "validate": "Measure synthetic skin whose truth is known, and say which goals are met.",
    "library": "Keep patients, sessions, photos and consents in an encrypted library.",
    "marker": "Make a sheet of printed markers that show the scale.",
    "rig": "Measure where the lamps of a rig stand, from a ball or a card.",
    "app": "Open the window.",
}
"""Every command and its line of help; each lives in the module of its name, loaded when called."""


class _Commands(click.Group):
    """The commands, loaded one by one so that help comes without the heavy libraries."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"mnimage.commands.{cmd_name}")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="mnimage", message="%(prog)s %(version)s")
def root() -> None:
    """Lay facial photos of a course of treatment onto each other and measure what changed.

    For documentation and comparison, not for diagnosis.
    """


def run(arguments: Sequence[str]) -> int:
    """Run a command line and return its exit status: 0 done, 1 expected failure, 2 wrong usage."""
    try:
        status = root.main(args=list(arguments), prog_name="mnimage", standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        report(Cancelled(message("commands.stopped")))
        return 130
    except MnimageError as error:
        report(error)
        return 1
    return status if isinstance(status, int) else 0


def report(error: MnimageError) -> None:
    """Print an expected failure: one line of error, one of hint."""
    click.echo(f"error: {' '.join(str(error).split())}", err=True)
    if error.hint:
        click.echo(f"hint: {' '.join(error.hint.split())}", err=True)
