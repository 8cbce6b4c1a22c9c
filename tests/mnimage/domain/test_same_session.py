from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from mnimage.domain.same_session import SESSION_SPAN, between, instant, same_session

NINE = datetime(2026, 3, 2, 9, tzinfo=UTC)
EAST = timezone(timedelta(hours=9))
"""A zone that no test sets as this computer's."""


def bare(moment):
    """Return a moment as a camera here writes it: this computer's clock, no zone."""
    return moment.astimezone().replace(tzinfo=None)


@pytest.mark.parametrize("zone", [-8, 0, 2])
def test_a_camera_clock_without_a_zone_is_read_in_this_computers_zone(in_zone, zone):
    in_zone(zone)
    later = NINE + timedelta(hours=5)
    for one in (NINE, bare(NINE), NINE.astimezone(EAST)):
        assert instant(one) == NINE
        for other in (later, bare(later), later.astimezone(EAST)):
            assert between(one, other) == timedelta(hours=5)
            assert between(other, one) == timedelta(hours=-5)
            assert same_session(one, other)


def test_the_span_is_the_longest_distance_in_one_session():
    assert same_session(NINE, NINE + SESSION_SPAN)
    assert same_session(NINE + SESSION_SPAN, NINE)
    assert not same_session(NINE, NINE + SESSION_SPAN + timedelta(seconds=1))
    assert not same_session(NINE + SESSION_SPAN + timedelta(seconds=1), NINE)


def test_photos_before_and_after_a_day_are_two_sessions():
    """Skin needled in the morning is still red in the evening: clinics report 3 to 6 hours."""
    assert not same_session(NINE, NINE + timedelta(hours=9))


@pytest.mark.parametrize("zone", [-12, 12])
def test_a_clock_at_either_end_of_the_calendar_is_no_error(in_zone, zone):
    in_zone(zone)
    for odd in map(datetime.fromisoformat, ("0001-01-01T00:00", "9999-12-31T23:59")):
        assert not same_session(odd, NINE)
        assert abs(between(odd, NINE)) > timedelta(days=9999)
