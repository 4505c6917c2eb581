"""An object is never read without its own facts, nor when it is damaged."""

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.errors import StorageError
from pizza_assets.models import MergedOrders
from pizza_assets.storage.facts import delete_with_facts, publish_facts, read_facts
from pizza_assets.storage.layout import facts_key, old_facts_key, week_key
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.verification import damages
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.storage.rows import NOW, WEEK, events, origin
from pizza_assets_tests.support.examples import examples
from pizza_assets_tests.support.stored_week import write_week

KEY = week_key("raw_match_events", WEEK, "real")


def content(tables: TableStore, key: str) -> bytes:
    found = tables.objects.read(key)
    assert found is not None
    return found


def put(tables: TableStore, key: str, data: bytes) -> None:
    with tables.objects.writing(key) as file:
        file.write(data)


def test_a_kill_between_facts_and_object_leaves_the_old_object_with_its_facts(tables: TableStore) -> None:
    write_week(tables, "raw_match_events", WEEK, events("real", [1]), Origin("real", "1", "first", reason="why"))
    old, old_facts = content(tables, KEY), tables.week_facts("raw_match_events", WEEK)
    write_week(tables, "raw_match_events", WEEK, events("real", [1, 2, 3]), Origin("real", "1", "second"))
    put(tables, KEY, old)  # what is there if the second writer dies after the facts and before the object
    assert tables.week_facts("raw_match_events", WEEK) == old_facts
    write_week(tables, "raw_match_events", WEEK, events("real", [1, 2, 3]), Origin("real", "1", "third"))
    facts = tables.week_facts("raw_match_events", WEEK)
    assert facts is not None
    assert (facts.run_id, facts.row_count) == ("third", 3)


def test_a_kill_at_the_very_first_write_leaves_nothing(tables: TableStore) -> None:
    write_week(tables, "raw_match_events", WEEK, events("real", [1]), origin("real"))
    tables.objects.delete(KEY)
    assert tables.week_facts("raw_match_events", WEEK) is None
    assert tables.read_week("raw_match_events", WEEK) is None


def test_lost_facts_are_rebuilt_from_the_object(tables: TableStore) -> None:
    write_week(tables, "raw_match_events", WEEK, events("real", [1, 2, 3]), origin("real"))
    tables.objects.delete(facts_key(KEY))
    facts = tables.week_facts("raw_match_events", WEEK)
    assert facts is not None
    assert (facts.row_count, facts.data_source, facts.collected_at, facts.input_fingerprint) == (3, "real", "", "")


def test_facts_where_earlier_releases_stored_them_are_read_and_moved_by_the_next_write(tables: TableStore) -> None:
    stored = write_week(tables, "raw_match_events", WEEK, events("real", [1, 2, 3]), origin("real"))
    content = tables.objects.read(facts_key(KEY))
    assert content is not None
    put(tables, old_facts_key(KEY), content)
    tables.objects.delete(facts_key(KEY))
    assert tables.week_facts("raw_match_events", WEEK) == stored.facts
    assert damages(tables.objects) == []
    write_week(tables, "raw_match_events", WEEK, events("real", [1]), origin("real"))
    facts = tables.week_facts("raw_match_events", WEEK)
    assert facts is not None
    assert facts.row_count == 1
    assert tables.objects.keys("") == sorted([KEY, facts_key(KEY)])


def test_of_facts_in_both_places_the_newer_ones_count_and_both_are_deleted(tables: TableStore) -> None:
    """A writer may die between writing the facts in their new place and deleting the old ones."""
    write_week(tables, "raw_match_events", WEEK, events("real", [1, 2, 3]), origin("real"))
    content = tables.objects.read(facts_key(KEY))
    assert content is not None
    put(tables, old_facts_key(KEY), content)
    stored = write_week(tables, "raw_match_events", WEEK, events("real", [1]), origin("real"))
    assert tables.week_facts("raw_match_events", WEEK) == stored.facts
    delete_with_facts(tables.objects, KEY)
    assert tables.objects.keys("") == []


def test_old_facts_that_a_killed_writer_left_are_deleted_by_the_next_write(
    tables: TableStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_week(tables, "raw_match_events", WEEK, events("real", [1, 2, 3]), origin("real"))
    put(tables, old_facts_key(KEY), content(tables, facts_key(KEY)))
    tables.objects.delete(facts_key(KEY))
    delete = tables.objects.delete

    def dies(key: str) -> None:
        if key == old_facts_key(KEY):
            raise SystemExit
        delete(key)

    with monkeypatch.context() as patch:
        patch.setattr(tables.objects, "delete", dies)
        with pytest.raises(SystemExit):
            write_week(tables, "raw_match_events", WEEK, events("real", [1]), origin("real"))
    assert tables.objects.exists(old_facts_key(KEY))
    stored = write_week(tables, "raw_match_events", WEEK, events("real", [1, 2]), origin("real"))
    assert tables.objects.keys("") == sorted([KEY, facts_key(KEY)])
    assert tables.week_facts("raw_match_events", WEEK) == stored.facts


def test_facts_that_an_earlier_release_wrote_after_a_later_one_are_found(
    tables: TableStore, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """A rollback: the earlier release replaces the object, and knows only the old place."""
    write_week(tables, "raw_match_events", WEEK, events("real", [1, 2, 3]), Origin("real", "1", "later"))
    earlier = TableStore(LocalFolder(tmp_path_factory.mktemp("earlier")), lambda: NOW)
    partial = Origin("real", "1", "earlier", is_partial=True)
    written = write_week(earlier, "raw_match_events", WEEK, events("real", [1, 2]), partial)
    put(tables, old_facts_key(KEY), content(earlier, facts_key(KEY)))
    put(tables, KEY, content(earlier, KEY))
    assert tables.week_facts("raw_match_events", WEEK) == written.facts
    stored = write_week(tables, "raw_match_events", WEEK, events("real", [1]), Origin("real", "1", "later"))
    assert tables.objects.keys("") == sorted([KEY, facts_key(KEY)])
    put(tables, KEY, content(earlier, KEY))  # as if that writer had died before the object
    assert tables.week_facts("raw_match_events", WEEK) == written.facts != stored.facts


def test_facts_of_the_same_content_are_replaced(tables: TableStore) -> None:
    stored = write_week(tables, "raw_match_events", WEEK, events("real", [1]), origin("real"))
    publish_facts(tables.objects, KEY, replace(stored.facts, reason="looked at again"))
    facts = read_facts(tables.objects, KEY)
    assert facts is not None
    assert facts.reason == "looked at again"


def test_a_different_label_is_a_different_content(tables: TableStore) -> None:
    """An empty real week and an empty mock week differ."""
    real = write_week(tables, "merged_orders", WEEK, MergedOrders.empty(), origin("real"))
    mock = write_week(tables, "merged_orders", WEEK, MergedOrders.empty(), origin("mock"))
    assert real.facts.content_sha256 != mock.facts.content_sha256


def test_invalid_facts_are_a_named_error(tables: TableStore) -> None:
    write_week(tables, "raw_match_events", WEEK, events("real", [1]), origin("real"))
    put(tables, facts_key(KEY), b"[1]")
    with pytest.raises(StorageError, match=r"facts.json: not readable .*; run its week again to rewrite it"):
        tables.week_facts("raw_match_events", WEEK)


@examples(300)
@given(position=st.floats(0, 1, exclude_max=True), bit=st.integers(0, 7))
def test_a_flipped_bit_is_detected_or_harmless(
    tmp_path_factory: pytest.TempPathFactory, position: float, bit: int
) -> None:
    tables = TableStore(LocalFolder(tmp_path_factory.getbasetemp() / "flipped"), lambda: NOW)
    frame = events("real", [1, 2, 3])
    write_week(tables, "raw_match_events", WEEK, frame, origin("real"))
    damaged = bytearray(content(tables, KEY))
    damaged[int(position * len(damaged))] ^= 1 << bit
    put(tables, KEY, bytes(damaged))
    with suppress(StorageError):
        found = tables.read_week("raw_match_events", WEEK)
        assert found is not None
        pd.testing.assert_frame_equal(found.rows, frame)


def test_damaged_rows_are_a_named_error(tables: TableStore) -> None:
    stored = write_week(tables, "raw_match_events", WEEK, events("real", [1] * 50), origin("real"))
    damaged = bytearray(Path(stored.uri).read_bytes())
    damaged[20:60] = b"x" * 40
    Path(stored.uri).write_bytes(damaged)
    with pytest.raises(StorageError, match=r"(damaged|not readable as Parquet).*run its week again"):
        tables.read_week("raw_match_events", WEEK)
