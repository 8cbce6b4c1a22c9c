"""`mnimage library ...`: the clinic's encrypted library, made, looked into, checked, migrated."""

from __future__ import annotations

import importlib
import os
import sys
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from mnimage.commands.options import json_option
from mnimage.commands.output import print_json, print_table, progress
from mnimage.domain.record import Role
from mnimage.errors import AuthenticationFailed, RecordUnusable
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from mnimage.domain.record import PatientLine, Timeline
    from mnimage.library.keyfile import Places
    from mnimage.library.library import Library

ELSEWHERE: Mapping[str, str] = dict.fromkeys(
    ("import", "export", "erase", "backup", "restore"), "library_files"
) | dict.fromkeys(("measure", "show"), "library_measure")
"""Commands of the library that live in modules of their own: name to module."""

FOLDER = click.argument("where", metavar="DIR")
"""A library's folder, or the address of its database: `located` finds out which."""

SERVER = click.option(
    "--server",
    default="",
    metavar="ADDRESS",
    help="Keep the records on a PostgreSQL server: postgresql+psycopg://USER:PASSWORD@HOST/NAME.",
)
BUCKET = click.option(
    "--bucket",
    default="",
    metavar="ADDRESS",
    help="Keep the originals in an S3-compatible store: s3://BUCKET/FOLDER.",
)


class _Commands(click.Group):
    """The commands of the library, those in modules of their own loaded when called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name in ELSEWHERE:
            module = importlib.import_module(f"mnimage.commands.{ELSEWHERE[cmd_name]}")
            found: click.Command = module.COMMANDS[cmd_name]
            return found
        return super().get_command(ctx, cmd_name)


@click.group("library", cls=_Commands)
def command() -> None:
    """Keep patients, sessions, photos and consents in an encrypted library.

    DIR is the library's folder or, where the clinic has a server, the address of its database:
    postgresql://USER:PASSWORD@HOST/NAME?vault=FOLDER. The folder is for what does not lie in the
    database; once the library is made, the address will do without it.

    The passphrase is asked for, or taken from MNIMAGE_PASSPHRASE; the user from MNIMAGE_USER
    (admin where it is not set).
    """


@command.command("init")
@FOLDER
@SERVER
@BUCKET
@json_option
def init(where: str, server: str, bucket: str, *, as_json: bool) -> int:
    """Make an encrypted library in DIR, and print its recovery key, once."""
    from mnimage.library.opening import create_library

    folder, places = new_place(where, server, bucket)
    word = asked_passphrase(confirm=True)
    library, recovery = create_library(folder, word, user=user_name(), places=places)
    with library:
        given = {"library": library.keys.library_id, "user": library.user, "recovery_key": recovery}
    if as_json:
        print_json(given)
        return 0
    click.echo(f"made, with the user {given['user']}")
    click.echo(f"recovery key: {recovery}")
    click.echo(
        "Write it on paper and lock it away: it opens the library if every passphrase is lost, "
        "and it is shown only now.",
        err=True,
    )
    return 0


@command.command("list")
@FOLDER
@click.option("--search", default="", help="Parts of code or name.")
@json_option
def list_(where: str, search: str, *, as_json: bool) -> int:
    """List the patients of the library."""
    with opened(where) as library:
        lines = library.patients(search)
    if as_json:
        print_json({"patients": [_line(line) for line in lines]})
    elif lines:
        heading = ("code", "name", "born", "sessions", "photos", "last session")
        print_table([heading, *(tuple(map(_cell, _line(line).values())) for line in lines)])
    else:
        click.echo("no patients")
    return 0


@command.command("verify")
@FOLDER
@click.option(
    "--accept-trace",
    "accept",
    is_flag=True,
    help="Take the trace up anew where its head was lost; what is wrong is written into it first.",
)
@json_option
def verify(where: str, *, accept: bool, as_json: bool) -> int:
    """Read the whole library and say what is wrong; status 1 if anything is."""
    from mnimage.library.verify import verify_library

    folder, server = located(where)
    word = asked_passphrase()
    if accept:
        with _opened(folder, server, word) as library:
            library.accept_trace()
    with progress("verify") as tick:
        issues = verify_library(folder, user_name(), word, tick, server=server)
    sound = not any(issue.grave for issue in issues)
    if as_json:
        print_json({"sound": sound, "flaws": [asdict(issue) for issue in issues]})
        return 0 if sound else 1
    for issue in issues:
        click.echo(f"{'BAD ' if issue.grave else 'note'} {issue.kind}: {issue.where}: {issue.what}")
    click.echo("the library is whole" if sound else "the library is NOT whole")
    return 0 if sound else 1


@command.command("migrate")
@FOLDER
@json_option
def migrate(where: str, *, as_json: bool) -> int:
    """Bring an older library to today's version, after a back-up that is proved."""
    from mnimage.library.opening import migrate_library

    folder, server = located(where)
    backup, step = migrate_library(folder, user_name(), asked_passphrase(), server=server)
    if as_json:
        print_json({"version": step, "backup": str(backup) if backup else None})
    else:
        click.echo(f"at version {step}" + (f"; back-up: {backup}" if backup else "; nothing to do"))
    return 0


@command.group("users")
def users() -> None:
    """Say who may open the library, and what each may do."""


@users.command("list")
@FOLDER
@json_option
def users_list(where: str, *, as_json: bool) -> int:
    """List the users and their roles."""
    from mnimage.library import access

    with opened(where) as library:
        lines = access.users(library)
    if as_json:
        print_json({"users": [{"name": one.name, "role": one.role} for one in lines]})
    else:
        print_table([("name", "role"), *((one.name, one.role) for one in lines)])
    return 0


_ROLE = click.Choice([role.value for role in Role])


@users.command("add")
@FOLDER
@click.argument("name")
@click.option("--role", type=_ROLE, default=Role.CLINICIAN.value, show_default=True)
@json_option
def users_add(where: str, name: str, role: str, *, as_json: bool) -> int:
    """Add the user NAME; the new passphrase is asked for, or MNIMAGE_NEW_PASSPHRASE."""
    from mnimage.library import access

    with opened(where) as library:
        access.add_user(library, name, Role(role), _new_passphrase(name))
    return _done(as_json, f"added {name} as {role}", name=name, role=role)


@users.command("remove")
@FOLDER
@click.argument("name")
@json_option
def users_remove(where: str, name: str, *, as_json: bool) -> int:
    """Take the access of the user NAME away; the keys are renewed for all others."""
    from mnimage.library import access

    with opened(where) as library:
        access.remove_user(library, name)
    return _done(as_json, f"removed {name}; the keys were renewed", name=name)


@users.command("passphrase")
@FOLDER
@click.argument("name", required=False)
@click.option("--known-to-others", is_flag=True, help="Renew the library's keys too.")
@json_option
def users_passphrase(where: str, name: str | None, *, known_to_others: bool, as_json: bool) -> int:
    """Set a passphrase: your own, or as administrator that of the user NAME."""
    from mnimage.library import access

    with opened(where) as library:
        name = name or library.user
        access.set_passphrase(library, name, _new_passphrase(name))
        if known_to_others:
            access.renew_keys(library)
    return _done(as_json, f"the passphrase of {name} is changed", name=name)


@users.command("role")
@FOLDER
@click.argument("name")
@click.argument("role", type=_ROLE)
@json_option
def users_role(where: str, name: str, role: str, *, as_json: bool) -> int:
    """Give the user NAME another ROLE."""
    from mnimage.library import access

    with opened(where) as library:
        access.set_role(library, name, Role(role))
    return _done(as_json, f"{name} is {role} now", name=name, role=role)


@users.command("recovery")
@FOLDER
@json_option
def users_recovery(where: str, *, as_json: bool) -> int:
    """Print a new recovery key; the old paper opens nothing any more."""
    from mnimage.library import access

    with opened(where) as library:
        recovery = access.renew_recovery(library)
    return _done(as_json, f"recovery key: {recovery}", recovery_key=recovery)


@command.command("server")
@FOLDER
@click.argument("address")
@json_option
def server_(where: str, address: str, *, as_json: bool) -> int:
    """Write down that the database is at ADDRESS now: it moved, or its password changed."""
    from mnimage.library import access
    from mnimage.library.address import where_is

    server = where_is(address).places.server or address
    folder, _ = located(where)
    with _opened(folder, server) as library:
        access.set_server(library, server)
    return _done(as_json, "the address of the server is changed")


@contextmanager
def opened(where: str) -> Iterator[Library]:
    """Give the library at a place, opened by the user and passphrase that were given."""
    with _opened(*located(where)) as library:
        yield library


@contextmanager
def _opened(folder: Path, server: str, word: str | None = None) -> Iterator[Library]:
    from mnimage.library.opening import open_library

    word = asked_passphrase() if word is None else word
    with open_library(folder, user_name(), word, server=server) as library:
        yield library


def located(where: str) -> tuple[Path, str]:
    """Return a library's folder, and the address of its database where that was given."""
    from mnimage.library.address import home_of, where_is

    given = where_is(where)
    return home_of(given), given.places.server


def new_place(where: str, server: str = "", bucket: str = "") -> tuple[Path, Places]:
    """Return the folder of a library to be made, and what is to lie elsewhere.

    Raises
    ------
    RecordUnusable
        If an address does not say where the folder is to be, or two addresses are given.
    """
    from mnimage.library.address import where_is
    from mnimage.library.keyfile import Places

    given = where_is(where)
    if given.folder is None:
        raise RecordUnusable(message("commands.no_vault_in_address"))
    if given.places.server and (server or bucket):
        raise RecordUnusable(message("commands.address_twice"))
    return given.folder, given.places if given.places.server else Places(server, bucket)


def user_name() -> str:
    """Return the user who asks."""
    return os.environ.get("MNIMAGE_USER") or "admin"


def asked_passphrase(*, confirm: bool = False) -> str:
    """Return the passphrase from the environment or, at a terminal, from the user.

    Raises
    ------
    AuthenticationFailed
        If there is neither.
    """
    return _asked("MNIMAGE_PASSPHRASE", f"Passphrase of {user_name()}", confirm=confirm)


def _new_passphrase(name: str) -> str:
    return _asked("MNIMAGE_NEW_PASSPHRASE", f"New passphrase of {name}", confirm=True)


def _asked(variable: str, prompt: str, *, confirm: bool) -> str:
    given = os.environ.get(variable)
    if given is not None:
        return given
    if not sys.stdin.isatty():
        raise AuthenticationFailed(message("commands.passphrase_needed", variable=variable))
    word: str = click.prompt(prompt, hide_input=True, confirmation_prompt=confirm, err=True)
    return word


def _done(as_json: bool, words: str, **given: str) -> int:
    if as_json:
        print_json({"status": "done", **given})
    else:
        click.echo(words)
    return 0


def _line(line: PatientLine) -> dict[str, object]:
    patient = line.patient
    return {
        "code": patient.code,
        "name": patient.name,
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else None,
        "sessions": line.sessions,
        "photos": line.photos,
        "last_session": line.last_session.isoformat() if line.last_session else None,
    }


def _cell(given: object) -> str:
    return "" if given is None else plain(str(given))[:40]


def plain(given: str) -> str:
    """Return text without what would steer a terminal; names come from outside."""
    return "".join(letter if letter.isprintable() else "?" for letter in given)


def print_timeline(given: Timeline) -> None:
    """Print a patient with sessions, photos and consents."""
    patient = given.patient
    born = f", born {patient.birth_date}" if patient.birth_date else ""
    click.echo(f"{patient.code}  {plain(patient.name)}{born}, {patient.sex}")
    for session in given.sessions:
        days = given.days_since_last(session)
        since = f", {days} days after the last" if days is not None else ""
        click.echo(f"  {session.held_at:%Y-%m-%d} {session.kind}{since}")
        for photo in (one for one in given.photos if one.session_id == session.id):
            view = photo.view or "view unknown"
            click.echo(f"    {view}, {photo.site}, {photo.mode}, {photo.sha256[:12]}")
    for consent in given.consents:
        ended = f", withdrawn {consent.withdrawn_on}" if consent.withdrawn_on else ""
        click.echo(f"  consent: {consent.purpose} from {consent.given_on}{ended}")
