"""Implements `pizza forecast`: print what shops should staff for, and the stored forecast for coming matches."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

import pandas as pd

from pizza_assets.analysis.forecast.order_history import HORIZON_DAYS
from pizza_assets.analysis.forecast.weekend import days_of_shops, weekend_dates
from pizza_assets.cli.names import known_name
from pizza_assets.cli.terminal import say
from pizza_assets.dashboards.csv_format import to_csv
from pizza_assets.errors import PizzaAssetsError
from pizza_assets.escaping import printable_json
from pizza_assets.models.demand import DemandForecast
from pizza_assets.models.labels import SOURCES
from pizza_assets.models.vocabulary import DemandLevel, Span
from pizza_assets.workbench import Workbench

HEAD = (
    "kick-off", "match", "market", "orders", "80 %", "95 %", "without", "added (one match)", "busiest hour", "staff for"
)  # fmt: skip


def forecast(market: str | None, team: str | None, days: int | None, style: str) -> int:
    """Print the forecast. style: text, json or csv. days: None for the weekend.

    Raises PizzaAssetsError if none is stored, ConfigurationError for an unknown market or team.
    """
    bench = Workbench()
    stored = (bench.tables.read_whole(f"dashboard_{name}") for name in ("coming_matches", "match_forecast"))
    (fixtures, rows), demand = stored, bench.tables.read_whole("demand_forecast")
    if fixtures is None or rows is None or demand is None:
        raise PizzaAssetsError("no forecast is stored yet; run `pizza run` first")
    markets = bench.settings.markets()
    known = {*rows["market"], *demand["market"].dropna(), *(one.name for one in markets)}
    chosen = {known_name("market", market, known)} if market is not None else known
    if team is not None:
        asked = known_name("team", team, [name for one in markets for name in one.teams])
        chosen &= {one.name for one in markets if asked in one.teams}
    now = pd.Timestamp(bench.now)
    demand = demand[demand["market"].isin(chosen)]
    if style != "text":
        say(exported(demand, now, days, style))
        return 0
    rows = rows[rows["market"].isin(chosen)]
    until = min(days or HORIZON_DAYS, HORIZON_DAYS)
    whose = ", ".join(sorted(chosen)) if chosen != known else None
    parts = [*staff_text(demand, now, days), "", forecast_text(fixtures, rows, whose, now, until)]
    say("\n".join(parts).strip("\n"))
    return 0


def exported(demand: pd.DataFrame, now: pd.Timestamp, days: int | None, style: str) -> str:
    """Rows of demand_forecast of shops that are still ahead, as JSON, or as CSV in the format of the extracts."""
    until = now + timedelta(days=days or HORIZON_DAYS)
    is_ahead = (demand["ends_at"] > now) & (demand["starts_at"] < until)
    rows = demand[(demand["level"] == DemandLevel.SHOP) & is_ahead]
    if style == "csv":
        return to_csv(rows, DemandForecast).decode().rstrip("\n")
    return printable_json(str(rows.to_json(orient="records", date_format="iso", date_unit="s", indent=1)))


def staff_text(demand: pd.DataFrame, now: pd.Timestamp, days: int | None) -> list[str]:
    """What every shop should staff for, a table for each chain: the same numbers as the page's first screen.

    demand: with the hours that have passed, by which a shop is known to be closed for today.
    days: None for the weekend.
    """
    found = days_of_shops(demand, now)
    if found.empty:
        return ["No shop has a forecast: it needs orders of the last 14 days, and about 8 weeks of them."]
    dates = weekend_dates(found["business_date"]) if days is None else sorted(found["business_date"].unique())[:days]
    lines = [
        "Orders to staff for in the busiest hour still ahead (nine in ten such hours need no more; * = match day):"
    ]
    for (*pair, chain), rows in found.groupby([*SOURCES, "chain"], sort=True):
        label = _label({"order_source": pair[0], "match_source": pair[1]})
        head = ("shop", *(f"{date.fromisoformat(text):%a %d %b}" for text in dates))
        shops = sorted(
            rows.groupby(["market", "store_id"]),
            key=lambda item: (-_most_unusual(item[1][item[1]["business_date"].isin(dates)]), item[0]),
        )
        table = [(f"{market}, {store}", *(_day_cell(own, text) for text in dates)) for (market, store), own in shops]
        lines += ["", f"{label}{chain}", *_table([head, *table])]
    return lines


def _most_unusual(days: pd.DataFrame) -> float:
    return max(days.loc[~days["is_over"], "unusual"].fillna(0), default=0.0)


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
    return "hours not forecast" if pd.isna(day["reasons"]) else day["reasons"].partition(":")[0].replace("_", " ")


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
        notes.insert(0, f"No match{whose} kicks off in the next {days} day(s).")
    return "\n".join([*lines, *([""] if lines and notes else []), *notes])


def _common_facts(given: pd.DataFrame) -> str:
    """The data behind the forecast, its age and its skill, which all rows share."""
    row = given.iloc[0]
    origin = f"{row['origin_at']:%a %d %b %Y %H:%M} UTC"
    return (
        f"{_label(row)}Made on {row['made_on']} from {row['history_weeks']} weeks of orders until {origin}; around "
        f"matches, past forecasts beat the mean of 8 weeks by {row['skill_against_mean_pct']:.0f} % and the model "
        f"without football by {row['skill_against_no_football_pct']:.0f} % (deviance)."
    )


def _label(row: Mapping) -> str:
    labels = {("mock", "mock"): "MOCK DATA. ", ("mock", "real"): "MOCK ORDERS. ", ("real", "mock"): "MOCK FIXTURES. "}
    return labels.get((row["order_source"], row["match_source"]), "")


def _cells(row: Mapping) -> tuple[str, ...]:
    is_mock = "MOCK " if row["data_source"] != "real" else ""
    return (
        str(row["kickoff_local"]),
        f"{is_mock}{row['home_team']} v {row['away_team']}",
        str(row["market"]),
        f"{row['orders']:.0f}" + ("" if row["days_ahead"] else f" from {row['local_start']}"),
        f"{row['low_80']:.0f} to {row['high_80']:.0f}",
        f"{row['low_95']:.0f} to {row['high_95']:.0f}",
        f"{row['without_football']:.0f}",
        "-"
        if pd.isna(row["difference"])
        else f"{row['difference']:+.1f} ({row['difference_low']:.1f} to {row['difference_high']:.1f})",
        "-" if pd.isna(row["peak_hour_local"]) else str(row["peak_hour_local"]),
        "-" if pd.isna(row["peak_hour_quantile_90"]) else f"{row['peak_hour_quantile_90']:.0f}",
    )


def _without_football(row: Mapping) -> str:
    if pd.isna(row["football_reasons"]):
        return ""
    return f"These numbers leave out what matches do ({row['football_reasons']}): too low if matches raise orders."


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
