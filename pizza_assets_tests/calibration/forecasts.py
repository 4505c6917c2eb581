"""Accuracy of forecasts in simulated years: errors, intervals, and the difference that a match makes."""

from collections.abc import Iterator
from dataclasses import fields, replace

import numpy as np
import pandas as pd

from pizza_assets.analysis.forecast.backtest import Backtest, backtest, backtest_rows, origins
from pizza_assets.analysis.forecast.coming import coming_forecast
from pizza_assets.analysis.forecast.intervals import poisson_deviance
from pizza_assets.analysis.forecast.order_history import HORIZON, OrderHistory
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import epoch_minutes
from pizza_assets_tests.calibration.worlds import CELL_MINUTES, LENGTHS, ZONE, Planted, SimulatedYear, mean_effect
from pizza_assets_tests.calibration.years import panel_of

SPANS = ("pre", "during", "post", "match", "hour", "day")
GIVEN_EVERY = 4
"""Every fourth origin is also forecast as it would have been given, with refusals and differences."""
SPARSE = 5.0
"""Hours with fewer expected orders are also counted as sparse."""


def history_of(year: SimulatedYear) -> OrderHistory:
    """The year as input of forecasts."""
    zones = {market.name: ZONE for market in year.markets}
    return OrderHistory.of(panel_of(year), year.matches, year.markets, LENGTHS, zones, ZONE)


def forecast_trial(year: SimulatedYear, planted: Planted) -> dict[tuple[str, str], float]:
    """Measures by span, for own matches. Days with a holiday count only for "inside 80 %, with holidays"."""
    history = history_of(year)
    past = backtest(history)
    rows = backtest_rows(past, history, year.matches["match_id"].to_numpy())
    rows = rows[rows["is_own_match"]]
    is_holiday = _on_holiday(year, rows)
    found = {}
    for span in SPANS:
        in_span = rows["span"] == span
        found |= {(span, name): value for name, value in _scores(rows[in_span & ~is_holiday]).items()}
        given = rows[in_span & rows["orders"].notna()]
        found[span, "inside 80 %, with holidays"] = _share_inside(given, given["observed"].to_numpy())
    hours = rows[(rows["span"] == "hour") & ~is_holiday & rows["pit"].notna()]
    sparse = hours[hours["with_football"] < SPARSE]
    for name, chosen in (("hour", hours), ("sparse hours", sparse)):
        found[name, "PIT from 0.1 to 0.9"] = float(chosen["pit"].between(0.1, 0.9).mean())
        found[name, "PIT from 0.025 to 0.975"] = float(chosen["pit"].between(0.025, 0.975).mean())
    return found | _given(year, history, past, planted)


def _scores(rows: pd.DataFrame) -> dict[str, float]:
    observed = rows["observed"].to_numpy(dtype=float)
    given = rows[rows["orders"].notna()]
    orders = given["observed"].sum()
    loss = {
        name: float(poisson_deviance(observed, np.maximum(rows[name].to_numpy(), 1 / 16)).sum())
        for name in ("with_football", "without_football_model", "seasonal_mean")
    }
    error, error_of_mean = (
        float((given["observed"] - given[name]).abs().sum()) for name in ("orders", "seasonal_mean")
    )
    return {
        "error below the 8-week mean's, %": 100 * (1 - error / error_of_mean),
        "deviance below the 8-week mean's, %": 100 * (1 - loss["with_football"] / loss["seasonal_mean"]),
        "deviance below the model's without football, %": 100
        * (1 - loss["with_football"] / loss["without_football_model"]),
        "error, %": 100 * error / orders,
        "bias, %": 100 * (rows["with_football"].sum() / observed.sum() - 1),
        "bias without football, %": 100 * (rows["without_football_model"].sum() / observed.sum() - 1),
        "inside 80 %": _share_inside(given, given["observed"].to_numpy()),
        "inside 95 %": _share_inside(given, given["observed"].to_numpy(), 95),
    }


def _share_inside(rows: pd.DataFrame, observed: np.ndarray, level: int = 80) -> float:
    low, high = rows[f"low_{level}"].to_numpy(), rows[f"high_{level}"].to_numpy()
    return float(((low <= observed) & (observed <= high)).mean())


def _half_width(rows: pd.DataFrame, name: str) -> float:
    """Mean half-width of the intervals, in per cent of the orders without a match."""
    width = (rows[f"{name}_high"] - rows[f"{name}_low"]).sum()
    return 100 * float(width / 2 / rows["without_football"].sum())


def _given(
    year: SimulatedYear, history: OrderHistory, past: Backtest, planted: Planted
) -> dict[tuple[str, str], float]:
    """Forecasts with their refusals: how often the football part was given, and whether the intervals of the difference
    cover the true effect of the match, and the mean effect of all matches."""
    parts = [_as_given(year, history, past, cut) for cut in origins(history)[GIVEN_EVERY - 1 :: GIVEN_EVERY]]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[(rows["status"] == "ok") & ~_on_holiday(year, rows)]
    found = {("all", "football part given"): float(rows["with_football"].notna().mean())}
    single_truth = year.mean - year.usual
    average_truth = year.usual * np.expm1(mean_effect(year, planted))
    for span in SPANS:
        given = rows[(rows["span"] == span) & rows["difference_low"].notna()]
        if len(given):
            for name, truth in (("difference", single_truth), ("average_difference", average_truth)):
                low, high = given[f"{name}_low"].to_numpy(), given[f"{name}_high"].to_numpy()
                sums = _sums(year, truth, given)
                found[span, f"{name.replace('_', ' ')} covered"] = float(((low <= sums) & (sums <= high)).mean())
            found[span, "half-width of average, %"] = _half_width(given, "average_difference")
            found[span, "half-width of single, %"] = _half_width(given, "difference")
        given = rows[rows["span"] == span]
        found[span, "inside 80 %, as given"] = _share_inside(given, _sums(year, year.counts, given))
    return found


def _as_given(year: SimulatedYear, history: OrderHistory, past: Backtest, cut: int) -> pd.DataFrame:
    known = past.targets.end <= cut
    arrays = {field.name: getattr(past, field.name)[known] for field in fields(past) if field.name != "targets"}
    kickoff = epoch_minutes(year.matches["kickoff_at"]) // BIN_MINUTES - history.first_bin
    is_coming = (kickoff >= cut) & (kickoff < cut + HORIZON)
    return coming_forecast(replace(history, end=cut), Backtest(past.targets.chosen(known), **arrays), is_coming)


def _on_holiday(year: SimulatedYear, rows: pd.DataFrame) -> np.ndarray:
    return _sums(year, np.broadcast_to(year.holidays, year.mean.shape), rows) > 0


def _sums(year: SimulatedYear, cells: np.ndarray, rows: pd.DataFrame) -> np.ndarray:
    """Sums of cells [market, cell] over the span of each row."""
    running = np.pad(np.cumsum(cells, axis=1, dtype=float), ((0, 0), (1, 0)))
    market = pd.Index([market.name for market in year.markets]).get_indexer(rows["market"])
    start, end = _cells(year, rows)
    return running[market, end] - running[market, start]


def _cells(year: SimulatedYear, rows: pd.DataFrame) -> Iterator[np.ndarray]:
    return ((epoch_minutes(rows[name]) - year.first_minute) // CELL_MINUTES for name in ("starts_at", "ends_at"))
