"""Streamed rows are stored with the bytes and order of the whole table, and checked like it."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.analysis.merged_orders import merge_batches
from pizza_assets.analysis.order_batches import FrameBatches
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.errors import StorageError
from pizza_assets.models import MergedOrders, RawMatches, RawOrders
from pizza_assets.models.market import Market
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.spilling import sorted_rows
from pizza_assets.models.table import Table
from pizza_assets.storage import frames, week_writer
from pizza_assets.storage.layout import week_key
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.row_checks import PartChecks
from pizza_assets.storage.streamed_rows import write_rows
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.analysis.tables import a_match, an_order, at
from pizza_assets_tests.support.examples import examples
from pizza_assets_tests.support.merging import merge_orders
from pizza_assets_tests.support.stored_week import write_week

WEEK = "2025-09-02"
NOW = datetime(2025, 9, 10, tzinfo=UTC)
LONDON = Market("London", "Europe/London", ("Arsenal",))
KEY = week_key("merged_orders", WEEK, None)
SCHEMA = frames.stored_schema(MergedOrders, "real")


def merged(count: int) -> pd.DataFrame:
    one = RawOrders.conform([an_order("o", at("14:10"))])
    ids = pd.Series([f"o{number:07d}" for number in range(count)], dtype="str")
    orders = one.take(np.zeros(count, dtype=int)).reset_index(drop=True).assign(order_id=ids)
    return merge_orders(FrameBatches(orders), RawMatches.conform([a_match()]), [LONDON], WindowLengths())


def stream(frame: pd.DataFrame, model: type[Table], batch_rows: int) -> RowStream:
    table = pa.Table.from_pandas(frame, schema=model.arrow_schema(), preserve_index=False)
    return RowStream(lambda: iter(table.to_batches(max_chunksize=batch_rows)))


def accept(checks: PartChecks, frame: object) -> None:
    """Skip the model's check, which is slow and tested separately below."""


SIXTY = merged(60)


# Property 11: whatever the batches and their order, the file is that of the whole table
@examples(100)
@given(st.integers(0, 60), st.integers(1, 20), st.integers(1, 30))
def test_the_file_equals_that_of_the_whole_table(count: int, batch_rows: int, group_rows: int) -> None:
    assert_whole(SIXTY.head(count), SIXTY.head(count), batch_rows, group_rows)


@examples(20)  # each example starts DuckDB
@given(st.integers(0, 60), st.integers(1, 20), st.integers(1, 30), st.randoms())
def test_the_file_is_the_same_for_unsorted_streams(count: int, batch_rows: int, group_rows: int, random) -> None:
    frame = SIXTY.head(count)
    assert_whole(frame.iloc[random.sample(range(count), count)], frame, batch_rows, group_rows)


def assert_whole(rows: pd.DataFrame, frame: pd.DataFrame, batch_rows: int, group_rows: int) -> None:
    """Assert that a stream of `rows` gives the same file as `frame`."""
    file = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "ROWS_PER_GROUP", group_rows)
        patch.setattr(PartChecks, "check_part", accept)
        counted = write_rows(file, stream(rows, MergedOrders, batch_rows), MergedOrders, SCHEMA, KEY)
        assert file.getvalue() == frames.to_parquet(frames.to_arrow(frame, MergedOrders, "real"))
    assert (counted.row_count, counted.real_share(1.0)) == (len(frame), 1.0)


def test_a_stream_is_stored_like_a_frame(tmp_path: Path) -> None:
    orders = FrameBatches(RawOrders.conform([an_order(f"o{n}", at(f"1{n}:30")) for n in range(10)]))
    made = (orders, RawMatches.conform([a_match()]), [LONDON], WindowLengths())
    contents = []
    for rows in (merge_orders(*made), RowStream(lambda: merge_batches(*made))):
        tables = TableStore(LocalFolder(tmp_path / str(len(contents))), lambda: NOW)
        stored = write_week(tables, "merged_orders", WEEK, rows, Origin("real", "1", "test"))
        assert (stored.facts.row_count, stored.real_share) == (6, 1.0)
        contents.append(tables.objects.read(week_key("merged_orders", WEEK, None)))
    assert contents[0] == contents[1]


def test_rows_that_the_model_refuses_are_not_stored(tmp_path: Path) -> None:
    tables = TableStore(LocalFolder(tmp_path), lambda: NOW)
    wrong = merged(5).assign(overlapping_match_count=0)

    with (
        tables.writing_week("merged_orders", WEEK) as writer,
        pytest.raises(StorageError, match="overlapping_match_count = 0"),
    ):
        writer.write(stream(wrong, MergedOrders, 2), Origin("real", "1", "test"))

    assert tables.read_week("merged_orders", WEEK) is None


def raw(count: int) -> pd.DataFrame:
    return RawOrders.conform(
        [an_order(f"Ö{n % 7}ß{n}" if n % 2 else f"o{n}", at(f"{n % 24:02}:30")) for n in range(count)]
    )


@pytest.fixture
def tables(tmp_path: Path) -> TableStore:
    return TableStore(LocalFolder(tmp_path / "data"), lambda: NOW)


@pytest.mark.parametrize("count", [0, 1, 20, 45])
def test_a_stream_of_raw_orders_has_the_frames_bytes_and_facts(
    count: int, tables: TableStore, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "ROWS_PER_GROUP", 20)
    monkeypatch.setattr(week_writer, "_BYTES_IN_MEMORY", 1000)
    stored, contents = [], []
    for rows in (raw(count), stream(raw(count), RawOrders, 7), stream(raw(count)[::-1], RawOrders, 7)):
        stored.append(write_week(tables, "raw_orders", WEEK, rows, Origin("real", "1", "test"), ()))
        contents.append(tables.objects.read(week_key("raw_orders", WEEK, "real")))

    assert contents == [contents[0]] * 3
    assert stored == [stored[0]] * 3
    assert stored[0].facts.row_count == count
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("first", [0, 30])
def test_a_repeated_id_is_found_at_any_distance(
    first: int, tables: TableStore, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within one row group or across several that are each valid."""
    monkeypatch.setattr(frames, "ROWS_PER_GROUP", 20)
    rows = raw(45)
    rows.loc[44, "order_id"] = rows.loc[first, "order_id"]

    with pytest.raises(StorageError, match="break the rules of raw_orders") as refusal:
        write_week(tables, "raw_orders", WEEK, stream(rows, RawOrders, 7), Origin("real", "1", "test"), ())

    assert f"order_id = {rows.loc[first, 'order_id']} occurs more than once" in str(refusal.value)
    assert week_key("raw_orders", WEEK, "real") in str(refusal.value)
    assert tables.read_week("raw_orders", WEEK) is None
    assert list(temporary.iterdir()) == []


@pytest.mark.parametrize("failure", [StorageError("gone"), ZeroDivisionError(), OSError("no space left on device")])
def test_a_stream_that_fails_leaves_the_stored_week_unchanged(
    failure: Exception, tables: TableStore, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "ROWS_PER_GROUP", 20)
    whole = stream(raw(45), RawOrders, 7)
    write_week(tables, "raw_orders", WEEK, stream(raw(5), RawOrders, 7), Origin("real", "1", "test"), ())
    is_closed = []

    def breaking() -> Iterator[pa.RecordBatch]:
        try:
            for number, batch in enumerate(whole.batches()):
                if number == 4:
                    raise failure
                yield batch
        finally:
            is_closed.append(True)

    with pytest.raises((StorageError, ZeroDivisionError)) as raised:
        write_week(tables, "raw_orders", WEEK, RowStream(breaking), Origin("real", "1", "test"), ())

    if isinstance(failure, OSError):
        assert f"that failed (no space left on device); free space in {temporary}" in str(raised.value)
    found = tables.read_week("raw_orders", WEEK)
    assert found is not None
    assert len(found.rows) == 5
    assert list(temporary.iterdir()) == []
    assert is_closed == [True]


def test_a_refused_row_of_a_stream_is_named_and_the_stream_is_closed(
    tables: TableStore, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(frames, "ROWS_PER_GROUP", 20)
    rows = raw(45)
    rows.loc[25, "revenue_cents"] = -1

    with pytest.raises(StorageError, match="values break the rules of raw_orders, for example revenue_cents = -1"):
        write_week(
            tables, "raw_orders", WEEK, in_order_of_disk(rows, temporary.parent), Origin("real", "1", "test"), ()
        )

    assert tables.read_week("raw_orders", WEEK) is None
    assert list(temporary.iterdir()) == []


def in_order_of_disk(rows: pd.DataFrame, folder: Path) -> RowStream:
    """Like staged orders: sorted by DuckDB while they are read."""
    rows.to_parquet(folder / "orders.parquet", index=False)
    return RowStream(lambda: sorted_rows([folder / "orders.parquet"], RawOrders))
