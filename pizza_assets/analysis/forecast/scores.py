"""Scores of forecasts: of those given at the time, once their orders are known, and of the backtest."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.expected_grid import SourcePair
from pizza_assets.analysis.forecast.intervals import MIN_VALUES
from pizza_assets.analysis.forecast.sentences import accuracy_sentence
from pizza_assets.analysis.forecast.targets import MATCH_SPANS
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import epoch_minutes
from pizza_assets.models import ForecastAccuracy, ForecastBacktest, ForecastScores, KeptForecasts, MatchForecast
from pizza_assets.models.labels import SOURCES, rows_for_sources
from pizza_assets.models.vocabulary import ResultStatus, Span, combined_source


def kept_forecasts(
    forecast: DataFrame[MatchForecast], earlier: DataFrame[KeptForecasts] | None
) -> DataFrame[KeptForecasts]:
    """`earlier` plus the current forecasts, each of which replaces that of the same span of the same match and day.

    What is left of a span that has begun (0 days_ahead) is not kept, as it would be scored among whole spans, nor the
    busiest hour of a day that has begun: what was forecast of the whole earlier that day stays.
    """
    is_of_begun_day = _is_among(forecast, forecast[(forecast["span"] == Span.DAY) & (forecast["days_ahead"] == 0)])
    is_wanted = (forecast["span"] != Span.HOUR) | (forecast["is_peak_hour"] & ~is_of_begun_day)
    kept = forecast[(forecast["status"] == ResultStatus.OK) & is_wanted & (forecast["days_ahead"] > 0)]
    parts = [kept] if earlier is None else [earlier[~_is_among(earlier, kept, "made_on", "span")], kept]
    filled = [part for part in parts if len(part)]
    return KeptForecasts.checked(pd.concat(filled, ignore_index=True) if filled else KeptForecasts.empty())


def _is_among(rows: pd.DataFrame, others: pd.DataFrame, *names: str) -> np.ndarray:
    """Whether each row's match and market, and these columns, occur in `others`."""
    key = [*SOURCES, "match_id", "market", *names]
    return pd.MultiIndex.from_frame(rows[key]).isin(pd.MultiIndex.from_frame(others[key]))


def forecast_scores(
    kept: DataFrame[KeptForecasts], panels: Mapping[SourcePair, Panel], kickoffs: pd.DataFrame
) -> DataFrame[ForecastScores]:
    """Scores of forecasts whose quarter-hours are all known now, for matches played at the forecast kick-off.

    panels: market panels. kickoffs: match_source, match_id, kickoff_at of all matches as currently known.
    """
    known = kept.merge(
        kickoffs[["match_source", "match_id", "kickoff_at"]], on=["match_source", "match_id", "kickoff_at"]
    )
    tables = []
    for pair, panel in panels.items():
        rows = rows_for_sources(known, *pair)
        rows = rows[rows["market"].isin(panel.names)].reset_index(drop=True)
        if len(rows) and panel.counts.size:
            observed = _observed(rows, panel)
            tables.append(rows.assign(observed=observed)[np.isfinite(observed)])
    filled = [table for table in tables if len(table)]
    if not filled:
        return ForecastScores.empty()
    rows = pd.concat(filled, ignore_index=True)
    return ForecastScores.checked(
        rows.assign(
            observed=rows["observed"].astype(np.int64),
            is_inside_80=rows["observed"].between(rows["low_80"], rows["high_80"]),
            is_inside_95=rows["observed"].between(rows["low_95"], rows["high_95"]),
        )
    )


def forecast_accuracy(
    past: DataFrame[ForecastBacktest], scores: DataFrame[ForecastScores]
) -> DataFrame[ForecastAccuracy]:
    """Accuracy over time by evidence, pair of sources and span of own matches: all forecasts up to each date."""
    scored = past[past["is_own_match"] & past["orders"].notna()]
    evidence = {
        "backtest": scored.assign(
            usual_orders=scored["seasonal_mean"],
            is_inside_80=scored["observed"].between(scored["low_80"], scored["high_80"]),
            is_inside_95=scored["observed"].between(scored["low_95"], scored["high_95"]),
        ),
        "kept": scores,
    }
    tables = [
        _running(rows).assign(evidence=name, span=span, **dict(zip(SOURCES, pair, strict=True)))
        for name, all_rows in evidence.items()
        for (*pair, span), rows in all_rows.groupby([*SOURCES, "span"])
    ]
    if not tables:
        return ForecastAccuracy.empty()
    rows = pd.concat(tables, ignore_index=True)
    rows["data_source"] = [str(combined_source(*pair)) for pair in rows[SOURCES].itertuples(index=False, name=None)]
    rows["sentence"] = pd.array([accuracy_sentence(row) for row in rows.to_dict("records")], dtype="str")
    return ForecastAccuracy.checked(rows)


def skills(past: pd.DataFrame, *, uses_football: bool) -> pd.DataFrame:
    """By span: skill_against_mean_pct, skill_against_no_football_pct and scored_forecasts of MatchForecast.

    The same absolute errors as in `forecast_accuracy`, so that both say the same. past: ForecastBacktest of one pair
    of sources. uses_football: False if the forecast is that of the model without matches.
    """
    rows = past[past["orders"].notna()]
    own = rows[rows["is_own_match"]]
    is_enough = own.groupby("span").size().reindex(rows["span"], fill_value=0).to_numpy() >= MIN_VALUES
    rows = rows[rows["is_own_match"] | ~is_enough]
    without = rows["without_football_model"]
    given = rows["orders"].where(uses_football | (rows["with_football"] == without), without)
    means = {"given": given, "mean": rows["seasonal_mean"], "no_football": without if uses_football else given}
    errors = pd.DataFrame({name: (rows["observed"] - mean).abs() for name, mean in means.items()})
    sums = errors.groupby(rows["span"]).sum()
    others = sums.where(sums > 0)
    return pd.DataFrame(
        {
            "skill_against_mean_pct": 100 * (1 - sums["given"] / others["mean"]),
            "skill_against_no_football_pct": 100 * (1 - sums["given"] / others["no_football"]),
            "scored_forecasts": rows.groupby("span").size(),
        }
    )


def recent_coverage(scores: DataFrame[ForecastScores], since: pd.Timestamp) -> dict[str, float]:
    """Shares of match windows from `since` on with orders inside their intervals: `targets` (number of windows),
    `inside_80`, `inside_95`. A window that was forecast on several days counts once, with its mean."""
    chosen = scores[(scores["starts_at"] >= since) & scores["span"].isin([span.value for span in MATCH_SPANS[:3]])]
    by_target = chosen.groupby([*SOURCES, "match_id", "market", "span"])[["is_inside_80", "is_inside_95"]].mean()
    return {
        "targets": len(by_target),
        "inside_80": float(by_target["is_inside_80"].mean()) if len(by_target) else np.nan,
        "inside_95": float(by_target["is_inside_95"].mean()) if len(by_target) else np.nan,
    }


def _observed(rows: pd.DataFrame, panel: Panel) -> np.ndarray:
    """Orders in each span; NaN if a quarter-hour is unknown."""
    market = panel.names.get_indexer(rows["market"])
    start, end = (epoch_minutes(rows[name]) // BIN_MINUTES - panel.first_bin for name in ("starts_at", "ends_at"))
    bins = panel.counts.shape[1]
    is_inside = (start >= 0) & (end <= bins)
    orders, known = (
        np.pad(np.cumsum(cells, axis=1, dtype=np.int64), ((0, 0), (1, 0))) for cells in (panel.counts, panel.is_known)
    )
    first, last = np.clip(start, 0, bins), np.clip(end, 0, bins)
    is_whole = is_inside & (known[market, last] - known[market, first] == end - start)
    return np.where(is_whole, orders[market, last] - orders[market, first], np.nan)


def _running(rows: pd.DataFrame) -> pd.DataFrame:
    """Sums over all rows up to each date."""
    dated = rows.assign(
        until_date=rows["starts_at"].dt.strftime("%Y-%m-%d"),
        error=(rows["observed"] - rows["orders"]).abs(),
        error_of_mean=(rows["observed"] - rows["usual_orders"]).abs(),
        bias=rows["orders"] - rows["observed"],
        one=1,
    )
    summed = ["one", "observed", "error", "error_of_mean", "bias", "is_inside_80", "is_inside_95"]
    sums = dated.groupby("until_date")[summed].sum().cumsum()
    first = dated.sort_values("starts_at").drop_duplicates(["match_id", "market"])
    matches = first.groupby("until_date").size().reindex(sums.index, fill_value=0).cumsum()
    orders = sums["observed"].where(sums["observed"] > 0)
    return pd.DataFrame(
        {
            "scored_forecasts": sums["one"],
            "scored_matches": matches,
            "error_pct": 100 * sums["error"] / orders,
            "error_of_mean_pct": 100 * sums["error_of_mean"] / orders,
            "bias_pct": 100 * sums["bias"] / orders,
            "inside_80_pct": 100 * sums["is_inside_80"] / sums["one"],
            "inside_95_pct": 100 * sums["is_inside_95"] / sums["one"],
        }
    ).reset_index()
