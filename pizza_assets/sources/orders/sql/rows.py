"""Rows of a database as text, in Parquet, as the importer of files reads them. Connections do not belong here."""

import json
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import singledispatch
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

BATCH_ROWS = 32_768
_BLOCK_BYTES = 8 * 1024 * 1024


class RowFile:
    """A Parquet file of the columns, all of them text. Use as a context manager. count: of the rows written."""

    def __init__(self, file: Path, columns: Sequence[str]) -> None:
        self._schema = pa.schema([(name, pa.string()) for name in columns])
        self._writer = pq.ParquetWriter(file, self._schema, compression="lz4", use_dictionary=False)
        self.count = 0

    def __enter__(self) -> "RowFile":
        return self

    def __exit__(self, *_raised: object) -> None:
        self._writer.close()

    def add(self, rows: Sequence[Sequence[Any]]) -> None:
        """Append rows as a driver returns them."""
        if not rows:
            return
        columns = [pa.array([as_text(value) for value in column], pa.string()) for column in zip(*rows, strict=True)]
        self.add_batch(pa.record_batch(columns, schema=self._schema))

    def add_batch(self, batch: pa.RecordBatch) -> None:
        """Append a batch of columns that can be cast to text."""
        cast = pa.record_batch([column.cast(pa.string()) for column in batch.columns], schema=self._schema)
        self._writer.write_batch(cast)
        self.count += cast.num_rows

    def add_csv(self, file: Path) -> None:
        """Append the rows of a CSV file without a header, such as COPY writes."""
        if not file.stat().st_size:
            return
        names = self._schema.names
        with pa_csv.open_csv(
            file,
            read_options=pa_csv.ReadOptions(column_names=[f"c{n}" for n in range(len(names))], block_size=_BLOCK_BYTES),
            parse_options=pa_csv.ParseOptions(newlines_in_values=True),
            convert_options=pa_csv.ConvertOptions(column_types={f"c{n}": pa.string() for n in range(len(names))}),
        ) as batches:
            for batch in batches:
                self.add_batch(batch)


@singledispatch
def as_text(value: Any) -> str | None:
    """A driver's value as an export would write it: ISO 8601 times, plain decimals, true and false."""
    return None if value is None else str(value)


@as_text.register
def _(value: bool) -> str:
    return "true" if value else "false"


@as_text.register
def _(value: date) -> str:
    return value.isoformat(sep=" ") if isinstance(value, datetime) else value.isoformat()


@as_text.register
def _(value: timedelta) -> str:
    """A time of day, as MySQL gives it."""
    minutes, seconds = divmod(int(value.total_seconds()), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}:{seconds:02}"


@as_text.register
def _(value: Decimal) -> str:
    return format(value, "f")


@as_text.register(bytes)
@as_text.register(bytearray)
@as_text.register(memoryview)
def _(value: bytes | bytearray | memoryview) -> str:
    return bytes(value).decode("utf-8", "replace")


@as_text.register(dict)
@as_text.register(list)
def _(value: dict | list) -> str:
    return json.dumps(value, default=str, ensure_ascii=False)
