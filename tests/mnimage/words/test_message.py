import json

import pytest

from mnimage.errors import PhotoUnreadable
from mnimage.words import message as words
from mnimage.words.message import NOTHING, Message, from_plain, message, plain, sentence

GERMAN = {"test.size": "{count} Fotos von {of}", "test.of": "Nase"}


@pytest.fixture(autouse=True)
def sentences(monkeypatch):
    own = {
        "test.size": "{count} photos of the {of}",
        "test.size.hint": "Take fewer than {count}.",
        "test.of": "nose",
        "test.list": "in {zones}",
        "test.share": "{share:.0%} of the skin",
    }
    monkeypatch.setattr(words, "ENGLISH", own)


def test_a_message_reads_as_its_sentence():
    assert str(message("test.size", count=3, of="chin")) == "3 photos of the chin"


def test_numbers_are_formatted_by_the_sentence_and_kept_whole_in_the_message():
    one = message("test.share", share=0.123456)
    assert str(one) == "12% of the skin"
    assert dict(one.args)["share"] == 0.123456


def test_messages_within_a_message_are_in_its_language():
    one = message("test.size", count=3, of=message("test.of"))
    assert str(one) == "3 photos of the nose"
    assert sentence(one, GERMAN) == "3 Fotos von Nase"


def test_what_is_not_translated_is_said_in_english():
    assert sentence(message("test.list", zones=("nose", "chin")), GERMAN) == "in nose, chin"


def test_the_hint_of_a_failure_comes_from_the_catalogue():
    error = PhotoUnreadable(message("test.size", count=3, of="chin"))
    assert (str(error), error.hint) == ("3 photos of the chin", "Take fewer than 3.")
    assert not message("test.of").hint


def test_nothing_is_false_and_empty():
    assert not NOTHING
    assert str(NOTHING) == ""


def test_an_unknown_code_and_a_missing_argument_are_bugs():
    with pytest.raises(KeyError):
        str(Message("test.unknown"))
    with pytest.raises(KeyError):
        str(message("test.size", count=3))


@pytest.mark.parametrize(
    "one",
    [
        NOTHING,
        message("test.size", count=3, of=message("test.of")),
        message("test.list", zones=("nose", "chin")),
        message("test.share", share=0.1),
    ],
)
def test_it_comes_back_whole_from_json(one):
    assert from_plain(json.loads(json.dumps(plain(one)))) == one


def test_what_is_no_message_is_refused():
    with pytest.raises(ValueError, match="values of a message"):
        from_plain(["test.size"])
    with pytest.raises(ValueError, match="argument"):
        from_plain(["test.size", {"of": {"other": 1}}])
