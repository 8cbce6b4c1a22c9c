"""The smallest study: it runs, it shows what it measured, and its page says what it is worth."""

import json

import pytest

from mnimage.commands.root import run
from mnimage.compare.compare import shares
from mnimage.domain.comparison import Change, Verdict
from mnimage.domain.face import WHOLE
from mnimage.score.scorers import SCORERS
from mnimage.validate import validate
from mnimage.validate.controls import CAUGHT, CONTROLS, NEITHER, Control, control_lines
from mnimage.validate.plan import SEED, Plan
from mnimage.validate.table import (
    FACE_SCORES,
    HEAD,
    HEADLINES,
    HEADLINES_SHARE,
    answer,
    page,
    rows,
    summary,
)
from mnimage.validate.validate import run_study

TINY = Plan(
    "tiny", 1, again=1, flat=1, faces=0, relief=0, controls=0, charts=2, side_mm=20.0, workers=1
)
CHANGE = Change(1.0, 1.0, "points", 0.1, 0.2, Verdict.WITHIN_ERROR)


@pytest.fixture(scope="module")
def study():
    return run_study(TINY)


def test_every_line_is_reported_once(study):
    table = rows(study)
    assert table[0] == HEAD
    assert len(table) == len(study.lines) + 1
    assert {line.arm for line in study.lines} >= {"redness", "chart", "re-shot", "flat"}
    names = [(line.arm, line.what, line.unit) for line in study.lines]
    assert len(set(names)) == len(names)
    judged = sum(line.met is not None for line in study.lines)
    assert len(rows(study, goals_only=True)) == judged + 1
    assert f"of {judged} goals met" in summary(study)


def test_unchanged_skin_is_not_called_changed(study):
    false = [line for line in study.lines if "false verdict" in line.what]
    assert false
    assert all(line.met for line in false)


def test_the_page_says_what_it_does_not_prove(study):
    text = page(study, "1.2.3", "2026-01-01")
    assert "mnimage 1.2.3" in text
    assert "does **not** prove" in text
    for line in study.lines:
        assert line.what in text
    assert study.recipe in text


def test_the_command_prints_one_document_and_keeps_the_page(study, monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(validate, "run_study", lambda plan, tick: study)
    assert run(["validate", "--json", "--out", str(tmp_path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["recipe"] == study.recipe
    assert len(found["lines"]) == len(study.lines)
    assert json.loads((tmp_path / "validation.json").read_text()) == found
    assert "| arm |" in (tmp_path / "validation.md").read_text()
    assert run(["validate"]) == 0
    assert "goals met" in capsys.readouterr().out
    assert answer(study, "1", "today")["made_at"] == "today"


def test_a_stopped_study_stops():
    class Stopped(Exception):
        pass

    def tick(done, total):
        if done == 1:
            raise Stopped

    with pytest.raises(Stopped):
        run_study(Plan("charts", 0, 0, 0, 0, 0, 0, charts=3, workers=1), tick)


def test_mistakes_that_nothing_shows_are_named():
    cases = [Control("gamma left in", 0, CAUGHT, ""), Control("moved lamp", 0, NEITHER, "")]
    line, sound = control_lines([*cases, Control(next(iter(CONTROLS)), 0, CAUGHT, "odd")])
    assert (line.value, line.worst, line.met) == (50, "moved lamp", False)
    assert (sound.value, sound.met, sound.worst) == (100, False, "odd")


def test_every_arm_has_cases_in_the_full_study():
    from mnimage.validate.plan import FULL, SHORT

    for plan in (FULL, SHORT):
        kinds = {task.func.__name__ for task in validate.tasks(plan)}
        assert kinds == {"relief", "face", "flat", "control", "again", "blood", "chart"}


def test_the_page_counts_looks_as_the_comparison_does(study):
    looks = {(WHOLE, name): CHANGE for name in SCORERS}
    looks |= {(f"zone {zone}", name): CHANGE for zone in range(7) for name in SCORERS}
    assert len(looks) == FACE_SCORES
    reported = shares(looks)
    assert reported[WHOLE, "pigment_mi"] == pytest.approx(HEADLINES_SHARE / HEADLINES)
    rest = (1 - HEADLINES_SHARE) / (FACE_SCORES - HEADLINES)
    assert reported[WHOLE, "pores"] == reported["zone 3", "redness_hi"] == pytest.approx(rest)
    assert sum(reported.values()) == pytest.approx(1)
    assert f"from {SEED} on" in " ".join(page(study, "1", "today").split())


def test_index_and_volume_of_scars_are_one_look():
    names = ("redness_hi", "pigment_mi", "texture_sq_um", "scar_depth_index_um", "scar_volume_mm3")
    reported = shares({(WHOLE, name): CHANGE for name in (*names, "pores", "lines")})
    assert {reported[WHOLE, name] for name in names} == {HEADLINES_SHARE / HEADLINES}
