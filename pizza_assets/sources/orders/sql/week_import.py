"""One week of rows through the importer of files. The only module here that knows that importer.

Temporary files are in the system's temporary folder (TMPDIR), and are deleted with the answer that needs them.
"""

import threading
import weakref
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import pyarrow as pa
from pyarrow import parquet

from pizza_assets.errors import BadFile
from pizza_assets.models.market import Market
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.orders.file_coverage import TradingDays
from pizza_assets.sources.orders.file_import import PARSER_VERSION, import_once
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.files import count_texts
from pizza_assets.sources.orders.import_facts import ImportFacts
from pizza_assets.sources.orders.line_reading import OrderFile
from pizza_assets.sources.orders.week_files import LARGE_WEEK_ORDERS, WEEKS, week_frame, week_rejects, week_rows
from pizza_assets.temporary import TemporaryFolder, temporary_folder


class WeekImport:
    """Imports the rows of one week, in several threads if so called; of large weeks one at a time, to limit memory.

    origin: the name of the rows in messages. source_name: of its answers.
    """

    def __init__(
        self, mapping: FileMapping, business_timezone: str, markets: Sequence[Market], origin: str, source_name: str
    ) -> None:
        self._mapping, self._timezone, self._markets = mapping, business_timezone, markets
        self._origin, self._source_name = origin, source_name
        self._one_large = threading.Lock()

    @property
    def identity(self) -> str:
        """What the same rows' orders depend on: mapping, zone, the importer's version and, if used, the markets."""
        uses_markets = self._mapping.is_zone_of_market or self._mapping.is_chain_of_market
        clocks = [(market.name, market.timezone, market.chain) for market in self._markets] if uses_markets else []
        return "\0".join([str(PARSER_VERSION), self._mapping.text, self._timezone, repr(clocks)])

    def trading_days(self, write: Callable[[Path], None], cutoff: datetime) -> TradingDays:
        """The days with orders among some rows, of any weeks. write: as for `week`."""
        with temporary_folder("orders") as folder:
            return self._imported(folder, write, cutoff)[1]

    def week(
        self,
        week: MatchWeek,
        write: Callable[[Path], None],
        ends: TradingDays,
        cutoff: datetime,
        *,
        may_stream: bool = False,
    ) -> SourceResult:
        """The week's answer. write: writes its rows to a Parquet file, as text in the mapping's columns.

        ends: the trading days of the first and the last row of the source: like an export, it is complete on the days
        between them. Raises BadFile if the rows can't be used as the mapping says.
        """
        temporary = TemporaryFolder("orders")
        folder = temporary.path
        rows: object = None
        try:
            facts, _ = self._imported(folder, write, cutoff, ends)
            result = self._result(week, folder / WEEKS, facts, may_stream)
            rows = result.rows
            return result
        finally:
            if isinstance(rows, RowStream):
                weakref.finalize(rows, temporary.delete)
            else:
                temporary.delete()

    def _imported(
        self, folder: Path, write: Callable[[Path], None], cutoff: datetime, elsewhere: TradingDays | None = None
    ) -> tuple[ImportFacts, TradingDays]:
        file = OrderFile(self._origin, folder / "rows.parquet")
        write(file.path)
        is_large = parquet.read_metadata(file.path).num_rows > LARGE_WEEK_ORDERS
        with self._one_large if is_large else nullcontext():
            return import_once(file, self._mapping, self._timezone, folder, cutoff, self._markets, elsewhere)

    def _result(self, week: MatchWeek, folder: Path, facts: ImportFacts, may_stream: bool) -> SourceResult:
        if self._origin in facts.bad_files:
            raise BadFile(facts.bad_files[self._origin])
        clipped = (period.clipped(week.starts_at, week.ends_at) for period in facts.coverage)
        covered = tuple(period for period in clipped if period is not None)
        nothing = [] if covered else [f"{self._origin} has no orders in week {week.key}"]
        notes = count_texts(facts.weeks.get(week.key, {}))
        files = [folder / name for name in facts.week_files.get(week.key, [])]
        found = (week_rows if may_stream else week_frame)(files, self._mapping.label)
        return SourceResult(
            rows=self._stream(found) if isinstance(found, RowStream) else found.assign(source_name=self._source_name),
            data_source=self._mapping.label,
            source_name=self._source_name,
            is_covered=bool(covered),
            covered=covered,
            reason="; ".join([*nothing, *notes]) or None,
            rejected=week_rejects(files),
        )

    def _stream(self, rows: RowStream) -> RowStream:
        """The rows under this source's name instead of that of files."""

        def renamed(batch: pa.RecordBatch) -> pa.RecordBatch:
            place = batch.schema.get_field_index("source_name")
            field = batch.schema.field(place)
            return batch.set_column(place, field, pa.array([self._source_name] * batch.num_rows, field.type))

        return RowStream(lambda: (renamed(batch) for batch in rows.batches()))
