"""Small weeks are read once; larger and changed ones again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from pizza_assets.models import QuarterHours
from pizza_assets.storage import frame_cache
from pizza_assets.storage.frame_cache import FrameCache
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore, WeekTables
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.support.stored_week import write_week

WEEK = "2025-09-02"
NOW = datetime(2025, 9, 10, tzinfo=UTC)


class Counting(LocalFolder):
    reads = 0

    def read(self, key: str) -> bytes | None:
        self.reads += 1
        return super().read(key)


def quarters(count: int) -> pd.DataFrame:
    row = {"order_source": "real", "market": "Leeds", "chain": "dominos", "store_id": "s1", "order_count": count}
    return QuarterHours.conform([{**row, "bin_at": pd.Timestamp(NOW)}])


@pytest.fixture
def tables(tmp_path: Path) -> TableStore:
    return TableStore(Counting(tmp_path), lambda: NOW)


def write(tables: TableStore, count: int) -> None:
    write_week(tables, "quarter_hours", WEEK, quarters(count), Origin("real", "1", "test"))


def read(tables: TableStore) -> pd.DataFrame:
    found = tables.read_week("quarter_hours", WEEK)
    assert found is not None
    return found.rows


def test_a_week_is_read_once_until_it_changes(tables: TableStore) -> None:
    write(tables, 1)
    first = read(tables)
    before = tables.objects.reads
    first["order_count"] = 99
    assert read(tables)["order_count"].tolist() == [1]
    assert tables.objects.reads == before
    write(tables, 2)
    assert read(tables)["order_count"].tolist() == [2]


def test_a_value_derived_from_a_week_is_computed_once_until_the_week_changes(tables: TableStore) -> None:
    calls = []

    def compute(rows: pd.DataFrame, week: str) -> int:
        calls.append(week)
        return int(rows["order_count"].sum())

    weeks = WeekTables(tables, "quarter_hours", [WEEK])
    for count in (1, 2):
        write(tables, count)
        assert [weeks.derived("sum", WEEK, compute), weeks.derived("sum", WEEK, compute)] == [count, count]
    assert calls == [WEEK, WEEK]


def test_large_tables_are_not_cached_and_old_ones_are_evicted(monkeypatch: pytest.MonkeyPatch) -> None:
    frame = pd.DataFrame({"a": range(100)})
    size = int(frame.memory_usage().sum())
    monkeypatch.setattr(frame_cache, "LARGEST_BYTES", size)
    monkeypatch.setattr(frame_cache, "MOST_BYTES", 2 * size)
    cache = FrameCache()
    cache.put("larger", "x", pd.DataFrame({"a": range(200)}), None)
    for key in ("one", "two", "three"):
        cache.put(key, "x", frame, None)
        cache.get("two", "x")

    assert [key in cache for key in ("larger", "one", "two", "three")] == [False, False, True, True]
    assert cache.get("two", "y") is None


def test_a_file_without_a_checksum_is_not_cached() -> None:
    cache = FrameCache()
    cache.put("key", "", pd.DataFrame({"a": [1]}), None)
    assert "key" not in cache


def test_what_is_derived_from_chosen_weeks_is_computed_once_until_one_changes(tables: TableStore) -> None:
    computed: list[list[str]] = []

    def counts(weeks: Sequence[str]) -> pd.DataFrame:
        computed.append(list(weeks))
        return pd.concat([read(tables)] * len(weeks)) if weeks else QuarterHours.empty()

    write(tables, 1)
    weeks = WeekTables(tables, "quarter_hours", [WEEK, "2025-09-09"])
    nearby = ["2025-08-26", WEEK, "2025-09-09"]
    first = weeks.derived_from_all("counts", counts, nearby)
    first["order_count"] = 99
    assert weeks.derived_from_all("counts", counts, nearby)["order_count"].tolist() == [1, 1]
    assert computed == [nearby[1:]], "the first of them is not among these tables"
    write(tables, 2)
    assert weeks.derived_from_all("counts", counts, nearby)["order_count"].tolist() == [2, 2]
    assert weeks.derived_from_all("counts", counts, [WEEK])["order_count"].tolist() == [2]
    assert weeks.derived_from_all("counts", counts)["order_count"].tolist() == [2]
    assert WeekTables(tables, "quarter_hours", []).derived_from_all("counts", counts, nearby).empty
