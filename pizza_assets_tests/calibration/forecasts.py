"""How forecasts of simulated years turn out: errors, intervals, and the difference that a match makes."""

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
"""Of the origins every fourth is also made as it would have been given, with its refusals and its differences."""
SPARSE = 5.0
"""Hours that expect fewer orders are counted as sparse, too."""


def history_of(year: SimulatedYear) -> OrderHistory:
    """The year as forecasts read it."""
    zones = {market.name: ZONE for market in year.markets}
    return OrderHistory.of(panel_of(year), year.matches, year.markets, LENGTHS, zones, ZONE)


def forecast_trial(year: SimulatedYear, planted: Planted) -> dict[tuple[str, str], float]:
    """By span and measure. Own matches; days with a holiday are left out but for "inside 80 %, with holidays"."""
    history = history_of(year)
    past = backtest(history)
    rows = backtest_rows(past, history, year.matches["match_id"].to_numpy())
    rows = rows[rows["is_own_match"]]
    is_holiday = _on_holiday(year, rows)
    found = {}
    for span in SPANS:
        of_span = rows["span"] == span
        found |= {(span, name): value for name, value in _scores(rows[of_span & ~is_holiday]).items()}
        told = rows[of_span & rows["orders"].notna()]
        found[span, "inside 80 %, with holidays"] = _share_inside(told, told["observed"].to_numpy())
    hours = rows[(rows["span"] == "hour") & ~is_holiday & rows["pit"].notna()]
    sparse = hours[hours["with_football"] < SPARSE]
    for name, chosen in (("hour", hours), ("sparse hours", sparse)):
        found[name, "PIT from 0.1 to 0.9"] = float(chosen["pit"].between(0.1, 0.9).mean())
        found[name, "PIT from 0.025 to 0.975"] = float(chosen["pit"].between(0.025, 0.975).mean())
    return found | _given(year, history, past, planted)


def _scores(rows: pd.DataFrame) -> dict[str, float]:
    observed = rows["observed"].to_numpy(dtype=float)
    told = rows[rows["orders"].notna()]
    orders = told["observed"].sum()
    loss = {
        name: float(poisson_deviance(observed, np.maximum(rows[name].to_numpy(), 1 / 16)).sum())
        for name in ("with_football", "without_football_model", "seasonal_mean")
    }
    error, error_of_mean = (float((told["observed"] - told[name]).abs().sum()) for name in ("orders", "seasonal_mean"))
    return {
        "error below the 8-week mean's, %": 100 * (1 - error / error_of_mean),
        "deviance below the 8-week mean's, %": 100 * (1 - loss["with_football"] / loss["seasonal_mean"]),
        "deviance below the model's without football, %": 100
        * (1 - loss["with_football"] / loss["without_football_model"]),
        "error, %": 100 * error / orders,
        "bias, %": 100 * (rows["with_football"].sum() / observed.sum() - 1),
        "bias without football, %": 100 * (rows["without_football_model"].sum() / observed.sum() - 1),
        "inside 80 %": _share_inside(told, told["observed"].to_numpy()),
        "inside 95 %": _share_inside(told, told["observed"].to_numpy(), 95),
    }


def _share_inside(rows: pd.DataFrame, observed: np.ndarray, level: int = 80) -> float:
    low, high = rows[f"low_{level}"].to_numpy(), rows[f"high_{level}"].to_numpy()
    return float(((low <= observed) & (observed <= high)).mean())


def _half_width(rows: pd.DataFrame, name: str) -> float:
    """Of the intervals, in per cent of the orders without a match."""
    width = (rows[f"{name}_high"] - rows[f"{name}_low"]).sum()
    return 100 * float(width / 2 / rows["without_football"].sum())


def _given(
    year: SimulatedYear, history: OrderHistory, past: Backtest, planted: Planted
) -> dict[tuple[str, str], float]:
    """Forecasts with their refusals: how often the football part was given, and whether the interval of the difference
    held what the world made of the match, and the effect that all matches have."""
    parts = [_as_given(year, history, past, cut) for cut in origins(history)[GIVEN_EVERY - 1 :: GIVEN_EVERY]]
    rows = pd.concat(parts, ignore_index=True)
    rows = rows[(rows["status"] == "ok") & ~_on_holiday(year, rows)]
    found = {("all", "football part given"): float(rows["with_football"].notna().mean())}
    of_one = year.mean - year.usual
    of_average = year.usual * np.expm1(mean_effect(year, planted))
    for span in SPANS:
        told = rows[(rows["span"] == span) & rows["difference_low"].notna()]
        if len(told):
            for name, truth in (("difference", of_one), ("average_difference", of_average)):
                low, high = told[f"{name}_low"].to_numpy(), told[f"{name}_high"].to_numpy()
                sums = _sums(year, truth, told)
                found[span, f"{name.replace('_', ' ')} covered"] = float(((low <= sums) & (sums <= high)).mean())
            found[span, "half-width of average, %"] = _half_width(told, "average_difference")
            found[span, "half-width of single, %"] = _half_width(told, "difference")
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
    """Sums of cells [market, cell] over the rows' spans."""
    running = np.pad(np.cumsum(cells, axis=1, dtype=float), ((0, 0), (1, 0)))
    market = pd.Index([market.name for market in year.markets]).get_indexer(rows["market"])
    start, end = _cells(year, rows)
    return running[market, end] - running[market, start]


def _cells(year: SimulatedYear, rows: pd.DataFrame) -> Iterator[np.ndarray]:
    return ((epoch_minutes(rows[name]) - year.first_minute) // CELL_MINUTES for name in ("starts_at", "ends_at"))
