"""Where a library is, as it was given: a folder, or the address of the database on a server.

`postgresql://USER:PASSWORD@HOST/NAME?vault=FOLDER`: the folder, which all stations share, holds
originals, key file and the trace's head. With the originals in a bucket it is `vault=s3://...`
and `folder=FOLDER`. The database keeps in mind where the folder is, so that later the address
without it will do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, inspect, select

from mnimage.errors import RecordUnusable
from mnimage.library import database
from mnimage.library.keyfile import IN_FOLDER, Places
from mnimage.library.tables import FACTS
from mnimage.words.message import message

if TYPE_CHECKING:
    from sqlalchemy import Connection

LIBRARY, FOLDER, GENERATION = "library", "folder", "generation"
"""Facts that a database holds: whose it is, where its folder is, under which keys it was last."""
_ADDRESS = re.compile(r"postgres(ql)?(\+\w+)?://", re.IGNORECASE)
_SAY_VAULT = "Say it with the address: postgresql://USER:PASSWORD@HOST/NAME?vault=FOLDER."


@dataclass(frozen=True, slots=True)
class Where:
    """`folder` is None where only the server knows it."""

    folder: Path | None
    places: Places = IN_FOLDER


def where_is(given: str) -> Where:
    """Return what a folder's name or an address says.

    Raises
    ------
    RecordUnusable
        If it looks like an address and is none.
    """
    if _ADDRESS.match(given) is None:
        return Where(Path(given))
    url = database.server_url(given)
    query = dict(url.query)
    vault, folder = str(query.pop("vault", "")), str(query.pop("folder", ""))
    bucket = vault if "://" in vault else ""
    home = folder or ("" if bucket else vault)
    server = url.set(query=query).render_as_string(hide_password=False)
    return Where(Path(home) if home else None, Places(server, bucket))


def home_of(where: Where) -> Path:
    """Return the folder of a library, asking the server where it was not stated.

    Raises
    ------
    RecordUnusable
        If the server does not know it.
    StorageFailed
        If the server cannot be reached, or the folder is not there.
    """
    if where.folder is not None:
        return where.folder
    engine = database.open_server(where.places.server)
    try:
        with database.reading(engine) as connection:
            folder = fact(connection, FOLDER)
    finally:
        engine.dispose()
    if not folder:
        raise RecordUnusable(message("library.no_folder_in_database"), hint=_SAY_VAULT)
    return Path(folder)


def fact(connection: Connection, name: str) -> str:
    """Return what a database says of its library, empty where it says nothing."""
    if not inspect(connection).has_table(FACTS.name):
        return ""
    return str(connection.scalar(select(FACTS.c.value).where(FACTS.c.name == name)) or "")


def remember(connection: Connection, library_id: str, folder: Path) -> None:
    """Have a server's database keep in mind whose it is, and where its folder is."""
    note(connection, LIBRARY, library_id)
    note(connection, FOLDER, str(folder.absolute()))


def note(connection: Connection, name: str, value: str) -> None:
    """Write down what is true of the library, in place of what was."""
    connection.execute(delete(FACTS).where(FACTS.c.name == name))
    connection.execute(insert(FACTS).values(name=name, value=value))


def check_whose(connection: Connection, library_id: str) -> None:
    """Refuse a server's database that is another library's.

    Raises
    ------
    RecordUnusable
        If it says that it is.
    """
    if fact(connection, LIBRARY) not in ("", library_id):
        raise RecordUnusable(message("library.other_library_at_address"))
