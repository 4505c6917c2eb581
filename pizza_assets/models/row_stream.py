"""Rows that are produced while they are written, so that a week of them is never in memory.

Writing them to a file is in storage/streamed_rows.py, sorting them in spilling.py.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow


@dataclass(frozen=True)
class RowStream:
    """The rows of a table, in any order. Each call of `batches` starts from the first row."""

    batches: Callable[[], Iterator[pyarrow.RecordBatch]]

    @contextmanager
    def reading(self) -> Iterator[Iterator[pyarrow.RecordBatch]]:
        """The batches; their resources are released at the end of the block, even if not all batches were read."""
        batches = self.batches()
        try:
            yield batches
        finally:
            if isinstance(batches, Generator):
                batches.close()
