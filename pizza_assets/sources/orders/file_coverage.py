"""The periods that an order export covers, inferred from its accepted orders.

An export does not say when stores were open, nor when it was taken. Rules: a business day runs from 06:00 to 06:00
local time; a market and chain is known on the business days on which it has an order, and other days count as closed
(unknown, not zero). Each file covers the calendar days from its first to its last order; on the last calendar day of
all files, a market and chain is known until just after its last order.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pandas as pd

from pizza_assets.models.coverage import CoveredPeriod

DAY_STARTS_AT = time(6)
GROUP = ["zone", "market", "chain", "currency"]


MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class TradingDays:
    """The days with orders. days: `last_at`, the last order, per GROUP and business `day`.
    extents: the `first` and `last` calendar day of files, per zone.
    """

    days: pd.DataFrame
    extents: pd.DataFrame

    def and_also(self, others: "TradingDays") -> "TradingDays":
        """Those of both."""
        days = pd.concat([self.days, others.days]).groupby([*GROUP, "day"], as_index=False)["last_at"].max()
        return TradingDays(days, pd.concat([self.extents, others.extents], ignore_index=True))


def local_times(at: pd.Series, zones: pd.Series) -> pd.Series:
    """The wall times of instants, each in its zone."""
    local = pd.Series(pd.NaT, index=at.index, dtype="datetime64[us]")
    for zone in zones.unique():
        rows = zones == zone
        local.loc[rows] = at[rows].dt.tz_convert(ZoneInfo(zone)).dt.tz_localize(None)
    return local


def business_days(at: pd.Series, zones: pd.Series) -> pd.Series:
    """The business day of each instant."""
    return (local_times(at, zones) - pd.Timedelta(hours=DAY_STARTS_AT.hour)).dt.normalize()


def covered_periods(known: TradingDays) -> list[CoveredPeriod]:
    """The periods that all files cover together, sorted: consecutive business days are one period."""
    covered = _covered_dates(known.extents)
    periods = []
    for (zone, market, chain, currency), group in known.days.groupby(GROUP):
        last_order = group["last_at"].max().to_pydatetime().replace(second=0, microsecond=0)
        known_until = max(last_order + MINUTE, _local(max(covered[zone]), time(0), zone))
        for first, last in _runs(sorted(day.date() for day in group["day"]), covered[zone]):
            # no file covers the day itself: only its hours after midnight are known
            starts_at = (
                _local(first, DAY_STARTS_AT, zone) if first in covered[zone] else _local_midnight_after(first, zone)
            )
            ends_at = min(_local(last + timedelta(days=1), DAY_STARTS_AT, zone), known_until)
            periods.append(CoveredPeriod(market, chain, currency, starts_at, ends_at))
    return united(periods)


def _covered_dates(extents: pd.DataFrame) -> dict[str, set[date]]:
    """The calendar days that some file covers, per zone."""
    covered: dict[str, set[date]] = {}
    for zone, first, last in zip(extents["zone"], extents["first"].dt.date, extents["last"].dt.date, strict=True):
        days = (last - first).days + 1
        covered.setdefault(zone, set()).update(first + timedelta(days=n) for n in range(days))
    return covered


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


def _local_midnight_after(day: date, zone: str) -> datetime:
    return _local(day + timedelta(days=1), time(0), zone)


def _runs(days: list[date], covered: set[date]) -> list[tuple[date, date]]:
    runs: list[tuple[date, date]] = []
    for day in days:
        if runs and day - runs[-1][1] == timedelta(days=1) and day in covered:
            runs[-1] = (runs[-1][0], day)
        else:
            runs.append((day, day))
    return runs
