"""The sensor for order files reads each stable state of the inbox once, even after a restart."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import dagster as dg
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.orchestration.automation.order_file_sensor import LIST_ANYWAY_AFTER, InboxCursor, is_due, next_step

NOW = datetime(2026, 8, 4, 12, tzinfo=UTC)
LISTINGS = st.dictionaries(st.sampled_from("abc"), st.sampled_from("12"), max_size=3)


def look(cursor: str | None, listing: Mapping[str, str]) -> dg.SensorResult:
    return next_step(InboxCursor.from_text(cursor), listing, NOW)


@given(st.lists(LISTINGS, max_size=12))
def test_each_state_seen_twice_is_read_exactly_once(states: list[dict[str, str]]) -> None:
    cursor, read, keys, before = None, [], [], None
    last_read: dict[str, str] | None = None
    for state in states:
        result = look(cursor, state)  # a new process each time: all that it knows is the cursor
        cursor = result.cursor
        is_read = bool(result.run_requests)
        should_read = bool(state) and state == before and state != last_read
        assert is_read == should_read
        if result.run_requests:
            read.append(state)
            keys.append(result.run_requests[0].run_key)
            last_read = state
        before = state
    assert len(set(keys)) == len(keys), "a state that comes back must not look like the run before"


def test_a_file_still_being_written_is_not_read() -> None:
    cursor = look(None, {"a.csv": "10 1"}).cursor
    growing = look(cursor, {"a.csv": "20 2"})
    assert not growing.run_requests
    assert look(growing.cursor, {"a.csv": "20 2"}).run_requests


def test_an_unrecorded_tick_requests_the_same_run_again() -> None:
    """If the daemon dies between request and cursor update, the run key shows that the request is the same."""
    cursor = look(None, {"a.csv": "1"}).cursor
    first, again = look(cursor, {"a.csv": "1"}), look(cursor, {"a.csv": "1"})
    assert first.run_requests[0].run_key == again.run_requests[0].run_key


def test_with_a_queue_the_inbox_is_listed_on_events_while_settling_and_periodically() -> None:
    settled = InboxCursor("x", "x", NOW.isoformat(), 1)
    assert not is_due(settled, NOW + timedelta(minutes=1), has_events=False)
    assert is_due(settled, NOW + timedelta(minutes=1), has_events=True)
    assert is_due(settled, NOW + LIST_ANYWAY_AFTER, has_events=False)
    assert is_due(InboxCursor("x", "y", NOW.isoformat(), 1), NOW, has_events=False)
    assert is_due(InboxCursor(), NOW, has_events=False)
