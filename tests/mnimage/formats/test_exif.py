from __future__ import annotations

from datetime import timedelta

import pytest

from mnimage.formats.exif import Exif, read_exif


def test_facts_are_read(exif_of):
    exif = exif_of(6)
    detail = exif.get_ifd(0x8769)
    detail.update({0x829A: 0.004, 0x829D: 5.6, 0x8827: 200, 0x920A: 60.0, 0xA405: 90})
    detail.update({0x9003: "2026:03:14 09:26:53", 0x9011: "+01:00"})
    found = read_exif(exif.tobytes())
    assert found.orientation == 6
    assert found.camera == "Maker Model 1"
    assert found.exposure_s == pytest.approx(0.004)
    assert found.f_number == pytest.approx(5.6)
    assert (found.iso, found.focal_mm, found.focal_35mm_mm) == (200, 60, 90)
    assert found.taken_at is not None
    assert found.taken_at.isoformat() == "2026-03-14T09:26:53+01:00"
    assert found.taken_at.utcoffset() == timedelta(hours=1)


def test_without_a_zone_the_clock_stays_naive(exif_of):
    exif = exif_of()
    exif.get_ifd(0x8769)[0x9003] = "2026:03:14 09:26:53"
    taken_at = read_exif(exif.tobytes()).taken_at
    assert taken_at is not None
    assert taken_at.tzinfo is None
    assert taken_at.isoformat() == "2026-03-14T09:26:53"


@pytest.mark.parametrize(
    "clock", ["0000:00:00 00:00:00", "    :  :     :  :  ", "2026:13:40 25:61:61", "x"]
)
def test_an_impossible_clock_is_none(clock, exif_of):
    exif = exif_of()
    exif.get_ifd(0x8769)[0x9003] = clock
    assert read_exif(exif.tobytes()).taken_at is None


@pytest.mark.parametrize("zone", ["", "Berlin", "+99:00", "   :  "])
def test_an_impossible_zone_leaves_the_clock(zone, exif_of):
    exif = exif_of()
    exif.get_ifd(0x8769).update({0x9003: "2026:03:14 09:26:53", 0x9011: zone})
    taken_at = read_exif(exif.tobytes()).taken_at
    assert taken_at is not None
    assert taken_at.tzinfo is None


@pytest.mark.parametrize(("found", "kept"), [(0, 1), (9, 1), (60000, 1), (8, 8)])
def test_an_impossible_orientation_is_upright(found, kept, exif_of):
    assert read_exif(exif_of(found).tobytes()).orientation == kept


def test_the_maker_is_not_repeated(exif_of):
    exif = exif_of()
    exif[0x010F], exif[0x0110] = "Canon", "Canon EOS R5\0\0"
    assert read_exif(exif.tobytes()).camera == "Canon EOS R5"


def test_no_location_or_personal_data_is_read(exif_of):
    exif = exif_of()
    exif[0x013B] = "Dr. Secret"
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.345), 29: "2026:03:14"})
    exif.get_ifd(0x8769).update({0xA431: "SERIAL-4711", 0x9003: "2026:03:14 09:26:53"})
    block = exif.tobytes()
    assert b"SERIAL-4711" in block
    shown = repr(read_exif(block))
    for secret in ("Secret", "SERIAL", "52.0", "12.345"):
        assert secret not in shown


@pytest.mark.parametrize(
    "block", [b"", b"Exif\0\0", b"Exif\0\0II*\0", b"II*\0\xff\xff\xff\x7f", b"junk" * 9]
)
def test_corrupt_blocks_give_no_facts(block):
    assert read_exif(block) == Exif()


def test_zero_denominators_are_none():
    block = bytearray(b"MM\0*\0\0\0\x08")
    block += bytes.fromhex("0001 829A 0005 00000001 0000001A 00000000")
    block += bytes.fromhex("00000001 00000000")
    assert read_exif(bytes(block)).exposure_s is None
