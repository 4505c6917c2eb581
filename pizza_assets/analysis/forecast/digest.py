"""The coming weekend in about ten lines: where it will be busy, what matches add, and how the last forecast did.

How it is written as Markdown or HTML is in digest_formats.py; who gets it does not belong here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pandas as pd

from pizza_assets.analysis.anomalies import LOW, MISSING_DAY
from pizza_assets.analysis.forecast.weekend import SHOP, days_of_shops, next_weekend_dates, shop_words, weekend_dates
from pizza_assets.analysis.lost_hour_alarms import is_lost_hours
from pizza_assets.analysis.wording import source_prefix
from pizza_assets.counted_noun import counted_noun
from pizza_assets.models.anomalies import OrderAnomalies
from pizza_assets.models.labels import SOURCES
from pizza_assets.models.vocabulary import DemandLevel, Span

LINES = 8
"""Shops that are listed; all others are summed up in one line for each chain."""
_FRIDAY = 4
_QUARTER_SECONDS = 900
_MOST_TIMES = 10
_STORE = ["order_source", "chain", "market", "store_id"]


@dataclass(frozen=True)
class Section:
    """One chain: a heading, which says so if its numbers are mock, and a line for each listed shop."""

    heading: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Digest:
    """The digest of the weekend that begins on `begins`, a Friday.

    rows: one row per shop and day, as of `days_of_shops`, with `football_adds`: orders that matches add to the day.
    reviews: how the forecast of the weekend before did, a line for each chain.
    """

    begins: date
    title: str
    made: str
    sections: tuple[Section, ...]
    reviews: tuple[str, ...]
    rows: pd.DataFrame


def weekend_begin(first: date) -> date:
    """The Friday of a weekend, by any of its days; another day stands for itself."""
    return first - timedelta(days=max(0, first.weekday() - _FRIDAY))


def last_weekend(begins: date) -> list[str]:
    """The business dates from Friday to Sunday, a week before."""
    return [(begins + timedelta(days=days)).isoformat() for days in (-7, -6, -5)]


def digest(demand: pd.DataFrame, now: pd.Timestamp, *, is_next: bool = False) -> Digest | None:
    """The digest of these rows of demand_forecast, without reviews; None if no day of them is still ahead. is_next: of
    the weekend after this one."""
    days = days_of_shops(demand, now)
    dates = (next_weekend_dates if is_next else weekend_dates)(days["business_date"])
    if not dates:
        return None
    shown = days[days["business_date"].isin(dates)]
    rows = shown.merge(_added_by_matches(demand), on=[*SHOP, "business_date"], how="left")
    chains = list(rows.groupby([*SOURCES, "chain"], sort=True))
    most = max(2, LINES // len(chains))
    sections = tuple(
        Section(f"{source_prefix(str(pair[0]), str(pair[1]))}{_one_line(str(chain))}", _shop_lines(own, most))
        for (*pair, chain), own in chains
    )
    warnings = [
        source_prefix(*pair) for pair in sorted(set(zip(rows["order_source"], rows["match_source"], strict=True)))
    ]
    first, last = date.fromisoformat(dates[0]), date.fromisoformat(dates[-1])
    return Digest(
        begins=weekend_begin(first),
        title=f"{''.join(sorted(set(warnings)))}What to staff for, {_in_words(first, last)}",
        made=f"The busiest hour of each shop; nine in ten such hours need no more. Made on {rows['made_on'].max()}.",
        sections=sections,
        reviews=(),
        rows=rows.sort_values([*SHOP, "business_date"], ignore_index=True),
    )


def _in_words(first: date, last: date) -> str:
    return f"{last:%a %d %b %Y}" if first == last else f"{first:%a %d %b} to {last:%a %d %b %Y}"


def review_lines(
    kept: pd.DataFrame, quarters: pd.DataFrame, dates: list[str], anomalies: pd.DataFrame | None = None
) -> tuple[str, ...]:
    """Forecasts of these days beside the orders that came, a line for each chain; none where no forecast was kept.

    kept: KeptDemand. quarters: QuarterHours of these days. anomalies: OrderAnomalies. A day counts if all its
    quarter-hours are known and the shop lost none of them; other outages are named.
    """
    is_shop_day = (kept["level"] == DemandLevel.SHOP) & (kept["span"] == Span.DAY)
    days = kept[is_shop_day & kept["business_date"].isin(dates)].reset_index(drop=True)
    alarms = OrderAnomalies.empty() if anomalies is None else anomalies
    outages = alarms[alarms["kind"].isin([LOW.name, MISSING_DAY])]
    is_lost = is_lost_hours(outages)
    with_orders = _with_orders(days, quarters)
    judged = with_orders.assign(
        has_outage=_overlaps(with_orders, outages[~is_lost]), has_lost=_overlaps(with_orders, outages[is_lost])
    )
    return tuple(
        f"{source_prefix(str(pair[0]), str(pair[1]))}Last weekend, {_one_line(str(chain))}: {_review(own)}."
        for (*pair, chain), own in judged.groupby([*SOURCES, "chain"], sort=True)
    )


def _review(days: pd.DataFrame) -> str:
    """The forecasts of a chain's days beside their orders, and which days could not be compared."""
    whole = days[~days["has_lost"]]
    known = whole.dropna(subset="came")
    lost, missing = len(days) - len(whole), len(whole) - len(known)
    left_out = f"{counted_noun(lost, 'shop day', 'shop days')} left out, as orders of some hours are lost"
    if known.empty:
        return f"{left_out}; no other orders are known yet" if lost else "the orders are not all known yet"
    came, forecast = known["came"].sum(), known["orders"].sum()
    inside = known["came"].between(known["low_80"], known["high_80"])
    outages = int(known["has_outage"].sum())
    quiet = f", {outages} with an outage" if outages else ""
    not_yet = f" ({missing} more not known yet)" if missing else ""
    return (
        f"{counted_noun(round(forecast), 'order', 'orders')} forecast, {came:,.0f} came{_difference(came, forecast)}; "
        f"{inside.sum()} of {counted_noun(len(known), 'shop day', 'shop days')} within the 80 % range{quiet}{not_yet}"
        f"{f'; {left_out}' if lost else ''}"
    )


def _overlaps(days: pd.DataFrame, outages: pd.DataFrame) -> pd.Series:
    """Whether each day of a shop overlaps one of its outages [day]."""
    spans = outages[[*_STORE, "starts_at", "ends_at"]]
    pairs = days.assign(day=days.index).merge(spans, on=_STORE, suffixes=("", "_of_outage"))
    overlaps = (pairs["starts_at_of_outage"] < pairs["ends_at"]) & (pairs["ends_at_of_outage"] > pairs["starts_at"])
    return pd.Series(days.index.isin(pairs.loc[overlaps, "day"]), index=days.index)


def _with_orders(days: pd.DataFrame, quarters: pd.DataFrame) -> pd.DataFrame:
    """The days with `came`, their orders; missing unless every quarter-hour of the day is known."""
    wanted = days.assign(day=days.index)
    bins = wanted[[*_STORE, "day", "starts_at", "ends_at"]].merge(
        quarters[[*_STORE, "bin_at", "order_count"]], on=_STORE
    )
    inside = bins[(bins["bin_at"] >= bins["starts_at"]) & (bins["bin_at"] < bins["ends_at"])]
    sums = inside.groupby("day")["order_count"].agg(["sum", "count"]).reindex(days.index)
    wanted_bins = (days["ends_at"] - days["starts_at"]).dt.total_seconds() / _QUARTER_SECONDS
    is_known = sums["count"] == wanted_bins
    return days.assign(came=sums["sum"].where(is_known).astype(float))


def _difference(came: float, forecast: float) -> str:
    if forecast <= 0 or round(100 * (came / forecast - 1)) == 0:
        return ""
    share = came / forecast - 1
    return f" ({_per_cent(abs(share))} {'more' if share > 0 else 'less'})"


def _per_cent(share: float) -> str:
    """Next to nothing was expected where it is more: the exact number would say nothing."""
    return f"{100 * share:.0f} %" if share < _MOST_TIMES else f"over {100 * _MOST_TIMES:,.0f} %"


def _added_by_matches(demand: pd.DataFrame) -> pd.DataFrame:
    """By shop and day, `football_adds`: what matches add to the day as it was forecast."""
    days = demand[(demand["level"] == DemandLevel.SHOP) & (demand["span"] == Span.DAY)]
    return days[[*SHOP, "business_date"]].assign(football_adds=days["with_football"] - days["without_football"])


def _shop_lines(rows: pd.DataFrame, most: int) -> tuple[str, ...]:
    """A line for each of the most unusual shops, and one about all others."""
    shops = [
        (_one_line(shop_words(market, store)), own) for (market, store), own in rows.groupby(["market", "store_id"])
    ]
    ordered = sorted(shops, key=lambda shop: (*_rank(_unusual(shop[1])), shop[0]))
    lines = [f"{name}: {_busiest(own)}{_match(own)}" for name, own in ordered[:most]]
    others = ordered[most:]
    if others:
        lines.append(f"and {_more_shops(len(others))}: {_usual_words([_unusual(own) for _, own in others])}")
    return tuple(lines)


def _unusual(own: pd.DataFrame) -> float | None:
    """By how much the most unusual day that is still ahead differs from the usual; None if no usual is known."""
    ahead = own.loc[~own["is_over"], "unusual"].abs()
    if ahead.empty:
        return 0.0
    return float(ahead.max()) if ahead.notna().any() else None


def _rank(unusual: float | None) -> tuple[bool, float]:
    """The most unusual come first, the unknown last."""
    return unusual is None, -(unusual or 0.0)


def _usual_words(unusual: list[float | None]) -> str:
    known = [share for share in unusual if share is not None]
    if not known:
        return "their usual orders are not known yet" if len(unusual) > 1 else "its usual orders are not known yet"
    unknown = len(unusual) - len(known)
    doubt = f" (not known yet for {unknown} of them)" if unknown else ""
    if max(known) >= _MOST_TIMES:
        return f"some days {_per_cent(max(known))} from the usual{doubt}"
    return f"no day more than {_per_cent(max(known))} from the usual{doubt}"


def _more_shops(count: int) -> str:
    return f"{count} more shop{'' if count == 1 else 's'}"


def _busiest(own: pd.DataFrame) -> str:
    """The shop's busiest hour of the weekend, of those still ahead, or why there is none."""
    hours = own[(own["span"] == Span.HOUR) & own["quantile_90"].notna()]
    if hours.empty:
        return _no_hours(own.iloc[0].to_dict())
    row = hours.loc[[hours["expected"].idxmax()]].to_dict("records")[0]
    people = "" if pd.isna(row["people"]) else f", {row['people']:.0f} people"
    when = f"{_weekday(row)} {row['local_start']} to {row['local_end']}"
    return f"{when}, staff for {row['quantile_90']:.0f} orders{people}"


def _no_hours(day: Mapping) -> str:
    if day["is_over"]:
        return "closed for today"
    reason = "" if pd.isna(day["reasons"]) else day["reasons"].split("; ")[0].partition(": ")[2] or day["reasons"]
    return f"no hour is forecast{f' ({reason})' if reason else ''}"


def _match(own: pd.DataFrame) -> str:
    """The match of the weekend that adds most to a day of the shop, and how much."""
    days = own.dropna(subset="match_of_day")
    if days.empty:
        return ""
    row = days.loc[[days["football_adds"].abs().fillna(-1).idxmax()]].to_dict("records")[0]
    adds = row["football_adds"]
    is_told = pd.notna(adds) and round(adds) != 0
    added = f" ({adds:+.0f} order{'' if abs(round(adds)) == 1 else 's'} that day)" if is_told else ""
    return f"; match on {_weekday(row)}: {_one_line(row['match_of_day'])}{added}"


def _one_line(text: str) -> str:
    """Names from exports may have line breaks."""
    return " ".join(text.split())


def _weekday(row: Mapping) -> str:
    return f"{date.fromisoformat(row['business_date']):%a}"
