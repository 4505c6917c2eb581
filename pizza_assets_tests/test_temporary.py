"""Temporary folders: gone at the end, after a kill by the next process, and never while their maker is alive."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from pizza_assets.temporary import TemporaryFolder, sweep_temporary, temporary_folder

CHILD = """
import sys, time
import pyarrow as pa
from pizza_assets.models.spilling import SeenValues
from pizza_assets.temporary import TemporaryFolder
folder = TemporaryFolder("orders")
(folder.path / "rows.parquet").write_bytes(b"half")
with SeenValues(pa.schema([("id", pa.string())])) as seen:
    seen.add(pa.table({"id": ["a"]}))
    print("writes", flush=True)
    time.sleep(600)
"""


@contextmanager
def writer(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """A process with two temporary folders in `folder`."""
    environ = {**os.environ, "TMPDIR": str(folder)}
    with subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE, text=True, env=environ) as child:
        try:
            assert child.stdout is not None
            assert child.stdout.readline() == "writes\n"
            yield child
        finally:
            child.kill()


def names(folder: Path) -> list[str]:
    return sorted(path.name.split("-")[1] for path in folder.iterdir())


def test_folders_of_a_killed_process_are_deleted_and_those_of_a_living_one_stay(temporary: Path) -> None:
    with writer(temporary) as alive:
        with writer(temporary) as killed:
            assert names(temporary) == ["orders", "orders", "values", "values"]
            killed.send_signal(signal.SIGKILL)
            killed.wait()
        assert sweep_temporary() == 2
        assert names(temporary) == ["orders", "values"]
        assert sweep_temporary() == 0
        assert alive.poll() is None
    assert sweep_temporary() == 2
    assert names(temporary) == []


def test_the_next_process_sweeps_with_its_first_folder(temporary: Path) -> None:
    with writer(temporary) as killed:
        killed.send_signal(signal.SIGKILL)
        killed.wait()
    with temporary_folder("rows"):
        assert names(temporary) == ["rows"]
    assert names(temporary) == []


def test_nothing_else_is_deleted(temporary: Path) -> None:
    """Only names that nobody gives a folder by hand, and no links."""
    (temporary / "pizza-orders-december").mkdir()
    (temporary / "pizza-data").mkdir()
    (temporary / "kept").mkdir()
    (temporary / "kept" / "file").write_text("x")
    (temporary / "pizza-orders-abcdefgh.pizza-tmp").symlink_to(temporary / "kept")
    (temporary / "pizza-rows-abcdefgh.pizza-tmp").write_text("a file")
    assert sweep_temporary() == 0
    assert len(list(temporary.iterdir())) == 5
    assert (temporary / "kept" / "file").exists()


def test_a_folder_is_deleted_after_an_error_too_and_only_once(temporary: Path) -> None:
    with pytest.raises(ValueError, match="a bug"), temporary_folder("rows") as path:
        (path / "rows").write_text("x")
        raise ValueError("a bug")
    folder = TemporaryFolder("rows")
    folder.delete()
    folder.delete()
    assert list(temporary.iterdir()) == []
