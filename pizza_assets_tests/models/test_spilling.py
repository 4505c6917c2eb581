"""Spilling to disk: rows are sorted as by pandas, and every repeated value is found."""

import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.models import RawOrders, spilling
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.spilling import SeenValues, sorted_batches, sorted_rows
from pizza_assets_tests.analysis.tables import an_order, at
from pizza_assets_tests.support.examples import examples

IDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8)
SIMILAR_IDS = st.text("aAäÄzZéßøØ~ 0", min_size=1, max_size=4)


def batches(frame: pd.DataFrame, rows: int) -> list[pa.RecordBatch]:
    table = pa.Table.from_pandas(frame, schema=RawOrders.arrow_schema(), preserve_index=False)
    return table.to_batches(max_chunksize=rows)


def many(count: int) -> pd.DataFrame:
    ids = pd.util.hash_array(pd.RangeIndex(count).to_numpy()).astype(str)
    one = RawOrders.conform([an_order("o", at("14:10"))])
    return one.loc[one.index.repeat(count)].reset_index(drop=True).assign(order_id=pd.array(ids, dtype="str"))


# Property 11: sorted rows equal those of the frame, in the same order, whatever characters are in the key
@examples(100)
@given(
    st.lists(
        st.tuples(st.one_of(IDS, SIMILAR_IDS), st.integers(0, 2), st.sampled_from(["real", "mock"])),
        max_size=30,
        unique_by=lambda row: row[0],
    ),
    st.integers(1, 40),
)
def test_rows_are_sorted_like_a_frame(keys: list[tuple[str, int, str]], batch_rows: int) -> None:
    rows = [
        an_order(order_id, at("18:00") + timedelta(microseconds=later), order_source=label, store_location=order_id)
        for order_id, later, label in keys
    ]
    given_order = pd.DataFrame(rows, columns=RawOrders.column_names())
    frame = RawOrders.conform(given_order)
    unordered = given_order.astype(frame.dtypes.to_dict())
    found = pa.Table.from_batches(sorted_batches(batches(unordered, batch_rows), RawOrders), RawOrders.arrow_schema())
    assert found.equals(pa.Table.from_pandas(frame, RawOrders.arrow_schema(), preserve_index=False))


def test_rows_that_do_not_fit_in_memory_are_sorted_on_disk(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spilling, "LEAST_MEMORY", 48_000_000)
    rows = many(400_000)
    for number, part in enumerate((rows[:250_000], rows[250_000:])):
        part.assign(origin="a.csv", line_number=1).to_parquet(tmp_path / f"{number}.parquet", index=False)

    reading = sorted_rows([tmp_path / "0.parquet", tmp_path / "1.parquet"], RawOrders)
    first = next(reading)
    assert sum(file.stat().st_size for file in temporary.rglob("*") if file.is_file()) > 0
    found = pa.Table.from_batches([first, *reading])

    expected = rows["order_id"].sort_values().tolist()
    assert found["order_id"].to_pylist() == expected
    assert found.schema.equals(RawOrders.arrow_schema())
    assert list(temporary.iterdir()) == []


def test_spilled_files_are_deleted_at_the_end_of_the_block(tmp_path: Path, temporary: Path) -> None:
    many(100_000).to_parquet(tmp_path / "orders.parquet", index=False)
    with RowStream(lambda: sorted_rows([tmp_path / "orders.parquet"], RawOrders)).reading() as rows:
        next(rows)
        assert len(list(temporary.iterdir())) == 1
    assert list(temporary.iterdir()) == []


def test_an_unreadable_file_is_named(tmp_path: Path, temporary: Path) -> None:
    (tmp_path / "orders.parquet").write_bytes(b"no Parquet at all")
    with pytest.raises(OSError, match=f"{tmp_path}: .*magic bytes"):
        list(sorted_rows([tmp_path / "orders.parquet"], RawOrders))
    assert list(temporary.iterdir()) == []


# Property 11: no id is stored twice, wherever its rows are
@examples(100)
@given(st.lists(st.one_of(IDS, SIMILAR_IDS), max_size=40), st.integers(1, 10))
def test_only_repeated_values_are_found(ids: list[str], part_rows: int) -> None:
    schema = pa.schema([pa.field("order_id", pa.string(), nullable=False)])
    with SeenValues(schema) as seen:
        for first in range(0, len(ids), part_rows):
            seen.add(pa.table({"number": range(len(ids)), "order_id": ids}).slice(first, part_rows))
        found = seen.first_repeated()

    repeated = {("order_id", value) for value, times in Counter(ids).items() if times > 1}
    assert found in repeated if repeated else found is None


def test_repeated_values_are_found_on_disk_beyond_the_memory_limit(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spilling, "LEAST_MEMORY", 48_000_000)
    rows = pa.Table.from_batches(batches(many(400_000), 400_000))
    with SeenValues(pa.schema([RawOrders.arrow_schema().field("order_id")])) as seen:
        seen.add(rows)
        seen.add(rows.slice(399_999))
        assert seen.first_repeated() == ("order_id", rows["order_id"][399_999].as_py())
    assert list(temporary.iterdir()) == []


def test_a_temporary_folder_is_never_a_pattern(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a*b", "aXb"):
        (tmp_path / name).mkdir()
    rows = pa.table({"id": ["a", "b"]})
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "a*b"))
    with SeenValues(rows.schema) as seen:
        folder = next((tmp_path / "a*b").iterdir())
        (tmp_path / "aXb" / folder.name).mkdir()
        pq.write_table(rows, tmp_path / "aXb" / folder.name / "values.parquet")
        seen.add(rows)
        assert seen.first_repeated() is None
