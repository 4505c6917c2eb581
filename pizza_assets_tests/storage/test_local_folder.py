"""The local folder: the contract of every object store, and what is specific to files."""

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pizza_assets.errors import StorageError
from pizza_assets.storage.local_folder import TEMPORARY, LocalFolder
from pizza_assets_tests.storage.test_object_store import StorageContract


class TestLocalFolder(StorageContract):
    @pytest.fixture
    def new_store(self, tmp_path: Path) -> Callable[[], LocalFolder]:
        numbers = itertools.count()
        return lambda: LocalFolder(tmp_path / str(next(numbers)))


@pytest.fixture
def store(tmp_path: Path) -> LocalFolder:
    return LocalFolder(tmp_path / "data", claim_patience=0.2)


@contextmanager
def process_that(program: str, root: Path) -> Iterator[subprocess.Popen[str]]:
    """A process that runs `program` with a `store` in `root` and has printed its first line."""
    head = (
        f"import time\nfrom pizza_assets.storage.local_folder import LocalFolder\nstore = LocalFolder({str(root)!r})\n"
    )
    with subprocess.Popen([sys.executable, "-c", head + program], stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            yield process
        finally:
            process.kill()


WRITING = """
with store.writing("k/x") as file:
    file.write(b"half")
    file.flush()
    print("ready", flush=True)
    time.sleep(600)
"""
HOLDING = """
with store.claiming("week"):
    print("ready", flush=True)
    time.sleep(600)
"""


def leftovers(store: LocalFolder) -> list[Path]:
    return list(store.root.rglob(f"{TEMPORARY}*"))


def test_a_key_never_leaves_the_folder(store: LocalFolder) -> None:
    with pytest.raises(StorageError, match="leads outside"):
        store.read("../secret")


def test_an_unwritable_folder_is_a_named_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    store = LocalFolder(tmp_path / "file")
    with pytest.raises(StorageError, match="PIZZA_STORAGE"), store.writing("a/b") as file:
        file.write(b"x")
    with pytest.raises(StorageError, match="PIZZA_STORAGE"):
        store.check()
    with pytest.raises(StorageError, match="PIZZA_STORAGE"), store.claiming("a"):
        pass


def test_leftovers_of_a_killed_writer_are_swept_and_a_live_writers_are_not(store: LocalFolder) -> None:
    with process_that(WRITING, store.root) as writer:
        assert len(leftovers(store)) == 1
        assert store.sweep() == 0, "the writer lives"
        with store.writing("k/y") as file:
            file.write(b"a neighbour")
        assert len(leftovers(store)) == 1, "nor does another writer of the same folder touch it"
        os.kill(writer.pid, signal.SIGKILL)
        writer.wait()
        assert store.keys("") == ["k/y"]
        assert store.sweep() == 1
        assert leftovers(store) == []


def test_a_writer_sweeps_the_folder_it_writes_to(store: LocalFolder) -> None:
    (store.root / "k").mkdir(parents=True)
    (store.root / "k" / f"{TEMPORARY}12345-abc-x").write_bytes(b"half, from a process long gone")
    with store.writing("k/x") as file:
        file.write(b"new")
    assert leftovers(store) == []


def test_a_held_claim_is_waited_for_and_then_named(store: LocalFolder) -> None:
    with (
        process_that(HOLDING, store.root),
        pytest.raises(StorageError, match=r"week: another process has been writing it for more than 0.2 s; wait"),
        store.claiming("week"),
    ):
        pass


def test_the_claim_of_a_killed_holder_is_released(store: LocalFolder) -> None:
    with process_that(HOLDING, store.root) as holder:
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
        with store.claiming("week"):
            pass
