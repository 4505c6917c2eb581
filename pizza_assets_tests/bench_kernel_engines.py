"""The engines that bench_kernel.py compares: each from the same two files to the same sums of every window.

    python -m pizza_assets_tests.bench_kernel_engines ENGINE ORDERS MATCHES TINY

prints seconds, processor seconds, megabytes and a digest of the answer. Every engine first answers for the orders of
TINY, so that what a library does once is not counted.
"""

import hashlib
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import parquet

from pizza_assets.analysis.order_batches import BATCH_ROWS, ENCODED_COLUMNS
from pizza_assets.analysis.order_kernel import OrderSums, Timeline, sum_orders

KERNEL, SCAN, SCAN_OF_FOUR, MASKS = "kernel", "bare scan", "bare scan, four columns", "pandas masks"
SCANS = (SCAN, SCAN_OF_FOUR)
FIRST_MINUTE = 1_756_789_200 // 60
MINUTES = 10_080
SUMS = ["order_count", "revenue_cents", "pizza_count", "store_count"]


@dataclass(frozen=True)
class Fixture:
    """Parquet files: orders of a week; a row per match and market it exposes, with the edges of its windows; and a few
    orders to warm up with.
    """

    orders: Path
    matches: Path
    tiny: Path


class RowGroups:
    """The row groups of a file as `OrderBatches`."""

    def __init__(self, file: Path) -> None:
        self._file, self._footer = file, parquet.read_metadata(file)
        self.part_count = self._footer.num_row_groups

    def batches(self, part: int, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
        encoded = [name for name in columns if name in ENCODED_COLUMNS]
        reader = parquet.ParquetFile(self._file, metadata=self._footer, read_dictionary=encoded, buffer_size=256 * 1024)
        yield from reader.iter_batches(BATCH_ROWS, row_groups=[part], columns=list(columns), use_threads=False)


def windows_of(matches: pd.DataFrame) -> pd.DataFrame:
    """Window by window: number, match, market, start and end in minutes of the week; some reach over its edges."""
    edges = matches[["opens", "kickoff", "whistle", "closes"]].to_numpy() - FIRST_MINUTE
    return pd.DataFrame(
        {
            "window": np.arange(3 * len(matches)),
            "match": np.repeat(matches["match"].to_numpy(), 3),
            "market": np.repeat(matches["market"].to_numpy(), 3),
            "start": edges[:, :-1].ravel(),
            "end": edges[:, 1:].ravel(),
        }
    )


def kernel(fixture: Fixture, windows: pd.DataFrame) -> np.ndarray:
    """One pass to minutes; a window is then two look-ups in running sums."""
    start, end = (np.clip(windows[name].to_numpy(), 0, MINUTES) for name in ("start", "end"))
    cuts = np.unique(np.concatenate([[0], start, end]))
    cuts = cuts[cuts < MINUTES]
    markets = sorted(set(windows["market"]))
    series = [(market, chain, "GBP") for market in markets for chain in ("dominos", "rival")]
    sums = sum_orders(RowGroups(fixture.orders), series, Timeline(FIRST_MINUTE, MINUTES, cuts))
    place = np.searchsorted(markets, windows["market"].to_numpy(dtype=object))
    columns = []
    for cells in sums.by_minute.values():
        of_market = cells.reshape(MINUTES, len(markets), 2).sum(axis=2)
        running = np.vstack([np.zeros((1, len(markets)), np.int64), of_market.cumsum(axis=0)])
        columns.append(running[end, place] - running[start, place])
    return np.column_stack([*columns, _stores(sums, cuts, start, end)[np.arange(len(place)), place]])


def _stores(sums: OrderSums, cuts: np.ndarray, start: np.ndarray, end: np.ndarray) -> np.ndarray:
    """Distinct stores [window, market]; windows of the same minutes are looked at once."""
    spans, span = np.unique(np.column_stack([start, end]), axis=0, return_inverse=True)
    edges = np.searchsorted(cuts, spans)
    is_sold = np.stack([sums.is_sold[:, first:last].any(axis=1) for first, last in edges])
    markets = np.array([outlet.market for outlet in sums.outlets])
    of_market = np.stack([markets == market for market in np.unique(markets)])
    return (is_sold.astype(np.int64) @ of_market.T.astype(np.int64))[span]


def bare_scan(fixture: Fixture, windows: pd.DataFrame) -> np.ndarray:
    """Reads the kernel's columns and keeps nothing."""
    return _scan(fixture, ("market", "chain", "currency", "store_id"))


def bare_scan_of_four(fixture: Fixture, windows: pd.DataFrame) -> np.ndarray:
    """As if a store's market, chain and currency were known without reading them."""
    return _scan(fixture, ("store_id",))


def _scan(fixture: Fixture, texts: Sequence[str]) -> np.ndarray:
    """Sums, because a highest value would be taken from the file's footer."""
    import duckdb

    numbers = ["revenue_cents", "pizza_count", "epoch_us(ordered_at)", *(f"strlen({name})" for name in texts)]
    duckdb.sql(f"SELECT {', '.join(f'sum({number})' for number in numbers)} FROM '{fixture.orders}'").fetchall()
    return np.empty((0, 4))


def duckdb_range_join(fixture: Fixture, windows: pd.DataFrame) -> np.ndarray:
    import duckdb

    duckdb.register("windows", windows)
    return (
        duckdb.sql(
            f"""
        SELECT count(o.store_id), coalesce(sum(revenue_cents), 0), coalesce(sum(pizza_count), 0),
               count(DISTINCT o.store_id)
        FROM windows w LEFT JOIN '{fixture.orders}' o ON o.market = w.market
            AND o.ordered_at >= make_timestamptz((w.start + {FIRST_MINUTE}) * 60000000)
            AND o.ordered_at < make_timestamptz((w.end + {FIRST_MINUTE}) * 60000000)
        GROUP BY "window" ORDER BY "window"
        """
        )
        .df()
        .to_numpy()
    )


def polars_join_where(fixture: Fixture, windows: pd.DataFrame) -> np.ndarray:
    import polars as pl

    at = pl.col("ordered_at").dt.timestamp("us") // 60_000_000 - FIRST_MINUTE
    orders = pl.scan_parquet(fixture.orders).with_columns(minute=at)
    asked = pl.from_pandas(windows).lazy()
    joined = orders.join_where(
        asked,
        pl.col("market") == pl.col("market_right"),
        pl.col("minute") >= pl.col("start"),
        pl.col("minute") < pl.col("end"),
    )
    sums = joined.group_by("window").agg(
        pl.len(), pl.col("revenue_cents").sum(), pl.col("pizza_count").sum(), pl.col("store_id").n_unique()
    )
    found = sums.collect().to_pandas().set_index("window").reindex(windows["window"], fill_value=0)
    return found.to_numpy()


def pandas_masks(fixture: Fixture, windows: pd.DataFrame) -> np.ndarray:
    """A mask over all orders for each window of a match, grouped by market."""
    orders, minute = _frame(fixture)
    sums = {"market": "size", "revenue_cents": "sum", "pizza_count": "sum", "store_id": "nunique"}
    found = []
    for (_, start, end), of_match in windows.groupby(["match", "start", "end"]):
        inside = orders[(minute >= start) & (minute < end)].groupby("market").agg(sums)
        found.append(inside.reindex(of_match["market"], fill_value=0).set_index(of_match["window"]))
    return pd.concat(found).sort_index().to_numpy()


def pandas_by_market(fixture: Fixture, windows: pd.DataFrame) -> np.ndarray:
    """Orders sorted by market and minute, each window a slice of them."""
    orders, minute = _frame(fixture)
    parts = {}
    for market, rows in orders.assign(minute=minute).groupby("market", sort=False):
        parts[market] = rows.sort_values("minute")
    found = []
    for window in windows.itertuples():
        rows = parts[window.market]
        a, b = np.searchsorted(rows["minute"].to_numpy(), [window.start, window.end])
        inside = rows.iloc[a:b]
        found.append(
            [len(inside), inside["revenue_cents"].sum(), inside["pizza_count"].sum(), inside["store_id"].nunique()]
        )
    return np.asarray(found)


def _frame(fixture: Fixture) -> tuple[pd.DataFrame, np.ndarray]:
    orders = pd.read_parquet(
        fixture.orders, columns=["market", "store_id", "ordered_at", "revenue_cents", "pizza_count"]
    )
    return orders, orders["ordered_at"].astype("int64").to_numpy() // 60_000_000 - FIRST_MINUTE


Engine = Callable[[Fixture, pd.DataFrame], np.ndarray]
ENGINES: dict[str, Engine] = {
    SCAN: bare_scan,
    KERNEL: kernel,
    SCAN_OF_FOUR: bare_scan_of_four,
    "duckdb range join": duckdb_range_join,
    "polars join_where": polars_join_where,
    MASKS: pandas_masks,
    "pandas sorted slices": pandas_by_market,
}


def main() -> None:
    name, *files = sys.argv[1:]
    orders, matches, tiny = (Path(file) for file in files)
    windows = windows_of(pd.read_parquet(matches))
    ENGINES[name](Fixture(tiny, matches, tiny), windows)
    used, begun = time.process_time(), time.perf_counter()
    sums = ENGINES[name](Fixture(orders, matches, tiny), windows)
    seconds, processor = time.perf_counter() - begun, time.process_time() - used
    digest = hashlib.sha256(np.ascontiguousarray(sums, dtype=np.int64).tobytes()).hexdigest()[:12]
    print(seconds, processor, most_megabytes(), digest)


def most_megabytes() -> float:
    """The process's own peak; that of getrusage would start with its parent's."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


if __name__ == "__main__":
    main()
