"""A simulated year as input tables and matrices of the analyses. Only the baseline is estimated here."""

import numpy as np
import pandas as pd

from pizza_assets.analysis.baseline import fit_expectation, masked_spans
from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.store_quarters import BIN_MINUTES
from pizza_assets.analysis.windows import WINDOWS, edges_by_match, times_of
from pizza_assets.models import MatchWindows
from pizza_assets_tests.calibration.worlds import CELL_MINUTES, LENGTHS, ZONE, SimulatedYear

PAIR = ("mock", "real")
"""Simulated orders around a real calendar."""


def panel_of(year: SimulatedYear) -> Panel:
    """The year's orders by quarter-hour, all of them known."""
    counts = year.by(BIN_MINUTES)
    return Panel(
        pd.Index([market.name for market in year.markets], dtype="str"),
        pd.Index(year.weeks, dtype="str"),
        year.first_minute // BIN_MINUTES,
        year.week[:: BIN_MINUTES // CELL_MINUTES].astype(np.int64),
        counts,
        np.ones(counts.shape, dtype=bool),
    )


def fitted(year: SimulatedYear) -> ExpectedGrid:
    """The year's baseline."""
    panel = panel_of(year)
    zones = {market.name: ZONE for market in year.markets}
    return fit_expectation(panel, masked_spans(year.matches, year.markets, LENGTHS), zones, ZONE)


def impact_of(year: SimulatedYear, grid: ExpectedGrid) -> pd.DataFrame:
    """MatchImpact of the year."""
    return match_impact(windows_of(year), {PAIR: grid}, year.matches, year.markets, LENGTHS)


def windows_of(year: SimulatedYear) -> pd.DataFrame:
    """MatchWindows of the year: one chain, two stores, 16.50 pounds per order."""
    exposed = exposures(year.matches, year.markets)
    edges = edges_by_match(exposed, year.matches, LENGTHS)
    number = {market.name: row for row, market in enumerate(year.markets)}
    market = exposed["market"].map(number).to_numpy()
    running = np.concatenate([np.zeros((len(year.markets), 1), np.int64), np.cumsum(year.counts, axis=1)], axis=1)
    last = running.shape[1] - 1
    cell = np.clip((edges - year.first_minute) // CELL_MINUTES, 0, last)
    orders = np.diff(running[market[:, None], cell], axis=1)
    covered = np.diff(cell, axis=1) * CELL_MINUTES
    whole = np.diff(edges, axis=1)
    match_columns = year.matches[["match_source", "match_id", "sport", "competition"]]
    parts = [
        exposed.assign(
            window=window.value,
            window_start_at=times_of(edges[:, i]),
            window_end_at=times_of(edges[:, i + 1]),
            order_count=orders[:, i],
            covered_minutes=covered[:, i],
            is_complete=covered[:, i] == whole[:, i],
        )
        for i, window in enumerate(WINDOWS)
    ]
    windows = pd.concat(parts, ignore_index=True).merge(match_columns, on=["match_source", "match_id"])
    count = windows["order_count"].to_numpy(dtype=float)
    minutes = windows["covered_minutes"].to_numpy()
    return MatchWindows.conform(
        windows.assign(
            chain="dominos",
            currency="GBP",
            revenue_cents=windows["order_count"] * 1650,
            average_order_cents=np.where(count > 0, 1650.0, np.nan),
            pizza_count=windows["order_count"],
            store_count=2,
            orders_per_hour=np.divide(60 * count, minutes, out=np.full(len(count), np.nan), where=minutes > 0),
            order_source=PAIR[0],
        )
    )
