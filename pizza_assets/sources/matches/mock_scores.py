"""Mock goals with their minutes: Poisson, with home advantage. Kick-offs do not belong here."""

import numpy as np
import pandas as pd

from pizza_assets.models.vocabulary import DataSource, EventType, Side

HOME_GOALS, AWAY_GOALS = 1.5, 1.2
"""Mean goals per match, roughly as in the Premier League."""

STRENGTH_SPREAD = 0.2
"""Standard deviation of a team's log attack and of its log defence."""

FIRST_HALF_SHARE = 0.45
_FIRST_HALF_PLAYED, _SECOND_HALF_PLAYED = 47, 49
"""Minutes played in each half, two and four of them stoppage time."""

_KINDS = [EventType.GOAL, EventType.PENALTY_GOAL, EventType.OWN_GOAL]
_KIND_SHARES = [0.89, 0.08, 0.03]


def season_goals(fixtures: pd.DataFrame, random: np.random.Generator) -> pd.DataFrame:
    """Every goal of a season's fixtures (columns match_id, home_team, away_team), as RawMatchEvents columns.

    Each team's attack and defence are drawn once and scaled so that the season's expected goals per match are
    HOME_GOALS and AWAY_GOALS. There is one extra column, `is_first_half`.
    """
    teams = pd.Index(pd.unique(pd.concat([fixtures["home_team"], fixtures["away_team"]])))
    attack, defence = np.exp(random.normal(0, STRENGTH_SPREAD, (2, len(teams))))
    home, away = teams.get_indexer(fixtures["home_team"]), teams.get_indexer(fixtures["away_team"])
    match, side = [], []
    for sides, mean, scorer, other in ((Side.HOME, HOME_GOALS, home, away), (Side.AWAY, AWAY_GOALS, away, home)):
        relative = attack[scorer] / defence[other]
        counts = random.poisson(mean * relative / relative.mean())
        match.append(np.repeat(np.arange(len(fixtures)), counts))
        side.append(np.repeat(str(sides), counts.sum()))
    return _dated(fixtures["match_id"].to_numpy(), np.concatenate(match), np.concatenate(side), random)


def _dated(match_ids: np.ndarray, match: np.ndarray, side: np.ndarray, random: np.random.Generator) -> pd.DataFrame:
    """The goals with their minutes and numbers. Minutes beyond 45 and 90 are stoppage time: 45+1, 90+3."""
    is_first_half = random.random(len(match)) < FIRST_HALF_SHARE
    length = np.where(is_first_half, 45, 90)
    played = np.where(
        is_first_half,
        random.integers(1, _FIRST_HALF_PLAYED, len(match), endpoint=True),
        45 + random.integers(1, _SECOND_HALF_PLAYED, len(match), endpoint=True),
    )
    kinds = random.choice(np.array(_KINDS, dtype=object), len(match), p=_KIND_SHARES)
    order = np.lexsort([played, ~is_first_half, match])
    stoppage = pd.array(np.maximum(played - length, 0)[order], dtype="Int64")
    stoppage[stoppage == 0] = pd.NA
    goals = pd.DataFrame(
        {
            "match_id": match_ids[match[order]],
            "event_type": kinds[order],
            "minute": np.minimum(played, length)[order],
            "stoppage_minute": stoppage,
            "benefiting_side": side[order],
            "player": None,
            "match_source": DataSource.MOCK,
            "is_first_half": is_first_half[order],
        }
    )
    goals["event_number"] = goals.groupby("match_id", sort=False).cumcount() + 1
    return goals
