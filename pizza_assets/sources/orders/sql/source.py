"""The OrderSource of a database: weeks by range of the time column, read by the importer of files.

A week's rows are streamed to a Parquet file of text, which is imported like an export: the same refusals, the same
accounting of lines, the same orders. Everything that this package needs of that importer is in week_import.py.
"""

import contextlib
import hashlib
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from pizza_assets.errors import ConfigurationError, SourceError
from pizza_assets.models import RawOrders
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.sources.base import Clock, SourceResult
from pizza_assets.sources.orders.file_coverage import TradingDays
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.sql.change_value import end_of_present, refuse_day
from pizza_assets.sources.orders.sql.database import Database
from pizza_assets.sources.orders.sql.relation import (
    Relation,
    any_text,
    any_value,
    extent,
    extent_of_each,
    is_written,
    latest,
    outermost,
    rows_between,
    times_of_changes,
)
from pizza_assets.sources.orders.sql.rows import RowFile
from pizza_assets.sources.orders.sql.time_column import TimeColumn, TimeKind, time_column
from pizza_assets.sources.orders.sql.week_import import WeekImport

_MOST_TIMES = 10_000
_EARLIEST = datetime.fromisoformat("1990-01-01T00:00:00+00:00")


@dataclass(frozen=True)
class _End:
    """The first or last row of the whole table: it shows for which days the table is complete."""

    at: Any
    cells: tuple[object, ...]


class OrdersTable:
    """The OrderSource of PIZZA_ORDERS=sql. It remembers which weeks failed, for `failure`.

    The minute of the first use is the cut-off of all answers, as for files. updated_at: the column that changes with
    every change of a row, for `changed_weeks`; None if there is none.
    """

    name = "sql"
    is_remote = True

    def __init__(
        self,
        database: Database,
        relation: Relation,
        mapping: FileMapping,
        importer: WeekImport,
        business_timezone: str,
        now: Clock,
        updated_at: str | None = None,
    ) -> None:
        _refuse_unordered(mapping)
        self.mapping, self.updated_at = mapping, updated_at
        self._database, self._relation, self._importer = database, relation, importer
        self._timezone, self._now = business_timezone, now
        self._failures: dict[str, SourceError | None] = {}
        self._once = threading.Lock()

    def limited(self, seconds: int) -> "OrdersTable":
        """The same table, whose statements may take these seconds at most."""
        database = self._database.limited(seconds)
        return OrdersTable(
            database, self._relation, self.mapping, self._importer, self._timezone, self._now, self.updated_at
        )

    @property
    def label(self) -> DataSource:
        return self.mapping.label

    def identity(self, week: MatchWeek) -> str | None:
        """The database, the relation and what the importer depends on; None for a future week."""
        if self._now() < week.starts_at:
            return None
        parts = (self._database.address.identity, self._relation.text, self._importer.identity)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]

    def orders(self, week: MatchWeek, *, may_stream: bool = False) -> SourceResult:
        """The week's orders so far, under the mapping's label; not covered if the table has none.

        Raises SourceError if the database fails, BadFile or ConfigurationError if its rows are not as the mapping says.
        """
        try:
            result = self._answer(week, may_stream)
        except SourceError as error:
            self._failures[week.key] = error
            raise
        self._failures[week.key] = None
        return result

    def failure(self, week: MatchWeek) -> SourceError | None:
        """Why the week's orders could not be read; None if they were. Reads the week if nobody has."""
        if week.key not in self._failures:
            with contextlib.suppress(SourceError):  # kept in self._failures
                self.orders(week)
        return self._failures.get(week.key)

    def latest_change(self) -> object:
        """The largest value of `updated_at` that is not in the future; None if there is none.

        A value in the future would hide all changes until then. Raises ConfigurationError for days without a time.
        """
        largest = self._largest_change(before=None)
        end: Any = end_of_present(largest, self._now().astimezone(UTC))
        if end is not None and largest >= end:
            largest = self._largest_change(before=end)
        refuse_day(largest)
        return largest

    def changed_weeks(self, after: object, until: object) -> list[str]:
        """The weeks of the rows changed after `after`, up to `until` (values of `updated_at`), sorted.

        After more changes than are worth listing, all weeks from the first to the last changed time.
        """
        time = self._time
        if time is None:
            return []
        changed = times_of_changes(self._relation, time.name, self._updated_at, after, until, self._whole_orders_by)
        if time.kind is TimeKind.TEXT:
            changed = changed.where(is_written(time.name))
        values = self._database.values(changed.distinct().limit(_MOST_TIMES))
        if len(values) < _MOST_TIMES:
            return sorted({week for (value,) in values for week in time.weeks_of(value, self._timezone)})
        ((first, last),) = self._database.values(extent(changed, time.name))
        ends = {week for value in (first, last) for week in time.weeks_of(value, self._timezone)}
        whole = weeks_between(MatchWeek(min(ends), self._timezone), MatchWeek(max(ends), self._timezone))
        return [week.key for week in whole]

    def _largest_change(self, before: object | None) -> Any:
        return self._database.values(latest(self._relation, self._updated_at, before))[0][0]

    @property
    def _updated_at(self) -> str:
        assert self.updated_at is not None, "the sensor exists only with PIZZA_ORDERS_UPDATED_AT"
        return self.updated_at

    def _answer(self, week: MatchWeek, may_stream: bool) -> SourceResult:
        with self._once:  # weeks may be read in several threads, and these values are those of all of them
            if self._cutoff <= week.starts_at:
                return self._nothing(f"week {week.key} has not begun")
            if self._time is None:
                return self._nothing(f"{self._relation.name} has no row with a time")
            ends = self._days_of_ends
        within = self._time.within(week.starts_at, week.ends_at)
        statement = rows_between(
            self._relation, self._columns, self._time.name, within, self._ordering, self._whole_orders_by
        )

        def write(file: Path) -> None:
            with RowFile(file, self._columns) as rows:
                self._database.write(statement, self._columns, rows, file.with_suffix(".csv"))

        return self._importer.week(week, write, ends, self._cutoff, may_stream=may_stream)

    def _nothing(self, reason: str) -> SourceResult:
        return SourceResult(RawOrders.empty(), self.label, self.name, is_covered=False, reason=reason)

    @cached_property
    def _cutoff(self) -> datetime:
        return self._now().replace(second=0, microsecond=0)

    @cached_property
    def _spelt(self) -> dict[str, str]:
        """The columns by role, in the spelling that the table has."""
        present = self._database.columns()
        columns = {}
        for name, header in self.mapping.columns.items():
            found = [spelling for spelling in self.mapping.spellings.get(name, (header,)) if spelling in present]
            if len(found) != 1:
                raise ConfigurationError(
                    f"{self._relation.name}: column {header!r} (mapped as {name}) is missing; it has "
                    f"{', '.join(map(repr, present))}. Correct the mapping {self.mapping.origin} or PIZZA_ORDERS_TABLE."
                )
            columns[name] = found[0]
        if self.updated_at is not None and self.updated_at not in present:
            raise ConfigurationError(
                f"{self._relation.name}: PIZZA_ORDERS_UPDATED_AT={self.updated_at!r} is none of its columns; "
                f"name one of {', '.join(map(repr, present))}"
            )
        return columns

    @cached_property
    def _columns(self) -> list[str]:
        return list(dict.fromkeys(self._spelt.values()))

    @property
    def _time_name(self) -> str:
        return self._spelt["timestamp" if "timestamp" in self._spelt else "date"]

    @cached_property
    def _time(self) -> TimeColumn | None:
        """The column that selects weeks; None without a row that has a time."""
        found = self._database.values(any_value(self._relation, self._time_name))
        if found and isinstance(found[0][0], str) and not found[0][0].strip():
            found = self._database.values(any_text(self._relation, self._time_name))
        if not found:
            return None
        return time_column(self._time_name, found[0][0], self.mapping, self._timezone, self._relation.name)

    @property
    def _ordering(self) -> list[str]:
        """By change, then by time and id: so the last version of an order is its newest, also if its time moved."""
        times = [self._spelt[name] for name in ("timestamp", "date", "time") if name in self._spelt]
        ids = [header for name, header in self._spelt.items() if name.startswith("order_id")]
        return [*([self.updated_at] if self.updated_at is not None else []), *times, *ids]

    @property
    def _whole_orders_by(self) -> str | None:
        """The id by which refunds outside the week are read with their orders; None if none are to be taken off."""
        return self._spelt.get("order_id") if self.mapping.refunds == "net" else None

    @cached_property
    def _days_of_ends(self) -> TradingDays:
        """Imported apart from the weeks: they are the same for all weeks, and no rows of the week."""

        def write(file: Path) -> None:
            with RowFile(file, self._columns) as rows:
                rows.add([end.cells for end in self._ends])

        return self._importer.trading_days(write, self._cutoff)

    @cached_property
    def _ends(self) -> list[_End]:
        assert self._time is not None
        name, within = self._time.name, self._time.within(_EARLIEST, self._cutoff)
        found = []
        for is_last in (False, True):
            statement = outermost(self._relation, [name, *self._columns], name, within, last=is_last)
            found += [_End(row[0], row[1:]) for row in self._database.values(statement)]
        clocks = "timezone" if "timezone" in self._spelt else "market" if self.mapping.is_zone_of_market else ""
        if not found or clocks not in self._spelt:
            return found
        extents = self._database.values(extent_of_each(self._relation, self._spelt[clocks], name, within))
        return [
            self._end_like(found[0], {self._spelt[clocks]: clock, name: at}, f"{clock} {at}")
            for clock, *ends in extents
            for at in ends
        ]

    def _end_like(self, end: _End, others: dict[str, Any], suffix: str) -> _End:
        """The row with other cells and an id of its own: days differ by clock, so each clock needs its own ends."""
        ids = {header for name, header in self._spelt.items() if name.startswith("order_id")}
        cells = dict(zip(self._columns, end.cells, strict=True)) | others
        named = {name: f"{cell} {suffix}" if name in ids else cell for name, cell in cells.items()}
        return _End(others[self._time_name], tuple(named.values()))


def _refuse_unordered(mapping: FileMapping) -> None:
    """Raise ConfigurationError for what needs the lines of an export in their order, or of all weeks at once."""
    if mapping.amount_on == "first_line":
        raise ConfigurationError(
            f'mapping {mapping.origin}: amount_on = "first_line" has no meaning for a table, whose rows have no order; '
            "let a query give every row all columns of its order"
        )
    if mapping.refunds == "net" and mapping.id_parts:
        raise ConfigurationError(
            f'mapping {mapping.origin}: refunds = "net" needs one column of the table that identifies an order, for '
            "refunds of later weeks; let a query join the columns of order_id_of, and map the result as order_id"
        )
