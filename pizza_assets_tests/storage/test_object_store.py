"""The contract of every object store; each kind of storage runs the same class."""

import threading

import pytest

from pizza_assets.storage.object_store import ObjectStore


class ObjectStoreContract:
    """What any store must do. Subclasses give a `store` fixture."""

    def test_written_bytes_are_read_back(self, store: ObjectStore) -> None:
        with store.writing("a/b.bin") as file:
            file.write(b"one")
        assert store.read("a/b.bin") == b"one"
        assert store.exists("a/b.bin")

    def test_a_check_leaves_nothing_behind(self, store: ObjectStore) -> None:
        store.check()
        assert store.keys("") == []

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

    def test_the_end_of_an_object_is_read_alone(self, store: ObjectStore) -> None:
        with store.writing("k/x") as file:
            file.write(b"0123456789")
        assert store.tail("k/x", 3) == b"789"
        assert store.tail("k/x", 99) == b"0123456789"
        assert store.tail("k/y", 3) is None

    def test_a_claim_is_no_object_and_can_be_had_again(self, store: ObjectStore) -> None:
        for _ in range(2):
            with store.claiming("raw-data/x/week=2026-08-04") as claim:
                claim.confirm()
        assert store.keys("") == []

    def test_one_holds_a_claim_at_a_time(self, store: ObjectStore) -> None:
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

    def test_claims_of_two_names_do_not_wait_for_each_other(self, store: ObjectStore) -> None:
        with store.claiming("a"), store.claiming("b"):
            pass

    def test_a_claim_ends_when_its_block_raises(self, store: ObjectStore) -> None:
        with pytest.raises(RuntimeError), store.claiming("a"):
            raise RuntimeError
        with store.claiming("a"):
            pass
