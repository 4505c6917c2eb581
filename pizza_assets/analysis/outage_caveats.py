"""What outages mean for the answers about matches: missing orders look like quiet hours."""

from collections.abc import Mapping

import pandas as pd

from pizza_assets.analysis import wording
from pizza_assets.analysis.anomalies import LOW

_MOST_NAMED = 3
_SHORTEST = pd.Timedelta(minutes=1)
"""Less than any alarm takes: one that ends at midnight has no part in the next day."""


def outage_caveats(
    anomalies: pd.DataFrame | None, zones: Mapping[str, str], default_timezone: str = "UTC"
) -> dict[str, str]:
    """For each order source with outages, what they mean for answers about matches.

    zones: the time zone by market; others have default_timezone. Days are calendar days there, as PIZZA_SPECIAL_DAYS
    has them.
    """
    if anomalies is None:
        return {}
    outages = anomalies[anomalies["kind"] == LOW.name].sort_values("starts_at")
    return {
        str(source): _outage_caveat(rows, zones, default_timezone) for source, rows in outages.groupby("order_source")
    }


def _outage_caveat(outages: pd.DataFrame, zones: Mapping[str, str], default_timezone: str) -> str:
    named = [
        f"store {row['store_id']} in {row['market']} on "
        f"{_days(row['starts_at'], row['ends_at'], zones.get(row['market'], default_timezone))}"
        for row in outages.head(_MOST_NAMED).to_dict("records")
    ]
    more = f" and {len(outages) - _MOST_NAMED} more" if len(outages) > _MOST_NAMED else ""
    subject = wording.counted_noun(len(outages), "outage counts", "outages count")
    return (
        f"{subject} as hours with few orders or none ({', '.join(named)}{more}): if orders are missing from the data, "
        "list the days in PIZZA_SPECIAL_DAYS."
    )


def _days(starts_at: pd.Timestamp, ends_at: pd.Timestamp, zone: str) -> str:
    first, last = (at.tz_convert(zone) for at in (starts_at, max(starts_at, ends_at - _SHORTEST)))
    return f"{first:%Y-%m-%d}" + (f" and {last:%Y-%m-%d}" if last.date() != first.date() else "")
