"""`mnimage library import | export | erase | backup | restore` as a clinic's shell calls them."""

from __future__ import annotations

import json

import pytest

from mnimage.commands.root import run
from mnimage.domain.record import PhotoRecord
from mnimage.library import keys
from tests.mnimage.library.conftest import CHEAP, WORD, reopen
from tests.mnimage.library.test_importing import card, jpeg


@pytest.fixture(autouse=True)
def reported(monkeypatch):
    monkeypatch.setattr(keys, "COST", CHEAP)
    monkeypatch.setenv("MNIMAGE_PASSPHRASE", WORD)
    monkeypatch.delenv("MNIMAGE_USER", raising=False)


@pytest.fixture
def made(tmp_path, capsys):
    assert run(["library", "init", str(tmp_path / "clinic")]) == 0
    capsys.readouterr()
    return tmp_path / "clinic"


def call(capsys, *arguments):
    status = run(["library", *map(str, arguments)])
    out, err = capsys.readouterr()
    return status, out, err


def answer(capsys, *arguments):
    status, out, _ = call(capsys, *arguments, "--json")
    return status, json.loads(out)


def lines(capsys, *arguments):
    status, out, _ = call(capsys, "import", *arguments, "--no-views", "--json")
    return status, [json.loads(line) for line in out.splitlines()]


def test_import_prints_one_line_of_json_per_file(made, tmp_path, capsys):
    folder = card(tmp_path, 3)
    (folder / "notes.txt").write_text("Dear doctor,")
    status, reported = lines(capsys, made, folder, "--patient", "MN-1")
    assert status == 0
    assert [one["status"] for one in reported] == ["stored", "stored", "stored", "refused"]
    assert {frozenset(one) for one in reported} == {
        frozenset({"file", "status", "id", "sha256", "reason"})
    }
    status, reported = lines(capsys, made, folder, "--patient", "MN-1")
    assert [one["status"] for one in reported] == ["known", "known", "known", "refused"]
    status, shown = answer(capsys, "show", made, "MN-1")
    assert len(shown["photos"]) == 3


def test_import_of_nothing_usable_is_a_failure(made, tmp_path, capsys):
    (tmp_path / "notes.txt").write_text("Dear doctor,")
    status, reported = lines(capsys, made, tmp_path / "notes.txt", tmp_path / "gone.jpg")
    assert status == 1
    assert [one["status"] for one in reported] == ["refused", "refused"]


def test_a_name_with_a_line_break_stays_one_line(made, tmp_path, capsys):
    (tmp_path / "a\nstored  b.jpg").write_bytes(jpeg(1))
    _, out, _ = call(capsys, "import", made, tmp_path / "a\nstored  b.jpg", "--no-views")
    assert out.splitlines()[0].endswith("a?stored  b.jpg")
    _, reported = lines(capsys, made, tmp_path / "a\nstored  b.jpg")
    assert reported[0]["file"].endswith("a\nstored  b.jpg")


def test_views_are_proposed_by_the_face_after_all_is_stored(made, tmp_path, capsys, monkeypatch):
    from mnimage.domain.photo import View
    from mnimage.workflow import views

    class Turned:
        view = View.LEFT_45

    seen = []
    monkeypatch.setattr(views, "find_face", lambda photo, passes: seen.append(photo) or Turned())
    status, out, err = call(capsys, "import", made, card(tmp_path, 2), "--json")
    assert status == 0
    assert len(out.splitlines()) == len(seen) == 2
    assert "2 of 2" in err
    with reopen(made) as library:
        assert {photo.view for photo in library.select(PhotoRecord)} == {View.LEFT_45}


def test_out_and_in_again(made, tmp_path, capsys):
    lines(capsys, made, card(tmp_path, 3), "--patient", "MN-1")
    status, reported = answer(capsys, "export", made, "--out", tmp_path / "out")
    assert (status, reported["patients"], reported["photos"]) == (0, 1, 3)
    run(["library", "init", str(tmp_path / "other")])
    capsys.readouterr()
    status, reported = lines(capsys, tmp_path / "other", tmp_path / "out")
    assert (status, {one["status"] for one in reported}) == (0, {"stored"})
    _, here = answer(capsys, "show", made, "MN-1")
    _, there = answer(capsys, "show", tmp_path / "other", "MN-1")
    assert here == there


def test_without_consent_one_line_of_error_and_one_of_hint(made, tmp_path, capsys):
    lines(capsys, made, card(tmp_path, 1), "--patient", "MN-1")
    status, out, err = call(
        capsys, "export", made, "--out", tmp_path / "out", "--purpose", "marketing"
    )
    assert (status, out) == (1, "")
    assert [line.partition(":")[0] for line in err.splitlines()] == ["error", "hint"]


def test_erase_asks_and_shows_where_copies_are(made, tmp_path, capsys):
    lines(capsys, made, card(tmp_path, 2), "--patient", "MN-1")
    answer(capsys, "backup", made, tmp_path / "disk")
    status, _, err = call(capsys, "erase", made, "MN-1")
    assert status == 1
    assert "Nothing was erased" in err
    status, out, _ = call(capsys, "erase", made, "MN-1", "--yes")
    assert status == 0
    assert f"a back-up still holds the patient: {tmp_path / 'disk'}" in out
    assert answer(capsys, "list", made)[1] == {"patients": []}
    assert answer(capsys, "verify", made) == (0, {"sound": True, "flaws": []})


def test_back_up_check_and_restore(made, tmp_path, capsys):
    lines(capsys, made, card(tmp_path, 2), "--patient", "MN-1")
    disk, new = tmp_path / "disk", tmp_path / "new"
    _, out, _ = call(capsys, "backup", made, disk, "--no-verify")
    assert "never verified" in out
    _, out, _ = call(capsys, "restore", disk, new)
    assert "never verified" in out
    status, reported = answer(capsys, "backup", made, disk, "--check")
    assert (status, reported["verified"], reported["flaws"]) == (0, True, [])
    status, reported = answer(capsys, "backup", made, disk, "--keep", "1")
    assert (status, reported["copied"], reported["kept"], reported["dropped"]) == (0, 0, 2, 1)
    assert answer(capsys, "verify", new)[0] == 0
    spoilt = next(path for path in (disk / "vault").rglob("*") if path.is_file())
    spoilt.write_bytes(spoilt.read_bytes()[:-1])
    status, reported = answer(capsys, "backup", made, disk, "--check")
    assert (status, reported["verified"], len(reported["flaws"])) == (1, False, 1)
