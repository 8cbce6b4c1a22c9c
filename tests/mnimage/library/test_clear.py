"""No byte on disk shows of a patient: while it runs, after a crash, and in what it leaves."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from mnimage.domain import record as kept
from mnimage.library import access
from mnimage.library.opening import create_library
from tests.mnimage.library.conftest import WORD, fill, noise, reopen

ROOT = Path(__file__).parents[3]
SECRETS = (
    "Vandermeulen",
    "vandermeulen",
    "Zoë Vandermeulen",
    "Zoë",
    "MN-0042",
    "mn-0042",
    "1988-03-14",
    "lidocaine",
    "IMG_4711",
    WORD,
    "CREATE TABLE",
    "SQLite format",
)


def found(folder: Path, originals: tuple[bytes, ...]) -> list[str]:
    """Return what can be read in any file: words in three codings, and parts of photos."""
    wanted = {f"{word} in {coding}": word.encode(coding)
              for word in SECRETS for coding in ("utf-8", "utf-16-le", "latin-1")}  # fmt: skip
    # Three or four bytes stand in megabytes of random ones by chance.
    wanted = {what: word for what, word in wanted.items() if len(word) >= 6}
    wanted |= {f"photo {n}": content[5000:5024] for n, content in enumerate(originals)}
    wanted |= {"JPEG header": b"\xff\xd8\xff\xe0\x00\x10JFIF"}
    hits = []
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes() + str(path.relative_to(folder)).encode()
            hits += [f"{what}: {path.name}" for what, word in wanted.items() if word in content]
    return hits


def busy(library) -> tuple[bytes, ...]:
    """Do a bit of everything."""
    filled = fill(library)
    library.change(replace(filled.patient, notes="lidocaine"))
    library.change(replace(filled.photo, file_name="IMG_4711.jpg"))
    library.cache.put(filled.photo.sha256, "thumbnail", noise(8000, seed=5))
    library.patients("zoë")
    library.timeline(filled.patient)
    access.add_user(library, "ann", kept.Role.VIEWER, "another horse battery")
    access.remove_user(library, "ann")
    return filled.original, noise(8000, seed=5)


def test_nothing_is_in_the_clear_while_open_and_after(library, folder, tmp_path):
    originals = busy(library)
    assert found(tmp_path, originals) == []
    library.close()
    assert found(tmp_path, originals) == []


def test_the_search_would_find_it(tmp_path):
    (tmp_path / "leak").write_bytes("of Zoë Vandermeulen".encode("utf-16-le"))
    (tmp_path / "MN-0042.jpg").write_bytes(noise(6000))
    hits = found(tmp_path, (noise(6000),))
    assert {hit.split(":")[0] for hit in hits} == {
        "Vandermeulen in utf-16-le",
        "Zoë in utf-16-le",
        "Zoë Vandermeulen in utf-16-le",
        "JPEG header",
        "photo 0",
        *(f"MN-0042 in {coding}" for coding in ("utf-8", "latin-1")),
    }


CRASH = """
import os, signal, sys
from pathlib import Path
from mnimage.library import keys
from tests.mnimage.library.conftest import CHEAP, WORD
from tests.mnimage.library.test_clear import busy, fill
from mnimage.library.opening import create_library
keys.COST = CHEAP
library, _ = create_library(Path(sys.argv[1]), WORD)
busy(library)
fill(library, code="LAST", seed=8)
with library.changing() as changes, library.vault._store.draft() as draft:
    draft.write(b"x" * 100)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_nothing_is_in_the_clear_after_a_kill(tmp_path):
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    done = subprocess.run(
        [sys.executable, "-c", CRASH, str(tmp_path / "clinic")],
        env={**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(temporary)},
        check=False,
        capture_output=True,
    )
    assert done.returncode == -9, done.stderr.decode()
    assert (tmp_path / "clinic" / "library.db-wal").stat().st_size > 0
    assert found(tmp_path, (noise(20_000), noise(20_000, seed=8))) == []
    with reopen(tmp_path / "clinic") as library:
        assert {line.patient.code for line in library.patients()} == {"MN-0042", "LAST"}


def test_errors_and_representations_show_nobody(library, filled, caplog):
    from mnimage.errors import RecordUnusable

    with pytest.raises(RecordUnusable) as caught:
        library.add(kept.Patient(code="MN-0042", name="Vandermeulen"))
    assert "MN-0042" not in f"{caught.value}{caught.value.hint}"
    assert caplog.text == ""


def test_file_names_show_not_which_photo_it_is(tmp_path):
    """Two libraries of one photo share no name of a file, and none is its fingerprint."""
    names = []
    for place in ("one", "two"):
        library, _ = create_library(tmp_path / place, WORD)
        with library:
            filled = fill(library)
            names += [name.split(".")[0] for name in library.vault.names()]
    assert len(set(names)) == 2
    assert filled.photo.sha256 not in names
