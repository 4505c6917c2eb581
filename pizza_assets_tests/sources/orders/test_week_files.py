"""A large week comes as a stream, of the same rows in the same order as the frame."""

from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from pizza_assets.models import RawOrders
from pizza_assets.models.row_stream import RowStream
from pizza_assets.sources.orders import week_files
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


def test_a_stream_of_several_batches_is_the_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(week_files, "LARGE_WEEK_ORDERS", 10)
    monkeypatch.setattr(week_files, "_BATCH_ROWS", 7)
    export(tmp_path / "in")
    source = order_files(tmp_path / "in")
    frame, stream = source.orders(AUGUST), source.orders(AUGUST, may_stream=True)

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
    monkeypatch.setattr(week_files, "LARGE_WEEK_ORDERS", 3 * len(IDS))
    assert isinstance(source.orders(AUGUST, may_stream=True).rows, pd.DataFrame)
    monkeypatch.setattr(week_files, "LARGE_WEEK_ORDERS", 3 * len(IDS) - 1)
    assert isinstance(source.orders(AUGUST, may_stream=True).rows, RowStream)
    empty = source.orders(AUGUST.shifted(9), may_stream=True)
    assert (len(empty.rows), empty.is_covered) == (0, False)


def test_a_stream_comes_with_the_refused_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(week_files, "LARGE_WEEK_ORDERS", 1)
    header = ("id", "placed", "price", "count", "item")
    good = [(f"a{n}", "2025-08-15 19:00", "12.50", "1", "Margherita") for n in range(3)]
    write(tmp_path / "in", "aug.csv", csv_text(header, [*good, ("b", "2025-08-15 19:00", "free", "1", "Margherita")]))
    result = order_files(tmp_path / "in", mapping(ITEM_ROWS)).orders(AUGUST, may_stream=True)
    table = as_table(result.rows)
    assert table["order_id"].to_pylist() == ["a0", "a1", "a2"]
    assert "Margherita" in table["items"][0].as_py()
    assert result.rejected["row_id"].tolist() == ["b"]


def test_a_damaged_file_of_a_week_is_named_with_a_remedy(tmp_path: Path) -> None:
    export(tmp_path / "in")
    source = order_files(tmp_path / "in")
    assert source.periods() is not None
    [file] = (tmp_path / "staging").rglob("*.parquet")
    file.write_bytes(b"PAR1 damaged")
    with pytest.raises(OSError, match="delete the folder, and it is made again"):
        source.orders(AUGUST)
