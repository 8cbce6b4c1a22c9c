"""Servers for tests, each started in a temporary folder: PostgreSQL."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest


def _program(name: str) -> Path | None:
    found = shutil.which(name)
    if found:
        return Path(found)
    return next(iter(sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))), None)


@pytest.fixture(scope="module")
def postgres():
    initdb, server = _program("initdb"), _program("pg_ctl")
    if initdb is None or server is None:
        pytest.skip("PostgreSQL is not installed (initdb, pg_ctl)")
    pytest.importorskip("psycopg", reason="the extra `server` is not installed")
    user = None
    if os.geteuid() == 0:
        try:
            user = pwd.getpwnam("postgres").pw_name
        except KeyError:
            pytest.skip("PostgreSQL does not run as root, and there is no user postgres")
    place = Path(tempfile.mkdtemp(prefix="mnimage-pg-"))
    if user:
        shutil.chown(place, user)
    cluster = place / "cluster"

    def run(*command: str) -> None:
        subprocess.run(
            [str(part) for part in command],
            check=True,
            user=user,
            cwd=place,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    try:
        run(initdb, "-D", cluster, "-U", "clinic", "-A", "trust", "--no-sync", "-E", "UTF8")
        options = f"-c listen_addresses='' -k {place} -c fsync=off"
        run(server, "-D", cluster, "-o", options, "-w", "-l", place / "log", "start")
        yield place
        run(server, "-D", cluster, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)


@pytest.fixture
def address(postgres):
    """Give the address of an empty database, without what earlier tests left."""
    return empty(postgres, "clinic")


def empty(place: Path, name: str) -> str:
    """Return the address of a database of that name, empty."""
    import psycopg

    with psycopg.connect(f"user=clinic dbname=postgres host={place}", autocommit=True) as main:
        main.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        main.execute(f"CREATE DATABASE {name}")
    return f"postgresql+psycopg://clinic@/{name}?host={place}"
