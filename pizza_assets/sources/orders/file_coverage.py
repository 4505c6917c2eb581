"""Which periods an order export speaks for, told from the orders it holds.

An export does not say when it was open for business. Rules: a business day runs from 06:00 to 06:00 in the local clock;
a market and chain is known on the business days on which it has an order, other days count as closed (unknown, not
zero); and a file speaks at most for the calendar days from its first to its last order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from pizza_assets.models.coverage import CoveredPeriod

DAY_STARTS_AT = time(6)
GROUP = ["zone", "market", "chain", "currency"]


@dataclass(frozen=True)
class TradingDays:
    """What one file says: business days with orders per GROUP, and its first and last calendar day per zone."""

    days: pd.DataFrame
    extents: pd.DataFrame


def trading_days(lines: pd.DataFrame) -> TradingDays:
    """The days of some good lines (zone, market, chain, currency, ordered_at)."""
    local = pd.Series(pd.NaT, index=lines.index, dtype="datetime64[us]")
    for zone in lines["zone"].unique():
        rows = lines["zone"] == zone
        local.loc[rows] = lines.loc[rows, "ordered_at"].dt.tz_convert(ZoneInfo(zone)).dt.tz_localize(None)
    business_day = (local - pd.Timedelta(hours=DAY_STARTS_AT.hour)).dt.normalize()
    days = lines[GROUP].assign(day=business_day).drop_duplicates()
    dates = pd.DataFrame({"zone": lines["zone"], "first": local.dt.normalize(), "last": local.dt.normalize()})
    return TradingDays(days, dates.groupby("zone", as_index=False).agg({"first": "min", "last": "max"}))


def merged_days(parts: Iterable[TradingDays]) -> TradingDays:
    """The days of one file from those of its batches."""
    parts = list(parts)
    days = pd.concat([part.days for part in parts]).drop_duplicates()
    extents = pd.concat([part.extents for part in parts])
    return TradingDays(days, extents.groupby("zone", as_index=False).agg({"first": "min", "last": "max"}))


def file_periods(known: TradingDays) -> list[CoveredPeriod]:
    """The periods one file covers: a run of business days without a gap is one period."""
    extents = known.extents.set_index("zone")
    periods = []
    for _, group in known.days.groupby(GROUP):
        zone, market, chain, currency = group[GROUP].iloc[0]
        first_date, last_date = (extents.loc[zone, name].date() for name in ("first", "last"))
        cut = _local(first_date, time(0), zone), _local(last_date + timedelta(days=1), time(0), zone)
        for first, last in _runs(sorted(day.date() for day in group["day"])):
            starts_at = _local(first, DAY_STARTS_AT, zone)
            ends_at = _local(last + timedelta(days=1), DAY_STARTS_AT, zone)
            period = CoveredPeriod(market, chain, currency, starts_at, ends_at).clipped(*cut)
            if period is not None:
                periods.append(period)
    return periods


def united(periods: Iterable[CoveredPeriod]) -> list[CoveredPeriod]:
    """The union of periods, per market, chain and currency, sorted; overlapping and touching ones are joined."""
    joined: list[CoveredPeriod] = []
    for period in sorted(periods):
        last = joined[-1] if joined else None
        if last and _group(last) == _group(period) and period.starts_at <= last.ends_at:
            joined[-1] = CoveredPeriod(*_group(last), last.starts_at, max(last.ends_at, period.ends_at))
        else:
            joined.append(period)
    return joined


def _group(period: CoveredPeriod) -> tuple[str, str, str]:
    return period.market, period.chain, period.currency


def _local(day: date, clock: time, zone: str) -> datetime:
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)


def _runs(days: list[date]) -> list[tuple[date, date]]:
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and day - runs[-1][1] == timedelta(days=1):
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
