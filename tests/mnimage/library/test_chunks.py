"""Chunks: what comes back is what went in, or nothing."""

from __future__ import annotations

import io
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mnimage.errors import PhotoDamaged
from mnimage.library import chunks

KEY = bytes(range(32))
SMALL = 64


@pytest.fixture(autouse=True)
def small_chunks(monkeypatch):
    monkeypatch.setattr(chunks, "CHUNK_BYTES", SMALL)


def encrypted(plain: bytes, object_id: bytes = b"one") -> bytes:
    return b"".join(chunks.encrypt([plain], KEY, object_id))


def decrypted(secret: bytes, object_id: bytes = b"one", key: bytes = KEY) -> bytes:
    return b"".join(chunks.decrypt(io.BytesIO(secret), key, object_id))


def parts(secret: bytes) -> tuple[bytes, list[bytes]]:
    """Return the header and the chunks, cut by the format and not by the code."""
    body, length = secret[8:], SMALL + 16
    return secret[:8], [body[at : at + length] for at in range(0, len(body), length)]


@settings(max_examples=60)
@given(pieces=st.lists(st.binary(max_size=200), max_size=6))
def test_any_stream_comes_back(pieces):
    chunks.CHUNK_BYTES = SMALL
    secret = b"".join(chunks.encrypt(pieces, KEY, b"one"))
    assert decrypted(secret) == b"".join(pieces)
    assert len(secret) == chunks.encrypted_size(len(b"".join(pieces)))


def test_every_flipped_bit_is_refused():
    secret = bytearray(encrypted(random.Random(1).randbytes(3 * SMALL + 9)))
    for place in range(len(secret)):
        secret[place] ^= 1 << place % 8
        with pytest.raises(PhotoDamaged):
            decrypted(bytes(secret))
        secret[place] ^= 1 << place % 8


def test_every_cut_is_refused():
    secret = encrypted(random.Random(2).randbytes(3 * SMALL))
    for length in range(len(secret)):
        with pytest.raises(PhotoDamaged):
            decrypted(secret[:length])


def _doubled(body):
    return [*body, body[-1]]


def _swapped(body):
    return [body[1], body[0], *body[2:]]


@pytest.mark.parametrize(
    "put_together",
    [_doubled, _swapped, lambda body: body[:-1], lambda body: body[1:], lambda body: body[::-1]],
)
def test_chunks_put_together_anew_are_refused(put_together):
    head, body = parts(encrypted(random.Random(3).randbytes(4 * SMALL)))
    assert len(body) == 4
    with pytest.raises(PhotoDamaged):
        decrypted(head + b"".join(put_together(body)))


def test_a_chunk_of_another_object_is_refused():
    one, other = (parts(encrypted(bytes(3 * SMALL), name)) for name in (b"one", b"two"))
    with pytest.raises(PhotoDamaged):
        decrypted(one[0] + b"".join([one[1][0], other[1][1], one[1][2]]))
    with pytest.raises(PhotoDamaged):
        decrypted(encrypted(b"x", b"two"))


def test_another_key_opens_nothing():
    with pytest.raises(PhotoDamaged):
        decrypted(encrypted(b"x"), key=bytes(32))


def test_nothing_of_a_damaged_chunk_is_handed_out():
    plain = random.Random(4).randbytes(3 * SMALL)
    secret = bytearray(encrypted(plain))
    secret[8 + SMALL + 16 + 5] ^= 1
    came = []
    with pytest.raises(PhotoDamaged):
        came.extend(chunks.decrypt(io.BytesIO(bytes(secret)), KEY, b"one"))
    assert b"".join(came) == plain[:SMALL]
