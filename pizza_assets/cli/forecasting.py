"""Implements `pizza forecast`: print what shops should staff for, and the stored forecast for coming matches."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from pizza_assets.analysis.forecast.order_history import HORIZON_DAYS
from pizza_assets.analysis.forecast.weekend import (
    LEAST_FOR_SEVERAL,
    days_of_shops,
    next_weekend_dates,
    shop_words,
    weekend_dates,
)
from pizza_assets.analysis.reasons import split
from pizza_assets.analysis.wording import explanations, source_prefix
from pizza_assets.cli.clock import refuse_forecast_from_later
from pizza_assets.cli.names import chosen_markets
from pizza_assets.cli.terminal import say
from pizza_assets.command_name import typed
from pizza_assets.counted_noun import counted_noun
from pizza_assets.dashboards.csv_format import to_csv
from pizza_assets.errors import ConfigurationError, PizzaAssetsError
from pizza_assets.escaping import printable_json, with_minus
from pizza_assets.models.demand import DemandForecast
from pizza_assets.models.labels import SOURCES
from pizza_assets.models.vocabulary import DataSource, DemandLevel, Span
from pizza_assets.workbench import Workbench

_OLD_ORDERS = timedelta(hours=36)
"""The age from which the newest orders are called old, as on the page (masthead.js)."""
HEAD = (
    "kick-off", "match", "market", "orders", "80 %", "95 %", "without", "added (one match)",
    "busiest hour of the day", "staff for",
)  # fmt: skip


def forecast(market: str | None, team: str | None, days: int | None, is_next: bool, style: str) -> int:
    """Print the forecast. style: text, json or csv. days: None for the weekend, or the one after it if `is_next`.

    Raises PizzaAssetsError if none is stored, ConfigurationError for an unknown market or team, or for both `days` and
    `is_next`.
    """
    if days is not None and is_next:
        raise ConfigurationError("--days and --next-weekend exclude each other; give one of them")
    bench = Workbench()
    stored = (bench.tables.read_whole(f"dashboard_{name}") for name in ("coming_matches", "match_forecast"))
    (fixtures, rows), demand = stored, bench.tables.read_whole("demand_forecast")
    if fixtures is None or rows is None or demand is None:
        raise PizzaAssetsError(f"no forecast is stored yet; run `{typed('run')}` first")
    refuse_forecast_from_later(demand, bench.now)
    markets = bench.settings.markets()
    known = {*rows["market"], *demand["market"].dropna(), *(one.name for one in markets)}
    chosen = chosen_markets(markets, known, market, team)
    now = pd.Timestamp(bench.now)
    demand = demand[demand["market"].isin(chosen)]
    if style != "text":
        say(exported(demand, now, days, style, is_next=is_next))
        return 0
    rows = rows[rows["market"].isin(chosen)]
    whose = ", ".join(sorted(chosen)) if chosen != known else None
    parts = [
        *staff_text(demand, now, days, is_next=is_next),
        "",
        forecast_text(fixtures, rows, whose, now, days or HORIZON_DAYS),
    ]
    say(with_minus("\n".join(parts).strip("\n")))
    return 0


def exported(demand: pd.DataFrame, now: pd.Timestamp, days: int | None, style: str, *, is_next: bool = False) -> str:
    """Rows of demand_forecast of shops that are still ahead, as JSON, or as CSV in the format of the extracts."""
    until = now + timedelta(days=days or HORIZON_DAYS)
    is_ahead = (demand["ends_at"] > now) & (demand["starts_at"] < until)
    rows = demand[(demand["level"] == DemandLevel.SHOP) & is_ahead]
    rows = rows[rows["business_date"].isin(next_weekend_dates(rows["business_date"]))] if is_next else rows
    if style == "csv":
        return to_csv(rows, DemandForecast).decode().rstrip("\n")
    return printable_json(str(rows.to_json(orient="records", date_format="iso", date_unit="s", indent=1)))


def staff_text(demand: pd.DataFrame, now: pd.Timestamp, days: int | None, *, is_next: bool = False) -> list[str]:
    """What every shop should staff for, a table for each chain: the same numbers as the page's first screen.

    demand: with the hours that have passed, by which a shop is known to be closed for today.
    days: None for the weekend, or the one after it if `is_next`.
    """
    found = days_of_shops(demand, now)
    if found.empty:
        return ["No shop has a forecast: that needs about 8 weeks of orders, with some in the last 14 days."]
    dates = _dates(found["business_date"], days, is_next=is_next)
    if not dates:
        newest = f"{found['origin_at'].max():%a %d %b}"
        return [f"The next weekend is not forecast yet: forecasts reach 14 days beyond the newest orders ({newest})."]
    lines = [
        "Orders to staff for in the busiest hour still ahead (nine in ten such hours need no more; * = match day)."
    ]
    table = [*SOURCES, "chain"]
    if (found.drop_duplicates([*table, "market", "store_id"]).groupby(table).size() > 1).any():
        lines += ["Shops come first whose day differs most from the mean of its last 8 weeks, as the last column says."]
    for (*pair, chain), rows in found.groupby(table, sort=True):
        label = source_prefix(str(pair[0]), str(pair[1]))
        head = ("shop", *(f"{date.fromisoformat(text):%a %d %b}" for text in dates), "against the mean")
        shops = sorted(
            rows.groupby(["market", "store_id"]),
            key=lambda item: (-abs(_most_unusual(item[1], dates)[0]), item[0]),
        )
        cells = [
            (shop_words(market, store), *(_day_cell(own, text) for text in dates), _unusual_cell(own, dates))
            for (market, store), own in shops
        ]
        lines += ["", f"{label}{chain}", *_table([head, *cells])]
    shown = found[found["business_date"].isin(dates)]
    if shown["people"].isna().all() and _is_for_several(shown).any():
        lines += ["", "Set PIZZA_ORDERS_PER_PERSON to the orders that one person makes in an hour to see people, too."]
    origin = found["origin_at"].max()
    if now - origin > _OLD_ORDERS:
        lines += ["", f"The newest orders are from {origin:%a %d %b}: forecasts reach 14 days beyond them."]
    if days is None and not is_next and next_weekend_dates(found["business_date"]):
        lines += ["", f"The next weekend: {typed('forecast --next-weekend')}"]
    return lines


def _is_for_several(rows: pd.DataFrame) -> pd.Series:
    """Whether an hour may need more than one person, as on the page (views/weekend.js).

    Mock shops never get the hint.
    """
    is_real = rows["order_source"] == DataSource.REAL
    return is_real & (rows["span"] == Span.HOUR) & (rows["quantile_90"] >= LEAST_FOR_SEVERAL)


def _dates(known: pd.Series, days: int | None, *, is_next: bool) -> list[str]:
    if days is not None:
        return sorted(known.unique())[:days]
    return next_weekend_dates(known) if is_next else weekend_dates(known)


def _most_unusual(own: pd.DataFrame, dates: Sequence[str]) -> tuple[float, str]:
    """How far the most unusual of these days of a shop is above its 8-week mean, as a share, and its date."""
    days = own[own["business_date"].isin(dates) & ~own["is_over"] & own["unusual"].notna()]
    pairs = zip(days["unusual"], days["business_date"], strict=True)
    return max(pairs, key=lambda pair: abs(pair[0]), default=(0.0, ""))


def _unusual_cell(own: pd.DataFrame, dates: Sequence[str]) -> str:
    share, text = _most_unusual(own, dates)
    rounded = _rounded(100 * share)
    return f"{date.fromisoformat(text):%a} {'+' if rounded > 0 else ''}{rounded} %" if text else "-"


def _rounded(value: float) -> int:
    """An integer has no negative zero."""
    return round(value)


def _day_cell(own: pd.DataFrame, text: str) -> str:
    rows = own[own["business_date"] == text].to_dict("records")
    if not rows:
        return "-"
    row = rows[0]
    if row["is_over"]:
        return "closed for today"
    if row["span"] == Span.DAY:
        since = "" if row["days_ahead"] else f" from {row['local_start']}"
        about = "" if pd.isna(row["expected"]) else f" (about {row['expected']:.0f} orders{since})"
        return f"- {_why_no_hour(row)}{about}"
    people = "" if pd.isna(row["people"]) else f", {row['people']:.0f} people"
    return f"{row['quantile_90']:.0f}{people} at {row['local_start']}{'' if pd.isna(row['match_of_day']) else ' *'}"


def _why_no_hour(day: Mapping) -> str:
    if pd.notna(day["holiday"]):
        return str(day["holiday"])
    return "hours not forecast" if pd.isna(day["reasons"]) else explanations(split(day["reasons"])[:1])


def forecast_text(fixtures: pd.DataFrame, rows: pd.DataFrame, market: str | None, now: pd.Timestamp, days: int) -> str:
    """The forecasts (MatchForecastExtract) of the next `days` days as a table, then those refused, then notes on the
    fixtures (ComingMatchesExtract). A match is listed until its last window has ended. market: what `rows` are limited
    to, if they are."""
    until = now + timedelta(days=days)
    around = rows[(rows["span"] == "match") & (rows["ends_at"] > now) & (rows["kickoff_at"] < until)]
    around = around.sort_values(["kickoff_at", "match_id", "market", "order_source"])
    given, refused = around[around["status"] == "ok"], around[around["status"] != "ok"]
    lines = []
    if len(given):
        lines += [_common_facts(given), "", *_table([HEAD, *map(_cells, given.to_dict("records"))])]
    lines += [f"- {text}" for text in refused["sentence"]]
    if len(given) and bool(given["football_reasons"].notna().any()):
        lines += ["", *sorted({_without_football(row) for row in given.to_dict("records")} - {""})]
    ahead = fixtures[(fixtures["entry"] == "fixture") & (fixtures["kickoff_at"] < until)]
    listed_only = ahead[ahead["note"].notna()]
    notices = fixtures[fixtures["entry"] != "fixture"]
    notes = [*(notices["sentence"]), *(listed_only["sentence"])]
    if not len(around) and not len(notices):
        whose = f" that {market} follows" if market is not None else " that a market with orders follows"
        notes.insert(0, f"No match{whose} kicks off in the next {counted_noun(days, 'day', 'days')}.")
    return "\n".join([*lines, *([""] if lines and notes else []), *notes])


def _common_facts(given: pd.DataFrame) -> str:
    """The data behind the forecast, its age and its skill, which all rows share."""
    row = given.iloc[0]
    origin = f"{row['origin_at']:%a %d %b %Y, %H:%M} UTC"
    return (
        f"{_label(row)}Made on {row['made_on']} from {row['history_weeks']} weeks of orders until {origin}; around "
        f"matches, the error of past forecasts was {_compared(row['skill_against_mean_pct'])} that of the mean of 8 "
        f"weeks, and {_compared(row['skill_against_no_football_pct'])} that of the model without football. Each line "
        "is a market, all its chains together."
    )


def _compared(skill_pct: float) -> str:
    """A skill in words that continue with "that of ..."."""
    share = 0 if pd.isna(skill_pct) else _rounded(skill_pct)
    return f"{abs(share)} % {'below' if share > 0 else 'above'}" if share else "as large as"


def _label(row: Mapping) -> str:
    return source_prefix(row["order_source"], row["match_source"])


def _cells(row: Mapping) -> tuple[str, ...]:
    is_mock = "MOCK " if row["match_source"] != "real" else ""
    return (
        str(row["kickoff_local"]),
        f"{is_mock}{row['home_team']} v {row['away_team']}",
        str(row["market"]),
        f"{row['orders']:.0f}" + ("" if row["days_ahead"] else f" from {row['local_start']}"),
        f"{row['low_80']:.0f} to {row['high_80']:.0f}",
        f"{row['low_95']:.0f} to {row['high_95']:.0f}",
        without_match(row["orders"], row["difference"]),
        "-" if pd.isna(row["difference"]) else _added(row),
        "-" if pd.isna(row["peak_hour_local"]) else str(row["peak_hour_local"]),
        "-" if pd.isna(row["peak_hour_quantile_90"]) else f"{row['peak_hour_quantile_90']:.0f}",
    )


def _added(row: Mapping) -> str:
    low, high = (_tenths(row[f"difference_{end}"]) for end in ("low", "high"))
    return f"{_tenths(row['difference'], '+')} ({low} to {high})"


def without_match(orders: float, added: float) -> str:
    """The forecast less what the match adds, as they are shown, so that the three agree. The stored number without the
    match is a mean, the forecast a median: the mean may be the larger one although the match adds orders."""
    return f"{orders:.0f}" if pd.isna(added) else _tenths(max(0.0, round(orders) - round(added, 1)))


def _tenths(value: float, sign: str = "") -> str:
    """One decimal, never negative zero."""
    return f"{round(value, 1) + 0:{sign}.1f}"


def _without_football(row: Mapping) -> str:
    if pd.isna(row["football_reasons"]):
        return ""
    why = explanations(split(row["football_reasons"]))
    return f"These numbers leave out what matches do ({why}): too low if matches raise orders."


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
