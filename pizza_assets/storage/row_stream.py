"""Rows that are made while they are written, so that a week of them is never in memory: a row group at a time.

Where they come from is decided in the assets, where they go in week_writer.py.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import pyarrow
import pyarrow.compute as pc

from pizza_assets.models.labels import real_share
from pizza_assets.models.table import Table
from pizza_assets.storage import frames

_CHECKED_ROWS = 1 << 18
"""So many rows at a time are checked by their model."""


@dataclass(frozen=True)
class RowStream:
    """The rows of a table, in any order. `batches` begins anew each time it is called."""

    batches: Callable[[], Iterator[pyarrow.RecordBatch]]


@dataclass
class Written:
    """A Parquet file as bytes, and what was counted while its rows went by."""

    content: bytes = b""
    row_count: int = 0
    real_count: float = 0.0

    def real_share(self, if_empty: float) -> float:
        return self.real_count / self.row_count if self.row_count else if_empty


@dataclass
class _Groups:
    """Row groups of rows that are in the order of the model's key; `is_sorted` turns False at one that is not."""

    model: type[Table]
    check: Callable[[object], None]
    written: Written = field(default_factory=Written)
    is_sorted: bool = True
    _last: pyarrow.Table | None = None

    def of(self, batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.Table]:
        for group in regrouped(batches, self.model.arrow_schema()):
            self.is_sorted = self._follows(group)
            if not self.is_sorted:
                return
            for first in range(0, group.num_rows, _CHECKED_ROWS):
                frame = frames.to_frame(group.slice(first, _CHECKED_ROWS), self.model)
                self.check(frame)
                self.written.real_count += real_share(frame, "") * len(frame)
            self.written.row_count += group.num_rows
            yield group

    def _follows(self, group: pyarrow.Table) -> bool:
        """Whether the group's keys go up, from the last of the group before it."""
        keys = group.select(list(self.model.key()))
        seen = keys if self._last is None else pyarrow.concat_tables([self._last, keys]).combine_chunks()
        self._last = keys.slice(max(keys.num_rows - 1, 0))
        return _is_ascending(seen)


def written_rows(
    rows: RowStream, model: type[Table], schema: pyarrow.Schema, check: Callable[[object], None]
) -> Written:
    """The stream as a Parquet file of `schema`, in the order of the model's key.

    check: raises for rows that the model refuses. A stream that is not in order is read once more, whole, and sorted.
    """
    groups = _Groups(model, check)
    content = frames.parquet_of_groups(groups.of(rows.batches()), schema)
    if groups.is_sorted:
        groups.written.content = content
        return groups.written
    table = pyarrow.Table.from_batches(list(rows.batches()), model.arrow_schema())
    order = [(name, "ascending") for name in model.key()]
    return written_rows(RowStream(lambda: iter(table.sort_by(order).to_batches())), model, schema, check)


def regrouped(batches: Iterator[pyarrow.RecordBatch], schema: pyarrow.Schema) -> Iterator[pyarrow.Table]:
    """Row groups of equal length, and at least one, as the writer of whole tables makes them."""
    waiting: list[pyarrow.RecordBatch] = []
    count, is_first = 0, True
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        while count >= frames.ROWS_PER_GROUP:
            table = pyarrow.Table.from_batches(waiting, schema)
            yield table.slice(0, frames.ROWS_PER_GROUP).combine_chunks()
            waiting = table.slice(frames.ROWS_PER_GROUP).to_batches()
            count, is_first = count - frames.ROWS_PER_GROUP, False
    if count or is_first:
        yield pyarrow.Table.from_batches(waiting, schema).combine_chunks()


def _is_ascending(keys: pyarrow.Table) -> bool:
    """Whether no row's key is smaller than that of the row before it."""
    earlier, later = keys.slice(0, max(keys.num_rows - 1, 0)), keys.slice(1)
    is_equal = np.ones(later.num_rows, dtype=bool)
    for name in keys.column_names:
        before, after = earlier[name].combine_chunks(), later[name].combine_chunks()
        if not is_equal.all():  # only where all columns so far are equal does this one decide
            chosen = pyarrow.array(is_equal)
            before, after = before.filter(chosen), after.filter(chosen)
        if pc.any(pc.greater(before, after)).as_py():
            return False
        is_equal[is_equal] = pc.equal(before, after).to_numpy(zero_copy_only=False)
    return True
