"""What outages mean for the answers about matches: which are left out, and which count as quiet hours."""

from collections.abc import Mapping, Sequence

import pandas as pd

from pizza_assets.analysis.anomalies import LOW, MISSING_DAY
from pizza_assets.analysis.lost_hour_alarms import is_lost_hours
from pizza_assets.counted_noun import counted_noun
from pizza_assets.models.market import Market
from pizza_assets.models.special_days import SpecialKind

_MOST_NAMED = 3
_SHORTEST = pd.Timedelta(minutes=1)
"""Less than any alarm takes: one that ends at midnight has no part in the next day."""


def outage_caveats(
    anomalies: pd.DataFrame | None, zones: Mapping[str, str], default_timezone: str = "UTC"
) -> dict[str, str]:
    """For each order source with outages or missing days, what they mean for answers about matches.

    zones: the time zone by market; others have default_timezone. Days are calendar days there, as PIZZA_SPECIAL_DAYS
    has them.
    """
    if anomalies is None:
        return {}
    outages = anomalies[anomalies["kind"].isin([LOW.name, MISSING_DAY])].sort_values("starts_at")
    return {
        str(source): _outage_caveat(rows, zones, default_timezone) for source, rows in outages.groupby("order_source")
    }


def listed_outages(markets: Sequence[Market], kickoffs: pd.Series) -> str | None:
    """The outages that the list of special days has among these times of kick-off, which are left out; None if none.

    kickoffs: UTC; listed days are those of the market's own calendar.
    """
    if kickoffs.empty:
        return None
    listed = []
    for market in markets:
        first, last = (at.tz_convert(market.timezone).date() for at in (kickoffs.min(), kickoffs.max()))
        listed += [
            f"{market.name} on {special.first}" + (f" to {special.last}" if special.last != special.first else "")
            for special in market.special_days
            if special.kind == SpecialKind.OUTAGE and special.last >= first and special.first <= last
        ]
    if not listed:
        return None
    subject = counted_noun(len(listed), "listed outage is", "listed outages are")
    return f"{subject} left out with the whole day ({_named(listed)})."


def _outage_caveat(outages: pd.DataFrame, zones: Mapping[str, str], default_timezone: str) -> str:
    texts = [
        f"store {row['store_id']} in {row['market']} on "
        f"{_days(row['starts_at'], row['ends_at'], zones.get(row['market'], default_timezone))}"
        for row in outages.to_dict("records")
    ]
    is_left_out, is_day = is_lost_hours(outages), outages["kind"] == MISSING_DAY

    def those(rows: pd.Series) -> list[str]:
        return [text for text, is_chosen in zip(texts, rows.tolist(), strict=True) if is_chosen]

    lost, partial, days = those(is_left_out), those(~is_left_out & ~is_day), those(is_day)
    sentences = []
    if lost:
        subject = counted_noun(len(lost), "outage without any order is", "outages without any order are")
        sentences.append(
            f"{subject} left out of answers and forecasts, with all matches in these hours ({_named(lost)})."
        )
    if partial:
        subject = counted_noun(len(partial), "outage counts", "outages count")
        sentences.append(
            f"{subject} as hours with few orders ({_named(partial)}): if orders are missing from the data, "
            "list the days in PIZZA_SPECIAL_DAYS."
        )
    if days:
        subject = counted_noun(len(days), "day without any order counts", "days without any order count")
        sentences.append(
            f"{subject} as quiet in the market ({_named(days)}): if the store was not closed, list the days in "
            "PIZZA_SPECIAL_DAYS."
        )
    return " ".join(sentences)


def _named(texts: Sequence[str]) -> str:
    more = f" and {len(texts) - _MOST_NAMED} more" if len(texts) > _MOST_NAMED else ""
    return f"{', '.join(texts[:_MOST_NAMED])}{more}"


def _days(starts_at: pd.Timestamp, ends_at: pd.Timestamp, zone: str) -> str:
    first, last = (at.tz_convert(zone) for at in (starts_at, max(starts_at, ends_at - _SHORTEST)))
    return f"{first:%Y-%m-%d}" + (f" and {last:%Y-%m-%d}" if last.date() != first.date() else "")
