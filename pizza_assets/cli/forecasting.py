"""Implements `pizza forecast`: print the stored forecast for coming matches as a table."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

import pandas as pd

from pizza_assets.analysis.forecast.order_history import HORIZON_DAYS
from pizza_assets.cli.terminal import printable
from pizza_assets.errors import ConfigurationError, PizzaAssetsError
from pizza_assets.workbench import Workbench

HEAD = (
    "kick-off", "match", "market", "orders", "80 %", "95 %", "without", "added (one match)", "busiest hour", "staff for"
)  # fmt: skip


def forecast(market: str | None, days: int) -> int:
    """Print the forecast. Raises PizzaAssetsError if none is stored, ConfigurationError for an unknown market."""
    bench = Workbench()
    fixtures, rows = (bench.tables.read_whole(f"dashboard_{name}") for name in ("coming_matches", "match_forecast"))
    if fixtures is None or rows is None:
        raise PizzaAssetsError("no forecast is stored yet; run `pizza run` first")
    known = sorted(set(rows["market"]) | {one.name for one in bench.settings.markets()})
    if market is not None and market not in known:
        raise ConfigurationError(f"unknown market {market!r}; the markets are {', '.join(known)}")
    print(printable(forecast_text(fixtures, rows, market, pd.Timestamp(bench.now), min(days, HORIZON_DAYS))))
    return 0


def forecast_text(fixtures: pd.DataFrame, rows: pd.DataFrame, market: str | None, now: pd.Timestamp, days: int) -> str:
    """The forecasts (MatchForecastExtract) of the next `days` days as a table, then those refused, then notes on the
    fixtures (ComingMatchesExtract)."""
    until = now + timedelta(days=days)
    around = rows[(rows["span"] == "match") & rows["kickoff_at"].between(now, until)]
    around = around[around["market"] == market] if market is not None else around
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
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    return ["  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows]
