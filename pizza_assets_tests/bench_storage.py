"""How fast weeks are written and read, and what a week costs besides its computation: `make bench-storage`.

Prints figures and asserts none: they depend on machine and load. What is compared takes turns in the same run.
"""

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import chdir
from dataclasses import dataclass, replace
from pathlib import Path

import dagster as dg
import numpy as np
import pandas as pd
import pyarrow
from dagster._core.events import DagsterEvent
from pyarrow import parquet

from pizza_assets.definitions import build_definitions
from pizza_assets.models import RawOrders
from pizza_assets.orchestration.resources import build_io_manager, build_tables
from pizza_assets.orchestration.runs.local_run import run_range
from pizza_assets.orchestration.runs.weekly_graph import WeeklyGraph
from pizza_assets.settings import Settings
from pizza_assets.storage.io_manager import TableIOManager, WeekOutput, WeekOutputs
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.support.stored_week import write_week
from pizza_assets_tests.torture.home import FIRST_WEEK, Home, week_keys

SIZES = (30_000, 1_000_000)
REPEATS = 5
RANGES = (1, 52)
RANGE_REPEATS = 3
SINGLE_WEEKS = 4
"""So many runs of one week are measured for each run of many weeks."""


def main() -> None:
    folder = Path(tempfile.mkdtemp(prefix=".bench-", dir=Path.cwd()))  # the disk of the project, not one in memory
    try:
        for size in SIZES:
            _compare_with_bare_parquet(folder / str(size), size)
        _compare_ranges(folder / "home")
    finally:
        shutil.rmtree(folder)


def _compare_with_bare_parquet(folder: Path, size: int) -> None:
    """TableStore (checks, checksum, lock, facts) against pyarrow alone, both safely on the disk."""
    tables = build_tables(Settings(storage=str(folder)))
    frame = _orders(size)
    megabytes = pyarrow.Table.from_pandas(frame).nbytes / 1e6
    bare = folder / "bare.parquet"
    folder.mkdir()
    seconds = _in_turns(
        {
            "write": lambda: _write(tables, frame),
            "bare write": lambda: _bare_write(bare, frame),
            "read": lambda: tables.read_week("raw_orders", FIRST_WEEK.key),
            "bare read": lambda: parquet.read_table(bare).to_pandas(),
        }
    )
    print(f"{size:,} orders: {megabytes:.1f} MB in memory, {bare.stat().st_size / 1e6:.1f} MB as Parquet")
    for what in ("write", "read"):
        own, others = seconds[what], seconds[f"bare {what}"]
        print(
            f"  {what:5} {megabytes / own:7.0f} MB/s ({own * 1e3:.0f} ms); pyarrow alone {megabytes / others:.0f} MB/s "
            f"({others * 1e3:.0f} ms): {own / others:.1f} times as long"
        )


def _in_turns(actions: dict[str, Callable[[], object]]) -> dict[str, float]:
    """The median seconds of each action; the first turn only warms up."""
    seconds: dict[str, list[float]] = {name: [] for name in actions}
    for _ in range(REPEATS + 1):
        for name, action in actions.items():
            begun = time.perf_counter()
            action()
            seconds[name].append(time.perf_counter() - begun)
    return {name: statistics.median(measured[1:]) for name, measured in seconds.items()}


def _write(tables: TableStore, frame: pd.DataFrame) -> None:
    write_week(tables, "raw_orders", FIRST_WEEK.key, frame, Origin("mock", "1", "bench"))


def _bare_write(path: Path, frame: pd.DataFrame) -> None:
    parquet.write_table(pyarrow.Table.from_pandas(frame, preserve_index=False), path, compression="zstd")
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _orders(count: int) -> pd.DataFrame:
    random = np.random.default_rng(0)
    seconds = np.sort(random.integers(0, FIRST_WEEK.minutes * 60, count))
    store = random.integers(0, 40, count)
    return RawOrders.conform(
        pd.DataFrame(
            {
                "order_id": [f"order-{number:08}" for number in range(count)],
                "ordered_at": FIRST_WEEK.starts_at + pd.to_timedelta(seconds, unit="s"),
                "sport": "football",
                "chain": "dominos",
                "market": np.char.add("market ", (store // 2).astype(str)),
                "store_id": np.char.add("store ", store.astype(str)),
                "store_location": None,
                "currency": "GBP",
                "revenue_cents": random.integers(800, 6_000, count),
                "pizza_count": random.integers(1, 5, count),
                "items": None,
                "order_source": "mock",
                "source_name": "mock",
            }
        )
    )


@dataclass
class _Measured:
    """Seconds of the runs over one number of weeks, per week: all of it, and what making the rows took."""

    total: list[float]
    making: list[float]


class _TimedIOManager(dg.IOManager):
    """Adds up the time that the assets' own code takes to make weeks, including reading their inputs."""

    def __init__(self, timed: TableIOManager) -> None:
        self._timed = timed
        self.making = 0.0

    def handle_output(  # pyright: ignore[reportIncompatibleMethodOverride] - Dagster takes generators too
        self, context: dg.OutputContext, obj: object
    ) -> Iterator[DagsterEvent]:
        if isinstance(obj, WeekOutputs):
            obj = replace(obj, make=self._measured(obj.make))
        yield from self._timed.handle_output(context, obj)

    def load_input(self, context: dg.InputContext) -> object:
        return self._timed.load_input(context)

    def _measured(self, make: Callable[[str], WeekOutput]) -> Callable[[str], WeekOutput]:
        def measured(week: str) -> WeekOutput:
            begun = time.perf_counter()
            try:
                return make(week)
            finally:
                self.making += time.perf_counter() - begun

        return measured


def _compare_ranges(folder: Path) -> None:
    """Runs of one week against a run of many, on a table of one market."""
    measured = {count: _Measured([], []) for count in RANGES}
    for repeat in range(RANGE_REPEATS + 1):
        home = Home(folder, market_names=("Leeds",))
        for count in RANGES:
            for number in range(SINGLE_WEEKS if count == 1 else 1):
                total, making = _run(home, week_keys(number + count)[number:])
                if repeat:  # the first one only warms up
                    measured[count].total.append(total / count)
                    measured[count].making.append(making / count)
    medians = {count: statistics.median(found.total) for count, found in measured.items()}
    for count, found in measured.items():
        making = statistics.median(found.making)
        rest = medians[count] - making
        print(
            f"{count:2} weeks a run: {medians[count]:.3f} s a week, of which {making:.3f} s make rows and {rest:.3f} s "
            "are storage and Dagster"
        )
    start = _process_start()
    print(f"the process of a run starts in {start:.1f} s")
    few, many = RANGES
    one, each = medians[few], medians[many]
    print(
        f"a week alone takes {one / each:.1f} times as long as one of {many}; with the process of its run "
        f"{(one + start / few) / (each + start / many):.1f} times"
    )


def _process_start() -> float:
    """Median seconds until a new process has the definitions, as every run of its own does."""
    command = [sys.executable, "-c", "from pizza_assets.definitions import build_definitions; build_definitions({})"]
    seconds = _in_turns({"start": lambda: subprocess.run(command, check=True)})
    return seconds["start"]


def _run(home: Home, weeks: Sequence[str]) -> tuple[float, float]:
    """Seconds of one run over `weeks` on an empty storage, and how many of them were spent making rows."""
    shutil.rmtree(home.storage, ignore_errors=True)
    settings = Settings.from_environment(home.environ)
    io_manager = _TimedIOManager(build_io_manager(settings, build_tables(settings)))
    definitions = build_definitions(home.environ, {"io_manager": io_manager})
    with chdir(home.folder), dg.DagsterInstance.from_config(str(home.folder)) as instance:
        begun = time.perf_counter()
        result = run_range(definitions, instance, WeeklyGraph.of(definitions).assets, weeks, {})
        total = time.perf_counter() - begun
    assert result.error is None, result.error
    assert not result.failures
    return total, io_manager.making


if __name__ == "__main__":
    main()
