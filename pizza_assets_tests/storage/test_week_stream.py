"""Weeks of orders read batch by batch: the same rows, or the same errors, as the whole table."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from pizza_assets.analysis.order_batches import BATCH_ROWS, ENCODED_COLUMNS, every_batch
from pizza_assets.errors import StorageError
from pizza_assets.models import RawOrders
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.storage import frames
from pizza_assets.storage.layout import week_key
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore, WeekTables
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.analysis.tables import an_order, at
from pizza_assets_tests.support.stored_week import write_week

WEEK = "2025-09-02"
NOW = datetime(2025, 9, 10, tzinfo=UTC)
COLUMNS = ["order_id", "ordered_at", "market", "store_id", "revenue_cents"]


@pytest.fixture
def tables(tmp_path: Path) -> TableStore:
    return TableStore(LocalFolder(tmp_path), lambda: NOW)


def orders(count: int, label: str = "real") -> pd.DataFrame:
    one = RawOrders.conform([an_order("o", at("12:00"), order_source=label)])
    many = one.take(np.zeros(count, dtype=int)).reset_index(drop=True)
    ids = pd.Series([f"o{number:07d}" for number in range(count)], dtype="str")
    return many.assign(order_id=ids, market=pd.Series(["Leeds", "London"] * (count // 2), dtype="str"))


def write(tables: TableStore, frame: pd.DataFrame, label: str = "real") -> None:
    covered = [CoveredPeriod("London", "dominos", "GBP", at("12:00"), at("13:00"))]
    write_week(tables, "raw_orders", WEEK, frame, Origin(label, "1", "test"), covered)


# Property 11: batch by batch as whole, in more than one row group
def test_batches_contain_the_rows_of_the_week(tables: TableStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frames, "ROWS_PER_GROUP", 100_000)
    written = orders(200_002)
    write(tables, written)

    stream = WeekTables(tables, "raw_orders", [WEEK]).stream(WEEK)

    assert stream is not None
    assert stream.part_count == 3
    batches = list(every_batch(stream, COLUMNS))
    assert max(batch.num_rows for batch in batches) <= BATCH_ROWS
    for name in COLUMNS:
        parts = [batch[name] for batch in batches]
        assert all(pa.types.is_dictionary(part.type) for part in parts) == (name in ENCODED_COLUMNS)
        assert pa.chunked_array(parts).to_pylist() == written[name].tolist()
    assert stream.covered == (CoveredPeriod("London", "dominos", "GBP", at("12:00"), at("13:00")),)
    assert WeekTables(tables, "raw_orders", []).stream(WEEK) is None


def test_an_open_week_does_not_change_when_overwritten(tables: TableStore) -> None:
    write(tables, orders(4))
    stream = tables.stream_orders(WEEK)
    assert stream is not None
    write(tables, orders(2))

    assert sum(batch.num_rows for batch in every_batch(stream, COLUMNS)) == 4


def test_real_is_preferred_to_mock_and_a_missing_week_is_none(tables: TableStore) -> None:
    assert tables.stream_orders(WEEK) is None
    write(tables, orders(2, "mock"), "mock")
    strict = TableStore(tables.objects, lambda: NOW, mock_refused=frozenset({"order_source"}))
    assert strict.stream_orders(WEEK) is None
    assert tables.stream_orders(WEEK) is not None


@pytest.mark.parametrize("place", [0.1, 0.5, 0.9, 1.0])
def test_a_damaged_week_is_refused_before_its_first_row(tables: TableStore, place: float) -> None:
    write(tables, orders(1_000))
    key = week_key("raw_orders", WEEK, "real")
    content = bytearray(tables.objects.read(key) or b"")
    content[int(place * (len(content) - 1))] ^= 1
    with tables.objects.writing(key) as file:
        file.write(bytes(content))

    with pytest.raises(StorageError, match="run its week again"):
        tables.stream_orders(WEEK)


def test_other_tables_are_not_read_in_batches(tables: TableStore) -> None:
    with pytest.raises(StorageError, match="order_bins can't be read in batches"):
        WeekTables(tables, "order_bins", [WEEK]).stream(WEEK)
