"""Rows of `event_study` from answers about the minutes around an event. Nothing is estimated here."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.event_bins import FIRST_MINUTE, LAG_MINUTES
from pizza_assets.analysis.event_study import PRE_TREND_ENDS
from pizza_assets.analysis.event_study import EventStudy as KickOffStudy
from pizza_assets.analysis.expected_grid import SourcePair
from pizza_assets.analysis.goal_study import CURVE, TERMS
from pizza_assets.analysis.hypotheses import GOAL_HYPOTHESES
from pizza_assets.analysis.reasons import Answer, Reason, joined, split
from pizza_assets.models import EventStudy
from pizza_assets.models.vocabulary import ResultStatus, combined_source

PRE_TREND_SERIES = "pre_trend_test"
_QUARTER = 15
_NUMBERS = ("estimate_log", "uplift_pct", "ci_low_pct", "ci_high_pct", "se", "p_value")
_COUNTS = ("n_matches", "n_market_matches", "n_clusters")


def event_study(points: Mapping[SourcePair, list[dict]]) -> DataFrame[EventStudy]:
    """The points of every pair of sources as one table."""
    rows = [
        {**point, "order_source": pair[0], "match_source": pair[1], "data_source": combined_source(*pair)}
        for pair, pair_points in points.items()
        for point in pair_points
    ]
    return EventStudy.checked(rows) if rows else EventStudy.empty()


def goal_points(answers: Mapping[str, Answer]) -> list[dict]:
    """One point per term of `goal_study.TERMS` and `CURVE`; answers: `goal_study.goal_answers`."""
    return [
        {
            "event": "goal",
            "series": term.name,
            "minutes_from": term.lag * _QUARTER,
            "minutes_to": (term.lag + 1) * _QUARTER,
            "band": "pointwise",
            "is_calibrated": term.is_calibrated,
            **point_of(answers[term.name]),
        }
        for term in (*TERMS, *CURVE)
    ]


def kick_off_points(study: KickOffStudy) -> list[dict]:
    """One point per half-hour, and one for the pre-trend test that nothing happens before the first window."""
    shared = {"event": "kick_off", "band": "simultaneous", "is_calibrated": True}
    lags = [
        {
            **shared,
            "series": "own_match",
            "minutes_from": FIRST_MINUTE + lag * LAG_MINUTES,
            "minutes_to": FIRST_MINUTE + (lag + 1) * LAG_MINUTES,
            **point_of(answer),
        }
        for lag, answer in enumerate(study.lags)
    ]
    early = [
        answer for lag, answer in enumerate(study.lags) if FIRST_MINUTE + (lag + 1) * LAG_MINUTES <= PRE_TREND_ENDS
    ]
    missing = () if np.isfinite(study.pre_trend_p) else early[0].missing or (Reason.NOT_CONVERGED,)
    counts = {name: early[0].numbers[name] for name in _COUNTS}
    test = {
        **shared,
        "series": PRE_TREND_SERIES,
        "minutes_from": FIRST_MINUTE,
        "minutes_to": PRE_TREND_ENDS,
        **point_of(Answer({**counts, "p_value": study.pre_trend_p}, missing)),
    }
    return [*lags, test]


def pre_trends(points: DataFrame[EventStudy]) -> dict[SourcePair, float]:
    """The p-value of the pre-trend test for every pair of sources that has one."""
    tests = points[(points["series"] == PRE_TREND_SERIES) & points["p_value"].notna()]
    return {(str(row.order_source), str(row.match_source)): float(row.p_value) for row in tests.itertuples()}


def goal_claims(points: DataFrame[EventStudy]) -> dict[SourcePair, dict[str, Answer]]:
    """The answers of the series that GOAL_HYPOTHESES name, by pair of sources and series."""
    claims: dict[SourcePair, dict[str, Answer]] = {}
    for row in points[points["series"].isin(list(GOAL_HYPOTHESES))].to_dict("records"):
        numbers = {name: row[name] for name in (*_NUMBERS, *_COUNTS)}
        answer = Answer(numbers, tuple(split(row["reasons"])))
        claims.setdefault((row["order_source"], row["match_source"]), {})[row["series"]] = answer
    return claims


def point_of(answer: Answer) -> dict[str, object]:
    """The columns filled from an answer."""
    return {
        **{name: answer.numbers.get(name, np.nan) for name in _NUMBERS},
        **{name: int(answer.numbers.get(name, 0)) for name in _COUNTS},
        "n_goals": answer.numbers.get("n_goals", pd.NA),
        "status": (ResultStatus.INSUFFICIENT_DATA if answer.missing else ResultStatus.OK).value,
        "reasons": joined(answer.missing),
    }
