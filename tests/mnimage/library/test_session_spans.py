from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

from mnimage.library.session_spans import SessionSpan, SessionSpans, true_time

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
CARD = ("card",)


def grouped(hours):
    """Place photos taken so many hours after noon; return which session each got."""
    spans, names = SessionSpans(), []
    for hour in hours:
        moment = NOON + timedelta(hours=hour)
        span = spans.at(moment, CARD) or spans.begin(f"s{len(names)}", moment, CARD)
        names.append(span.session_id)
    return names


def test_one_visit_is_one_session_and_another_day_another():
    assert grouped([0, 0.1, 0.5, 24, 24.2]) == ["s0", "s0", "s0", "s3", "s3"]


def test_a_visit_over_midnight_is_not_cut():
    assert grouped([11.9, 12.1, 12.4]) == ["s0", "s0", "s0"]


def test_photos_every_few_hours_do_not_chain_into_a_week():
    assert len(set(grouped(range(0, 168, 5)))) >= 6


def test_order_does_not_matter_for_visits_on_several_days():
    hours = [day * 24 + minute / 60 for day in (0, 7, 30) for minute in range(0, 40, 5)]
    mixed = hours[:]
    random.Random(4).shuffle(mixed)
    of = dict(zip(mixed, grouped(mixed), strict=True))
    assert len(set(of.values())) == 3
    for day in (0, 7, 30):
        assert len({of[hour] for hour in hours if day * 24 <= hour < day * 24 + 1}) == 1


def test_a_known_session_is_taken_up_again():
    spans = SessionSpans([SessionSpan("kept", NOON, NOON)])
    assert spans.at(NOON + timedelta(hours=1), CARD).session_id == "kept"
    assert spans.at(NOON + timedelta(days=2), CARD) is None


def test_a_photo_without_time_follows_the_one_before_in_its_folder():
    spans = SessionSpans()
    begun = spans.begin("a", NOON, CARD)
    assert spans.of_folder(CARD) is begun
    assert spans.of_folder(("other",)) is None


def test_a_clock_that_was_never_set_is_no_time():
    now = NOON
    assert true_time(None, now) is None
    assert true_time(datetime.fromisoformat("1980-01-01"), now) is None
    assert true_time(datetime.fromisoformat("2031-01-01"), now) is None
    assert true_time(datetime.fromisoformat("0001-01-01"), now) is None
    kept = datetime(2026, 2, 1, 10, tzinfo=UTC)
    assert true_time(kept, now) == kept
    local = datetime.fromisoformat("2026-02-01T10:00")
    assert true_time(local, now) == local.astimezone(UTC)
