"""What one week of so many orders takes in time and memory, and merged_orders beside a plain copy: `make bench-weeks`.

    python -m pizza_assets_tests.bench_weeks [MILLIONS ...]     # default 0.1 1 4
    python -m pizza_assets_tests.bench_weeks --steps 2 20       # the first two steps only: staged and collected

Each step runs in a process of its own, on a stored week of mock orders of 200 stores. Prints figures and asserts none:
they depend on machine and load.
"""

import argparse
import io
import itertools
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from pizza_assets.analysis.merged_orders import merge_batches
from pizza_assets.analysis.order_bins import bin_orders
from pizza_assets.analysis.store_quarters import store_quarters
from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models import MergedOrders, RawOrders
from pizza_assets.models.market import DEFAULT_MARKETS
from pizza_assets.models.row_stream import RowStream
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.resources import build_tables
from pizza_assets.settings import Settings
from pizza_assets.sources.base import SourceResult
from pizza_assets.sources.matches.mock import MockMatches
from pizza_assets.sources.orders.mock import mock_orders
from pizza_assets.sources.orders.week_files import CONSTANT, ORDERS, week_frame, week_rows
from pizza_assets.storage import frames
from pizza_assets.storage.layout import week_key
from pizza_assets.storage.streamed_rows import regrouped
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_stream import OrderStream
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.bench_kernel_engines import most_megabytes
from pizza_assets_tests.support.stored_week import write_week

MILLIONS = (0.1, 1.0, 4.0)
STORES_PER_MARKET = 10
WEEK = MatchWeek("2025-09-02", "Europe/London")
NOW = datetime(2025, 10, 1, tzinfo=UTC)
ORIGIN = Origin("mock", "1", "bench")
REPEATS = 3


def main() -> None:
    if sys.argv[1:2] == ["--step"]:
        _step(sys.argv[2], Path(sys.argv[3]), float(sys.argv[4]))
        return
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("millions", type=float, nargs="*", default=MILLIONS)
    options.add_argument("--steps", type=int, help="only so many of the first steps")
    chosen = options.parse_args()
    for millions in chosen.millions:
        folder = Path(tempfile.mkdtemp(prefix=".bench-", dir=Path.cwd()))  # the disk of the project, not one in memory
        try:
            print(f"a week of {millions:g} M orders", flush=True)
            for step in list(STEPS)[: chosen.steps]:
                command = [sys.executable, "-m", __spec__.name, "--step", step, str(folder), str(millions)]
                subprocess.run(command, check=True)
        finally:
            shutil.rmtree(folder)


def _matches() -> pd.DataFrame:
    return MockMatches(now=lambda: NOW, timezone=WEEK.timezone, seed=0).matches(WEEK).rows


def _invented(millions: float) -> SourceResult:
    per_day = millions * 1e6 / (7 * STORES_PER_MARKET * len(DEFAULT_MARKETS)) * 1.04
    return mock_orders(WEEK, DEFAULT_MARKETS, _matches(), NOW, 0, STORES_PER_MARKET, per_day)


def _invent(tables: TableStore, millions: float) -> None:
    """Mock generation alone."""
    _invented(millions)


def _collect(tables: TableStore, millions: float) -> None:
    """Made, checked and stored."""
    made = _invented(millions)
    write_week(tables, "raw_orders", WEEK.key, made.rows, ORIGIN, made.covered)


def _stage(tables: TableStore, millions: float) -> None:
    """The orders as an import writes them: one file, in order."""
    file = _staged_file(tables)
    file.parent.mkdir(parents=True, exist_ok=True)
    orders = _staged_orders(0, int(millions * 1e6))
    orders.drop(columns=list(CONSTANT)).to_parquet(file, index=False, compression="lz4")


def _staged_orders(part: int, count: int) -> pd.DataFrame:
    """Orders of random ids (32 characters) and times, without items."""
    rng = np.random.default_rng(part)
    ids = rng.bytes(16 * count)
    stores = rng.integers(0, STORES_PER_MARKET * len(DEFAULT_MARKETS), count)
    seconds = rng.integers(0, int((WEEK.ends_at - WEEK.starts_at).total_seconds()), count)
    rows = {
        "order_id": [ids[16 * number : 16 * (number + 1)].hex() for number in range(count)],
        "ordered_at": pd.Timestamp(WEEK.starts_at) + pd.to_timedelta(seconds, unit="s"),
        "market": np.array([market.name for market in DEFAULT_MARKETS])[stores % len(DEFAULT_MARKETS)],
        "store_id": np.char.add("store ", stores.astype(str)),
        "revenue_cents": rng.integers(800, 6000, count),
        "pizza_count": rng.integers(1, 5, count),
    }
    texts = {"chain": "dominos", "sport": "football", "currency": "GBP", "order_source": "real", "source_name": "files"}
    return RawOrders.conform(pd.DataFrame(rows).assign(**texts, store_location=None, items=None))


def _staged_file(tables: TableStore) -> Path:
    return Path(tables.objects.uri("staging")) / f"{WEEK.key}{ORDERS}"


def _collect_staged(tables: TableStore, millions: float) -> None:
    """As a run collects it: a large week as a stream."""
    _store_real(tables, week_rows([_staged_file(tables)], DataSource.REAL))


def _collect_staged_frame(tables: TableStore, millions: float) -> None:
    _store_real(tables, week_frame([_staged_file(tables)], DataSource.REAL))


def _store_real(tables: TableStore, rows: pd.DataFrame | RowStream) -> None:
    """Checked and stored in a folder of its own, for the steps after it go on with mock orders."""
    beside = build_tables(Settings(storage=tables.objects.uri("collected")), lambda: NOW)
    write_week(beside, "raw_orders", WEEK.key, rows, Origin("real", "1", "bench"), ())


def _bins(tables: TableStore, millions: float) -> None:
    orders = _orders(tables)
    period = orders.covered, WEEK.starts_at, WEEK.ends_at
    write_week(tables, "order_bins", WEEK.key, bin_orders(orders, *period, order_source="mock"), ORIGIN)


def _quarters(tables: TableStore, millions: float) -> None:
    orders = _orders(tables)
    period = orders.covered, WEEK.starts_at, WEEK.ends_at
    write_week(tables, "quarter_hours", WEEK.key, store_quarters(orders, *period, order_source="mock"), ORIGIN)


def _merge(tables: TableStore, millions: float) -> None:
    """Read, merged, checked and stored."""
    with tables.writing_week("merged_orders", WEEK.key) as writer:
        writer.write(RowStream(lambda: _merged(tables)), ORIGIN)


def _merge_alone(tables: TableStore, millions: float) -> None:
    """Read, merged and made a Parquet file of, without the model's checks."""
    _written(_merged(tables))


def _copy_of_merged(tables: TableStore, millions: float) -> None:
    """As many rows of the same columns, read and made a Parquet file of."""
    _copy(tables.objects.uri(week_key("merged_orders", WEEK.key, None)), None)


def _copy_of_orders(tables: TableStore, millions: float) -> None:
    """All rows of the columns that merged_orders takes over: it reads them all, and writes those in windows."""
    taken = [name for name in RawOrders.column_names() if name in MergedOrders.column_names()]
    _copy(tables.objects.uri(week_key("raw_orders", WEEK.key, "mock")), taken)


def _copy(file: str, columns: list[str] | None) -> None:
    _written(parquet.ParquetFile(file).iter_batches(65_536, columns=columns, use_threads=False))


def _written(batches: Iterator[pa.RecordBatch]) -> None:
    """In the groups that merged_orders is written in: a batch each would cost more."""
    first = next(batches)
    groups = regrouped(itertools.chain([first], batches), first.schema)
    frames.write_groups(io.BytesIO(), groups, first.schema)


def _merged(tables: TableStore) -> Iterator[pa.RecordBatch]:
    return merge_batches(_orders(tables), _matches(), DEFAULT_MARKETS, WindowLengths())


def _orders(tables: TableStore) -> OrderStream:
    orders = tables.stream_orders(WEEK.key)
    assert orders is not None
    return orders


Step = Callable[[TableStore, float], None]
STEPS: dict[str, Step] = {
    "a week of files, staged": _stage,
    "staged orders, checked and stored": _collect_staged,
    "the same through one frame": _collect_staged_frame,
    "mock orders": _invent,
    "mock orders, checked and stored": _collect,
    "order_bins": _bins,
    "quarter_hours": _quarters,
    "merged_orders": _merge,
    "merged_orders, unchecked": _merge_alone,
    "plain copy of merged_orders": _copy_of_merged,
    "plain copy of the orders' columns": _copy_of_orders,
}


def _step(name: str, folder: Path, millions: float) -> None:
    """Median seconds after a first turn that only warms up, and the process's peak."""
    tables = build_tables(Settings(storage=str(folder)), lambda: NOW)
    turns = 1 if STEPS[name] is _stage else REPEATS + 1
    seconds: Sequence[float] = [_timed(STEPS[name], tables, millions) for _ in range(turns)][-REPEATS:]
    median = statistics.median(seconds)
    print(f"  {name:<34}{median:7.2f} s {millions / median:7.2f} M/s {most_megabytes():8.0f} MB", flush=True)


def _timed(step: Step, tables: TableStore, millions: float) -> float:
    begun = time.perf_counter()
    step(tables, millions)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
