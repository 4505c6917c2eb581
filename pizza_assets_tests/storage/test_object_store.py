"""The contract of every object store; each kind of storage runs the same class."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pizza_assets.errors import StorageError
from pizza_assets.storage.object_store import LocalFolder, ObjectStore


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


class TestLocalFolder(ObjectStoreContract):
    @pytest.fixture
    def store(self, tmp_path: Path) -> LocalFolder:
        return LocalFolder(tmp_path / "data")

    def test_a_key_never_leaves_the_folder(self, store: LocalFolder) -> None:
        with pytest.raises(StorageError, match="leads outside"):
            store.read("../secret")

    def test_an_unwritable_place_is_a_named_error(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("in the way")
        store = LocalFolder(tmp_path / "file")
        with pytest.raises(StorageError, match="PIZZA_STORAGE"), store.writing("a/b") as file:
            file.write(b"x")
        with pytest.raises(StorageError, match="PIZZA_STORAGE"):
            store.check()

    def test_what_a_killed_writer_left_is_swept(self, store: LocalFolder) -> None:
        folder = store.root / "k"
        folder.mkdir(parents=True)
        dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
        leftover = folder / f".writing-{dead.stdout.decode().strip()}-abc-x"
        others = folder / f".writing-{os.getpid()}-abc-x"
        leftover.write_bytes(b"half")
        others.write_bytes(b"being written by a living process")
        with store.writing("k/x") as file:
            file.write(b"new")
        assert not leftover.exists()
        assert others.exists()
