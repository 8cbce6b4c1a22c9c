from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mnimage.errors import PhotoUnreadable
from mnimage.library.intake import Item, Unusable, clean_name, find_items

JPEG = b"\xff\xd8\xff\xe0" + bytes(200)


def found(*paths):
    return [item for item in find_items(paths) if isinstance(item, Item)]


def unusable(*paths):
    return [item for item in find_items(paths) if isinstance(item, Unusable)]


def put(path, content=JPEG):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def test_photos_of_a_card_are_found_and_side_files_are_not(tmp_path):
    for name in ("DCIM/100/IMG_2.JPG", "DCIM/100/IMG_1.JPG", "DCIM/101/a.png"):
        put(tmp_path / name)
    for name in (
        "DCIM/100/._IMG_1.JPG",
        "DCIM/100/.DS_Store",
        "DCIM/100/Thumbs.db",
        "DCIM/100/IMG_1.THM",
        ".thumbnails/1.jpg",
        "__MACOSX/x.jpg",
        ".Trashes/y.jpg",
        "System Volume Information/z.jpg",
    ):
        put(tmp_path / name)
    items = list(find_items([tmp_path]))
    assert [item.name for item in items] == ["IMG_1.JPG", "IMG_2.JPG", "a.png"]
    assert items[0].folders == (tmp_path.name, "DCIM", "100")
    assert items[0].read() == JPEG


def test_a_side_file_named_by_the_user_is_reported(tmp_path):
    assert "side file" in unusable(put(tmp_path / "._IMG_1.JPG"))[0].reason


def test_what_is_missing_is_reported_and_the_rest_go_on(tmp_path):
    there = put(tmp_path / "there.jpg")
    items = list(find_items([tmp_path / "gone.jpg", there, tmp_path / ("x" * 400)]))
    assert [type(item) for item in items] == [Unusable, Item, Unusable]


def test_pipes_are_never_opened_and_loops_never_walked(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    (tmp_path / "loop").symlink_to(tmp_path)
    (tmp_path / "dangling.jpg").symlink_to(tmp_path / "nowhere")
    put(tmp_path / "one.jpg")
    assert [item.name for item in found(tmp_path)] == ["one.jpg"]
    assert len(unusable(tmp_path)) == 2


def test_a_video_is_refused_by_its_first_bytes(tmp_path):
    path = put(tmp_path / "clip.jpg", b"\0\0\0\x18ftypqt  " + bytes(10_000))
    with pytest.raises(PhotoUnreadable, match="video"):
        found(path)[0].read()


@pytest.mark.parametrize(
    ("reported", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("/etc/cron.d/x.jpg", "x.jpg"),
        ("C:\\Users\\x\\a.jpg", "a.jpg"),
        ("..\\..\\a.jpg", "a.jpg"),
        ("a\nerror: b.jpg", "aerror: b.jpg"),
        ("gpj.\u202eexe.jpg", "gpj.exe.jpg"),
        ("..", "photo"),
        ("", "photo"),
        ("\x1b[2J.jpg", "[2J.jpg"),
        ("é" * 300 + ".jpg", "é" * 116 + ".jpg"),
    ],
)
def test_names_from_outside_become_one_harmless_line(reported, name):
    assert clean_name(reported) == name


@given(st.text())
def test_no_name_escapes(reported):
    name = clean_name(reported)
    assert name.isprintable()
    assert not set(name) & {"/", "\\"}
    assert name not in ("", ".", "..")
    assert len(name) <= 120


def archive(path, members, **more):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, **more) as packed:
        for name, content in members:
            packed.writestr(name, content)
    return path


def test_an_archive_is_read_in_place_whatever_its_names(tmp_path):
    path = archive(
        tmp_path / "card.zip",
        [
            ("MN-1/a.jpg", JPEG),
            ("../../evil.jpg", JPEG + b"1"),
            ("/abs.jpg", JPEG + b"2"),
            ("CON.jpg", JPEG + b"3"),
            ("__MACOSX/MN-1/._a.jpg", b"x"),
            ("MN-1/Thumbs.db", b"x"),
        ],
    )
    before = sorted(tmp_path.rglob("*"))
    items = found(path)
    assert [item.name for item in items] == ["a.jpg", "evil.jpg", "abs.jpg", "CON.jpg"]
    assert items[0].folders[-1] == "MN-1"
    assert ".." not in items[1].folders
    assert [len(item.read()) for item in items] == [204, 205, 205, 205]
    assert sorted(tmp_path.rglob("*")) == before


def test_a_zip_bomb_is_refused_unread(tmp_path):
    path = archive(tmp_path / "bomb.zip", [("big.bmp", b"BM" + bytes(40_000_000))])
    with pytest.raises(PhotoUnreadable, match="no photo compresses like that"):
        found(path)[0].read()


def test_an_archive_that_lies_about_sizes_is_refused(tmp_path):
    path = archive(tmp_path / "lies.zip", [("a.jpg", JPEG + bytes(100_000))])
    content = path.read_bytes()
    real, said = (100_204).to_bytes(4, "little"), (300).to_bytes(4, "little")
    assert content.count(real) == 2
    path.write_bytes(content.replace(real, said))
    with pytest.raises(PhotoUnreadable, match="damaged within the archive"):
        found(path)[0].read()


def test_archives_in_archives_are_refused_and_not_opened(tmp_path):
    inner = archive(tmp_path / "inner.zip", [("a.jpg", JPEG)])
    outer = archive(tmp_path / "outer.zip", [("inner.zip", inner.read_bytes())])
    with pytest.raises(PhotoUnreadable, match="ZIP"):
        found(outer)[0].read()


@pytest.mark.parametrize("damage", [slice(0, 40), slice(30, 80), slice(-30, None)])
def test_a_damaged_archive_is_reported(tmp_path, damage):
    path = archive(tmp_path / "bad.zip", [("a.jpg", os.urandom(3000))])
    content = bytearray(path.read_bytes())
    place = range(len(content))[damage]
    content[damage] = b"\xa5" * len(place)
    content[:4] = b"PK\x03\x04"
    path.write_bytes(content)
    for item in find_items([path]):
        if isinstance(item, Item):
            with pytest.raises(PhotoUnreadable):
                item.read()
        else:
            assert "damaged" in item.reason


def test_a_locked_archive_is_reported(tmp_path):
    path = archive(tmp_path / "locked.zip", [("a.jpg", JPEG)])
    content = bytearray(path.read_bytes())
    content[6] |= 1
    content[content.rfind(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    with pytest.raises(PhotoUnreadable, match="password"):
        found(path)[0].read()


def test_items_outlive_the_search(tmp_path):
    path = archive(tmp_path / "card.zip", [(f"{n}.jpg", JPEG + b"%d" % n) for n in range(5)])
    items = found(path)
    assert json.dumps([item.read()[-1:].decode() for item in reversed(items)]) == (
        '["4", "3", "2", "1", "0"]'
    )


@pytest.mark.parametrize("method", [zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2])
@pytest.mark.parametrize("cut", [0, 3, 12])
def test_a_member_spoilt_in_any_packing_is_refused_and_no_more(tmp_path, method, cut):
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w", method) as packed:
        packed.writestr("a.jpg", JPEG + os.urandom(3000))
        packed.writestr("b.jpg", JPEG)
    content = bytearray(path.read_bytes())
    start = 30 + len("a.jpg") + cut
    content[start : start + 40] = bytes(b ^ 0xA5 for b in content[start : start + 40])
    path.write_bytes(content)
    spoilt, whole = found(path)
    with pytest.raises(PhotoUnreadable, match=r"damaged|unpacked"):
        spoilt.read()
    assert whole.read() == JPEG


def files_open():
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are counted as on Linux")
def test_no_archive_is_open_before_and_after_its_files_are_read(tmp_path):
    for number in range(30):
        archive(tmp_path / f"{number:02}.zip", [("a.jpg", JPEG), ("b.jpg", JPEG)])
    open_before = files_open()
    items = found(tmp_path)
    assert files_open() == open_before
    assert [item.read() for item in items] == [JPEG] * 60
    assert files_open() == open_before
    # More often than once is allowed, too.
    assert items[0].read() == items[-1].read() == JPEG
    assert files_open() == open_before


def test_an_archive_that_is_gone_when_it_is_read_is_reported(tmp_path):
    path = archive(tmp_path / "card.zip", [("a.jpg", JPEG)])
    (item,) = found(path)
    path.unlink()
    with pytest.raises(PhotoUnreadable):
        item.read()
