"""The contracts of a source and of its answers. A source imports no other source, no storage and no Dagster."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import pandas as pd

from pizza_assets.errors import SourceError
from pizza_assets.models import RawMatches, RawMatchEvents, RejectedRows
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class SourceResult:
    """One source's answer for one week, under one label.

    rows: conformed RawOrders or RawMatches; every row carries `data_source`. A stream only for a large week of orders,
        and only if the caller allowed it.
    is_covered: False if the source does not cover this week. Then `rows` is empty and nothing is stored: unknown is
        not the same as no orders. True without rows means that there were none.
    covered: orders only: the periods for which all orders are known.
    reason: why the answer is a stand-in, partial or not covered, and anything else worth knowing; None if nothing is.
    is_partial: whether part of a real answer is missing; `reason` names that part.
    lacks_only_new: of a partial answer: what is missing can't have been in an earlier one.
    rejected: refused rows, as RejectedRows.
    events: matches only: RawMatchEvents of these matches.
    failure: how the source failed that this answer stands in for; None if this is not a stand-in.
    """

    rows: pd.DataFrame | RowStream
    data_source: DataSource
    source_name: str
    is_covered: bool = True
    covered: tuple[CoveredPeriod, ...] = ()
    reason: str | None = None
    is_partial: bool = False
    lacks_only_new: bool = False
    rejected: pd.DataFrame = field(default_factory=RejectedRows.empty)
    events: pd.DataFrame = field(default_factory=RawMatchEvents.empty)
    failure: str | None = None

    @property
    def frame(self) -> pd.DataFrame:
        """`rows` of an answer that was not asked to stream."""
        assert not isinstance(self.rows, RowStream), f"{self.source_name} streams, and was not asked to"
        return self.rows


def outside_seasons(week: MatchWeek, chosen: Sequence[str], data_source: DataSource, source_name: str) -> SourceResult:
    """The answer of a match source for a week outside the chosen seasons: not covered."""
    return SourceResult(
        rows=RawMatches.empty(),
        data_source=data_source,
        source_name=source_name,
        is_covered=False,
        reason=f"week {week.key} is outside the chosen seasons (PIZZA_SEASONS={','.join(chosen)})",
    )


class OrderSource(Protocol):
    """A source of weekly orders, all under one label. Raises SourceError or BadFile instead of guessing.

    is_remote: whether it takes a request to find out what is new.
    """

    @property
    def name(self) -> str: ...

    @property
    def is_remote(self) -> bool: ...

    @property
    def label(self) -> DataSource: ...

    def orders(self, week: MatchWeek, *, may_stream: bool = False) -> SourceResult:
        """The week's orders; with `may_stream`, a large week may be returned as a stream."""
        ...

    def identity(self, week: MatchWeek) -> str | None:
        """What the week's answer depends on, found without a request: the content of local files, or the settings of a
        remote service. None if the source does not cover the week.
        """
        ...

    def failure(self, week: MatchWeek) -> SourceError | None:
        """Why mock orders must replace the week's orders; None if they must not. Fetches the week if needed."""
        ...


class MatchSource(Protocol):
    """A source of weekly matches, by kick-off, with their events. Raises SourceError instead of guessing.

    is_remote: whether an answer takes requests to a server; a local source can be read just to see what is new.
    identity: what the answers of a remote source depend on besides its name and the seasons: its address.
    """

    @property
    def name(self) -> str: ...

    @property
    def is_remote(self) -> bool: ...

    @property
    def identity(self) -> str: ...

    def matches(self, week: MatchWeek) -> SourceResult: ...
