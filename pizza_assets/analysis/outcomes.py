"""Outcomes of matches: result, goals, tournament, final. Orders do not belong here."""

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.kickoff_classes import kickoff_class
from pizza_assets.models import RawMatches
from pizza_assets.models.matches import FINAL_MATCH
from pizza_assets.models.vocabulary import CompetitionType, DecidedBy, MatchResult, MatchStatus, Scope, Side, Stage

HIGH_SCORING_GOALS = 4


def classify(matches: DataFrame[RawMatches]) -> pd.DataFrame:
    """`matches` with seven more columns; except match_type, they are empty or False unless the match is FINISHED.

    total_goals, goal_difference (home - away): Int64, goals in play only, without a shoot-out.
    result: home_win, draw or away_win; a shoot-out decides, and if its score is unknown the result is empty.
    is_high_scoring: at least HIGH_SCORING_GOALS goals. is_tournament: not a league match. is_final: stage FINAL only.
    match_type: final for a final, else the type of the competition.
    """
    is_finished = matches["status"] == MatchStatus.FINISHED
    home, away = (matches[f"{side}_goals"].where(is_finished) for side in Side)
    total_goals = home + away
    is_final = is_finished & (matches["stage"] == Stage.FINAL)
    return matches.assign(
        total_goals=total_goals,
        goal_difference=home - away,
        result=_results(matches).where(is_finished),
        is_high_scoring=(total_goals >= HIGH_SCORING_GOALS).fillna(False).astype(bool),
        is_tournament=is_finished & (matches["competition_type"] != CompetitionType.LEAGUE),
        is_final=is_final,
        match_type=matches["competition_type"].mask(is_final, FINAL_MATCH),
    )


def own_result(result: pd.Series, side: pd.Series) -> pd.Series:
    """The result for the team on `side`: win, draw or loss; empty where `result` is."""
    own_win = side.map({Side.HOME.value: MatchResult.HOME_WIN.value, Side.AWAY.value: MatchResult.AWAY_WIN.value})
    seen = np.select([result == MatchResult.DRAW, result == own_win], ["draw", "win"], default="loss")
    return pd.Series(seen, index=result.index, dtype="str").where(result.notna())


def own_outcomes(impact: pd.DataFrame) -> pd.DataFrame:
    """Outcomes for the team that exposes the market, one row per row of MatchImpact, with its index.

    own_result: see `own_result`. own_goal_difference: the team's goals minus the opponent's. total_goals: of both.
    """
    home, away = impact["home_goals"].astype("Int64"), impact["away_goals"].astype("Int64")
    is_away = impact["side"] == Side.AWAY
    return pd.DataFrame(
        {
            "own_result": own_result(impact["result"], impact["side"]),
            "own_goal_difference": (home - away).mask(is_away, away - home),
            "total_goals": home + away,
        }
    )


def part_values(impact: pd.DataFrame, scope: Scope) -> pd.Series:
    """The part of the business of every MatchImpact row: its competition, team, market, result for the own
    team, or class of kick-off.

    Empty for the whole business, and where the result is unknown. Raises ValueError for chains: the rows sum over them.
    """
    if scope == Scope.CHAIN:
        raise ValueError("match_impact sums the chains of a market; take the windows of the chain")
    if scope == Scope.OVERALL:
        return pd.Series("", index=impact.index, dtype="str")
    if scope == Scope.KICKOFF:
        return kickoff_class(impact)
    return own_result(impact["result"], impact["side"]) if scope == Scope.RESULT else impact[scope.value]


def _results(matches: pd.DataFrame) -> pd.Series:
    in_play = matches["home_goals"] - matches["away_goals"]
    in_shootout = matches["shootout_home_goals"] - matches["shootout_away_goals"]
    had_shootout = (matches["decided_by"] == DecidedBy.PENALTIES) | in_shootout.notna()
    # a shoot-out always has a winner: treat a level score as unknown
    margin = in_play.where(~had_shootout, in_shootout.where(in_shootout != 0))
    words = {1: MatchResult.HOME_WIN.value, 0: MatchResult.DRAW.value, -1: MatchResult.AWAY_WIN.value}
    return pd.Series(np.sign(margin.astype("float64")), index=matches.index).map(words).astype("str")
