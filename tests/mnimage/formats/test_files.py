from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
from contextlib import suppress

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from mnimage.errors import PhotoUnreadable
from mnimage.formats.files import DecodeOptions, read_photo
from mnimage.words.message import message


def _save(path, array, kind=None, **options):
    picture = array if isinstance(array, Image.Image) else Image.fromarray(array)
    picture.save(path, kind, **options)
    return path


def _gap(one, other):
    return float(np.abs(one.astype(np.int64) - other.astype(np.int64)).mean())


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("ending", ["jpg", "png", "tif", "webp", "avif"])
def test_every_orientation_comes_upright_once(
    tmp_path, scene8, stored_as, exif_of, orientation, ending
):
    options = {"jpg": {"quality": 95}, "webp": {"lossless": True}, "avif": {"quality": 95}}
    path = _save(
        tmp_path / f"a.{ending}",
        stored_as(scene8, orientation),
        exif=exif_of(orientation),
        **options.get(ending, {}),
    )
    photo = read_photo(path)
    assert photo.shape == scene8.shape[:2]
    assert photo.facts.orientation == orientation
    assert _gap(photo.coded, scene8) < (0.001 if ending in ("png", "tif", "webp") else 4)


@pytest.mark.parametrize("name", ["Landscape", "Portrait"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_real_photos_of_every_orientation_look_the_same(shared, name, orientation):
    upright = read_photo(shared / "orientation" / f"{name}_0.jpg").coded
    turned = read_photo(shared / "orientation" / f"{name}_{orientation}.jpg").coded
    assert _gap(turned, upright) < 6
    assert _gap(turned[:, ::-1], upright) > 30


def test_sixteen_bits_stay_sixteen(tmp_path, scene16):
    tifffile.imwrite(tmp_path / "a.tif", scene16, photometric="rgb")
    cv2.imwrite(str(tmp_path / "a.png"), np.ascontiguousarray(scene16[..., ::-1]))
    for name in ("a.tif", "a.png"):
        photo = read_photo(tmp_path / name)
        assert photo.facts.bits == 16
        np.testing.assert_array_equal(photo.coded, scene16)


def test_facts_and_fingerprint(tmp_path, scene8, exif_of):
    exif = exif_of()
    exif.get_ifd(0x8769).update(
        {0x9003: "2026:03:14 09:26:53", 0x829A: 0.004, 0x829D: 5.6, 0x8827: 200, 0x920A: 60.0}
    )
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0)})
    path = _save(tmp_path / "a.jpg", scene8, exif=exif)
    photo = read_photo(path)
    facts = photo.facts
    assert photo.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (facts.format, facts.bits, facts.camera) == ("JPEG", 8, "Maker Model 1")
    assert (facts.exposure_s, facts.f_number, facts.iso) == (0.004, 5.6, 200)
    assert facts.focal_mm == 60
    assert facts.taken_at is not None
    assert json.dumps(facts.taken_at.isoformat()) == '"2026-03-14T09:26:53"'
    assert facts.notes == ()
    assert "52.0" not in repr(photo)


def test_the_original_is_not_touched(tmp_path, scene8):
    path = _save(tmp_path / "a.png", scene8)
    before, stat = path.read_bytes(), path.stat()
    read_photo(path)
    assert path.read_bytes() == before
    assert path.stat().st_mtime_ns == stat.st_mtime_ns
    assert list(tmp_path.iterdir()) == [path]


def test_the_pixels_cannot_be_altered(tmp_path, scene8):
    photo = read_photo(_save(tmp_path / "a.png", scene8))
    with pytest.raises(ValueError, match="read-only"):
        photo.coded[0, 0, 0] = 0


def test_a_wrong_file_ending_is_noted_and_the_photo_is_read(tmp_path, scene8):
    photo = read_photo(_save(tmp_path / "a.png", scene8, "BMP"))
    np.testing.assert_array_equal(photo.coded, scene8)
    assert photo.facts.notes == (message("formats.misnamed", claimed="PNG", kind="BMP"),)


def test_grey_clear_and_palette_become_rgb(tmp_path, scene8):
    picture = Image.fromarray(scene8)
    grey = read_photo(_save(tmp_path / "g.png", picture.convert("L"))).coded
    assert (grey[..., 0] == grey[..., 2]).all()
    picture.putalpha(Image.fromarray(np.full(scene8.shape[:2], 0, np.uint8)))
    clear = read_photo(_save(tmp_path / "c.png", picture))
    assert (clear.coded == 255).all()
    assert clear.facts.notes == (message("formats.transparent"),)
    assert read_photo(_save(tmp_path / "p.gif", Image.fromarray(scene8))).coded.shape[2] == 3


def test_profiles_need_not_be_applied(tmp_path, shared):
    path = shared / "chart" / "nano.jpeg"
    turned, plain = read_photo(path), read_photo(path, DecodeOptions(profiles=False))
    assert _gap(turned.coded, plain.coded) > 1
    assert "formats.icc_converted_named" in [note.code for note in turned.facts.notes]
    with Image.open(path) as picture:
        assert _gap(plain.coded, np.array(picture.convert("RGB"))) < 1


def test_names_with_accents_are_read(shared, tmp_path, scene8):
    (path,) = (shared / "raw").glob("*.KDC")
    photo = read_photo(path)
    assert photo.facts.format == "RAW"
    assert photo.coded.dtype == np.uint16
    photo = read_photo(_save(tmp_path / "Größe 面 é.jpg", scene8))
    assert photo.shape == scene8.shape[:2]


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("empty.jpg", b"", "is empty"),
        ("text.jpg", b"hello, this is text\n" * 9, "a text file, not a photo"),
        ("letter.jpg", b"%PDF-1.7\n" + bytes(99), "a PDF document"),
        ("pack.png", b"PK\x03\x04" + bytes(99), "a ZIP archive"),
        ("film.heic", b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + bytes(99), "a video"),
        ("noise.jpg", bytes(range(256)) * 9, "neither a photo"),
        ("zeros.jpg", bytes(9999), "neither a photo"),
    ],
)
def test_a_file_that_is_not_a_photo_is_refused(tmp_path, name, content, words, capfd):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(PhotoUnreadable, match=words) as caught:
        read_photo(tmp_path / name)
    assert name in str(caught.value)
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("place", "words"),
    [("missing.jpg", "does not exist"), (".", "is a folder"), ("a" * 300, "cannot")],
)
def test_a_path_that_is_not_a_file_is_refused(tmp_path, place, words):
    with pytest.raises(PhotoUnreadable, match=words) as caught:
        read_photo(tmp_path / place)
    assert caught.value.hint


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes on this system")
def test_a_pipe_is_refused_and_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "a.jpg")
    with pytest.raises(PhotoUnreadable, match="not an ordinary file"):
        read_photo(tmp_path / "a.jpg")


def test_a_file_larger_than_any_photo_is_not_read(tmp_path):
    path = tmp_path / "a.jpg"
    with path.open("wb") as file:
        file.write(b"\xff\xd8\xff\xe0")
        file.truncate(3 << 30)
    with pytest.raises(PhotoUnreadable, match=r"3\.2 GB"):
        read_photo(path)


def test_a_missing_permission_is_reported(tmp_path, scene8, monkeypatch):
    path = _save(tmp_path / "a.jpg", scene8)

    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)
    with pytest.raises(PhotoUnreadable, match="permission to read") as caught:
        read_photo(path)
    assert "permission" in caught.value.hint.lower()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read anything"
)
def test_a_locked_file_is_refused(tmp_path, scene8):
    path = _save(tmp_path / "a.jpg", scene8)
    path.chmod(0)
    with pytest.raises(PhotoUnreadable, match="permission to read"):
        read_photo(path)


def test_too_little_memory_is_reported(tmp_path, scene8, monkeypatch):
    def refuse(*_):
        raise MemoryError

    monkeypatch.setattr(cv2, "imdecode", refuse)
    with pytest.raises(PhotoUnreadable, match="not enough memory"):
        read_photo(_save(tmp_path / "a.jpg", scene8))


def test_a_truncated_tiff_like_raw_file_is_refused(shared, tmp_path, capfd):
    (path,) = (shared / "raw").glob("*.KDC")
    copy = tmp_path / "cut.kdc"
    shutil.copyfile(path, copy)
    copy.write_bytes(copy.read_bytes()[:50000])
    with pytest.raises(PhotoUnreadable, match=r"cut\.kdc.*end is missing"):
        read_photo(copy)
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF", "WEBP", "BMP", "GIF", "AVIF"])
def test_a_corrupt_file_never_crashes_nor_prints(tmp_path, scene8, exif_of, kind, capfd, caplog):
    made = io.BytesIO()
    options = {} if kind in ("BMP", "GIF") else {"exif": exif_of(6)}
    Image.fromarray(scene8).save(made, kind, **options)
    content, path = made.getvalue(), tmp_path / "a"
    chance = np.random.default_rng(11)
    for turn in range(60):
        spoilt = bytearray(content)
        for at in chance.integers(0, min(len(content), 300 if turn % 2 else len(content)), 3):
            spoilt[at] = chance.integers(0, 256)
        path.write_bytes(bytes(spoilt))
        with suppress(PhotoUnreadable):
            assert min(read_photo(path).shape) >= 64
    assert caplog.records == []
    assert capfd.readouterr().err == ""
