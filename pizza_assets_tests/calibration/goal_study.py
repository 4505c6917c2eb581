"""Estimates of the effect of a goal in simulated years."""

import numpy as np
import pandas as pd

from pizza_assets.analysis.expected_grid import ExpectedGrid
from pizza_assets.analysis.exposure import exposures
from pizza_assets.analysis.goal_regression import ROW_MINUTES, ROWS
from pizza_assets.analysis.goal_study import goal_answers, goal_rows
from pizza_assets.analysis.windows import epoch_minutes
from pizza_assets_tests.calibration.worlds import CELL_MINUTES, SimulatedYear


def goal_estimates(year: SimulatedYear, grid: ExpectedGrid, impact: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Numbers by name of the term; empty for a term without an answer."""
    kickoff = year.matches.set_index("match_id")["kickoff_at"]
    minute = year.goals["minute"] - epoch_minutes(kickoff.reindex(year.goals["match_id"]).reset_index(drop=True))
    rows = goal_rows(impact, grid, clock_counts_of(year), year.goals.assign(minute=minute))
    return {name: answer.numbers for name, answer in goal_answers(rows).items() if not answer.missing}


def clock_counts_of(year: SimulatedYear) -> pd.DataFrame:
    """The year's orders in the format of `goal_study.clock_counts`."""
    exposed = exposures(year.matches, year.markets)
    number = {market.name: row for row, market in enumerate(year.markets)}
    first = (epoch_minutes(exposed["kickoff_at"]) - year.first_minute) // CELL_MINUTES
    row = np.arange(ROWS)
    cells = np.clip(first[:, None] + row * (ROW_MINUTES // CELL_MINUTES), 0, year.counts.shape[1] - 1)
    orders = year.counts[exposed["market"].map(number).to_numpy()[:, None], cells]
    repeated = np.repeat(np.arange(len(exposed)), ROWS)
    return pd.DataFrame(
        {
            "match_id": exposed["match_id"].take(repeated).array,
            "market": exposed["market"].take(repeated).array,
            "row": np.tile(row, len(exposed)),
            "orders": orders.ravel(),
        }
    )
