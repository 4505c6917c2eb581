"""Writes a stream of rows as a Parquet file: one row group at a time, sorted by the model's key, every row checked.

The rows come from the assets and sources; week_writer.py decides where the file goes.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import numpy as np
import pyarrow
import pyarrow.compute as pc

from pizza_assets.models.labels import real_share
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.spilling import sorted_batches
from pizza_assets.models.table import Table
from pizza_assets.storage import frames
from pizza_assets.storage.row_checks import PartChecks, checks_by_part


@dataclass
class Counted:
    """Counts of the rows written."""

    row_count: int = 0
    real_count: float = 0.0

    def real_share(self, if_empty: float) -> float:
        return self.real_count / self.row_count if self.row_count else if_empty


class _Groups:
    """Checked row groups of a stream; stops and sets `is_sorted` to False at one that is out of the key's order."""

    def __init__(self, model: type[Table], checks: PartChecks) -> None:
        self.counted, self.is_sorted = Counted(), True
        self._model, self._checks = model, checks
        self._last: pyarrow.Table | None = None

    def checked(self, batches: Iterator[pyarrow.RecordBatch]) -> Iterator[pyarrow.Table]:
        for group in regrouped(batches, self._model.arrow_schema()):
            self.is_sorted = self._follows(group)
            if not self.is_sorted:
                return
            frame = frames.to_frame(group, self._model)
            self._checks.check_part(frame)
            self._checks.keep_values(group)
            self.counted.real_count += real_share(frame, "") * len(frame)
            self.counted.row_count += group.num_rows
            yield group

    def _follows(self, group: pyarrow.Table) -> bool:
        """Whether the group's keys are ascending, starting from the last key of the previous group."""
        keys = group.select(list(self._model.key()))
        seen = keys if self._last is None else pyarrow.concat_tables([self._last, keys]).combine_chunks()
        self._last = keys.slice(max(keys.num_rows - 1, 0))
        return _is_ascending(seen)


def write_rows(file: IO[bytes], rows: RowStream, model: type[Table], schema: pyarrow.Schema, key: str) -> Counted:
    """Write the stream to the empty `file` as Parquet with `schema`, sorted by the model's key.

    Raises StorageError for rows that the model refuses, naming `key`, and OSError as models/spilling.py does. An
    unsorted stream is read a second time and sorted in DuckDB, which spills to disk.
    """
    with rows.reading() as batches, checks_by_part(model, key) as checks:
        groups = _Groups(model, checks)
        frames.write_groups(file, groups.checked(batches), schema)
        if groups.is_sorted:
            checks.check_whole()
            return groups.counted
    file.seek(0)
    file.truncate()
    return write_rows(file, _in_order(rows, model), model, schema, key)


def _in_order(rows: RowStream, model: type[Table]) -> RowStream:
    def batches() -> Iterator[pyarrow.RecordBatch]:
        with rows.reading() as unordered:
            yield from sorted_batches(unordered, model)

    return RowStream(batches)


def regrouped(batches: Iterator[pyarrow.RecordBatch], schema: pyarrow.Schema) -> Iterator[pyarrow.Table]:
    """Row groups of equal length, at least one, as for tables written whole."""
    waiting: list[pyarrow.RecordBatch] = []
    count, is_first = 0, True
    for batch in batches:
        waiting.append(batch)
        count += batch.num_rows
        while count >= frames.ROWS_PER_GROUP:
            table = pyarrow.Table.from_batches(waiting, schema)
            waiting = table.slice(frames.ROWS_PER_GROUP).to_batches()
            table = table.slice(0, frames.ROWS_PER_GROUP).combine_chunks()
            count, is_first = count - frames.ROWS_PER_GROUP, False
            yield table  # the batches it was built from have been released
    if count or is_first:
        yield pyarrow.Table.from_batches(waiting, schema).combine_chunks()


def _is_ascending(keys: pyarrow.Table) -> bool:
    """Whether no row's key is smaller than that of the row before it."""
    earlier, later = keys.slice(0, max(keys.num_rows - 1, 0)), keys.slice(1)
    is_equal = np.ones(later.num_rows, dtype=bool)
    for name in keys.column_names:
        before, after = earlier[name].combine_chunks(), later[name].combine_chunks()
        if not is_equal.all():  # this column matters only where all previous ones are equal
            chosen = pyarrow.array(is_equal)
            before, after = before.filter(chosen), after.filter(chosen)
        if pc.any(pc.greater(before, after)).as_py():
            return False
        is_equal[is_equal] = pc.equal(before, after).to_numpy(zero_copy_only=False)
    return True
