"""Checks show the failing rows, and warn or fail by share."""

from datetime import UTC, datetime
from pathlib import Path

import dagster as dg
import pytest

from pizza_assets.assets.checks import SHOWN_PER_WEEK, refused_rows_result
from pizza_assets.settings import Settings
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.support.match_rows import matches, refused
from pizza_assets_tests.support.stored_week import write_week

WEEKS = ["2026-08-04", "2026-08-11"]


@pytest.fixture
def tables(tmp_path: Path) -> TableStore:
    return TableStore(LocalFolder(tmp_path), lambda: datetime(2026, 8, 12, tzinfo=UTC))


def stored(tables: TableStore, week: str, good: int, bad: int) -> None:
    write_week(tables, "raw_matches", week, matches(good), Origin("real", "1", "run"), rejected=refused(bad))


def test_nothing_refused_passes(tables: TableStore) -> None:
    stored(tables, WEEKS[0], 10, 0)
    result = refused_rows_result("raw_matches", WEEKS, tables, Settings())
    assert result.passed
    assert "rows" not in result.metadata


def test_few_refused_rows_warn_and_are_shown(tables: TableStore) -> None:
    stored(tables, WEEKS[0], 99, 1)
    result = refused_rows_result("raw_matches", WEEKS, tables, Settings())
    assert (result.passed, result.severity) == (False, dg.AssetCheckSeverity.WARN)
    (record,) = result.metadata["rows"].records
    assert {
        "week": WEEKS[0],
        "column": "date",
        "value": "2026-02-30",
        "reason": "no such day",
    }.items() <= record.data.items()
    assert result.metadata["weeks_in_error"].value == []


def test_many_refused_rows_are_an_error_of_their_week_only(tables: TableStore) -> None:
    stored(tables, WEEKS[0], 99, 1)
    stored(tables, WEEKS[1], 10, 30)
    result = refused_rows_result("raw_matches", WEEKS, tables, Settings())
    assert result.severity == dg.AssetCheckSeverity.ERROR
    assert result.metadata["weeks_in_error"].value == [WEEKS[1]]
    assert result.metadata["refused_rows"].value == 31
    assert len(result.metadata["rows"].records) == 1 + SHOWN_PER_WEEK
    assert refused_rows_result("raw_matches", WEEKS, tables, Settings(reject_error_matches=99)).severity == (
        dg.AssetCheckSeverity.WARN
    )
