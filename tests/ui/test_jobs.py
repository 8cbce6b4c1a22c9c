from __future__ import annotations

from threading import Event, get_ident
from threading import enumerate as enumerate_threads

import pytest

from mnimage.errors import MnimageError, PhotoUnreadable
from ui.jobs import Jobs


@pytest.fixture
def jobs(qapp):
    jobs = Jobs()
    yield jobs
    jobs.close()


def test_answer_lands_on_the_screen_thread(jobs, qtbot):
    landed = []
    jobs.start(
        "a",
        lambda tick: get_ident(),
        done=lambda worker: landed.append((worker, get_ident())),
        failed=pytest.fail,
    )
    qtbot.waitUntil(lambda: bool(landed))
    worker, here = landed[0]
    assert here == get_ident()
    assert worker != here


def test_expected_failure_lands(jobs, qtbot):
    def work(tick):
        raise PhotoUnreadable("broken", hint="another")

    errors = []
    jobs.start("a", work, done=pytest.fail, failed=errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert (str(errors[0]), errors[0].hint) == ("broken", "another")


def test_a_job_that_ends_at_once_does_not_land_inside_start(jobs, qtbot):
    for _ in range(50):  # which of the two is first is up to the threads
        landed = []
        jobs.start("a", lambda tick: None, done=landed.append, failed=pytest.fail)
        assert landed == []
        qtbot.waitUntil(lambda landed=landed: landed == [None])


def test_only_the_newest_in_a_lane_lands(jobs, qtbot):
    first_runs, go_on, landed = Event(), Event(), []

    def slow(tick):
        first_runs.set()
        assert go_on.wait(5)
        return "stale"

    jobs.start("a", slow, done=landed.append, failed=landed.append)
    assert first_runs.wait(5)
    jobs.start("a", lambda tick: "new", done=landed.append, failed=landed.append)
    qtbot.waitUntil(lambda: landed == ["new"])
    go_on.set()
    jobs.close()  # waits for the stale one, whose landing is then refused
    qtbot.wait(20)
    assert landed == ["new"]


def test_lanes_do_not_disturb_each_other(jobs, qtbot):
    landed = []
    for lane in "ab":
        jobs.start(lane, lambda tick, lane=lane: lane, done=landed.append, failed=pytest.fail)
    qtbot.waitUntil(lambda: sorted(landed) == ["a", "b"])


def test_cancel_stops_at_the_next_tick_and_lands_nothing(jobs, qtbot):
    running, stopped, landed = Event(), Event(), []

    def work(tick):
        try:
            while True:
                tick(0, 1)
                running.set()
        except MnimageError:
            stopped.set()
            raise

    jobs.start("a", work, done=landed.append, failed=landed.append)
    assert running.wait(5)
    jobs.cancel("a")
    assert stopped.wait(5)
    jobs.close()
    qtbot.wait(20)
    assert landed == []


def test_progress_is_shown_with_its_lane(jobs, qtbot):
    steps, landed = [], []
    jobs.progressed.connect(lambda *step: steps.append(step))
    jobs.start("a", lambda tick: tick(2, 5), done=landed.append, failed=pytest.fail)
    qtbot.waitUntil(lambda: landed == [None])
    assert steps == [("a", 2, 5)]


def test_progress_of_a_stale_job_is_not_shown(jobs, qtbot):
    steps, ticked = [], Event()

    def work(tick):
        tick(1, 2)
        ticked.set()

    jobs.progressed.connect(lambda *step: steps.append(step))
    jobs.start("a", work, done=pytest.fail, failed=pytest.fail)
    assert ticked.wait(5)  # its progress is on the way, and no event was handled yet
    jobs.cancel("a")
    qtbot.wait(20)
    assert steps == []


def test_bug_reaches_the_crash_handler(jobs, qtbot):
    def work(tick):
        raise ZeroDivisionError

    with qtbot.captureExceptions() as caught:
        jobs.start("a", work, done=pytest.fail, failed=pytest.fail)
        qtbot.waitUntil(lambda: bool(caught))
    assert caught[0][0] is ZeroDivisionError


def test_of_many_jobs_closed_while_running_none_lands_and_no_thread_stays(qtbot):
    began, stated, before = [], [], set(enumerate_threads())

    def work(tick):
        began.append(True)
        tick(0, 1)

    for _ in range(10):
        jobs = Jobs()
        jobs.progressed.connect(lambda *step: stated.append(step))
        for number in range(20):
            jobs.start(str(number), work, done=stated.append, failed=stated.append)
        jobs.close()
    qtbot.wait(20)
    assert began
    assert stated == []
    left = set(enumerate_threads()) - before
    assert [one.name for one in left if one.name.startswith("job")] == []
