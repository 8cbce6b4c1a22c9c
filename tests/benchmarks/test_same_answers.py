import json

import pytest

from benchmarks.same_answers import compare

ANSWER = {
    "status": 0,
    "answer": {"value": 0.1, "verdict": "better", "reason": "It is so.", "recipe": "6-a"},
    "files": {
        "aligned.png": "uint8 (2, 2) ab",
        "redness.png": {"pictures with words in them": "c"},
    },
}


def kept(folder, answer):
    folder.mkdir()
    (folder / "one.json").write_text(json.dumps(answer))
    return folder


@pytest.fixture
def first(tmp_path):
    return kept(tmp_path / "first", ANSWER)


def test_the_same_answers_pass(first, tmp_path):
    found = compare(first, kept(tmp_path / "other", ANSWER))
    assert (found.numbers, found.words) == ([], [])
    assert found.compared == 6


@pytest.mark.parametrize(
    ("key", "value"), [("value", 0.1 + 1e-17 + 2e-17), ("verdict", "worse"), ("value", None)]
)
def test_the_last_bit_of_a_number_and_a_word_of_the_contract_count(first, tmp_path, key, value):
    other = {**ANSWER, "answer": {**ANSWER["answer"], key: value}}
    assert len(compare(first, kept(tmp_path / "other", other)).numbers) == 1


def test_a_sentence_and_a_version_do_not(first, tmp_path):
    said = {**ANSWER["answer"], "reason": "So it is.", "recipe": "7-b"}
    found = compare(first, kept(tmp_path / "other", {**ANSWER, "answer": said}))
    assert found.numbers == []
    assert len(found.words) == 1


def test_a_missing_key_a_longer_list_and_another_picture_count(first, tmp_path):
    files = {"aligned.png": "uint8 (2, 2) other"}
    found = compare(first, kept(tmp_path / "other", {**ANSWER, "files": files}))
    assert len(found.numbers) == 2


def test_a_renamed_word_may_be_named(first, tmp_path):
    other = {**ANSWER, "answer": {**ANSWER["answer"], "verdict": "improved"}}
    folder = kept(tmp_path / "other", other)
    assert compare(first, folder, {"better": "improved"}).numbers == []
