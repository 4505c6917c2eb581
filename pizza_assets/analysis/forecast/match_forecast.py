"""Forecast tables of all pairs of sources: the backtest, and forecasts for coming matches. Pairs are never pooled."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.expected_grid import SourcePair
from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.forecast.backtest import Backtest, backtest, backtest_rows
from pizza_assets.analysis.forecast.coming import NUMBERS, coming_forecast
from pizza_assets.analysis.forecast.coming_matches import forecast_fixtures
from pizza_assets.analysis.forecast.order_history import OrderHistory
from pizza_assets.analysis.forecast.scores import skills
from pizza_assets.analysis.forecast.sentences import forecast_sentence
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.reasons import Reason
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models import ComingMatches, ForecastBacktest, MatchForecast, RawMatches
from pizza_assets.models.labels import rows_for_sources
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import ResultStatus, Span, combined_source

_FIXTURE = [
    "match_source",
    "match_id",
    "kickoff_at",
    "kickoff_is_fixed",
    "status",
    "competition",
    "home_team",
    "away_team",
    "decided_by",
]
_ROW_KEY = ["match_id", "market"]


def known_fixtures(matches: DataFrame[RawMatches], coming: DataFrame[ComingMatches]) -> pd.DataFrame:
    """Past and coming matches without duplicates; `coming` takes precedence. is_coming: whether it is in `coming`."""
    ahead = forecast_fixtures(coming).assign(decided_by=None, is_coming=True)
    past = matches.assign(is_coming=False)
    columns = [*_FIXTURE, "is_coming"]
    parts = [part[columns] for part in (past, ahead) if len(part)]
    if not parts:
        return RawMatches.empty()[_FIXTURE].assign(is_coming=False)
    both = pd.concat(parts, ignore_index=True).astype({"decided_by": "str"})
    return both.drop_duplicates(["match_source", "match_id"], keep="last", ignore_index=True)


def order_histories(
    panels: Mapping[SourcePair, Panel],
    fixtures: pd.DataFrame,
    markets: Sequence[Market],
    lengths: WindowLengths,
    default_timezone: str = "UTC",
) -> dict[SourcePair, OrderHistory]:
    """The history of every pair with known quarter-hours. panels: market panels. fixtures: `known_fixtures`."""
    zones = {market.name: market.timezone for market in markets}
    return {
        pair: OrderHistory.of(panel, _with_match_source(fixtures, pair[1]), markets, lengths, zones, default_timezone)
        for pair, panel in sorted(panels.items())
        if panel.is_known.any()
    }


def forecast_backtest(
    histories: Mapping[SourcePair, OrderHistory], fixtures: pd.DataFrame
) -> DataFrame[ForecastBacktest]:
    """Scored past forecasts of every pair."""
    tables = []
    for (order_source, match_source), history in histories.items():
        past = backtest(history)
        ids = _with_match_source(fixtures, match_source)["match_id"].to_numpy()
        tables.append(_labelled(backtest_rows(past, history, ids), order_source, match_source))
    filled = [table for table in tables if len(table)]
    return ForecastBacktest.checked(pd.concat(filled, ignore_index=True) if filled else ForecastBacktest.empty())


def match_forecast(
    histories: Mapping[SourcePair, OrderHistory],
    past: DataFrame[ForecastBacktest],
    fixtures: pd.DataFrame,
    coming: DataFrame[ComingMatches],
    markets: Sequence[Market],
) -> DataFrame[MatchForecast]:
    """For every coming fixture with a fixed kick-off and every order source, a forecast or why there is none.

    histories: built from `fixtures`, which are `known_fixtures`. past: `forecast_backtest` of these histories.
    """
    tables = []
    ahead = forecast_fixtures(coming)
    for match_source, source_fixtures in ahead.groupby("match_source"):
        for order_source in sorted({pair[0] for pair in histories}):
            pair = (order_source, str(match_source))
            if pair in histories:
                rows = _pair_rows(histories[pair], rows_for_sources(past, *pair), _with_match_source(fixtures, pair[1]))
                exposed = _exposed(source_fixtures, markets, histories[pair].markets)
            else:
                known = sorted(
                    {name for other in histories if other[0] == order_source for name in histories[other].markets}
                )
                exposed = _exposed(source_fixtures, markets, known)
                rows = _refused(exposed)
            tables.append(_labelled(rows.merge(exposed, on=_ROW_KEY), *pair))
    filled = [table for table in tables if len(table)]
    if not filled:
        return MatchForecast.empty()
    rows = pd.concat(filled, ignore_index=True).assign(made_on=coming["asked_on"].iloc[0])
    return MatchForecast.checked(_worded(_in_local_time(rows, markets)))


def _pair_rows(history: OrderHistory, past: pd.DataFrame, fixtures: pd.DataFrame) -> pd.DataFrame:
    rows = coming_forecast(history, Backtest.of_rows(past, history), fixtures["is_coming"].to_numpy(dtype=bool))
    known = skills(past, uses_football=bool(rows["football_reasons"].isna().all())).reindex(rows["span"])
    return rows.assign(
        match_id=fixtures["match_id"].take(rows["match"]).array,
        **{name: known[name].to_numpy() for name in ("skill_against_mean_pct", "skill_against_no_football_pct")},
        scored_forecasts=known["scored_forecasts"].fillna(0).astype(np.int64).to_numpy(),
    ).drop(columns=["match", "horizon"])


def _refused(exposed: pd.DataFrame) -> pd.DataFrame:
    """A refusal for the whole match, where no week has both orders and matches of these labels."""
    at = exposed["kickoff_at"]
    return exposed[_ROW_KEY].assign(
        span=Span.MATCH.value,
        starts_at=at,
        ends_at=at + pd.Timedelta(hours=2),
        days_ahead=0,
        is_peak_hour=False,
        scored_forecasts=0,
        history_weeks=0,
        status=ResultStatus.INSUFFICIENT_DATA.value,
        reasons=Reason.NO_COMMON_WEEKS.value,
        football_reasons=None,
        origin_at=pd.Series(pd.NaT, index=exposed.index, dtype="datetime64[us, UTC]"),
        **dict.fromkeys((*NUMBERS, "skill_against_mean_pct", "skill_against_no_football_pct"), np.nan),
    )


def _exposed(fixtures: pd.DataFrame, markets: Sequence[Market], known: Sequence[str]) -> pd.DataFrame:
    """The markets with orders that follow a side of each fixture, with the fixture's description."""
    rows = exposures(fixtures, markets)
    rows = rows[rows["market"].isin(list(known))]
    described = fixtures[["match_source", "match_id", "competition", "home_team", "away_team"]]
    return rows.merge(described, on=["match_source", "match_id"]).drop(columns="match_source")


def _with_match_source(fixtures: pd.DataFrame, match_source: str) -> pd.DataFrame:
    return fixtures[fixtures["match_source"] == match_source].reset_index(drop=True)


def _labelled(rows: pd.DataFrame, order_source: str, match_source: str) -> pd.DataFrame:
    return rows.assign(
        order_source=order_source,
        match_source=match_source,
        data_source=str(combined_source(order_source, match_source)),
    )


def _in_local_time(rows: pd.DataFrame, markets: Sequence[Market]) -> pd.DataFrame:
    zones = rows["market"].map({market.name: market.timezone for market in markets})
    local = {
        "local_date": ("starts_at", "%Y-%m-%d"),
        "local_start": ("starts_at", "%H:%M"),
        "local_end": ("ends_at", "%H:%M"),
    }
    for name, (column, style) in local.items():
        texts = pd.Series("", index=rows.index, dtype="str")
        for zone in zones.unique():
            in_zone = zones == zone
            texts[in_zone] = rows.loc[in_zone, column].dt.tz_convert(zone).dt.strftime(style)
        rows[name] = texts
    return rows


def _worded(rows: pd.DataFrame) -> pd.DataFrame:
    key = ["order_source", "match_source", *_ROW_KEY]
    peaks = {tuple(row[name] for name in key): row for row in rows[rows["is_peak_hour"]].to_dict("records")}
    sentences = [
        forecast_sentence(row, peaks.get(tuple(row[name] for name in key)) if row["span"] == Span.MATCH else None)
        for row in rows.to_dict("records")
    ]
    return rows.assign(sentence=pd.array(sentences, dtype="str"))
