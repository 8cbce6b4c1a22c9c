from __future__ import annotations

from pathlib import Path

import pytest

from mnimage.errors import RecordUnusable
from mnimage.library.address import Where, where_is
from mnimage.library.keyfile import Places

SERVER = "postgresql+psycopg://ann:a%2Fword@db.clinic:5433/faces"


@pytest.mark.parametrize(
    ("reported", "meant"),
    [
        ("clinic", Where(Path("clinic"))),
        ("C:\\clinic", Where(Path("C:\\clinic"))),
        ("/mnt/postgresql/clinic", Where(Path("/mnt/postgresql/clinic"))),
        (f"{SERVER}?vault=/mnt/clinic", Where(Path("/mnt/clinic"), Places(SERVER))),
        (SERVER, Where(None, Places(SERVER))),
        (SERVER.replace("+psycopg", ""), Where(None, Places(SERVER))),
        (
            f"{SERVER}?sslmode=verify-full&vault=s3://bucket/clinic&folder=/mnt/keys",
            Where(Path("/mnt/keys"), Places(f"{SERVER}?sslmode=verify-full", "s3://bucket/clinic")),
        ),
        (f"{SERVER}?vault=s3://bucket/clinic", Where(None, Places(SERVER, "s3://bucket/clinic"))),
    ],
)
def test_what_a_place_means(reported, meant):
    assert where_is(reported) == meant


@pytest.mark.parametrize(
    "wrong", ["postgresql+asyncpg://h/n", "postgresql://h:port/n", "postgres+x://h"]
)
def test_what_is_no_address_is_said_without_its_password(wrong):
    with pytest.raises(RecordUnusable, match="not the address") as caught:
        where_is(wrong.replace("h", "ann:secret@h"))
    assert "secret" not in str(caught.value)
