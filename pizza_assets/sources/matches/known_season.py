"""A season read from a source, and the answer for one of its weeks. Fetching does not belong here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pandas as pd

from pizza_assets.models import RawMatches, RawMatchEvents, RejectedRows
from pizza_assets.models.table import Table
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import SourceResult


@dataclass(frozen=True)
class KnownSeason:
    """A season that could be read: RawMatches and RawMatchEvents. first, last: its first and last kick-off, UTC.
    rejected: its refused rows, each with the instant that decides which week reports it.
    """

    origin: str
    matches: pd.DataFrame
    events: pd.DataFrame
    first: datetime
    last: datetime
    rejected: tuple[tuple[datetime, dict[str, Any]], ...]


def week_result(seasons: Sequence[KnownSeason], week: MatchWeek, source_name: str, missing: str | None) -> SourceResult:
    """The answer of real seasons for a week. missing: which part of it is missing, and why; None if nothing is."""
    starts_at, ends_at = pd.Timestamp(week.starts_at), pd.Timestamp(week.ends_at)
    rows, events, rejected = [], [], []
    for season in seasons:
        kickoffs = season.matches["kickoff_at"]
        matches = season.matches[(kickoffs >= starts_at) & (kickoffs < ends_at)]
        rows.append(matches)
        events.append(season.events[season.events["match_id"].isin(matches["match_id"])])
        rejected += [row for reported_at, row in season.rejected if week.contains(reported_at)]
    return SourceResult(
        rows=concatenated(RawMatches, rows),
        data_source=DataSource.REAL,
        source_name=source_name,
        reason=missing,
        is_partial=missing is not None,
        rejected=RejectedRows.conform(rejected),
        events=concatenated(RawMatchEvents, events),
    )


def concatenated(model: type[Table], conformed: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Rows of conformed frames as one conformed frame; a single part keeps its order, which saves conforming it."""
    parts = [part for part in conformed if len(part)]
    if len(parts) > 1:
        return model.conform(pd.concat(parts))
    return parts[0].reset_index(drop=True) if parts else model.empty()
