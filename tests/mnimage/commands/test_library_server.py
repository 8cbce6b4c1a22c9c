"""Every command of the library with the address of a real PostgreSQL server as its DIR."""

from __future__ import annotations

import json

import pytest

from mnimage.commands.root import run
from mnimage.library import keys
from tests.mnimage.library.conftest import CHEAP, WORD
from tests.mnimage.library.servers import address, empty, postgres
from tests.mnimage.library.test_importing import jpeg

__all__ = ["address", "postgres"]


@pytest.fixture(autouse=True)
def reported(monkeypatch):
    monkeypatch.setattr(keys, "COST", CHEAP)
    monkeypatch.setenv("MNIMAGE_PASSPHRASE", WORD)
    monkeypatch.delenv("MNIMAGE_USER", raising=False)


def answer(capsys, *arguments: str):
    status = run(["library", *map(str, arguments), "--json"])
    said = capsys.readouterr()
    return status, [json.loads(line) for line in said.out.splitlines() if line], said.err


def whole(capsys, *arguments: str):
    status = run(["library", *map(str, arguments), "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_every_command_takes_the_address(address, postgres, tmp_path, capsys, monkeypatch):
    vault = tmp_path / "shared" / "clinic"
    assert run(["library", "init", address]) == 1
    assert "?vault=" in capsys.readouterr().err
    assert whole(capsys, "init", f"{address}&vault={vault}")[0] == 0
    assert not (vault / "library.db").exists()
    photo = tmp_path / "a.jpg"
    photo.write_bytes(jpeg(1))
    status, lines, _ = answer(capsys, "import", address, photo, "--patient", "MN-1", "--no-views")
    assert (status, [line["status"] for line in lines]) == (0, ["stored"])
    assert len(list((vault / "vault").rglob("*.*"))) == 1
    for place in (address, f"{address}&vault={vault}", vault):
        status, reported = whole(capsys, "list", place)
        assert (status, [one["code"] for one in reported["patients"]]) == (0, ["MN-1"])
    assert len(whole(capsys, "show", address, "MN-1")[1]["photos"]) == 1
    assert whole(capsys, "verify", address) == (0, {"sound": True, "flaws": []})
    assert whole(capsys, "migrate", address)[0] == 0
    monkeypatch.setenv("MNIMAGE_NEW_PASSPHRASE", "another horse battery")
    assert whole(capsys, "users", "add", address, "ann")[0] == 0
    assert whole(capsys, "users", "remove", address, "ann")[0] == 0
    assert [one["name"] for one in whole(capsys, "users", "list", address)[1]["users"]] == ["admin"]
    assert whole(capsys, "export", address, "--out", tmp_path / "out")[1]["photos"] == 1
    assert whole(capsys, "backup", address, tmp_path / "disk")[1]["verified"]
    again = empty(postgres, "again")
    place = f"{again}&vault={tmp_path / 'again'}"
    assert whole(capsys, "restore", tmp_path / "disk", place)[1]["verified"]
    assert whole(capsys, "erase", again, "MN-1", "--yes")[1]["photos"] == 1
    assert whole(capsys, "list", again)[1] == {"patients": []}
    assert whole(capsys, "server", vault, address.replace("clinic@", "clinic:new@"))[0] == 0
    assert len(whole(capsys, "list", vault)[1]["patients"]) == 1


def test_a_server_without_a_library_is_said(address, capsys):
    assert run(["library", "list", address]) == 1
    said = capsys.readouterr().err
    assert said.startswith("error: The database does not say where the folder")
    assert "Traceback" not in said


def test_a_library_in_a_folder_has_no_server(tmp_path, capsys, address):
    assert whole(capsys, "init", tmp_path / "clinic")[0] == 0
    assert run(["library", "list", f"{address}&vault={tmp_path / 'clinic'}"]) == 1
    assert "not on a server" in capsys.readouterr().err


def test_an_address_reported_twice_is_said(tmp_path, capsys, address):
    place = f"{address}&vault={tmp_path / 'clinic'}"
    assert run(["library", "init", place, "--server", address]) == 1
    assert "twice" in capsys.readouterr().err
