"""The project speaks the language of its field (docs/glossary.md): retired words stay away."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

RETIRED = {
    "told, tell, tells, telling": "given, entered, stated, measured, estimated, identified, shown",
    "foretell, foretells, foretold": "predict",
    "doubt, doubts, doubted, doubtful": "uncertainty, standard error, warning",
    "surer, unsure": "more certain, uncertain",
    "sitting, sittings": "session",
    "deed, deeds": "permission, action",
    "gate, gatekeeper": "unlock screen",
    "habits, habit": "settings",
    "reshot, reshots": "replicate",
    "amiss, amidst, thereof, whereof": "wrong, during",
    "furniture": "overlays",
    "desk": "presenter",
    "strangers": "unrelated, other people",
    "flaw, flaws": "issue",
    "laid onto, lay onto, lays onto, laid over, lay over, lays over": "registered, aligned",
    "laying onto, laying over, laying them": "registering, aligning",
    "glance, glances": "header, look",
    "tally, tallies": "count, summary",
    "examined": "analyzed",
}
"""Words of the project's former dialect, and what the field says instead."""

KEPT = {
    "tests/test_words.py": "this list",
    "tests/mnimage/commands/test_library.py": "the same field",
    "tests/mnimage/commands/test_library_files.py": "the same field",
    "tests/mnimage/commands/test_library_server.py": "the same field",
    "tests/mnimage/library/test_audit_log.py": "the same detail",
    "mnimage/library/readback.py": "reads exports of version 1, with their names of fields",
    "mnimage/library/migrations/versions/step_0003.py": "renames a field of older libraries",
    "mnimage/commands/library.py": "a field of answers that others rely on",
    "mnimage/commands/library_files.py": "a field of answers that others rely on",
    "mnimage/library/library.py": "a detail of the audit log that is kept since version 1",
}
"""Files that may name them, and why."""

RECORDS = ("requirements.lock",)

TEXTS = (".py", ".md", ".typ", ".toml", ".sh", ".yml")

WORDS = [word.strip() for row in RETIRED for word in row.split(",")]
PATTERN = re.compile(
    r"(?<![A-Za-z])(" + "|".join(word.replace(" ", r"\s+") for word in WORDS) + r")(?![A-Za-z])",
    re.IGNORECASE,
)
CAPITALS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def texts():
    named = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    return [
        name
        for name in named
        if name.endswith(TEXTS) and not name.startswith(RECORDS) and (ROOT / name).is_file()
    ]


def found_in(text):
    """Return the retired words of a text with their lines; names are read word by word."""
    return [
        f"{number}: {match.group(1)}"
        for number, line in enumerate(text.splitlines(), start=1)
        for match in PATTERN.finditer(CAPITALS.sub(" ", line))
    ]


@pytest.mark.parametrize("text", ["x = told_scale", "class Sittings:", "laid\tover", "aDoubt"])
def test_the_pattern_finds_words_within_names(text):
    assert found_in(text)


@pytest.mark.parametrize("text", ["besitting", "investigate", "atoll", "gated", "overlay"])
def test_the_pattern_leaves_other_words_alone(text):
    assert not found_in(text)


def test_no_retired_word_is_left_in_names_and_texts():
    left = [
        f"{name}:{word}"
        for name in texts()
        if name not in KEPT
        for word in found_in(name + "\n" + (ROOT / name).read_text(encoding="utf-8"))
    ]
    assert not left, f"{len(left)} retired words, such as {left[:20]}"
