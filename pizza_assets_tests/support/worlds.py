"""Stored weeks that many tests begin with: made once in a test session, by whichever process is first, then copied."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
from filelock import FileLock

Make = Callable[[Path, dg.DagsterInstance], object]
"""Fills a folder of data, with its runs told to the instance."""


@dataclass(frozen=True)
class World:
    """A test's own copy: `data` is its storage. made_in: where the data lay when its runs wrote down their places."""

    folder: Path
    made_in: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """The Dagster instance that knows the runs, their events and checks."""
        home = self.folder / "dagster"
        home.mkdir(parents=True, exist_ok=True)
        with dg.DagsterInstance.local_temp(str(home)) as found:
            yield found


class Worlds:
    """All worlds of a test session, each in a folder of its name below `shared`."""

    def __init__(self, shared: Path) -> None:
        self._shared = shared

    def copy(self, name: str, make: Make, into: Path) -> World:
        """A copy of the named world in the folder `into`; `make` runs only if no test of this session has made it."""
        made = self._shared / name
        with FileLock(f"{made}.lock"):
            if not made.exists():
                self._make(made, make)
        shutil.copytree(made, into, dirs_exist_ok=True)
        return World(into, made)

    def _make(self, made: Path, make: Make) -> None:
        """In its final place, because runs write it down; what fails halfway is no world."""
        try:
            with World(made, made).instance() as instance:
                make(made / "data", instance)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
