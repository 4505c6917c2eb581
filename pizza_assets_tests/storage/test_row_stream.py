"""Rows made while they are written: the bytes of the whole table, in its order, and nothing its model refuses."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pizza_assets.analysis.merged_orders import merge_batches, merge_orders
from pizza_assets.analysis.order_batches import FrameBatches
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.errors import StorageError
from pizza_assets.models import MergedOrders, RawMatches, RawOrders
from pizza_assets.models.market import Market
from pizza_assets.storage import frames
from pizza_assets.storage.layout import week_key
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.row_stream import RowStream, written_rows
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.analysis.tables import a_match, an_order, at

WEEK = "2025-09-02"
NOW = datetime(2025, 9, 10, tzinfo=UTC)
LONDON = Market("London", "Europe/London", ("Arsenal",))
SCHEMA = frames.stored_schema(MergedOrders, "real")


def merged(count: int) -> pd.DataFrame:
    one = RawOrders.conform([an_order("o", at("14:10"))])
    ids = pd.Series([f"o{number:07d}" for number in range(count)], dtype="str")
    orders = one.take(np.zeros(count, dtype=int)).reset_index(drop=True).assign(order_id=ids)
    return merge_orders(FrameBatches(orders), RawMatches.conform([a_match()]), [LONDON], WindowLengths())


def stream(frame: pd.DataFrame, batch_rows: int) -> RowStream:
    table = pa.Table.from_pandas(frame, schema=MergedOrders.arrow_schema(), preserve_index=False)
    return RowStream(lambda: iter(table.to_batches(max_chunksize=batch_rows)))


def check(frame: object) -> None:
    MergedOrders.validate(frame)


def accept(frame: object) -> None:
    """The model's check has tests of its own below, and takes longer than all else."""


SIXTY = merged(60)


# Property 11: whatever the batches and their order, the file is that of the whole table
@settings(max_examples=100, deadline=None)
@given(st.integers(0, 60), st.integers(1, 20), st.integers(1, 30), st.randoms())
def test_the_file_is_that_of_the_whole_table(count: int, batch_rows: int, group_rows: int, random) -> None:
    frame = SIXTY.head(count)
    shuffled = frame.iloc[random.sample(range(count), count)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(frames, "ROWS_PER_GROUP", group_rows)
        expected = frames.to_parquet(frames.to_arrow(frame, MergedOrders, "real"))
        written = [written_rows(stream(rows, batch_rows), MergedOrders, SCHEMA, accept) for rows in (frame, shuffled)]

    assert [made.content == expected for made in written] == [True, True]
    assert [made.row_count for made in written] == [count, count]
    assert [made.real_share(1.0) for made in written] == [1.0, 1.0]


def test_a_stream_is_stored_as_a_frame_is(tmp_path: Path) -> None:
    orders = FrameBatches(RawOrders.conform([an_order(f"o{n}", at(f"1{n}:30")) for n in range(10)]))
    made = (orders, RawMatches.conform([a_match()]), [LONDON], WindowLengths())
    contents = []
    for rows in (merge_orders(*made), RowStream(lambda: merge_batches(*made))):
        tables = TableStore(LocalFolder(tmp_path / str(len(contents))), lambda: NOW)
        with tables.writing_week("merged_orders", WEEK) as writer:
            stored = writer.write(rows, Origin("real", "1", "test"))
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
        writer.write(stream(wrong, 2), Origin("real", "1", "test"))

    assert tables.read_week("merged_orders", WEEK) is None
