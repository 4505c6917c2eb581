"""From raw files to the page, and where the time goes: `make bench-end-to-end`.

    python -m pizza_assets_tests.bench_end_to_end [WEEKS ...]     # default 1 52

Every size is two `pizza run`s, each in a process of its own, over a CSV export of 100,000 orders a week in 20 markets,
with mock matches: the first parses the export, the second finds it parsed and makes everything after that anew.
Processor time is split by wrapping the functions named in PARTS, in every thread; what one spends inside another
is the other's. Prints figures and asserts none: they depend on machine and load.
"""

import importlib
import json
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import wraps
from inspect import isgeneratorfunction
from pathlib import Path

import numpy as np
import pyarrow as pa
from pyarrow import csv

from pizza_assets.models.market import DEFAULT_MARKETS
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.matches.mock import MockMatches
from pizza_assets.sources.orders.mock import mock_orders
from pizza_assets_tests.torture.home import Home

WEEKS = (1, 52)
ORDERS_A_WEEK = 100_000
FIRST_WEEK = MatchWeek("2024-08-06", "Europe/London")
STARTS = 3
OTHER = "framework, start, the rest"
MAPPING = """
label = "mock"
rows = "orders"
currency = "GBP"
timezone = "Europe/London"
[columns]
order_id = "Order No"
timestamp = "Placed"
total = "Paid"
quantity = "Pizzas"
chain = "Brand"
market = "City"
store_id = "Store"
"""
_IMPORT, _READ, _VALIDATE, _BIN = "import the export", "read", "validate", "bin"
_MERGE, _ANALYSE, _WRITE = "merge and windows", "analyse", "write"
PARTS: dict[str, tuple[str, ...]] = {
    _IMPORT: (
        "pizza_assets.sources.orders.files:import_files",
        *(
            f"pizza_assets.sources.orders.line_reading:{function}"  # in threads of its own
            for function in ("read_batches", "read_lines")
        ),
    ),
    _READ: (
        "pizza_assets.storage.frames:table_of",
        "pizza_assets.storage.tables:open_orders",
        "pizza_assets.storage.tables:read_facts",
        "pizza_assets.sources.orders.week_files:week_frame",
        "pizza_assets.storage.local_folder:LocalFolder.read",
        "pizza_assets.storage.local_folder:LocalFolder.tail",
    ),
    _VALIDATE: ("pizza_assets.storage.row_checks:_check",),
    _BIN: (
        "pizza_assets.assets.merged:bin_orders",
        "pizza_assets.assets.merged:store_quarters",
        "pizza_assets.analysis.order_kernel:_Counter.add",
    ),
    _MERGE: (
        "pizza_assets.assets.merged:merge_batches",
        "pizza_assets.assets.merged:nearest_match_sources",
        "pizza_assets.assets.merged:sum_windows",
    ),
    _ANALYSE: (
        "pizza_assets.cli.collecting:run_analysis",
        "pizza_assets.analysis.correlation_results:_Part.answers",  # in threads of their own
        "pizza_assets.analysis.forecast.backtest:_scored",
        "pizza_assets.assets.extracts:extracts.orders_timeline",
    ),
    _WRITE: (
        "pizza_assets.storage.week_writer:publish",
        "pizza_assets.storage.frames:to_parquet",
        "pizza_assets.storage.frames:to_arrow",
        "pizza_assets.storage.frames:write_groups",
        "pizza_assets.storage.week_writer:to_csv",
        "pizza_assets.storage.week_writer:publish_facts",
    ),
}


def main() -> None:
    if sys.argv[1:2] == ["--measured"]:
        _measured_run(sys.argv[2], sys.argv[3])
        return
    folder = Path(tempfile.mkdtemp(prefix=".bench-", dir=Path.cwd()))  # the disk of the project, not one in memory
    try:
        print(f"the code location loads in {_start():.1f} s")
        for weeks in [int(text) for text in sys.argv[1:]] or WEEKS:
            _measure(folder, weeks)
    finally:
        shutil.rmtree(folder)


def _start() -> float:
    """Median seconds until a new process has the definitions."""
    command = [sys.executable, "-c", "import pizza_assets.definitions as d; d.build_definitions({})"]
    seconds = []
    for _ in range(STARTS):
        begun = time.perf_counter()
        subprocess.run(command, check=True)
        seconds.append(time.perf_counter() - begun)
    return statistics.median(seconds)


def _measure(folder: Path, weeks: int) -> None:
    home, environ = laid_out(folder, weeks)
    last = FIRST_WEEK.shifted(weeks - 1)
    for how in ("from the export", "again, the export being parsed"):
        _tell(how, home, environ, last)


def laid_out(folder: Path, weeks: int) -> tuple[Home, dict[str, str]]:
    """A home below `folder` with an export of so many weeks, and the environment in which a run reads it."""
    home = Home(folder / "home")
    export = home.folder / "orders.csv"
    orders = _export(export, weeks)
    (home.folder / "mapping.toml").write_text(MAPPING, encoding="utf-8")
    settings = {
        "PIZZA_STORAGE": str(home.storage),
        "PIZZA_MATCHES": "mock",
        "PIZZA_ORDERS": "files",
        "PIZZA_ORDERS_PATH": str(export),
        "PIZZA_ORDERS_MAPPING": str(home.folder / "mapping.toml"),
    }
    print(f"\n{weeks} weeks, {orders:,} orders, {export.stat().st_size / 1e6:.0f} MB of CSV", flush=True)
    return home, {name: value for name, value in home.environ.items() if not name.startswith("PIZZA_")} | settings


def _tell(how: str, home: Home, environ: dict[str, str], last: MatchWeek) -> None:
    begun = time.perf_counter()
    command = [sys.executable, "-m", __spec__.name, "--measured", FIRST_WEEK.key, last.key]
    done = subprocess.run(command, cwd=home.folder, env=environ, check=True, capture_output=True, text=True)
    total = time.perf_counter() - begun
    told = json.loads(done.stdout.splitlines()[-1])
    cpu, parts = told["cpu"], told["parts"]
    parts[OTHER] = cpu - sum(parts.values())
    print(f"{how}: {total:.1f} s, {cpu:.1f} s of processor time, at most {told['peak_mb']:.0f} MB", flush=True)
    for part, seconds in sorted(parts.items(), key=lambda item: -item[1]):
        print(f"  {part:<26}{seconds:7.2f} s {seconds / cpu:6.0%}")


def _export(file: Path, weeks: int) -> int:
    """A shop's export, in order of time; returns how many orders it holds."""
    now = FIRST_WEEK.shifted(weeks + 1).starts_at
    source = MockMatches(now=lambda: now, timezone=FIRST_WEEK.timezone, seed=0)
    count = 0
    with file.open("wb") as out:
        for number in range(weeks):
            week = FIRST_WEEK.shifted(number)
            matches = source.matches(week).rows
            per_day = ORDERS_A_WEEK / (7 * 2 * len(DEFAULT_MARKETS)) * 1.04
            rows = mock_orders(week, DEFAULT_MARKETS, matches, now, 0, orders_per_store_day=per_day).rows
            lines = pa.table(
                {
                    "Order No": pa.array(rows["order_id"]),
                    "Placed": pa.array(rows["ordered_at"].dt.strftime("%Y-%m-%dT%H:%M:%SZ")),
                    "Paid": pa.array(rows["revenue_cents"] / 100),
                    "Pizzas": pa.array(rows["pizza_count"]),
                    "Brand": pa.array(rows["chain"]),
                    "City": pa.array(rows["market"]),
                    "Store": pa.array(rows["store_id"]),
                }
            )
            csv.write_csv(lines, out, csv.WriteOptions(include_header=number == 0, quoting_style="none"))
            count += len(rows)
    return count


class _Stopwatch:
    """Whose processor time it is: seconds by part, each second of each thread counted once."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._lock, self._own = threading.Lock(), threading.local()

    @contextmanager
    def running(self, part: str) -> Iterator[None]:
        stack = self._own.__dict__.setdefault("stack", [])
        self._settle(stack)
        stack.append(part)
        try:
            yield
        finally:
            self._settle(stack)
            stack.pop()

    def _settle(self, stack: list[str]) -> None:
        now = time.thread_time()
        if stack:
            with self._lock:
                self.seconds[stack[-1]] = self.seconds.get(stack[-1], 0.0) + now - self._own.since
        self._own.since = now

    def timed(self, part: str, function: Callable) -> Callable:
        @wraps(function)
        def timed(*args: object, **kwargs: object) -> object:
            with self.running(part):
                return function(*args, **kwargs)

        @wraps(function)
        def stepped(*args: object, **kwargs: object) -> Iterator[object]:
            steps = timed(*args, **kwargs)
            end = object()
            while True:
                with self.running(part):
                    step = next(steps, end)  # type: ignore[call-overload]  # a generator
                if step is end:
                    return
                yield step

        return stepped if isgeneratorfunction(function) else timed


def _measured_run(first: str, last: str) -> None:
    """In the child: `pizza run`, then a line of JSON."""
    watch = _Stopwatch()
    for part, functions in PARTS.items():
        for place in functions:
            module, _, path = place.partition(":")
            *owners, name = path.split(".")
            owner = importlib.import_module(module)
            for step in owners:
                owner = getattr(owner, step)
            setattr(owner, name, watch.timed(part, getattr(owner, name)))
    from pizza_assets.cli.collecting import run

    first_week, last_week = (MatchWeek(key, FIRST_WEEK.timezone) for key in (first, last))
    code = run(first_week.starts_at.date(), (last_week.starts_at + timedelta(days=1)).date(), 0)
    assert code == 0
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "parts": {part: float(np.round(seconds, 3)) for part, seconds in watch.seconds.items()},
        "cpu": used.ru_utime + used.ru_stime,
        "peak_mb": used.ru_maxrss / 1024,
    }
    print(json.dumps(told), flush=True)


if __name__ == "__main__":
    main()
