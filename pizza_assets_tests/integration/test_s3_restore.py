"""An overwritten week is restored from a bucket with versioning."""

import itertools
import time
from dataclasses import replace
from datetime import UTC, datetime

import pandas as pd
import pytest

from pizza_assets.cli import main
from pizza_assets.errors import StorageError
from pizza_assets.models import RejectedRows
from pizza_assets.storage.history import WeekHistory
from pizza_assets.storage.layout import PLACES
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.s3_bucket import S3Bucket
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.verification import damages
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.storage.rows import NOW, WEEK, events, origin
from pizza_assets_tests.support.s3_server import S3Server, bucket_store
from pizza_assets_tests.support.stored_week import write_week

pytestmark = pytest.mark.integration

NUMBERS = itertools.count()
ASSET = "raw_match_events"
OTHER_WEEK = "2026-08-11"


@pytest.fixture
def bucket(moto: S3Server) -> str:
    name = f"history-{next(NUMBERS)}"
    moto.create_bucket(name, keeps_versions=True)
    return name


@pytest.fixture
def store(moto: S3Server, bucket: str) -> S3Bucket:
    return bucket_store(moto.client(), bucket, "pizza")


@pytest.fixture
def tables(store: S3Bucket) -> TableStore:
    return TableStore(store, lambda: NOW)


def moment() -> datetime:
    """A time between two writes; a bucket's times are whole seconds."""
    time.sleep(1.1)
    now = datetime.now(UTC)
    time.sleep(1.1)
    return now


def test_an_overwritten_week_is_restored(tables: TableStore, store: S3Bucket) -> None:
    good = events("real", [10, 20])
    rejected = RejectedRows.conform([{**dict.fromkeys(RejectedRows.column_names(), "x"), "line_number": 3}])
    write_week(tables, ASSET, WEEK, good, Origin("real", "1", "good run"), rejected=rejected)
    before = moment()
    write_week(tables, ASSET, WEEK, events("real", [99]), Origin("real", "1", "bad run"))
    write_week(tables, ASSET, OTHER_WEEK, events("real", [5]), origin("real"))
    restored = WeekHistory(store, WEEK).restore(before)
    found, facts = tables.read_week(ASSET, WEEK), tables.week_facts(ASSET, WEEK)
    assert found is not None
    pd.testing.assert_frame_equal(found.rows, good)
    assert facts is not None
    assert (facts.run_id, facts.rejected_count) == ("good run", 1)
    pd.testing.assert_frame_equal(tables.rejected(ASSET, WEEK), rejected)
    assert [one.what for one in restored].count("restored") == 2
    assert tables.weeks(ASSET) == [WEEK, OTHER_WEEK]
    assert damages(store) == []


def test_later_objects_are_deleted_and_deleted_ones_restored(tables: TableStore, store: S3Bucket) -> None:
    mock = events("mock", [10])
    write_week(tables, ASSET, WEEK, mock, origin("mock"))
    before = moment()
    write_week(tables, ASSET, WEEK, events("real", [20]), origin("real"))
    WeekHistory(store, WEEK).restore(before)
    found = tables.read_week(ASSET, WEEK)
    assert found is not None
    pd.testing.assert_frame_equal(found.rows, mock)
    after = moment()
    assert WeekHistory(store, WEEK).restore(after)
    assert damages(store) == []


def test_restoring_twice_changes_nothing_and_can_itself_be_undone(tables: TableStore, store: S3Bucket) -> None:
    write_week(tables, ASSET, WEEK, events("real", [10]), origin("real"))
    first = moment()
    write_week(tables, ASSET, WEEK, events("real", [20]), origin("real"))
    second = moment()
    WeekHistory(store, WEEK).restore(first)
    assert {one.what for one in WeekHistory(store, WEEK).restore(first)} == {"unchanged since"}
    WeekHistory(store, WEEK).restore(second)
    found = tables.read_week(ASSET, WEEK)
    assert found is not None
    assert found.rows["minute"].tolist() == [20]


def test_a_week_is_restored_where_an_earlier_release_stored_it(
    tables: TableStore, store: S3Bucket, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as earlier:
        earlier.setitem(PLACES, ASSET, replace(PLACES[ASSET], own_folder=""))
        write_week(tables, ASSET, WEEK, events("real", [10, 20]), origin("real"))
    keys = store.keys("")
    before = moment()
    write_week(tables, ASSET, WEEK, events("real", [99]), origin("real"))
    assert not set(keys) & set(store.keys(""))
    WeekHistory(store, WEEK).restore(before)
    found, facts = tables.read_week(ASSET, WEEK), tables.week_facts(ASSET, WEEK)
    assert found is not None
    assert facts is not None
    assert (found.rows["minute"].tolist(), facts.row_count) == ([10, 20], 2)
    assert store.keys("") == keys


def test_a_moment_before_all_versions_is_refused(tables: TableStore, store: S3Bucket) -> None:
    before = moment()
    write_week(tables, ASSET, WEEK, events("real", [10]), origin("real"))
    with pytest.raises(StorageError, match=r"no object of week 2026-08-04 is older than .*pizza restore 2026-08-04"):
        WeekHistory(store, WEEK).restore(before)


def test_a_damaged_version_is_refused_and_the_week_stays(tables: TableStore, store: S3Bucket) -> None:
    key = f"raw-data/football-data/real/week={WEEK}/raw_match_events.parquet"
    store.objects.put(key, b"no Parquet")
    before = moment()
    write_week(tables, ASSET, WEEK, events("real", [10]), origin("real"))
    with pytest.raises(StorageError, match="not readable as Parquet"):
        WeekHistory(store, WEEK).restore(before)
    assert tables.read_week(ASSET, WEEK) is not None


def test_without_versioning_restoring_is_refused(moto: S3Server, tmp_path: object) -> None:
    name = f"history-{next(NUMBERS)}"
    moto.create_bucket(name)
    for store in (bucket_store(moto.client(), name), LocalFolder(str(tmp_path))):
        with pytest.raises(StorageError, match="keeps no history.*put-bucket-versioning"):
            WeekHistory(store, WEEK)


def test_the_command_lists_and_restores(
    moto: S3Server,
    bucket: str,
    tables: TableStore,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    for name, value in {**moto.environ(), "PIZZA_STORAGE": f"s3://{bucket}/pizza"}.items():
        monkeypatch.setenv(name, value)
    write_week(tables, ASSET, WEEK, events("real", [10]), origin("real"))
    before = moment()
    write_week(tables, ASSET, WEEK, events("real", [20]), origin("real"))
    assert main(["restore", "2026-08-07"]) == 0
    listed = capsys.readouterr().out.splitlines()
    assert [line.split()[1] for line in listed] == ["written", "written"]
    assert main(["restore", "2026-08-07", "--before", before.isoformat()]) == 0
    assert "restored" in capsys.readouterr().out
    found = tables.read_week(ASSET, WEEK)
    assert found is not None
    assert found.rows["minute"].tolist() == [10]
