from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pi_heif
import pytest
from PIL import Image

from mnimage.errors import PhotoUnreadable
from mnimage.formats.heif import read_heif


def _with_turn(content, quarters):
    """The 8-bit example with a turn box ("irot", quarters counter-clockwise) put in by hand."""

    def grown(box, by):
        at = content.index(box) - 4
        size = int.from_bytes(content[at : at + 4], "big")
        return at, (size + by).to_bytes(4, "big")

    new = bytearray(content)
    for box, by in ((b"meta", 10), (b"iprp", 10), (b"ipco", 9), (b"ipma", 1)):
        at, size = grown(box, by)
        new[at : at + 4] = size
    place = content.index(b"iloc") + 4 + 12
    start = int.from_bytes(content[place : place + 4], "big")
    assert content.index(b"mdat") + 4 == start
    new[place : place + 4] = (start + 10).to_bytes(4, "big")
    ipma = content.index(b"ipma") - 4
    end = ipma + int.from_bytes(content[ipma : ipma + 4], "big")
    new[ipma + 18] += 1
    return bytes(
        new[:ipma] + b"\0\0\0\x09irot" + bytes([quarters]) + new[ipma:end] + b"\x84" + new[end:]
    )


def test_eight_bits(shared):
    content = (shared / "heif" / "RGB_8__128x128.heif").read_bytes()
    decoded = read_heif(content)
    assert (decoded.samples.shape, decoded.samples.dtype) == ((128, 128, 3), np.uint8)
    assert (decoded.bits, decoded.upright) == (8, True)


def test_ten_bits_fill_sixteen(shared):
    folder = shared / "heif"
    deep = read_heif((folder / "RGB_10__128x128.heif").read_bytes())
    assert (deep.bits, deep.samples.dtype) == (10, np.uint16)
    tenth = np.rint(deep.samples / 65535 * 1023)
    assert np.abs(tenth / 1023 * 65535 - deep.samples).max() <= 1
    flat = read_heif((folder / "RGB_8__128x128.heif").read_bytes())
    # The two examples show the same colours, one mirrored across its diagonal.
    assert np.abs(deep.samples / 257 - flat.samples.transpose(1, 0, 2)).mean() < 2


def test_of_several_pictures_the_main_one_is_used(shared):
    decoded = read_heif((shared / "heif" / "zPug_3.heic").read_bytes())
    assert decoded.samples.shape == (64, 64)
    assert "formats.several_pictures" in [note.code for note in decoded.notes]


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_the_files_own_turn_is_applied_once(shared, quarters):
    content = (shared / "heif" / "RGB_8__128x128.heif").read_bytes()
    plain, turned = read_heif(content), read_heif(_with_turn(content, quarters))
    expected = np.rot90(plain.samples, quarters)
    assert np.abs(expected.astype(int) - plain.samples).mean() > 20
    np.testing.assert_array_equal(turned.samples, expected)
    assert turned.upright


def test_exif_is_for_the_record_only(monkeypatch, exif_of, scene8):
    class File(SimpleNamespace):
        def __len__(self):
            return 1

        def __array__(self, dtype=None, copy=None):
            return scene8

    info = {"bit_depth": 8, "exif": b"Exif\0\0" + exif_of(6).tobytes().removeprefix(b"Exif\0\0")}
    file = File(size=(128, 96), info=info)
    monkeypatch.setattr(pi_heif, "open_heif", lambda *_, **__: file)
    decoded = read_heif(b"")
    assert (decoded.exif.orientation, decoded.upright) == (6, True)
    np.testing.assert_array_equal(decoded.samples, scene8)


@pytest.mark.parametrize("name", ["truncated.heic", "corrupted.heic"])
def test_real_damaged_files_are_refused(shared, name, capfd):
    with pytest.raises(PhotoUnreadable, match="damaged") as caught:
        read_heif((shared / "heif" / name).read_bytes())
    assert caught.value.hint
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("kept", [0.01, 0.05, 0.5, 0.99, 0.9999])
def test_a_truncated_file_is_refused(shared, kept, capfd):
    content = (shared / "heif" / "RGB_8__128x128.heif").read_bytes()
    with pytest.raises(PhotoUnreadable, match="damaged"):
        read_heif(content[: int(len(content) * kept)])
    assert capfd.readouterr().err == ""


def test_the_size_is_checked_before_anything_is_decoded(shared):
    content = bytearray((shared / "heif" / "RGB_8__128x128.heif").read_bytes())
    place = content.index(b"ispe") + 8
    content[place : place + 8] = (16320).to_bytes(4, "big") + (12240).to_bytes(4, "big")
    with pytest.raises(PhotoUnreadable, match="200 megapixels"):
        read_heif(bytes(content))


def test_pillow_is_not_taught_to_read_heif_behind_its_back():
    assert "HEIF" not in Image.registered_extensions().values()
