"""Whole-table sorts and uniqueness checks in DuckDB, within a memory limit and spilling to disk beyond it.

For tables that may not fit in memory; a smaller one is sorted faster as a frame. What the rows are for does not belong
here. Temporary files are in the system's temporary folder (TMPDIR) and are deleted at the end of the block.
"""

import glob
from collections.abc import Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from math import isqrt
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow
import pyarrow.compute as pc
from pyarrow import parquet

from pizza_assets.models.table import Table
from pizza_assets.temporary import TemporaryFolder, temporary_folder

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

LEAST_MEMORY = 256_000_000
"""Minimum memory limit of DuckDB for sorting, in bytes; its code and buffers come on top."""

_MERGED_ROWS = 122_880
"""Rows that DuckDB needs in memory at least while it merges sorted runs: wide rows need more than LEAST_MEMORY."""
_BYTES_PER_PIECE = 20_000_000
"""Sorted runs on disk are as large as the memory limit, and the merge holds a part of each in memory. So the need grows
with the square root of the table's length: 256 MB for 20 million orders, 430 MB for 60 million.
"""
_ENGINE_ROW = 100  # bytes per row besides its text
_BATCH_ROWS = 16_384
_THREADS = 1  # a second one does not help while waiting for the disk, and takes as much memory as the first
_COMPRESSION = "lz4"  # fast, for files that are read only once and soon


def sorted_rows(files: Sequence[Path], model: type[Table]) -> Iterator[pyarrow.RecordBatch]:
    """Read the model's columns from Parquet files, sorted by its key; text sorts by bytes, as in Arrow and pandas.

    Memory: LEAST_MEMORY plus 0.1 GB; more above 20 million rows, or where a row takes more than 1 kB. Raises OSError if
    a file can't be read or temporary files can't be written.
    """
    return _sorted(files, model.arrow_schema(), model.key())


def sorted_batches(batches: Iterable[pyarrow.RecordBatch], model: type[Table]) -> Iterator[pyarrow.RecordBatch]:
    """Sort rows of `model` that come in any order; see `sorted_rows`."""
    with temporary_folder("rows") as folder:
        file = folder / "rows.parquet"
        with parquet.ParquetWriter(file, model.arrow_schema(), compression=_COMPRESSION) as writer:
            for batch in batches:
                writer.write_batch(batch)
        yield from sorted_rows([file], model)


class SeenValues:
    """The values of some columns, kept on disk to find duplicates. Use as a context manager."""

    def __init__(self, schema: pyarrow.Schema) -> None:
        """schema: of these columns only."""
        self._schema = schema

    def __enter__(self) -> "SeenValues":
        self._folder = TemporaryFolder("values")
        self._file = self._folder.path / "values.parquet"
        self._writer = parquet.ParquetWriter(
            self._file, self._schema, compression=_COMPRESSION, use_dictionary=False, write_statistics=False
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()
        self._folder.delete()

    def add(self, rows: pyarrow.Table) -> None:
        """Add rows that have these columns, and possibly others."""
        self._writer.write_table(rows.select(self._schema.names).cast(self._schema))

    def first_repeated(self) -> tuple[str, object] | None:
        """A column and a value that occurs more than once in it; None if all values are unique.

        Nothing can be added afterwards. Raises OSError like `sorted_rows`.
        """
        self._writer.close()
        for field in self._schema:
            with closing(_sorted([self._file], pyarrow.schema([field]), [field.name])) as batches:
                last = pyarrow.array([], field.type)
                for batch in batches:
                    values = pyarrow.concat_arrays([last, batch.column(0)])
                    repeated = values.slice(1).filter(pc.equal(values.slice(1), values.slice(0, len(values) - 1)))
                    if len(repeated):
                        return field.name, repeated[0].as_py()
                    last = values.slice(len(values) - 1)
        return None


def _sorted(files: Sequence[Path], schema: pyarrow.Schema, key: Sequence[str]) -> Generator[pyarrow.RecordBatch]:
    with _engine(files) as connection:
        rows = connection.read_parquet([glob.escape(str(file)) for file in files])
        in_order = rows.project(", ".join(map(_quoted, schema.names))).order(", ".join(map(_quoted, key)))
        for batch in in_order.to_arrow_reader(_BATCH_ROWS):
            yield batch.cast(schema)


def _memory(files: Sequence[Path]) -> int:
    """The bytes that DuckDB needs to sort the rows of these files."""
    footers = [parquet.read_metadata(file) for file in files]
    groups = [footer.row_group(number) for footer in footers for number in range(footer.num_row_groups)]
    row_count = sum(group.num_rows for group in groups)
    total = sum(group.total_byte_size for group in groups) + row_count * _ENGINE_ROW
    return max(LEAST_MEMORY, 2 * _MERGED_ROWS * total // max(1, row_count), isqrt(total * _BYTES_PER_PIECE))


@contextmanager
def _engine(files: Sequence[Path]) -> Iterator["DuckDBPyConnection"]:
    """A DuckDB connection whose data and temporary files are deleted at the end of the block.

    files: the Parquet files to be sorted. Raises OSError.
    """
    import duckdb  # slow to import, and only large tables need it

    with temporary_folder("spilled") as folder:
        try:
            config = {
                "memory_limit": f"{_memory(files)}B",
                "temp_directory": str(folder),
                "threads": _THREADS,
                "preserve_insertion_order": False,
                "autoinstall_known_extensions": False,
            }
            with duckdb.connect(config=config) as connection:
                yield connection
        except (duckdb.Error, pyarrow.ArrowException) as error:  # ArrowException: while batches are read
            raise OSError(f"{files[0].parent}: {error}") from error


def _quoted(name: str) -> str:
    return f'"{name}"'
