"""Stored tables: read back equal, real beats mock, refused rows are stored, keys have their prefixes."""

import pickle
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

import pizza_assets
from pizza_assets.analysis.order_batches import FrameBatches
from pizza_assets.analysis.order_bins import bin_orders
from pizza_assets.errors import StorageError
from pizza_assets.models import RejectedRows
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.market import DEFAULT_MARKETS
from pizza_assets.models.merged import OrderBins
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.matches.mock import MockMatches
from pizza_assets.sources.orders.mock import mock_orders
from pizza_assets.storage.layout import PLACES, facts_key, rejected_key, week_key, week_of, whole_key
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore, WeekTables
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.storage.rows import NOW, WEEK, events, origin
from pizza_assets_tests.support.stored_week import write_week

LATER = datetime(2026, 11, 22, tzinfo=UTC)


# Property 11: the weekly tables of a mock week, with their empty values
def test_every_weekly_table_of_a_week_is_read_back_equal(tables: TableStore) -> None:
    week = MatchWeek(WEEK, "Europe/London")
    found = MockMatches(now=lambda: NOW).matches(week.shifted(-18))
    orders = mock_orders(week, DEFAULT_MARKETS[:2], found.rows, NOW, seed=0)
    bins = bin_orders(FrameBatches(orders.rows), orders.covered, week.starts_at, week.ends_at, order_source="mock")
    frames = {
        "raw_matches": found.rows,
        "raw_match_events": found.events,
        "raw_orders": orders.rows,
        "order_bins": bins,
    }
    for asset, frame in frames.items():
        assert len(frame) > 0
        write_week(tables, asset, WEEK, frame, origin("mock"), covered=orders.covered)
        stored = tables.read_week(asset, WEEK)
        assert stored is not None
        pd.testing.assert_frame_equal(stored.rows, frame)
        assert stored.covered == tuple(sorted(orders.covered))


def test_texts_read_as_categories_are_the_same_texts(tables: TableStore) -> None:
    weeks = [MatchWeek(WEEK, "Europe/London").shifted(step) for step in (0, 1)]
    for week, markets in zip(weeks, (DEFAULT_MARKETS[1:3], DEFAULT_MARKETS[:2]), strict=True):
        orders = mock_orders(week, markets, MockMatches(now=lambda: NOW).matches(week).rows, LATER, seed=0)
        bins = bin_orders(FrameBatches(orders.rows), orders.covered, week.starts_at, week.ends_at, order_source="mock")
        write_week(tables, "order_bins", week.key, bins, origin("mock"), covered=orders.covered)
    keys = [week.key for week in weeks]
    stored = WeekTables(tables, "order_bins", keys)
    names, encoded = OrderBins.column_names(), ["order_source", "market", "store_ids"]
    for chosen in (keys, keys[:1]):
        found = stored.read_weeks(chosen, names, encoded)
        assert [name for name in names if found[name].dtype == "category"] == encoded
        assert found["store_ids"].isna().any()
        pd.testing.assert_frame_equal(found.astype(dict.fromkeys(encoded, "str")), stored.rows(chosen))
    assert stored.read_weeks([weeks[0].shifted(5).key], names, encoded).empty


def test_a_week_without_any_order_is_joined_to_one_with_orders(tables: TableStore) -> None:
    """Its shops are all unknown; reading the two for a match on the edge of the week was refused (TypeError)."""
    weeks = [MatchWeek(WEEK, "Europe/London").shifted(step) for step in (0, 1)]
    for week, share in zip(weeks, (0, 1), strict=True):
        orders = mock_orders(week, DEFAULT_MARKETS[:2], MockMatches(now=lambda: NOW).matches(week).rows, LATER, seed=0)
        sold = FrameBatches(orders.rows.head(share * len(orders.rows)))
        bins = bin_orders(sold, orders.covered, week.starts_at, week.ends_at, order_source="mock")
        assert bins["store_ids"].isna().all() == (not share)
        write_week(tables, "order_bins", week.key, bins, origin("mock"), covered=orders.covered)
    keys = [week.key for week in weeks]
    stored = WeekTables(tables, "order_bins", keys)
    found = stored.read_weeks(keys, OrderBins.column_names(), ["store_ids"])
    pd.testing.assert_frame_equal(found.astype({"store_ids": "str"}), stored.rows(keys))


def test_equal_rows_give_equal_bytes(tables: TableStore, tmp_path: Path) -> None:
    first = write_week(tables, "raw_match_events", WEEK, events("mock", [1, 2]), Origin("mock", "1", "run 1"))
    later = TableStore(LocalFolder(tmp_path / "other"), lambda: datetime(2027, 1, 1, tzinfo=UTC))
    second = write_week(later, "raw_match_events", WEEK, events("mock", [1, 2]), Origin("mock", "1", "run 2"))
    assert first.facts.sha256 == second.facts.sha256
    assert first.facts.collected_at != second.facts.collected_at


def test_mock_never_replaces_real(tables: TableStore) -> None:
    write_week(tables, "raw_match_events", WEEK, events("real", [10]), origin("real"))
    kept = write_week(tables, "raw_match_events", WEEK, events("mock", [20]), origin("mock"))
    assert kept.facts.data_source == "real"
    found = tables.read_week("raw_match_events", WEEK)
    assert found is not None
    assert found.rows["match_source"].tolist() == ["real"]


def test_real_retires_mock(tables: TableStore) -> None:
    write_week(tables, "raw_match_events", WEEK, events("mock", [20]), origin("mock"))
    write_week(tables, "raw_match_events", WEEK, events("real", []), origin("real"))
    assert not tables.objects.exists(week_key("raw_match_events", WEEK, "mock"))
    assert not tables.objects.exists(facts_key(week_key("raw_match_events", WEEK, "mock")))
    found = tables.read_week("raw_match_events", WEEK)
    assert found is not None
    assert found.rows.empty, "a real empty answer is real and empty"


def test_readers_get_real_if_both_are_stored(tables: TableStore, tmp_path: Path) -> None:
    write_week(tables, "raw_match_events", WEEK, events("real", [10]), origin("real"))
    apart = TableStore(LocalFolder(tmp_path / "apart"), lambda: NOW)
    write_week(apart, "raw_match_events", WEEK, events("mock", [20]), origin("mock"))
    key = week_key("raw_match_events", WEEK, "mock")
    content = apart.objects.read(key)
    assert content is not None
    with tables.objects.writing(key) as file:
        file.write(content)
    found = tables.read_week("raw_match_events", WEEK)
    assert found is not None
    assert set(found.rows["match_source"]) == {"real"}


def test_a_real_week_that_replaces_mock_between_two_reads_is_found(tmp_path: Path) -> None:
    class Turning(LocalFolder):
        def read(self, key: str) -> bytes | None:
            found = super().read(key)
            if key == week_key("raw_match_events", WEEK, "real") and found is None:
                write_week(writer, "raw_match_events", WEEK, events("real", [10]), origin("real"))
            return found

        def tail(self, key: str, length: int) -> bytes | None:
            found = super().tail(key, length)
            if key == week_key("raw_match_events", WEEK, "real") and found is None:
                write_week(writer, "raw_match_events", WEEK, events("real", [10]), origin("real"))
            return found

    for number, look in enumerate((TableStore.read_week, TableStore.week_facts)):
        writer = TableStore(LocalFolder(tmp_path / str(number)), lambda: NOW)
        write_week(writer, "raw_match_events", WEEK, events("mock", [20]), origin("mock"))
        assert look(TableStore(Turning(tmp_path / str(number)), lambda: NOW), "raw_match_events", WEEK) is not None


def test_mock_stored_earlier_is_ignored_if_mock_is_refused(tables: TableStore) -> None:
    write_week(tables, "raw_match_events", WEEK, events("mock", [20]), origin("mock"))
    strict = TableStore(tables.objects, lambda: NOW, mock_refused=frozenset({"match_source"}))
    assert strict.read_week("raw_match_events", WEEK) is None
    assert strict.weeks("raw_match_events") == []
    assert tables.weeks("raw_match_events") == [WEEK]


def test_coverage_travels_with_the_rows(tables: TableStore) -> None:
    period = CoveredPeriod("Leeds", "dominos", "GBP", NOW, NOW.replace(hour=20))
    write_week(tables, "order_bins", WEEK, OrderBins.empty(), origin("mock"), covered=[period])
    found = tables.read_week("order_bins", WEEK)
    assert found is not None
    assert found.covered == (period,)


def test_refused_rows_are_stored_and_deleted_once_corrected(tables: TableStore) -> None:
    columns = dict.fromkeys(RejectedRows.column_names(), "x")
    rejected = RejectedRows.conform([{**columns, "line_number": 3}])
    frame = events("real", [1])
    stored = write_week(tables, "raw_match_events", WEEK, frame, origin("real"), rejected=rejected)
    assert stored.facts.rejected_count == 1
    pd.testing.assert_frame_equal(tables.rejected("raw_match_events", WEEK), rejected)
    write_week(tables, "raw_match_events", WEEK, frame, origin("real"))
    assert tables.rejected("raw_match_events", WEEK).empty


def test_another_schema_version_is_a_named_error(tables: TableStore) -> None:
    key = week_key("order_bins", WEEK)
    other = write_week(tables, "raw_match_events", WEEK, events("mock", [1]), origin("mock"))
    with tables.objects.writing(key) as file:
        file.write(Path(other.uri).read_bytes())
    with pytest.raises(StorageError, match="expected 'order_bins' of version 1"):
        tables.read_week("order_bins", WEEK)


def test_a_pickle_is_never_opened(tables: TableStore, tmp_path: Path) -> None:
    """Unpickling an object from a bucket would execute whatever somebody put there."""
    canary = tmp_path / "ran"

    class Evil:
        def __reduce__(self) -> tuple:
            return Path.touch, (canary,)

    for key in (week_key("order_bins", WEEK), facts_key(week_key("order_bins", WEEK)), whole_key("match_impact")):
        with tables.objects.writing(key) as file:
            file.write(pickle.dumps(Evil()))
    for read in (
        lambda: tables.read_week("order_bins", WEEK),
        lambda: tables.week_facts("order_bins", WEEK),
        lambda: tables.read_whole("match_impact"),
    ):
        with pytest.raises(StorageError, match="not readable"):
            read()
    assert not canary.exists()


def test_no_module_reads_pickles() -> None:
    package = Path(pizza_assets.__file__).parent
    assert not [path for path in package.rglob("*.py") if "pickle" in path.read_text(encoding="utf-8")]


def test_an_invalid_file_is_a_named_error(tables: TableStore) -> None:
    with tables.objects.writing(week_key("order_bins", WEEK)) as file:
        file.write(b"PAR1 but not really")
    with pytest.raises(StorageError, match="not readable as Parquet"):
        tables.read_week("order_bins", WEEK)


def test_week_tables_read_only_requested_and_stored_weeks(tables: TableStore) -> None:
    for week in ("2026-08-04", "2026-08-11", "2026-08-18"):
        write_week(tables, "raw_match_events", week, events("mock", [1]), origin("mock"))
    weeks = WeekTables(tables, "raw_match_events", ["2026-08-11", "2026-08-18", "2026-08-25"])
    assert list(weeks) == ["2026-08-11", "2026-08-18"]
    assert weeks.get("2026-08-04") is None
    assert len(weeks.rows()) == 2
    assert weeks.rows(["2026-08-25"]).empty


# Property 10: the keys of every asset
def test_every_key_is_below_dataset_source_and_week() -> None:
    for asset, place in PLACES.items():
        if not place.weekly:
            assert whole_key(asset).startswith(("processed-data/", "quicksight-ready/"))
            continue
        for label in place.labels or (None,):
            key = week_key(asset, WEEK, label)
            assert week_of(key) == WEEK
            assert key.startswith(f"{place.weeks_prefix}/{label}/" if label else place.weeks_prefix)
        if place.labelled:
            assert rejected_key(asset, WEEK).startswith(f"{place.prefix}/rejected/week={WEEK}/")


def test_a_kept_week_records_why_it_was_not_refreshed(tables: TableStore) -> None:
    write_week(tables, "raw_match_events", WEEK, events("real", [10]), origin("real"))
    kept = write_week(
        tables, "raw_match_events", WEEK, events("mock", []), Origin("mock", "1", "run", "mock", "no network")
    )
    assert kept.is_kept
    facts = tables.week_facts("raw_match_events", WEEK)
    assert facts is not None
    assert facts.is_partial
    assert facts.reason == "kept from before, because a refresh failed: no network"
    write_week(tables, "raw_match_events", WEEK, events("real", [10]), origin("real"))
    refreshed = tables.week_facts("raw_match_events", WEEK)
    assert refreshed is not None
    assert (refreshed.reason, refreshed.is_partial) == (None, False)


def test_rows_that_the_model_refuses_are_never_stored(tables: TableStore) -> None:
    wrong = events("real", [10]).assign(minute=-1)
    with pytest.raises(StorageError, match="minute = -1"):
        write_week(tables, "raw_match_events", WEEK, wrong, origin("real"))
    assert tables.weeks("raw_match_events") == []
