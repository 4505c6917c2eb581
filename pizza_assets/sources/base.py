"""What every source gives back, and what it must promise. No source knows another, storage or Dagster."""

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

    rows: orders (RawOrders) or matches (RawMatches), already conformed; every row carries `data_source`. A stream only
        where the source was asked for one, and has a large week of orders.
    is_covered: False if the source says nothing about this week. Then `rows` is empty and nothing is stored:
        unknown is not the same as no orders. True with no rows is a real, empty answer.
    covered: orders only: the periods for which the orders are completely known.
    reason: why the answer is a stand-in, partial or not covered, and what else to know; None if there is nothing.
    is_partial: True if a part of a real answer is missing; `reason` names it.
    rejected: refused rows, as RejectedRows.
    events: matches only: RawMatchEvents of these matches.
    failure: of the source whose stand-in this is; None if it speaks for itself.
    """

    rows: pd.DataFrame | RowStream
    data_source: DataSource
    source_name: str
    is_covered: bool = True
    covered: tuple[CoveredPeriod, ...] = ()
    reason: str | None = None
    is_partial: bool = False
    rejected: pd.DataFrame = field(default_factory=RejectedRows.empty)
    events: pd.DataFrame = field(default_factory=RawMatchEvents.empty)
    failure: str | None = None

    @property
    def frame(self) -> pd.DataFrame:
        """`rows` of an answer that was not asked to stream."""
        assert not isinstance(self.rows, RowStream), f"{self.source_name} streams, and was not asked to"
        return self.rows


def outside_of_seasons(
    week: MatchWeek, chosen: Sequence[str], data_source: DataSource, source_name: str
) -> SourceResult:
    """The answer of a match source for a week that belongs to none of the seasons chosen: it does not speak for it."""
    return SourceResult(
        rows=RawMatches.empty(),
        data_source=data_source,
        source_name=source_name,
        is_covered=False,
        reason=f"week {week.key} lies outside of the chosen seasons (PIZZA_SEASONS={','.join(chosen)})",
    )


class OrderSource(Protocol):
    """Gives a week's orders, all under one label. Raises SourceError or BadFile instead of guessing.

    is_remote: whether only another request can tell what is new.
    """

    @property
    def name(self) -> str: ...

    @property
    def is_remote(self) -> bool: ...

    @property
    def label(self) -> DataSource: ...

    def orders(self, week: MatchWeek, *, may_stream: bool = False) -> SourceResult:
        """The week's orders; with `may_stream` a large week may come as a stream."""
        ...

    def identity(self, week: MatchWeek) -> str | None:
        """What the answer depends on, told without a request: the content of local files, or the terms of a remote
        service. None if the source says nothing about the week.
        """
        ...

    def failure(self, week: MatchWeek) -> SourceError | None:
        """Why mock orders must stand in for the week's; None if they must not. Asks if nobody has asked before."""
        ...


class MatchSource(Protocol):
    """Gives a week's matches, by kick-off, with their events. Raises SourceError instead of guessing.

    is_remote: whether asking costs time and another's patience; other sources can be asked just to see what is new.
    identity: what the answers of a remote source depend on besides its name and the seasons: its address.
    """

    @property
    def name(self) -> str: ...

    @property
    def is_remote(self) -> bool: ...

    @property
    def identity(self) -> str: ...

    def matches(self, week: MatchWeek) -> SourceResult: ...
