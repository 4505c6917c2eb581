"""Weeks that an earlier release stored beside those of another table are read where they are, and move when written."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from pizza_assets.storage.facts import Facts
from pizza_assets.storage.layout import PLACES, facts_key, week_keys
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.verification import damages
from pizza_assets_tests.storage.rows import NOW, WEEK, events, origin
from pizza_assets_tests.support.stored_week import write_week

ASSET = "raw_match_events"
BESIDE = replace(PLACES[ASSET], own_folder="")
"""The place of the release before: in the folder of raw_matches."""
EARLIER, NOW_THERE = week_keys(ASSET, WEEK, "real")


@pytest.fixture
def write_earlier(tables: TableStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """A real week, written as the earlier release did it."""
    with monkeypatch.context() as earlier:
        earlier.setitem(PLACES, ASSET, BESIDE)
        write_week(tables, ASSET, WEEK, events("real", [10]), origin("real"))
    assert tables.objects.keys("") == sorted([EARLIER, facts_key(EARLIER)])


def minutes(tables: TableStore) -> Sequence[int]:
    found = tables.read_week(ASSET, WEEK)
    assert found is not None
    return found.rows["minute"].tolist()


def facts(tables: TableStore) -> Facts:
    found = tables.week_facts(ASSET, WEEK)
    assert found is not None
    return found


@pytest.mark.usefixtures("write_earlier")
def test_it_is_read_where_it_is(tables: TableStore) -> None:
    assert (minutes(tables), facts(tables).row_count) == ([10], 1)
    assert tables.weeks(ASSET) == [WEEK]
    assert damages(tables.objects) == []


@pytest.mark.usefixtures("write_earlier")
def test_its_next_write_moves_it(tables: TableStore) -> None:
    write_week(tables, ASSET, WEEK, events("real", [20, 30]), origin("real"))
    assert (minutes(tables), facts(tables).row_count) == ([20, 30], 2)
    assert tables.objects.keys("") == sorted([NOW_THERE, facts_key(NOW_THERE)])
    assert tables.weeks(ASSET) == [WEEK]


@pytest.mark.usefixtures("write_earlier")
def test_mock_never_replaces_it(tables: TableStore) -> None:
    kept = write_week(tables, ASSET, WEEK, events("mock", [20, 30]), origin("mock"))
    assert (kept.is_kept, minutes(tables)) == (True, [10])
    assert facts(tables).reason is not None
    assert tables.objects.keys("") == sorted([EARLIER, facts_key(EARLIER)])


@pytest.mark.usefixtures("write_earlier")
def test_a_partial_week_does_not_replace_it(tables: TableStore) -> None:
    partial = replace(origin("real"), is_partial=True)
    assert write_week(tables, ASSET, WEEK, events("real", []), partial).is_kept
    assert minutes(tables) == [10]


def test_a_real_week_retires_a_mock_one_there(tables: TableStore, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as earlier:
        earlier.setitem(PLACES, ASSET, BESIDE)
        write_week(tables, ASSET, WEEK, events("mock", [10]), origin("mock"))
    write_week(tables, ASSET, WEEK, events("real", [20]), origin("real"))
    assert tables.objects.keys("") == sorted([NOW_THERE, facts_key(NOW_THERE)])


@pytest.mark.usefixtures("write_earlier")
def test_a_kill_at_any_step_of_the_move_leaves_one_whole_week(tables: TableStore, tmp_path: Path) -> None:
    class Killed(BaseException):
        pass

    class Dying(LocalFolder):
        """Its process is killed instead of the deletion with this number."""

        def __init__(self, at: int) -> None:
            super().__init__(tmp_path)
            self.left = at

        def delete(self, key: str) -> None:
            if self.left == 0:
                raise Killed
            self.left -= 1
            super().delete(key)

    seen = []
    for at in range(3):  # refused rows, the week, its facts
        with suppress(Killed):
            write_week(TableStore(Dying(at), lambda: NOW), ASSET, WEEK, events("real", [20, 30]), origin("real"))
        seen.append((minutes(tables), facts(tables).row_count))
        assert damages(tables.objects) == []
    assert seen == [([10], 1), ([10], 1), ([20, 30], 2)]
    write_week(tables, ASSET, WEEK, events("real", [40]), origin("real"))
    assert tables.objects.keys("") == sorted([NOW_THERE, facts_key(NOW_THERE)])


def test_what_an_earlier_release_writes_after_a_return_to_it_is_read(
    tables: TableStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_week(tables, ASSET, WEEK, events("real", [20]), origin("real"))
    with monkeypatch.context() as earlier:
        earlier.setitem(PLACES, ASSET, BESIDE)
        write_week(tables, ASSET, WEEK, events("real", [10]), origin("real"))
    assert (minutes(tables), facts(tables).row_count) == ([10], 1)


def test_no_two_tables_have_their_weeks_in_one_folder() -> None:
    folders = [place.weeks_prefix for asset, place in PLACES.items() if place.weekly and place.table == asset]
    assert len(folders) == len(set(folders)) > 1
