"""How fast exports are read, and in how much memory: `make bench-import`.

    python -m pizza_assets_tests.bench_import [MEGABYTES ...]     # default 430 (5.5 million lines) and 2000

Two exports: one large CSV file per size, checked by `pizza check`; and a folder of 10,000 files of 100 lines, imported,
imported again, and once more with another file. Prints figures and asserts none: they depend on machine and load. Each
step runs in a process of its own; times are the processor's, of all threads, and memory is the kernel's figure. That
figure begins with the memory of the process that starts another one, so the files are written by others, too.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd

SIZES = (430, 2_000)
LINES_AT_ONCE = 500_000
FILES, LINES_PER_FILE = 10_000, 100
BYTES_PER_LINE = 78
CITIES = np.array(["Leeds", "Fulham", "Sunderland", "Springfield", "Brighton", "Burnley", "Croydon", "Bournemouth"])
SAID = ("--label", "mock", "--timezone", "Europe/London", "--currency", "GBP", "--chain", "dominos")
ZONE = "Europe/London"
MAPPING = f"""
label = "mock"
rows = "orders"
currency = "GBP"
timezone = "{ZONE}"
[columns]
order_id = "Order No"
timestamp = "Placed"
total = "Paid"
quantity = "Pizzas"
market = "City"
store_id = "Store"
[formats]
timestamp = "%d/%m/%Y %H:%M"
[constants]
chain = "dominos"
"""


def main() -> None:
    if sys.argv[1:2] == ["--import"]:
        _import(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    if sys.argv[1:2] == ["--write-files"]:
        _write_files(Path(sys.argv[2]))
        return
    if sys.argv[1:2] == ["--write"]:
        _write(Path(sys.argv[2]), int(sys.argv[3]))
        return
    sizes = [int(text) for text in sys.argv[1:]] or SIZES
    folder = Path(tempfile.mkdtemp(prefix=".bench-", dir=Path.cwd()))  # the disk of the project, not one in memory
    try:
        _bench_files(folder)
        for megabytes in sizes:
            _bench_size(folder, megabytes)
    finally:
        shutil.rmtree(folder)


def _bench_files(folder: Path) -> None:
    files = folder / "files"
    _run("--write-files", str(files))
    last, aside = files / f"{FILES:05}.csv", folder / "last.csv"
    last.rename(aside)
    for title in (f"{FILES:,} files of {LINES_PER_FILE} lines", "the same again", "with one file more"):
        if title.startswith("with"):
            time.sleep(3)  # until size and times of the files tell that they have not changed
            aside.rename(last)
        print(f"{title}: {_run('--import', str(files), str(folder / 'cache'))}", flush=True)
    shutil.rmtree(files)


def _write_files(files: Path) -> None:
    files.mkdir()
    rows = _rows(np.arange((FILES + 1) * LINES_PER_FILE), (FILES + 1) * LINES_PER_FILE)
    for number in range(FILES + 1):
        part = rows.iloc[number * LINES_PER_FILE : (number + 1) * LINES_PER_FILE]
        part.to_csv(files / f"{number:05}.csv", index=False)


def _import(files: Path, cache: Path) -> None:
    """Import a folder; print what that took without the start of Python, and which weeks have changed since."""
    from pizza_assets.models.week import MatchWeek
    from pizza_assets.sources.orders.files import OrderFiles
    from pizza_assets.sources.orders.mapping_reader import parse_mapping

    begun = time.process_time()
    source = OrderFiles(files, parse_mapping(MAPPING, "bench.toml"), cache, ZONE, lambda: datetime.now(UTC))
    weeks = {week: str(source.identity(MatchWeek(week, ZONE))) for week in source.facts.weeks}
    seconds = time.process_time() - begun
    known = cache / "weeks.csv"
    before = dict(pd.read_csv(known).itertuples(index=False)) if known.exists() else {}
    pd.DataFrame(weeks.items()).to_csv(known, index=False)
    changed = sum(before.get(week) != identity for week, identity in weeks.items())
    orders = source.facts.lines["accepted"]
    print(f"{seconds:.2f} s, {orders:,} orders, {changed} of {len(weeks)} weeks changed", end="")


def _bench_size(folder: Path, megabytes: int) -> None:
    file = folder / f"{megabytes}.csv"
    lines = megabytes * 10**6 // BYTES_PER_LINE
    _run("--write", str(file), str(lines))
    imported = _run("--import", str(file), str(folder / f"cache-{megabytes}"))
    print(f"{megabytes:,} MB, {lines:,} lines, imported: {imported}", flush=True)
    print(f"{megabytes:,} MB, pizza check: {_run(None, 'check', str(file), *SAID, folder=folder)}", flush=True)
    file.unlink()


def _rows(number: np.ndarray, count: int) -> pd.DataFrame:
    """Some of `count` orders of two years, in order of time."""
    random = np.random.default_rng(int(number[0]))
    minute = number * (728 * 14 * 60) // count
    at = pd.Timestamp("2023-08-01 10:00") + pd.to_timedelta(minute // 840, unit="D")
    city = random.choice(CITIES, len(number))
    return pd.DataFrame(
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


def _write(file: Path, count: int) -> None:
    """Orders as a shop would export them."""
    with file.open("w", encoding="utf-8", newline="") as out:
        for first in range(0, count, LINES_AT_ONCE):
            rows = _rows(np.arange(first, min(first + LINES_AT_ONCE, count)), count)
            rows.to_csv(out, index=False, header=first == 0)


def _run(module: str | None, *arguments: str, folder: Path | None = None) -> str:
    """What a process says of itself, and its processor time, elapsed time and peak memory."""
    settings = {} if folder is None else {"PIZZA_STORAGE": str(folder / "storage"), "PIZZA_MATCHES": "mock"}
    start = ["pizza_assets.cli"] if module is None else ["pizza_assets_tests.bench_import", module]
    begun = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", *start, *arguments],
        env={**os.environ, **settings},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    with child.stdout:
        said = child.stdout.read()
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    assert child.returncode == 0, said
    elapsed, processor = time.perf_counter() - begun, used.ru_utime + used.ru_stime
    own = f"{said}; " if module is not None else ""
    return f"{own}process {processor:.1f} s, elapsed {elapsed:.0f} s, at most {used.ru_maxrss / 1e3:,.0f} MB"


if __name__ == "__main__":
    main()
