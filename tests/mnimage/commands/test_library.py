"""`mnimage library ...` as a clinic's shell calls it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mnimage.commands.root import run
from mnimage.library import keys
from tests.mnimage.library.conftest import CHEAP, WORD, fill, reopen


@pytest.fixture(autouse=True)
def reported(monkeypatch):
    monkeypatch.setattr(keys, "COST", CHEAP)
    monkeypatch.setenv("MNIMAGE_PASSPHRASE", WORD)
    monkeypatch.delenv("MNIMAGE_USER", raising=False)


@pytest.fixture
def made(tmp_path, capsys):
    assert run(["library", "init", str(tmp_path / "clinic"), "--json"]) == 0
    assert len(json.loads(capsys.readouterr().out)["recovery_key"]) == 74
    with reopen(tmp_path / "clinic") as library:
        fill(library)
    return tmp_path / "clinic"


def answer(capsys, *arguments: str):
    status = run(["library", *arguments, "--json"])
    return status, json.loads(capsys.readouterr().out)


def test_list_and_show(made, capsys):
    status, reported = answer(capsys, "list", str(made), "--search", "zoe")
    assert status == 0
    assert [one["code"] for one in reported["patients"]] == ["MN-0042"]
    status, reported = answer(capsys, "show", str(made), "MN-0042")
    assert (status, reported["patient"]["name"], len(reported["photos"])) == (
        0,
        "Zoë Vandermeulen",
        1,
    )
    assert run(["library", "list", str(made)]) == 0
    assert "MN-0042" in capsys.readouterr().out
    assert run(["library", "show", str(made), "MN-0042"]) == 0
    assert "2026-05-04 treatment" in capsys.readouterr().out


def test_verify_says_whole_and_then_not(made, capsys):
    assert answer(capsys, "verify", str(made)) == (0, {"sound": True, "flaws": []})
    photo = next(path for path in (made / "vault").rglob("*") if path.is_file())
    content = bytearray(photo.read_bytes())
    content[1000] ^= 1
    photo.write_bytes(content)
    status, reported = answer(capsys, "verify", str(made))
    assert (status, reported["sound"], [one["kind"] for one in reported["flaws"]]) == (
        1,
        False,
        ["original"],
    )


@pytest.mark.parametrize(
    ("user", "word"), [("admin", "wrong horse battery"), ("nobody", WORD), ("admin", "")]
)
def test_no_entry_is_one_line_and_a_status(made, capsys, monkeypatch, user, word):
    monkeypatch.setenv("MNIMAGE_PASSPHRASE", word)
    monkeypatch.setenv("MNIMAGE_USER", user)
    for asked in (["list"], ["show", "MN-0042"], ["verify"], ["migrate"], ["users", "list"]):
        place = [*asked[:1], str(made), *asked[1:]] if asked[0] != "users" else [*asked, str(made)]
        assert run(["library", *place]) == 1
        reported = capsys.readouterr()
        assert reported.out == ""
        assert reported.err.startswith("error: The user or the passphrase")
        assert "Traceback" not in reported.err


def test_users_come_and_go(made, capsys, monkeypatch):
    monkeypatch.setenv("MNIMAGE_NEW_PASSPHRASE", "another horse battery")
    assert answer(capsys, "users", "add", str(made), "ann", "--role", "viewer")[0] == 0
    monkeypatch.setenv("MNIMAGE_USER", "ann")
    monkeypatch.setenv("MNIMAGE_PASSPHRASE", "another horse battery")
    assert answer(capsys, "list", str(made))[0] == 0
    assert run(["library", "users", "add", str(made), "bob"]) == 1
    assert "may not" in capsys.readouterr().err
    monkeypatch.setenv("MNIMAGE_NEW_PASSPHRASE", "a third horse battery")
    assert answer(capsys, "users", "passphrase", str(made))[0] == 0
    monkeypatch.setenv("MNIMAGE_PASSPHRASE", "a third horse battery")
    assert answer(capsys, "list", str(made))[0] == 0
    monkeypatch.setenv("MNIMAGE_USER", "admin")
    monkeypatch.setenv("MNIMAGE_PASSPHRASE", WORD)
    assert answer(capsys, "users", "role", str(made), "ann", "assistant")[0] == 0
    reported = answer(capsys, "users", "list", str(made))[1]["users"]
    assert reported == [{"name": "admin", "role": "admin"}, {"name": "ann", "role": "assistant"}]
    assert answer(capsys, "users", "remove", str(made), "ann")[0] == 0
    assert answer(capsys, "verify", str(made))[0] == 0
    monkeypatch.setenv("MNIMAGE_USER", "ann")
    assert run(["library", "list", str(made)]) == 1


def test_without_passphrase_or_terminal_it_says_so(made, capsys, monkeypatch):
    monkeypatch.delenv("MNIMAGE_PASSPHRASE")
    assert run(["library", "list", str(made)]) == 1
    assert "MNIMAGE_PASSPHRASE" in capsys.readouterr().err


def test_what_is_no_library_is_said(tmp_path, capsys):
    assert run(["library", "list", str(tmp_path)]) == 1
    assert "no library" in capsys.readouterr().err


def test_migrate_of_todays_library_does_nothing(made, capsys):
    status, reported = answer(capsys, "migrate", str(made))
    assert (status, reported["backup"]) == (0, None)


def test_a_trace_whose_head_was_lost_is_taken_up_anew(made, capsys):
    (made / "trace.head").unlink()
    assert answer(capsys, "verify", str(made))[0] == 1
    assert answer(capsys, "verify", str(made), "--accept-trace") == (
        0,
        {"sound": True, "flaws": []},
    )
    assert answer(capsys, "verify", str(made))[0] == 0


def test_names_from_outside_steer_no_terminal(made, capsys):
    with reopen(made) as library:
        patient = library.patient("MN-0042")
        library.change(replace(patient, name="Zoë\x1b[2J\nerror: none"))
    for reported in (["list", str(made)], ["show", str(made), "MN-0042"]):
        assert run(["library", *reported]) == 0
        said = capsys.readouterr().out
        assert "\x1b" not in said
        assert "\nerror" not in said
