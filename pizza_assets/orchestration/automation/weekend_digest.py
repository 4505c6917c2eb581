"""The digest of the stored forecast, and sending it once for each weekend. digest_schedule.py says when."""

import hashlib
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import pandas as pd

from pizza_assets.analysis.forecast.digest import Digest, digest, last_weekend, review_lines
from pizza_assets.analysis.forecast.digest_formats import as_text
from pizza_assets.command_name import typed
from pizza_assets.errors import PizzaAssetsError
from pizza_assets.models import QuarterHours
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.automation.channels import Channel
from pizza_assets.orchestration.automation.sent_messages import Delivery, send_once
from pizza_assets.storage.tables import TableStore, WeekTables


@dataclass(frozen=True)
class Selection:
    """Which shops a digest is about: those of some markets or of one chain; None for all."""

    markets: Set[str] | None = None
    chain: str | None = None

    def of(self, rows: pd.DataFrame) -> pd.DataFrame:
        is_chosen = pd.Series(True, index=rows.index)
        if self.markets is not None:
            is_chosen &= rows["market"].isin(self.markets)
        if self.chain is not None:
            is_chosen &= rows["chain"] == self.chain
        return rows[is_chosen]

    @property
    def key(self) -> str:
        """A short text that differs between selections."""
        if self == Selection():
            return "all"
        chosen = repr((self.markets and sorted(self.markets), self.chain))
        return hashlib.sha256(chosen.encode()).hexdigest()[:12]


def stored_digest(
    tables: TableStore, now: datetime, timezone: str, selection: Selection, *, is_next: bool = False
) -> Digest:
    """The digest of the coming weekend; or of the one after it if `is_next`, without a look back.

    Raises PizzaAssetsError if no forecast is stored, or it has ended, or does not reach as far.
    """
    demand = tables.read_whole("demand_forecast")
    if demand is None:
        raise PizzaAssetsError(f"no forecast is stored yet; run `{typed('run')}` first")
    if demand.empty:
        raise PizzaAssetsError(
            "no shop has a forecast: that needs about 8 weeks of orders, with some in the last 14 days; collect more "
            f"weeks with `{typed('run')}`"
        )
    chosen = selection.of(demand)
    if chosen.empty:
        raise PizzaAssetsError("no such shop has a forecast; leave out --market, --team or --chain")
    found = digest(chosen, pd.Timestamp(now), is_next=is_next)
    if is_next and found is None:
        raise PizzaAssetsError(
            "the next weekend is not forecast yet: forecasts reach 14 days beyond the newest orders "
            f"({chosen['origin_at'].max():%a %d %b}); leave out --next-weekend"
        )
    if found is None:
        raise PizzaAssetsError(f"every day of the stored forecast has passed; run `{typed('run')}` for a new one")
    if is_next:
        return found
    return replace(found, reviews=_reviews(tables, found.begins, timezone, selection))


def send_digest(
    tables: TableStore,
    now: Callable[[], datetime],
    chosen: Mapping[str, Channel],
    message: Digest,
    selection: Selection,
    *,
    again: bool = False,
) -> Delivery:
    """Send the digest as text to each channel, once for each weekend and selection unless `again`."""
    name = f"digest-{message.begins.isoformat()}-{selection.key}"
    return send_once(tables.objects, now, chosen, name, (message.title, as_text(message)), again=again)


def _reviews(tables: TableStore, begins: date, timezone: str, selection: Selection) -> tuple[str, ...]:
    kept = tables.read_whole("kept_demand")
    if kept is None:
        return ()
    dates = last_weekend(begins)
    days = [date.fromisoformat(text) for text in dates]
    weeks = sorted({MatchWeek.of_date(day, timezone).key for day in (*days, days[-1] + timedelta(days=1))})
    stored = WeekTables(tables, "quarter_hours", weeks)
    columns = QuarterHours.column_names()
    quarters = pd.concat([stored.read(week, columns) for week in weeks], ignore_index=True)
    return review_lines(selection.of(kept), quarters, dates, tables.read_whole("order_anomalies"))
