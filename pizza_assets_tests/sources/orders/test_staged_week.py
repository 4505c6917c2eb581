"""A large week out of a staging comes as a stream, of the same rows in the same order as the frame."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pizza_assets.models import RawOrders
from pizza_assets.models.row_stream import RowStream
from pizza_assets.sources.orders import file_import, staged_week
from pizza_assets.sources.orders.staged_week import week_frame, week_rows
from pizza_assets_tests.analysis.tables import an_order, at
from pizza_assets_tests.sources.orders.exports import (
    AUGUST,
    HEADER,
    ITEM_ROWS,
    csv_text,
    mapping,
    order_files,
    write,
)

IDS = ("Zoë", "zoe", "Zoe", "ålesund", "Åre", "10", "9", "a b", "a-b", "a_b", "𝔞", "ﬀ")


def export(folder: Path) -> None:
    rows = [(f"{order_id} {n}", "2025-08-15 19:00", "12.50", "1", "Leeds", "s1") for order_id in IDS for n in range(3)]
    write(folder, "aug.csv", csv_text(HEADER, rows))


def as_table(rows: pd.DataFrame | RowStream) -> pa.Table:
    if isinstance(rows, RowStream):
        return pa.Table.from_batches(list(rows.batches()), RawOrders.arrow_schema())
    return pa.Table.from_pandas(rows, RawOrders.arrow_schema(), preserve_index=False)


def test_a_stream_of_several_parts_is_the_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staged_week, "LARGE_WEEK_ORDERS", 10)
    monkeypatch.setattr(file_import, "BUCKET_BYTES", 500)
    export(tmp_path / "in")
    source = order_files(tmp_path / "in")
    frame, stream = source.orders(AUGUST), source.orders(AUGUST, may_stream=True)

    parts = list((tmp_path / "staging").rglob("orders-*.parquet"))
    assert len(parts) > 2
    assert isinstance(frame.rows, pd.DataFrame)
    assert isinstance(stream.rows, RowStream)
    assert len(frame.rows) == 3 * len(IDS)
    assert as_table(stream.rows).equals(as_table(frame.rows))
    assert as_table(stream.rows).equals(as_table(frame.rows)), "each reading begins anew"
    assert (stream.covered, stream.reason, stream.data_source) == (frame.covered, frame.reason, frame.data_source)


def test_only_a_large_week_is_a_stream(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export(tmp_path / "in")
    source = order_files(tmp_path / "in")
    assert isinstance(source.orders(AUGUST, may_stream=True).rows, pd.DataFrame)
    monkeypatch.setattr(staged_week, "LARGE_WEEK_ORDERS", 3 * len(IDS))
    assert isinstance(source.orders(AUGUST, may_stream=True).rows, pd.DataFrame)
    monkeypatch.setattr(staged_week, "LARGE_WEEK_ORDERS", 3 * len(IDS) - 1)
    assert isinstance(source.orders(AUGUST, may_stream=True).rows, RowStream)
    empty = source.orders(AUGUST.shifted(9), may_stream=True)
    assert (len(empty.rows), empty.is_covered) == (0, False)


def test_a_stream_comes_with_the_refused_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staged_week, "LARGE_WEEK_ORDERS", 1)
    header = ("id", "placed", "price", "count", "item")
    good = [(f"a{n}", "2025-08-15 19:00", "12.50", "1", "Margherita") for n in range(3)]
    write(tmp_path / "in", "aug.csv", csv_text(header, [*good, ("b", "2025-08-15 19:00", "free", "1", "Margherita")]))
    result = order_files(tmp_path / "in", mapping(ITEM_ROWS)).orders(AUGUST, may_stream=True)
    table = as_table(result.rows)
    assert table["order_id"].to_pylist() == ["a0", "a1", "a2"]
    assert "Margherita" in table["items"][0].as_py()
    assert result.rejected["row_id"].tolist() == ["b"]


def test_parts_in_any_order_and_of_any_compression_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of what another release of the import may write, only the columns matter."""
    monkeypatch.setattr(staged_week, "LARGE_WEEK_ORDERS", 1)
    rows = RawOrders.conform([an_order(order_id, at(f"1{n % 10}:30")) for n, order_id in enumerate(IDS)])
    (tmp_path / "w").mkdir()
    for number, (part, codec) in enumerate([(rows[::2][::-1], "snappy"), (rows[1::2], None), (rows[:0], "lz4")]):
        staged = part.assign(line_number=1, origin="a.csv")
        staged.to_parquet(tmp_path / "w" / f"orders-{number:06}.parquet", index=False, compression=codec)
    stream = week_rows(tmp_path, "w")
    assert isinstance(stream, RowStream)
    assert as_table(stream).equals(as_table(week_frame(tmp_path, "w")))
