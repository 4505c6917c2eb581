"""Stored data that many tests start from: made once per session by the first process that needs it, then copied."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import dagster as dg
from filelock import FileLock

Make = Callable[[Path, dg.DagsterInstance], object]
"""A function that fills a data folder and records its runs in the Dagster instance."""


@dataclass(frozen=True)
class World:
    """A test's own copy of stored data (`data`). made_in: the original folder, whose paths its runs recorded."""

    folder: Path
    made_in: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @contextmanager
    def instance(self) -> Iterator[dg.DagsterInstance]:
        """The Dagster instance with the runs, events and check results of the data."""
        home = self.folder / "dagster"
        home.mkdir(parents=True, exist_ok=True)
        with dg.DagsterInstance.local_temp(str(home)) as found:
            yield found


class Worlds:
    """All worlds of a test session, each in a folder with its name below `shared`."""

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
        """Make it in its final folder, because runs record paths; delete it if `make` fails."""
        try:
            with World(made, made).instance() as instance:
                make(made / "data", instance)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
