"""A small table to store, and its origin."""

from datetime import UTC, datetime

import pandas as pd

from pizza_assets.models import RawMatchEvents
from pizza_assets.storage.week_writer import Origin

NOW = datetime(2026, 8, 11, 18, tzinfo=UTC)
WEEK = "2026-08-04"


def events(source: str, minutes: list[int]) -> pd.DataFrame:
    return RawMatchEvents.conform(
        [
            {
                "match_id": "m",
                "event_number": number,
                "event_type": "goal",
                "minute": minute,
                "stoppage_minute": None if number % 2 else number,
                "benefiting_side": "home",
                "player": None,
                "match_source": source,
            }
            for number, minute in enumerate(minutes, start=1)
        ]
    )


def origin(source: str) -> Origin:
    return Origin(source, "1", "run")
