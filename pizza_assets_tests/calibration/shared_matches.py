"""Estimates of the effect of matches that everybody follows in simulated years."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from pizza_assets.analysis.reasons import Answer
from pizza_assets.analysis.same_day import same_day_effects
from pizza_assets.models import RawMatches
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import Window
from pizza_assets.models.week import MatchWeek
from pizza_assets_tests.calibration.worlds import LENGTHS, ZONE, Planted, WorldKind, simulate_year
from pizza_assets_tests.calibration.years import fitted

NATIONAL_TEAM = "England"
_SLOTS = ((1, 19.75), (2, 19.75), (3, 19.75))
"""Wednesday to Friday evenings, as days since Tuesday and hour."""


def with_shared_matches(
    fixtures: pd.DataFrame, weeks: Sequence[MatchWeek], rng: np.random.Generator, count: int
) -> tuple[pd.DataFrame, list[str]]:
    """`fixtures` plus `count` evening matches of a national team in weeks without fixtures, and the ids of these."""
    chosen = rng.choice(np.arange(2, len(weeks) - 2), count, replace=False)
    rows = []
    for number in sorted(chosen):
        days, hour = _SLOTS[rng.integers(len(_SLOTS))]
        local = pd.Timestamp(weeks[number].key) + pd.Timedelta(days=int(days), hours=hour)
        rows.append(
            {
                **fixtures.iloc[0].to_dict(),
                "match_id": f"national {number}",
                "kickoff_at": local.tz_localize(ZONE).tz_convert("UTC"),
                "competition_type": "international",
                "home_team": NATIONAL_TEAM,
                "away_team": f"Visitors {number}",
            }
        )
    together = pd.concat([fixtures, RawMatches.conform(rows)], ignore_index=True)
    return RawMatches.conform(together), [row["match_id"] for row in rows]


def shared_trial(
    rng: np.random.Generator,
    kind: WorldKind,
    fixtures: pd.DataFrame,
    weeks: Sequence[MatchWeek],
    count: int,
    effect: float,
) -> Mapping[Window, Answer]:
    """The answers of a year with `count` shared matches that add `effect` (log) during and after them."""
    clubs = sorted({*fixtures["home_team"], *fixtures["away_team"]})
    together, ids = with_shared_matches(fixtures, weeks, rng, count)
    year = simulate_year(rng, kind, together, weeks, Planted(everybody=effect), shared_match_ids=ids, teams=clubs)
    markets = tuple(Market(m.name, m.timezone, (*m.teams, NATIONAL_TEAM)) for m in year.markets)
    followed = replace(year, markets=markets)
    return same_day_effects(year.matches, markets, fitted(followed), LENGTHS).answers
