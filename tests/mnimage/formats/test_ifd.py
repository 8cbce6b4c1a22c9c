from __future__ import annotations

import io
import struct

import numpy as np
import pytest
import tifffile

from mnimage.formats.ifd import first_directory, read_directory


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("order", ["<", ">"])
def test_reads_what_tifffile_wrote(order, big):
    made = io.BytesIO()
    tags = [(270, "s", 0, "a word", True), (282, "2I", 1, (300, 7), True)]
    with tifffile.TiffWriter(made, byteorder=order, bigtiff=big) as file:
        file.write(np.zeros((70, 90), np.uint8), extratags=tags, description=None, metadata=None)
        file.write(np.zeros((70, 90), np.uint8), metadata=None)
    content = made.getvalue()
    page = read_directory(content, first_directory(content), {256, 257, 282, 305})
    assert page.number(256, 0) == 90
    assert page.number(257, 0) == 70
    assert page.number(999, -1) == -1
    assert page.text(305) == "tifffile.py"
    second = read_directory(content, page.following, {256})
    assert second.number(256, 0) == 90
    assert second.following == 0


def test_the_offset_of_a_value_is_its_position_in_the_file():
    content = b"II*\0\x08\0\0\0" + struct.pack("<HHHIHHI", 1, 274, 3, 1, 6, 0, 0)
    page = read_directory(content, first_directory(content), {274})
    assert page.number(274, 1) == 6
    assert struct.unpack_from("<H", content, page.offsets[274]) == (6,)


@pytest.mark.parametrize("start", [0, 7, 10**9])
def test_a_directory_outside_the_file_is_empty(start):
    assert not read_directory(b"II*\0\x08\0\0\0" + bytes(20), start, {256}).values


def test_entries_outside_the_file_or_without_a_type_are_ignored():
    lines = struct.pack("<HHII", 271, 2, 400, 10**6) + struct.pack("<HHII", 256, 99, 1, 5)
    lines += struct.pack("<HHII", 257, 4, 1, 77) + struct.pack("<HHII", 273, 4, 2**31, 8)
    content = b"II*\0\x08\0\0\0" + struct.pack("<H", 4) + lines + bytes(4)
    page = read_directory(content, 8, {256, 257, 271, 273})
    assert dict(page.values) == {257: (77,)}


def test_truncated_and_corrupt_blocks_never_fail():
    made = io.BytesIO()
    tifffile.imwrite(made, np.zeros((64, 64, 3), np.uint16), photometric="rgb")
    whole = made.getvalue()[:600]
    chance = np.random.default_rng(5)
    for _ in range(400):
        spoilt = bytearray(whole[: chance.integers(0, 600)])
        for _ in range(min(3, len(spoilt))):
            spoilt[chance.integers(0, len(spoilt))] = chance.integers(0, 256)
        content = bytes(spoilt)
        found = read_directory(content, first_directory(content), frozenset(range(65536)))
        assert all(0 <= place <= len(content) for place in found.offsets.values())
