"""Outlets, the smallest units that are counted: a store of a market, chain and currency; and their numbering.

Counting orders does not belong here.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pyarrow as pa


class Outlet(NamedTuple):
    """A store as identified by orders. The same id in two markets is two outlets."""

    market: str
    chain: str
    currency: str
    store_id: str


OUTLET_COLUMNS = Outlet._fields
_LARGEST_TABLE = 1 << 24  # entries; beyond this, distinct combinations are found batch by batch


class OutletNumbers:
    """Numbers outlets in order of first appearance: 0, 1, 2, ...

    A batch identifies outlets by four dictionary-encoded columns. Combinations of codes are looked up in a table, which
    is kept as long as the dictionaries stay the same, that is for a row group.
    """

    def __init__(self) -> None:
        self.outlets: list[Outlet] = []
        self._number_of: dict[Outlet, int] = {}
        self._dictionaries: list[pa.Array] = []
        self._table: np.ndarray = np.empty(0, dtype=np.int64)

    def of(self, batch: pa.RecordBatch) -> np.ndarray:
        """The number of the outlet of every row."""
        columns = [batch.column(name) for name in OUTLET_COLUMNS]
        dictionaries = [column.dictionary for column in columns]
        shape = [max(len(dictionary), 1) for dictionary in dictionaries]
        key = _keys([column.indices.to_numpy() for column in columns], shape)
        if int(np.prod(shape, dtype=object)) > _LARGEST_TABLE:
            present, inverse = np.unique(key, return_inverse=True)
            return self._numbers(present, shape, dictionaries)[inverse]
        if not self._knows(dictionaries):
            self._dictionaries = dictionaries
            self._table = np.full(int(np.prod(shape)), -1, dtype=np.int64)
        numbers = self._table.take(key, mode="clip")
        if len(numbers) and numbers.min() < 0:
            present = np.unique(key[numbers < 0])
            self._table[present] = self._numbers(present, shape, dictionaries)
            numbers = self._table.take(key, mode="clip")
        return numbers

    def _knows(self, dictionaries: Sequence[pa.Array]) -> bool:
        known = self._dictionaries
        return len(known) == len(dictionaries) and all(
            old.equals(new) for old, new in zip(known, dictionaries, strict=True)
        )

    def _numbers(self, keys: np.ndarray, shape: Sequence[int], dictionaries: Sequence[pa.Array]) -> np.ndarray:
        names = [dictionary.to_pylist() for dictionary in dictionaries]
        numbers = []
        for position in zip(*np.unravel_index(keys, shape), strict=True):
            outlet = Outlet(*(values[i] for values, i in zip(names, position, strict=True)))
            number = self._number_of.setdefault(outlet, len(self.outlets))
            if number == len(self.outlets):
                self.outlets.append(outlet)
            numbers.append(number)
        return np.asarray(numbers, dtype=np.int64)


def _keys(indices: Sequence[np.ndarray], shape: Sequence[int]) -> np.ndarray:
    """Flat positions in an array of this shape. Columns with only one value are skipped, as they change nothing."""
    key: np.ndarray | None = None
    for index, size in zip(indices, shape, strict=True):
        if size > 1:
            key = index.astype(np.int64) if key is None else key * size + index
    return np.zeros(len(indices[0]), dtype=np.int64) if key is None else key
