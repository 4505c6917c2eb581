"""Rows that are made while they are written, so that a week of them is never in memory.

How they become a file is told in storage/streamed_rows.py, how they are put in order in spilling.py.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow


@dataclass(frozen=True)
class RowStream:
    """The rows of a table, in any order. `batches` begins anew each time it is called."""

    batches: Callable[[], Iterator[pyarrow.RecordBatch]]

    @contextmanager
    def reading(self) -> Iterator[Iterator[pyarrow.RecordBatch]]:
        """The batches; what they are made with is let go at the end of the block, also when they were not read to the
        end.
        """
        batches = self.batches()
        try:
            yield batches
        finally:
            if isinstance(batches, Generator):
                batches.close()
