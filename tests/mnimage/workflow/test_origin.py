"""What an answer was made from: files that were decoded are not read again for a fingerprint."""

from __future__ import annotations

import hashlib
import json

import pytest

from mnimage.domain.session import PairInputs
from mnimage.formats.files import read_photo
from mnimage.phantom.files import write_photo
from mnimage.phantom.render import Shot, shoot
from mnimage.phantom.skin import SkinAppearance, make_skin
from mnimage.workflow import origin
from mnimage.workflow.files import score_file
from mnimage.workflow.origin import find_origin, made_from


@pytest.fixture(scope="module")
def photo(tmp_path_factory):
    skin = make_skin(seed=3, size_mm=(24, 24), mm_per_px=0.06, look=SkinAppearance(tone="III"))
    return write_photo(tmp_path_factory.mktemp("photo") / "skin.png", shoot(skin, Shot(seed=1)))


@pytest.fixture
def read_again(monkeypatch):
    """Return the files that are read for their fingerprint."""
    read, real = [], origin._fingerprint
    monkeypatch.setattr(origin, "_fingerprint", lambda path: read.append(path) or real(path))
    return read


def sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_scored_photo_is_read_once(photo, tmp_path, read_again):
    score_file(photo, tmp_path, mm_per_px=0.06)
    assert read_again == []
    (entry,) = json.loads((tmp_path / "answer.json").read_text())["made_from"]["inputs"]["photos"]
    assert entry["sha256"] == sha256(photo)


def test_what_was_not_decoded_is_read(photo, tmp_path, read_again):
    more = tmp_path / "more.png"
    more.write_bytes(photo.read_bytes() + b"\0")
    inputs = PairInputs(repeats_before=(more,))
    answer = made_from((photo, photo), inputs, tmp_path, [read_photo(photo)] * 2)
    assert read_again == [more]
    assert answer["inputs"]["repeats_before"][0]["sha256"] == sha256(more)
    assert (
        find_origin({"made_from": answer}, tmp_path, None).photos
        == (tmp_path / answer["inputs"]["photos"][0]["path"],) * 2
    )


def test_the_fingerprint_is_that_of_the_bytes_that_were_measured(photo, tmp_path):
    """A file that is replaced while it is measured does not lend its fingerprint to the answer."""
    path = tmp_path / "replaced.png"
    path.write_bytes(photo.read_bytes())
    decoded = read_photo(path)
    path.write_bytes(b"something else")
    answer = made_from((path,), PairInputs(), tmp_path, (decoded,))
    assert answer["inputs"]["photos"][0]["sha256"] == sha256(photo)
