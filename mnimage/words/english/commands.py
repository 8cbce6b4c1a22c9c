"""Sentences of the room `commands`."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

COMMANDS: Mapping[str, str] = {
    "commands.no_qt": "The window cannot be opened: Qt or a library it needs is missing.",
    "commands.no_qt.hint": "Run `make run`, or on Debian and Ubuntu `sh installer/qt_libraries.sh`.",
    "commands.no_vault_in_address": "The address does not say where the originals are stored.",
    "commands.no_vault_in_address.hint": "Add the folder that all stations share: ADDRESS?vault=FOLDER (or ?vault=s3://BUCKET/FOLDER&folder=FOLDER).",
    "commands.address_twice": "The address is given twice.",
    "commands.address_twice.hint": "Give the address as DIR or with --server, not both.",
    "commands.passphrase_needed": "A passphrase is needed.",
    "commands.passphrase_needed.hint": "Set {variable}, or run it at a terminal.",
    "commands.nothing_erased": "Nothing was erased.",
    "commands.nothing_erased.hint": "Use --yes to erase without being asked.",
    "commands.stopped": "stopped",
}
