"""The function's valid events; all others are refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.errors import UnknownEvent
from pizza_assets.lambda_runs.events import RefreshEvent, RunEvent, parse_event
from pizza_assets.lambda_runs.handler import handle

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.uuids().map(str))
def test_a_run_event_survives_the_round_trip(run_id: str) -> None:
    assert parse_event(RunEvent(run_id).to_json()) == RunEvent(run_id)


def test_the_daily_refresh() -> None:
    assert parse_event({"pizza": "daily_refresh"}) == RefreshEvent(None)
    assert parse_event({"pizza": "daily_refresh", "scheduled_at": "2026-11-25T18:00:00Z"}) == RefreshEvent(
        "2026-11-25T18:00:00Z"
    )


@given(JSON)
def test_unknown_events_are_refused(event: object) -> None:
    with pytest.raises(UnknownEvent, match="daily_refresh"):
        parse_event(event)


@pytest.mark.parametrize(
    "event",
    [
        {"pizza": "run"},
        {"pizza": "run", "run_id": "../../etc"},
        {"pizza": "run", "run_id": 7},
        {"pizza": "daily_refresh", "scheduled_at": 7},
        {"version": "0", "source": "aws.events"},
    ],
)
def test_almost_valid_events_are_refused(event: dict) -> None:
    with pytest.raises(UnknownEvent):
        handle(event, _Context())


class _Context:
    def get_remaining_time_in_millis(self) -> int:
        return 900_000
