"""`mnimage library import | export | erase | backup | restore`: what goes in and out."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mnimage.commands.library import (
    BUCKET,
    FOLDER,
    SERVER,
    asked_passphrase,
    new_place,
    opened,
    plain,
    user_name,
)
from mnimage.commands.options import FILE, json_option, out_option
from mnimage.commands.output import print_json, progress
from mnimage.domain.imported import ImportSummary, Status
from mnimage.domain.record import Purpose
from mnimage.errors import RecordUnusable
from mnimage.words.message import message

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from mnimage.domain.imported import Imported
    from mnimage.domain.record import IntegrityIssue, Patient
    from mnimage.library.library import Library
    from mnimage.library.listing import BackedUp

_TARGET = click.argument("target", type=click.Path(path_type=Path), metavar="TARGET")
_SNAPSHOT = click.option("--snapshot", default="", metavar="NAME", help="Not the newest, but this.")


@click.command("import")
@FOLDER
@click.argument("paths", nargs=-1, required=True, type=FILE, metavar="PATH...")
@click.option("--patient", "code", default="", metavar="CODE", help="Whose photos; made if new.")
@click.option("--views/--no-views", default=True, help="Propose the view by the face, at the end.")
@json_option
def import_(where: str, paths: tuple[Path, ...], code: str, *, views: bool, as_json: bool) -> int:
    """Store photos: files, folders, memory cards, ZIP archives, or a folder of an export.

    With --json one line for each file, printed once it is safely on disk. It may be stopped, and
    goes on with the rest when it is run again.
    """
    with opened(where) as library:
        done = _imported(library, paths, code, partial(_print_imported, as_json=as_json))
        if views and done.new_photos:
            _propose_views(library, done.new_photos)
    if not as_json:
        click.echo(", ".join(f"{len(done.of(status))} {status}" for status in Status))
    return 1 if done.files and len(done.of(Status.REFUSED)) == len(done.files) else 0


def _imported(
    library: Library, paths: Sequence[Path], code: str, landed: Callable[[Imported], None]
) -> ImportSummary:
    from mnimage.library.readback import is_export
    from mnimage.workflow.clinic import import_into, read_exports

    exports = [path for path in paths if is_export(path)]
    photos = [path for path in paths if path not in exports]
    done = read_exports(library, exports, landed)
    if not photos:
        return done
    patient = _patient(library, code) if code else None
    more = import_into(library, photos, patient, landed=landed)
    return ImportSummary(done.files + more.files)


def _patient(library: Library, code: str) -> Patient:
    from mnimage.library.importing import patient_of

    patient, made = patient_of(library, code)
    if made:
        click.echo("a new patient was made for this code", err=True)
    return patient


def _print_imported(done: Imported, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(asdict(done)))
    else:
        click.echo(
            f"{done.status:8}{plain(done.file)}" + (f": {done.reason}" if done.reason else "")
        )


def _propose_views(library: Library, stored: Sequence[str]) -> None:
    from mnimage.workflow.views import propose_views

    with progress("views") as tick:
        found = propose_views(library, stored, tick)
    click.echo(f"the view of {found} of {len(stored)} photos is proposed by the face", err=True)


@click.command("export")
@FOLDER
@out_option
@click.option("--patient", "code", default="", metavar="CODE", help="This patient alone.")
@click.option(
    "--purpose",
    type=click.Choice([one.value for one in Purpose]),
    default=Purpose.RECORD.value,
    show_default=True,
    help="What for: all but `record` asks for a consent to it.",
)
@click.option("--to", "recipient", default="", help="Who gets it, for the record; else DIR.")
@click.option("--png/--no-png", default=True, help="Add PNG copies of the originals.")
@json_option
def export(  # noqa: PLR0913 - as many as the command has options
    where: str, out: Path, code: str, purpose: str, recipient: str, *, png: bool, as_json: bool
) -> int:
    """Take patients out as open files: originals, PNG, JSON with its schema, CSV."""
    from mnimage.library.export import Order, export_patients

    order = Order(out, Purpose(purpose), recipient, png)
    with opened(where) as library, progress("export") as tick:
        done = export_patients(library, _chosen(library, code), order, tick)
    if as_json:
        print_json({"out": str(out), "purpose": purpose, **asdict(done)})
        return 0
    click.echo(f"{done.patients} patients, {done.photos} photos in {out}")
    if done.withheld:
        click.echo(f"{done.withheld} photos held back: no consent to {purpose}")
    for note in done.notes:
        click.echo(note, err=True)
    return 0


def _chosen(library: Library, code: str) -> list[Patient]:
    return [library.patient(code)] if code else [line.patient for line in library.patients()]


@click.command("erase")
@FOLDER
@click.argument("code")
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def erase(where: str, code: str, *, yes: bool, as_json: bool) -> int:
    """Erase the patient CODE for good; that it happened stays in the trace."""
    from mnimage.library.erase import erase_patient

    with opened(where) as library:
        patient = library.patient(code)
        if not yes and not _confirmed():
            raise RecordUnusable(message("commands.nothing_erased"))
        done = erase_patient(library, patient)
    if as_json:
        print_json({"erased": True, **asdict(done)})
        return 0
    click.echo(f"erased: {done.records} records, {done.photos} originals")
    for place in done.disclosed_to:
        click.echo(f"an export went to: {plain(place)}")
    for made in done.backups:
        click.echo(f"a back-up still holds the patient: {made.to}, {made.snapshot}")
    if done.backups:
        click.echo("`mnimage library backup DIR TARGET --keep 1` makes a new one and drops those")
    return 0


def _confirmed() -> bool:
    import sys

    if not sys.stdin.isatty():
        return False
    return click.confirm("Erase this patient and all photos for good?", err=True)


@click.command("backup")
@FOLDER
@_TARGET
@click.option("--verify/--no-verify", default=True, help="Read what was written back.")
@click.option("--check", is_flag=True, help="Make none: read the whole newest back-up back.")
@click.option("--keep", type=click.IntRange(min=1), help="Drop all but the newest so many.")
@_SNAPSHOT
@json_option
def backup(  # noqa: PLR0913 - as many as the command has options
    where: str,
    target: Path,
    snapshot: str,
    keep: int | None,
    *,
    verify: bool,
    check: bool,
    as_json: bool,
) -> int:
    """Back the library up to the folder TARGET, which gets only what it lacks."""
    from mnimage.library.backup import back_up, keep_newest
    from mnimage.library.restore import check_backup

    with progress("back up") as tick:
        if check:
            word = asked_passphrase()
            done = check_backup(target, user_name(), word, snapshot=snapshot, tick=tick)
            dropped = 0
        else:
            with opened(where) as library:
                done = back_up(library, target, verify=verify, tick=tick)
                drop = keep is not None and not done.issues
                dropped = keep_newest(library, target, keep) if drop and keep else 0
    words = f"{done.snapshot}: {done.copied} originals copied, {done.kept} there already"
    if check:
        words = f"{done.snapshot}: read back"
    return _report({**_answer(done), "dropped": dropped}, words, done.issues, as_json=as_json)


@click.command("restore")
@_TARGET
@FOLDER
@_SNAPSHOT
@SERVER
@BUCKET
@json_option
def restore(
    target: Path, where: str, snapshot: str, server: str, bucket: str, *, as_json: bool
) -> int:
    """Bring the newest back-up in TARGET into the empty DIR: a folder, or a server's database.

    A library that was on a server may come back as a folder, and the other way round.
    """
    from mnimage.library.restore import restore as bring_back

    folder, places = new_place(where, server, bucket)
    word = asked_passphrase()
    with progress("restore") as tick:
        done = bring_back(
            target, folder, user_name(), word, snapshot=snapshot, tick=tick, places=places
        )
    words = f"{done.snapshot}: {done.copied} originals restored"
    return _report(_answer(done), words, done.issues, as_json=as_json)


def _answer(done: BackedUp) -> dict[str, object]:
    """Return what a back-up did, with the names that others rely on."""
    answer = asdict(done)
    answer["flaws"] = answer.pop("issues")
    return answer


def _report(
    given: Mapping[str, object], words: str, issues: Sequence[IntegrityIssue], *, as_json: bool
) -> int:
    if as_json:
        print_json(given)
    else:
        click.echo(words)
        for issue in issues:
            click.echo(f"BAD  {issue.kind}: {issue.where}: {issue.what}")
        if given["verified"]:
            click.echo("verified: every file of this back-up was read back")
        elif not issues:
            click.echo("never verified: this back-up was not read back; run it with --check")
    return 1 if issues else 0


COMMANDS: Mapping[str, click.Command] = {
    one.name or "": one for one in (import_, export, erase, backup, restore)
}
