"""The contract of every object store; a folder and each S3 server run the same tests."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.models import RejectedRows
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.automation.channels import Channel
from pizza_assets.orchestration.automation.sent_messages import send_once
from pizza_assets.storage.layout import PLACES, facts_key, rejected_key, week_key, week_of
from pizza_assets.storage.object_store import ObjectStore
from pizza_assets.storage.tables import TableStore, WeekTables
from pizza_assets_tests.storage.rows import NOW, WEEK, events, origin
from pizza_assets_tests.support.examples import examples
from pizza_assets_tests.support.stored_week import write_week

PAGE_OF_S3 = 1_000


class StorageContract:
    """The contract of every store and of tables in it. Subclasses provide `new_store`, which makes an empty store."""

    examples = 100
    """Examples per property; fewer where each example takes hundreds of requests."""

    @pytest.fixture
    def store(self, new_store: Callable[[], ObjectStore]) -> ObjectStore:
        return new_store()

    def test_written_bytes_are_read_back(self, store: ObjectStore) -> None:
        with store.writing("a/b.bin") as file:
            file.write(b"one")
        assert store.read("a/b.bin") == b"one"
        assert store.exists("a/b.bin")

    def test_a_check_leaves_nothing_behind(self, store: ObjectStore) -> None:
        store.check()
        assert store.keys("") == []

    def test_a_message_is_sent_once_as_the_store_remembers(self, store: ObjectStore) -> None:
        got: list[str] = []

        def sent() -> list[str]:
            chosen: dict[str, Channel] = {"notify 1 (json)": lambda *_: got.append("x")}
            return send_once(store, lambda: NOW, chosen, "digest-2026-08-07-all", ("s", "t")).sent

        assert [sent(), sent(), got] == [["notify 1 (json)"], [], ["x"]]
        assert store.keys("processed-data") == ["processed-data/sent-messages/digest-2026-08-07-all/notify-1-json.json"]

    def test_a_missing_object_is_none(self, store: ObjectStore) -> None:
        assert store.read("nothing") is None
        assert not store.exists("nothing")
        assert store.keys("nothing") == []
        store.delete("nothing")

    def test_a_failed_write_leaves_the_old_object_and_nothing_else(self, store: ObjectStore) -> None:
        with store.writing("k/x") as file:
            file.write(b"old")
        with pytest.raises(RuntimeError, match="power cut"), store.writing("k/x") as file:
            file.write(b"half of the new")
            raise RuntimeError("power cut")
        assert store.read("k/x") == b"old"
        assert store.keys("k") == ["k/x"]

    def test_an_unfinished_write_is_invisible(self, store: ObjectStore) -> None:
        with store.writing("k/x") as file:
            file.write(b"new")
            file.flush()
            assert store.read("k/x") is None
            assert store.keys("k") == []
        assert store.keys("k") == ["k/x"]

    def test_keys_are_sorted_and_below_the_prefix(self, store: ObjectStore) -> None:
        for key in ("p/2", "p/1/z", "q/3"):
            with store.writing(key) as file:
                file.write(b"")
        assert store.keys("p") == ["p/1/z", "p/2"]
        store.delete("p/2")
        assert store.keys("p") == ["p/1/z"]

    def test_the_tail_of_an_object_can_be_read_alone(self, store: ObjectStore) -> None:
        with store.writing("k/x") as file:
            file.write(b"0123456789")
        assert store.tail("k/x", 3) == b"789"
        assert store.tail("k/x", 99) == b"0123456789"
        assert store.tail("k/y", 3) is None

    def test_a_claim_is_not_listed_as_an_object_and_can_be_reacquired(self, store: ObjectStore) -> None:
        for _ in range(2):
            with store.claiming("raw-data/x/week=2026-08-04") as claim:
                claim.confirm()
        assert store.keys("") == []

    def test_a_claim_has_one_holder_at_a_time(self, store: ObjectStore) -> None:
        """Without the claim, some of these read-and-add steps would be lost."""
        with store.writing("counter") as file:
            file.write(b"0")

        def add() -> None:
            for _ in range(10):
                with store.claiming("counter"):
                    count = int(store.read("counter") or b"")
                    with store.writing("counter") as file:
                        file.write(b"%d" % (count + 1))

        threads = [threading.Thread(target=add) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert store.read("counter") == b"40"

    def test_claims_on_two_names_do_not_block_each_other(self, store: ObjectStore) -> None:
        with store.claiming("a"), store.claiming("b"):
            pass

    def test_a_claim_ends_when_its_block_raises(self, store: ObjectStore) -> None:
        with pytest.raises(RuntimeError), store.claiming("a"):
            raise RuntimeError
        with store.claiming("a"):
            pass

    def test_a_listing_of_several_pages_is_complete(self, store: ObjectStore) -> None:
        keys = [f"p/{number:05}" for number in range(PAGE_OF_S3 + 1)]

        def write(key: str) -> None:
            with store.writing(key) as file:
                file.write(b"x")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(write, keys))
        assert store.keys("p") == keys

    # Property 11
    def test_what_was_written_is_read_back_equal(self, new_store: Callable[[], ObjectStore]) -> None:
        stores = {source: new_store() for source in ("real", "mock")}

        @examples(self.examples)
        @given(st.lists(st.integers(0, 130), max_size=12), st.sampled_from(["real", "mock"]))
        def is_equal(minutes: list[int], source: str) -> None:
            tables = TableStore(stores[source], lambda: NOW)
            frame = events(source, minutes)
            write_week(tables, "raw_match_events", WEEK, frame, origin(source))
            found = tables.read_week("raw_match_events", WEEK)
            assert found is not None
            pd.testing.assert_frame_equal(found.rows, frame)

        is_equal()

    # Property 11: any range of weeks, whatever is stored of it
    def test_any_range_of_weeks_is_read_back_equal(self, new_store: Callable[[], ObjectStore]) -> None:
        @examples(self.examples)
        @given(
            stored=st.dictionaries(st.integers(0, 9), st.lists(st.integers(0, 130), max_size=4), max_size=6),
            first=st.integers(0, 9),
            last=st.integers(0, 9),
        )
        def is_equal(stored: dict[int, list[int]], first: int, last: int) -> None:
            tables = TableStore(new_store(), lambda: NOW)
            start = MatchWeek(WEEK, "Europe/London")
            for week, minutes in stored.items():
                source = "real" if week % 2 else "mock"
                write_week(tables, "raw_match_events", start.shifted(week).key, events(source, minutes), origin(source))
            asked = [start.shifted(week).key for week in range(first, last + 1)]
            weeks = WeekTables(tables, "raw_match_events", asked)
            expected = {start.shifted(week).key: minutes for week, minutes in stored.items() if first <= week <= last}
            assert sorted(weeks) == sorted(expected)
            assert weeks.rows()["minute"].tolist() == [minute for key in sorted(expected) for minute in expected[key]]
            for key, minutes in expected.items():
                assert weeks[key].rows["minute"].tolist() == minutes

        is_equal()

    # Property 10
    def test_every_object_is_stored_by_dataset_source_and_week_with_its_collection_time(
        self, new_store: Callable[[], ObjectStore]
    ) -> None:
        raw = [asset for asset, place in PLACES.items() if place.table == "raw_match_events"]

        @examples(self.examples)
        @given(st.sampled_from(raw), st.integers(-500, 500), st.sampled_from(["real", "mock"]), st.booleans())
        def lies_where_it_belongs(asset: str, shift: int, source: str, has_rejects: bool) -> None:
            store = new_store()
            tables = TableStore(store, lambda: NOW)
            week = MatchWeek(WEEK, "Europe/London").shifted(shift).key
            rejected = RejectedRows.conform(
                [{**dict.fromkeys(RejectedRows.column_names(), "x"), "line_number": 3}] if has_rejects else []
            )
            write_week(tables, asset, week, events(source, [1]), origin(source), rejected=rejected)
            key = week_key(asset, week, source)
            assert key.startswith(f"{PLACES[asset].weeks_prefix}/{source}/week={week}/")
            rejects = [rejected_key(asset, week)] if has_rejects else []
            assert store.keys("") == sorted([key, facts_key(key), *rejects])
            assert {week_of(found) for found in store.keys("")} == {week}
            facts = tables.week_facts(asset, week)
            assert facts is not None
            assert (facts.collected_at, facts.data_source) == (NOW.isoformat(), source)
            for found in store.keys(""):
                self.check_labels(store, found, {"collected-at": NOW.isoformat(), "data-source": source})

        lies_where_it_belongs()

    def check_labels(self, store: ObjectStore, key: str, labels: dict[str, str]) -> None:
        """Labels that the store must keep with the object; none for a folder."""
