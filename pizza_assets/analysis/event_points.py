"""Answers about minutes around an event as rows of `event_study`. Nothing is estimated here."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandera.typing import DataFrame

from pizza_assets.analysis.answer import Answer
from pizza_assets.analysis.expected_grid import SourcePair
from pizza_assets.analysis.goal_study import CURVE, TERMS
from pizza_assets.analysis.reasons import joined
from pizza_assets.models import EventStudy
from pizza_assets.models.vocabulary import ResultStatus, combined_source

_QUARTER = 15
_NUMBERS = ("estimate_log", "uplift_pct", "ci_low_pct", "ci_high_pct", "se", "p_value")
_COUNTS = ("n_matches", "n_market_matches", "n_clusters")


def event_study(points: Mapping[SourcePair, list[dict]]) -> DataFrame[EventStudy]:
    """The points of every pair of sources as one table."""
    rows = [
        {**point, "order_source": pair[0], "match_source": pair[1], "data_source": combined_source(*pair)}
        for pair, of_pair in points.items()
        for point in of_pair
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


def point_of(answer: Answer) -> dict[str, object]:
    """The columns that an answer fills."""
    return {
        **{name: answer.numbers.get(name, np.nan) for name in _NUMBERS},
        **{name: int(answer.numbers.get(name, 0)) for name in _COUNTS},
        "n_goals": answer.numbers.get("n_goals", pd.NA),
        "status": (ResultStatus.INSUFFICIENT_DATA if answer.missing else ResultStatus.OK).value,
        "reasons": joined(answer.missing),
    }
