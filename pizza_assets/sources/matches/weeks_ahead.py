"""What a match source says of the weeks ahead: real, or a labelled stand-in as a whole, or nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from pizza_assets.errors import SourceError
from pizza_assets.models import RawMatches
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import MatchSource
from pizza_assets.sources.fallback import FallbackPolicy, told_failure


@dataclass(frozen=True)
class WeeksAhead:
    """matches: RawMatches of one label. notices: what else the source said. failures: what could not be learnt."""

    matches: pd.DataFrame
    data_source: DataSource
    source_name: str
    notices: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def weeks_ahead(
    source: MatchSource, stand_in: MatchSource, weeks: Sequence[MatchWeek], policy: FallbackPolicy
) -> WeeksAhead:
    """The matches of these weeks, as `source` announces them.

    A week for which it raises a SourceError is told as a failure. Invented fixtures never stand beside real ones: under
    "mock" `stand_in` speaks for all weeks if the source speaks for none; under "fail" there are no matches then, as
    what was already collected is worth analysing without. Any other exception is raised.
    """
    answers, failures = [], []
    for week in weeks:
        try:
            answers.append(source.matches(week))
        except SourceError as error:
            failures.append(told_failure(source.name, error))
    if not answers and policy == "mock":
        invented = [stand_in.matches(week) for week in weeks]
        failures = [f"{failure}; the fixtures are invented by {stand_in.name}" for failure in failures]
        return WeeksAhead(
            _together([answer.frame for answer in invented]), DataSource.MOCK, stand_in.name, failures=tuple(failures)
        )
    return WeeksAhead(
        _together([answer.frame for answer in answers]),
        answers[0].data_source if answers else DataSource.REAL,
        answers[0].source_name if answers else source.name,
        tuple(answer.reason for answer in answers if answer.reason and not answer.is_partial),
        (*failures, *(answer.reason for answer in answers if answer.reason and answer.is_partial)),
    )


def _together(parts: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [rows for rows in parts if len(rows)]
    return RawMatches.conform(pd.concat(filled, ignore_index=True)) if filled else RawMatches.empty()
