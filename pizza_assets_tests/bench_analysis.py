"""Seconds and peak memory of the whole analysis, from panels in memory, each size in a process of its own.

Orders are Poisson around habits, without effects: what is timed is the work, not its results. Run by
`make bench-analysis`; one size by `python -m pizza_assets_tests.bench_analysis 20 52`.
"""

import resource
import subprocess
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from pizza_assets.analysis.anomalies import find_anomalies
from pizza_assets.analysis.baseline import fit_expectation, masked_spans
from pizza_assets.analysis.correlation_results import correlation_results
from pizza_assets.analysis.event_bins import event_panel
from pizza_assets.analysis.event_study import kick_off_study
from pizza_assets.analysis.goal_study import goal_answers, goal_rows
from pizza_assets.analysis.match_impact import match_impact
from pizza_assets.analysis.panel import Panel
from pizza_assets.analysis.same_day import same_day_effects
from pizza_assets.analysis.store_expectation import store_expectation
from pizza_assets.models.vocabulary import Scope
from pizza_assets.models.week import weeks_between
from pizza_assets_tests.analysis.simulated_worlds import FIRST_WEEK, LENGTHS, ZONE, fixtures, markets_of, windows_of

SIZES = ((20, 52), (200, 520))
PAIR = ("mock", "mock")
BINS_PER_WEEK = 672


def main() -> None:
    """Both sizes, or the one that is named."""
    if len(sys.argv) == 3:
        _measure(int(sys.argv[1]), int(sys.argv[2]))
        return
    for markets, weeks in SIZES:
        subprocess.run([sys.executable, "-m", __spec__.name, str(markets), str(weeks)], check=True)


def _measure(market_count: int, week_count: int) -> None:
    rng = np.random.default_rng(1)
    markets = markets_of(market_count)
    weeks = weeks_between(FIRST_WEEK, FIRST_WEEK.shifted(week_count - 1))
    matches = fixtures(markets, weeks, rng)
    panel = _panel(rng, market_count, weeks)
    bins = panel.first_bin + np.arange(panel.counts.shape[1])
    windows = windows_of(panel.counts, markets, bins, matches, PAIR[0])
    print(f"{market_count} markets x {week_count} weeks, {panel.counts.size / 1e6:.1f} M cells, {len(matches)} matches")
    zones = {market.name: ZONE for market in markets}
    clock = _Clock()
    grid = clock("baseline", lambda: fit_expectation(panel, masked_spans(matches, markets, LENGTHS), zones, ZONE))
    impact = clock("match impact", lambda: match_impact(windows, {PAIR: grid}, matches, markets, LENGTHS))
    shared = clock("shared matches", lambda: same_day_effects(matches, markets, grid, LENGTHS))
    clock(
        "effects, placebos, outcomes; by team, market",
        lambda: correlation_results(
            impact,
            {PAIR: grid},
            chains={},
            pre_trends={},
            same_day={PAIR: shared},
            goals={},
            parts=(Scope.TEAM, Scope.MARKET),
        ),
    )
    clock("event study, kick-off", lambda: kick_off_study(event_panel(grid, matches, markets)))
    clock("event study, goals", lambda: goal_answers(goal_rows(impact, grid, _counts(impact), _goals(matches))))
    clock("anomalies, a store per market", lambda: _anomalies(grid, panel))
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"  {'together':<46}{clock.total:8.1f} s, peak memory of the process {memory:.1f} GiB\n")


class _Clock:
    """Times steps and prints them."""

    def __init__(self) -> None:
        self.total = 0.0

    def __call__(self, name: str, step: Callable):
        started = time.perf_counter()
        result = step()
        seconds = time.perf_counter() - started
        self.total += seconds
        print(f"  {name:<46}{seconds:8.1f} s", flush=True)
        return result


def _panel(rng: np.random.Generator, market_count: int, weeks: list) -> Panel:
    first, last = int(weeks[0].starts_at.timestamp()) // 900, int(weeks[-1].ends_at.timestamp()) // 900
    bins = np.arange(first, last)
    hour = (bins / 4) % 24
    shape = np.where((hour >= 11) & (hour < 23), 1 + 4 * np.exp(-(((hour - 19) / 3) ** 2)), 0.0)
    counts = np.stack([rng.poisson(shape).astype(np.int32) for _ in range(market_count)])
    ends = np.array([int(week.ends_at.timestamp()) // 900 for week in weeks])
    names = pd.Index([f"market {number:02d}" for number in range(market_count)], dtype="str")
    keys = pd.Index([week.key for week in weeks], dtype="str")
    week = np.searchsorted(ends, bins, side="right")
    return Panel(names, keys, first, week, counts, np.ones(counts.shape, bool))


def _counts(impact: pd.DataFrame) -> pd.DataFrame:
    """An order in every five minutes from kick-off."""
    played = impact[impact["window"] == "during"]
    repeated = np.repeat(np.arange(len(played)), 26)
    rows = played[["match_id", "market"]].take(repeated).reset_index(drop=True)
    return rows.assign(row=np.tile(np.arange(26), len(played)), orders=np.arange(len(rows)) % 5)


def _goals(matches: pd.DataFrame) -> pd.DataFrame:
    """As many goals as the scores say (2-1), at minutes that differ from match to match."""
    number = np.arange(len(matches))
    minutes = np.column_stack([number % 40, number % 31 + 55, number % 47 + 30])
    return pd.DataFrame(
        {
            "match_id": np.repeat(matches["match_id"].to_numpy(), 3),
            "side": ["home", "home", "away"] * len(matches),
            "minute": minutes.ravel(),
        }
    )


def _anomalies(grid, panel: Panel) -> pd.DataFrame:
    lag = np.where(grid.is_masked, 0, -1).astype(np.int16)
    usual = store_expectation(panel.counts, panel.is_known, grid.bin_of_week, panel.week, grid.day, lag)
    return find_anomalies(panel.counts, usual, grid.day)


if __name__ == "__main__":
    main()
