"""How fast orders are collected from PostgreSQL, against the same orders from Parquet: `make bench-tables`.

    python -m pizza_assets_tests.bench_tables [ORDERS] [WEEKS]     # default 5,000,000 orders of 52 weeks

Prints figures and asserts none: they depend on machine and load. Each way runs in a process of its own, in turn, whose
peak memory is the kernel's figure. PostgreSQL is started for it; its own memory does not count.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
import sqlalchemy as sa

from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.sources.orders.sql.database import SqlDatabase
from pizza_assets.threads import side_by_side
from pizza_assets_tests.sources.orders.exports import ORDER_ROWS, ZONE, mapping, order_files
from pizza_assets_tests.support.order_tables import source_of
from pizza_assets_tests.support.postgres_server import postgres_server

FIRST = MatchWeek("2025-08-05", ZONE)
AT_ONCE = 500_000
CITIES = np.array(["Leeds", "Fulham", "Sunderland", "Springfield", "Brighton", "Burnley", "Croydon", "Bournemouth"])
NOW = datetime(2027, 1, 1, tzinfo=UTC)
DEFAULTS = (5_000_000, 52)
WAYS = ("parquet", "copy", "rows", "one week")


def main() -> None:
    if sys.argv[1:2] == ["collect"]:
        return _collect(*sys.argv[2:])
    given = [int(text) for text in sys.argv[1:]]
    orders, weeks = [*given, *DEFAULTS[len(given) :]]
    folder = Path(tempfile.mkdtemp(prefix=".bench-", dir=Path.cwd()))  # the disk of the project, not one in memory
    try:
        with postgres_server() as url:
            _fill(url, folder, orders, weeks)
            seconds: dict[str, float] = {}
            for way in WAYS:
                seconds[way], peak = _measured(way, url, folder, weeks)
                ratio = f", {seconds[way] / seconds['parquet']:.2f} of Parquet" if way in ("copy", "rows") else ""
                print(
                    f"{way}: {orders:,} orders, {weeks} weeks: {seconds[way]:.1f} s{ratio}; {peak:,.0f} MB", flush=True
                )
    finally:
        shutil.rmtree(folder)


def _fill(url: str, folder: Path, orders: int, weeks: int) -> None:
    """The same orders as a Parquet export and as a table with an index on its times."""
    engine, random = sa.create_engine(url), np.random.default_rng(0)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "CREATE UNLOGGED TABLE orders "
            "(id text, placed timestamp, paid numeric(10, 2), pizzas int, city text, store text)"
        )
    for first in range(0, orders, AT_ONCE):
        number = np.arange(first, min(first + AT_ONCE, orders))
        minute = number * (weeks * 7 * 840) // orders
        city = random.choice(CITIES, len(number))
        at = pd.Timestamp(f"{FIRST.key} 10:00") + pd.to_timedelta(minute // 840, unit="D")
        frame = pd.DataFrame(
            {
                "id": np.char.add("A", number.astype(str)),
                "placed": (at + pd.to_timedelta(minute % 840, unit="m")).as_unit("us"),
                "paid": random.integers(800, 6_000, len(number)) / 100,
                "pizzas": random.integers(1, 5, len(number)),
                "city": city,
                "store": np.char.add("Store ", city),
            }
        )
        (folder / "export").mkdir(exist_ok=True)
        frame.to_parquet(folder / "export" / f"{first:09d}.parquet", index=False)
        text = folder / "part.csv"
        frame.to_csv(text, index=False, header=False)
        raw = engine.raw_connection()
        with text.open() as file, raw.cursor() as cursor:
            cursor.copy_expert("COPY orders FROM STDIN WITH (FORMAT csv)", file)
        raw.commit()
        raw.close()
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE INDEX ON orders (placed)")
        connection.exec_driver_sql("ANALYZE orders")


def _measured(way: str, url: str, folder: Path, weeks: int) -> tuple[float, float]:
    """Seconds and megabytes of a process that collects the weeks."""
    command = [sys.executable, "-m", "pizza_assets_tests.bench_tables", "collect", way, url, str(folder), str(weeks)]
    begun = time.perf_counter()
    text = subprocess.run(command, env=os.environ, check=True, capture_output=True, text=True).stdout
    return time.perf_counter() - begun, float(text)


def _collect(way: str, url: str, folder: str, weeks: str) -> None:
    """Read every week, two at a time as raw_orders does; print the peak memory."""
    if way == "parquet":
        files = mapping('files = "*.parquet"\n' + ORDER_ROWS)
        source = order_files(Path(folder) / "export", files, lambda: NOW, Path(folder) / "staging")
    else:
        source = source_of(url, now=lambda: NOW, timeout=3_600)
        database = source._database
        assert isinstance(database, SqlDatabase)
        database.copies = way != "rows"
    count = 1 if way == "one week" else int(weeks)
    for answer in side_by_side(source.orders, weeks_between(FIRST, FIRST.shifted(count - 1))):
        assert len(answer.frame)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3)


if __name__ == "__main__":
    main()
