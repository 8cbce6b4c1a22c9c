"""What PyInstaller must take along for the library: what is loaded by name and not imported.

Give `installer/hooks` as `hookspath`. Alembic reads the steps of the migrations as files; the
server's parts (the extra `server`) come along where they are installed.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

_PACKAGE = Path(__file__).parents[2]
_STEPS = _PACKAGE / "mnimage" / "library" / "migrations"
_LOADED_BY_NAME = (
    "logging.config",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.postgresql.psycopg",
    "psycopg",
    "psycopg_binary",
    "s3fs",
)

datas = [
    (str(path), path.parent.relative_to(_PACKAGE).as_posix())
    for path in sorted(_STEPS.rglob("*.py"))
]
"""Each file, and the folder of the bundle that it goes to."""

hiddenimports = [name for name in _LOADED_BY_NAME if find_spec(name) is not None]
