"""How fast an export is checked, and in how much memory: `make bench-import`.

    python -m pizza_assets_tests.bench_import [MEGABYTES ...]     # default 500 2000

Prints figures and asserts none: they depend on machine and load. Each size runs in a process of its own, whose peak
memory is the kernel's figure.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

SIZES = (500, 2_000)
LINES_AT_ONCE = 500_000
CITIES = np.array(["Leeds", "Fulham", "Sunderland", "Springfield", "Brighton", "Burnley", "Croydon", "Bournemouth"])
SAID = ("--label", "mock", "--timezone", "Europe/London", "--currency", "GBP", "--chain", "dominos")


def main() -> None:
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    folder = Path(tempfile.mkdtemp(prefix=".bench-", dir=Path.cwd()))  # the disk of the project, not one in memory
    try:
        for megabytes in sizes:
            file = folder / f"{megabytes}.csv"
            lines = _write(file, megabytes * 10**6)
            seconds, peak = _check(file, folder)
            print(
                f"{megabytes:,} MB, {lines:,} lines: {seconds:.0f} s ({lines / seconds:,.0f} lines/s, "
                f"{file.stat().st_size / 1e6 / seconds:.1f} MB/s), at most {peak:,.0f} MB of memory",
                flush=True,
            )
            file.unlink()
    finally:
        shutil.rmtree(folder)


def _write(file: Path, size: int) -> int:
    """Two years of orders, in order of time, as a shop would export them; returns how many."""
    random = np.random.default_rng(0)
    per_line = 78
    count = size // per_line
    with file.open("w", encoding="utf-8", newline="") as out:
        for first in range(0, count, LINES_AT_ONCE):
            number = np.arange(first, min(first + LINES_AT_ONCE, count))
            minute = number * (728 * 14 * 60) // count
            at = pd.Timestamp("2023-08-01 10:00") + pd.to_timedelta(minute // 840, unit="D")
            city = random.choice(CITIES, len(number))
            frame = pd.DataFrame(
                {
                    "Order No": np.char.add("A", number.astype(str)),
                    "Placed": (at + pd.to_timedelta(minute % 840, unit="m")).strftime("%d/%m/%Y %H:%M"),
                    "Paid": random.integers(800, 6_000, len(number)) / 100,
                    "Pizzas": random.integers(1, 5, len(number)),
                    "City": city,
                    "Store": np.char.add("Store ", city),
                    "Customer": np.char.add("Somebody No ", number.astype(str)),
                }
            )
            frame.to_csv(out, index=False, header=first == 0)
    return count


def _check(file: Path, folder: Path) -> tuple[float, float]:
    """Seconds and megabytes of memory of `pizza check`."""
    settings = {"PIZZA_STORAGE": str(folder / "storage"), "PIZZA_MATCHES": "mock"}
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "pizza_assets.cli", "check", str(file), *SAID],
        env={**os.environ, **settings},
        check=True,
        stdout=subprocess.DEVNULL,
    )
    return time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
