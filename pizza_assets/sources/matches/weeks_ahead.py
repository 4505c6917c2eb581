"""The fixtures of the weeks ahead: all real, all labelled mock, or none."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pizza_assets.errors import SourceError
from pizza_assets.models import RawMatches
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import MatchSource
from pizza_assets.sources.fallback import FallbackPolicy, failure_text
from pizza_assets.sources.matches.known_season import concatenated


@dataclass(frozen=True)
class WeeksAhead:
    """matches: RawMatches of one label. notices: remarks of the source. failures: which weeks or parts are missing."""

    matches: pd.DataFrame
    data_source: DataSource
    source_name: str
    notices: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def weeks_ahead(
    source: MatchSource, stand_in: MatchSource, weeks: Sequence[MatchWeek], policy: FallbackPolicy
) -> WeeksAhead:
    """The fixtures of these weeks.

    A week for which `source` raises a SourceError is listed as a failure. Mock and real fixtures are never mixed: if
    all weeks fail, `stand_in` gives all of them under "mock", and under "fail" there are none, because the weeks
    already collected can still be analysed. Any other exception is raised.
    """
    answers, failures = [], []
    for week in weeks:
        try:
            answers.append(source.matches(week))
        except SourceError as error:
            failures.append(failure_text(source.name, error))
    if not answers and policy == "mock":
        mock_answers = [stand_in.matches(week) for week in weeks]
        failures = [f"{failure}; the fixtures are invented by {stand_in.name}" for failure in failures]
        return WeeksAhead(
            concatenated(RawMatches, [answer.frame for answer in mock_answers]),
            DataSource.MOCK,
            stand_in.name,
            failures=tuple(failures),
        )
    return WeeksAhead(
        concatenated(RawMatches, [answer.frame for answer in answers]),
        answers[0].data_source if answers else DataSource.REAL,
        answers[0].source_name if answers else source.name,
        tuple(answer.reason for answer in answers if answer.reason and not answer.is_partial),
        (*failures, *(answer.reason for answer in answers if answer.reason and answer.is_partial)),
    )
