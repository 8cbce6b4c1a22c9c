"""Keys as made, wrapped and written on paper."""

from __future__ import annotations

import random

import pytest

from mnimage.errors import AuthenticationFailed, LibraryDamaged
from mnimage.library import keys


def test_argon2id_is_what_its_authors_say():
    """A vector of the reference code, for those of RFC 9106 have a secret and data beside."""
    argon = keys.Argon2id(salt=b"somesalt", length=32, iterations=2, lanes=1, memory_cost=65536)
    reported = "09316115d5cf24ed5a15a31a3ba326e5cf32edc24702987c02b6566f61913cf7"
    assert argon.derive(b"password").hex() == reported


def test_new_passphrases_cost_what_was_promised(monkeypatch):
    monkeypatch.undo()
    assert keys.Cost(memory_kib=64 * 1024, passes=3, lanes=4) == keys.COST


def test_the_recovery_key_comes_back_from_paper():
    rng = random.Random(3)
    for _ in range(50):
        key = rng.randbytes(32)
        text = keys.recovery_text(key)
        assert all(len(group) == 4 for group in text.split("-"))
        assert keys.recovery_key(text.lower().replace("-", "  ")) == key


def test_every_single_slip_on_paper_is_reported():
    text = keys.recovery_text(random.Random(4).randbytes(32))
    for place, letter in enumerate(text):
        if letter != "-":
            slip = text[:place] + ("A" if letter != "A" else "C") + text[place + 1 :]
            with pytest.raises(AuthenticationFailed):
                keys.recovery_key(slip)


def test_what_is_wrapped_is_bound_to_what_it_is_about():
    wrapped = keys.wrap(bytes(32), b"secret", b"one")
    assert keys.unwrap(bytes(32), wrapped, b"one") == b"secret"
    with pytest.raises(LibraryDamaged):
        keys.unwrap(bytes(32), wrapped, b"two")
    with pytest.raises(LibraryDamaged):
        keys.unwrap(bytes(32), b"", b"one")


def test_what_is_sealed_opens_for_one_alone():
    ann, bob = keys.new_pair(), keys.new_pair()
    sealed = keys.seal_to(ann.public, b"secret", b"about")
    assert keys.unseal(ann, sealed, b"about") == b"secret"
    for pair, about in ((bob, b"about"), (ann, b"other")):
        with pytest.raises(LibraryDamaged):
            keys.unseal(pair, sealed, about)


def test_each_purpose_has_a_key_of_its_own():
    opened = keys.Keys("library", 1, keys.new_key(), keys.new_key())
    drawn = [
        opened.database,
        opened.objects,
        opened.caches,
        opened.backups,
        opened.seal,
        opened.names,
        opened.audit_log,
    ]
    assert len({*drawn, opened.master, opened.lasting}) == 9


def test_keys_are_not_printed():
    opened = keys.Keys("library", 1, b"M" * 32, b"L" * 32)
    assert "MMM" not in repr(opened)
    assert "LLL" not in repr(opened)
