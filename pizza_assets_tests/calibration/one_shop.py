"""One shop alone in simulated years, or two with different teams: the same-day answers about their own matches."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from pizza_assets.analysis.correlation_results import main_effects
from pizza_assets.analysis.same_day import same_day_effects
from pizza_assets.models import MatchImpact
from pizza_assets.models.vocabulary import ResultStatus
from pizza_assets.models.week import MatchWeek
from pizza_assets_tests.calibration.worlds import LENGTHS, Planted, SimulatedYear, WorldKind, simulate_year
from pizza_assets_tests.calibration.years import PAIR, fitted

SHOPS = 7
"""Shops per year, each analysed as if it were the only one."""
ORDERS_PER_WEEK = (300, 400, 1_500)
PAIRS = 3
"""Pairs of shops per year, each analysed as if they were an owner's only two."""
PAIR_ORDERS_PER_WEEK = (400, 1_500)
PAIR_EFFECTS = ("null", "+10 %")
EFFECTS = {"null": 0.0, "+10 %": float(np.log(1.10)), "+20 %": float(np.log(1.20))}
"""Planted in all three windows."""
Record = tuple[str, str, float]


def one_shop_trial(
    rng: np.random.Generator, kind: WorldKind, fixtures: pd.DataFrame, weeks: Sequence[MatchWeek]
) -> Iterator[Record]:
    """Records of a year per size and effect; a measure is the mean over the year's shops and windows."""
    teams = sorted({*fixtures["home_team"], *fixtures["away_team"]})[:SHOPS]
    for orders in ORDERS_PER_WEEK:
        for name, effect in EFFECTS.items():
            planted = Planted(windows=dict.fromkeys(("pre", "during", "post"), effect))
            world = replace(kind, orders_per_week=orders, market_sd=0.0)
            year = simulate_year(rng, world, fixtures, weeks, planted, teams=teams)
            rows = pd.concat([_answers(_only(year, number, 1)) for number in range(len(teams))])
            yield from _records(f"one shop, {orders} orders a week, {name}", rows, effect)


def two_shops_trial(
    rng: np.random.Generator, kind: WorldKind, fixtures: pd.DataFrame, weeks: Sequence[MatchWeek]
) -> Iterator[Record]:
    """The same for pairs of shops that follow different teams."""
    teams = sorted({*fixtures["home_team"], *fixtures["away_team"]})[: 2 * PAIRS]
    for orders in PAIR_ORDERS_PER_WEEK:
        for name in PAIR_EFFECTS:
            planted = Planted(windows=dict.fromkeys(("pre", "during", "post"), EFFECTS[name]))
            world = replace(kind, orders_per_week=orders, market_sd=0.0)
            year = simulate_year(rng, world, fixtures, weeks, planted, teams=teams)
            rows = pd.concat([_answers(_only(year, number, 2)) for number in range(0, len(teams), 2)])
            yield from _records(f"two shops, {orders} orders a week, {name}", rows, EFFECTS[name])


def _only(year: SimulatedYear, first: int, count: int) -> SimulatedYear:
    some = slice(first, first + count)
    return replace(
        year, markets=year.markets[some], counts=year.counts[some], mean=year.mean[some], usual=year.usual[some]
    )


def _answers(year: SimulatedYear) -> pd.DataFrame:
    grid = fitted(year)
    by_day = same_day_effects(year.matches, year.markets, grid, LENGTHS)
    return main_effects(MatchImpact.empty(), {PAIR: grid}, {PAIR: by_day})


def _records(part: str, rows: pd.DataFrame, effect: float) -> Iterator[Record]:
    ok = rows[rows["status"] == ResultStatus.OK]
    yield part, "answered", len(ok) / len(rows)
    if len(ok):
        truth = 100 * float(np.expm1(effect))
        is_covered = (ok["ci_low_pct"] <= truth) & (truth <= ok["ci_high_pct"])
        yield part, "found at 5 %", float((ok["p_value"] <= 0.05).mean())
        yield part, "covered", float(is_covered.mean())
        yield part, "bias", float((ok["estimate_log"] - effect).mean())
        primary = ok[ok["role"] == "primary"]
        yield part, "smallest detectable after the match, %", float(primary["mde_80_pct"].mean())
