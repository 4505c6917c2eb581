"""The kernel against a bare scan and the usual ways to join orders with windows: `make bench`.

    python -m pizza_assets_tests.bench_kernel [--write] [MILLIONS ...]   # default 1 10 50; --write: the docs

Every engine is given the same Parquet file of one week and 400 matches, and must come to the same count, revenue,
pizzas and distinct stores of every window in every exposed market. Each runs in a process of its own, turn after turn;
its memory is the most that the operating system saw it have. Where an engine would take minutes it is left out.
Prints figures and asserts none but agreement: they depend on machine and load.
"""

import itertools
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import psutil
import pyarrow as pa
from pyarrow import parquet

from pizza_assets.storage.frames import ROWS_PER_GROUP, write_groups
from pizza_assets_tests.bench_kernel_engines import ENGINES, FIRST_MINUTE, KERNEL, MASKS, MINUTES, SCAN, SCANS, Fixture

MILLIONS = (1, 10, 50)
MATCHES = 400
MARKETS, STORES = 20, 40
REPEATS = {1: 5, 10: 5, 50: 3}
ALWAYS = (KERNEL, *SCANS)
"""Engines that take seconds at most."""
CASES = (
    ("clustered", 184, MARKETS),
    ("clustered", 184, 1),
    ("clustered", 3, MARKETS),
    ("clustered", 400, MARKETS),
    ("shuffled", 184, MARKETS),
)
"""How the rows lie, how many different kick-offs there are, and how many markets a match exposes."""
SLOW_AT = {1: CASES, 10: CASES[:2]}
"""In which cases all engines run, by millions of orders; elsewhere they would take minutes."""
NOT_AT_50 = CASES[1:3]
DOCS = Path(__file__).parents[1] / "docs" / "performance.md"
BEGIN, END = "<!-- made by `make bench` -->", "<!-- end of what `make bench` made -->"

SHOWN = {("clustered", 184, MARKETS), ("clustered", 184, 1), ("shuffled", 184, MARKETS)}
"""The cases in the docs. The others are only printed: they differ little, and their answers are compared, too."""


def main() -> None:
    sizes = [int(text) for text in sys.argv[1:] if text != "--write"] or MILLIONS
    folder = Path(tempfile.mkdtemp(prefix=".bench-", dir=Path.cwd()))
    lines = [*_machine(), ""]
    try:
        for millions in sizes:
            lines += _compare_size(folder, millions)
    finally:
        shutil.rmtree(folder)
    if "--write" in sys.argv:
        _write(lines)


def _compare_size(folder: Path, millions: int) -> Iterator[str]:
    columns = ["rows", "kick-offs", "markets a match", "engine", "seconds", "cores", "x the scan", "x the kernel", "MB"]
    title = ["", f"**{millions} M orders**", ""]
    yield from _said([*title, f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"])
    tiny = folder / "tiny.parquet"
    _write_orders(tiny, 1_000, is_shuffled=True)
    for order, cases in itertools.groupby(CASES, key=lambda case: case[0]):
        orders = folder / "orders.parquet"
        _write_orders(orders, millions * 1_000_000, is_shuffled=order == "shuffled")
        for _, kickoffs, exposed in cases:
            if millions > 10 and (order, kickoffs, exposed) in NOT_AT_50:
                continue
            fixture = Fixture(orders, folder / "matches.parquet", tiny)
            _write_matches(fixture.matches, kickoffs, exposed)
            case = (order, kickoffs, exposed)
            slow = ENGINES if case in SLOW_AT.get(millions, ()) else ()
            engines = [
                name for name in ENGINES if name in ALWAYS or (name in slow and (name != MASKS or millions == 1))
            ]
            rows = _said(_compare(fixture, millions, case, engines))
            yield from rows if case in SHOWN else ()
        orders.unlink()


def _said(lines: Sequence[str]) -> Sequence[str]:
    print("\n".join(lines), flush=True)
    return lines


@dataclass(frozen=True)
class _Run:
    seconds: float
    cores: float
    megabytes: float
    answer: str


def _compare(fixture: Fixture, millions: int, case: tuple[str, int, int], engines: Sequence[str]) -> list[str]:
    """Rows of the table. Raises AssertionError if two engines come to different answers."""
    runs: dict[str, list[_Run]] = {name: [] for name in engines}
    for _ in range(REPEATS.get(millions, 3)):
        for name in engines:
            if name in ALWAYS or not runs[name]:  # the slow ones need no second look
                runs[name].append(_run(name, fixture))
    answers = {name: {run.answer for run in runs[name]} for name in engines if name not in SCANS}
    assert len(set.union(*answers.values())) == 1, f"{case}: engines disagree: {answers}"
    medians = {name: statistics.median(run.seconds for run in runs[name]) for name in engines}
    rows = []
    for name in engines:
        cores = statistics.median(run.cores for run in runs[name])
        memory = max(run.megabytes for run in runs[name])
        ratios = f"{medians[name] / medians[SCAN]:.1f} | {medians[name] / medians[KERNEL]:.1f}"
        rows.append(
            f"| {' | '.join(map(str, case))} | {name} | {medians[name]:.3f} | {cores:.1f} | {ratios} | {memory:.0f} |"
        )
    return rows


def _run(engine: str, fixture: Fixture) -> _Run:
    """One engine in a process of its own: seconds without its start, and its highest memory."""
    command = [sys.executable, "-m", "pizza_assets_tests.bench_kernel_engines", engine]
    files = [str(file) for file in (fixture.orders, fixture.matches, fixture.tiny)]
    done = subprocess.run([*command, *files], check=True, capture_output=True, text=True)
    seconds, processor, megabytes, answer = done.stdout.split()
    return _Run(float(seconds), float(processor) / float(seconds), float(megabytes), answer)


def _write_orders(file: Path, count: int, *, is_shuffled: bool) -> None:
    """A week of orders as raw_orders stores them, without the columns that no engine reads."""
    random = np.random.default_rng(0)
    names = {
        "market": [f"market {number}" for number in range(MARKETS)],
        "chain": ["dominos", "rival"],
        "currency": ["GBP"],
        "store_id": [f"store {number}" for number in range(STORES)],
    }
    schema = pa.schema(
        [
            pa.field("ordered_at", pa.timestamp("us", "UTC"), nullable=False),
            *(pa.field(name, pa.int64(), nullable=False) for name in ("revenue_cents", "pizza_count")),
            *(pa.field(name, pa.string(), nullable=False) for name in names),
        ]
    )

    def groups() -> Iterator[pa.Table]:
        for first in range(0, count, ROWS_PER_GROUP):
            size = min(ROWS_PER_GROUP, count - first)
            part = (0, count) if is_shuffled else (first, first + size)
            span = [MINUTES * 60 * edge // count for edge in part]
            second = random.integers(*span, size)
            if not is_shuffled:
                second.sort()
            store = random.integers(0, STORES, size)
            codes = {
                "market": store // (STORES // MARKETS),
                "chain": store % 2,
                "currency": store * 0,
                "store_id": store,
            }
            columns = [
                pa.array((FIRST_MINUTE * 60 + second) * 1_000_000, schema.field("ordered_at").type),
                pa.array(random.integers(800, 6_000, size)),
                pa.array(random.integers(1, 5, size)),
                *(pa.array(names[name]).take(pa.array(codes[name])) for name in names),
            ]
            yield pa.table(columns, schema=schema)

    with file.open("wb+") as handle:
        write_groups(handle, groups(), schema)


def _write_matches(file: Path, kickoffs: int, exposed: int) -> None:
    """Matches with so many distinct kick-offs, each exposing so many markets; the first and the last reach over the
    edges of the week.
    """
    random = np.random.default_rng(1)
    minutes = np.sort(random.choice(np.arange(60, MINUTES - 60), kickoffs, replace=False))
    minutes[[0, -1]] = 30, MINUTES - 30
    chosen = np.sort(np.resize(minutes, MATCHES))
    market = [[f"market {(number + i) % MARKETS}" for i in range(exposed)] for number in range(MATCHES)]
    opens, whistle = chosen - 120, chosen + 115
    edges = np.column_stack([opens, chosen, whistle, whistle + 120]) + FIRST_MINUTE
    frame = pd.DataFrame(edges, columns=["opens", "kickoff", "whistle", "closes"])
    frame = frame.assign(match=np.arange(MATCHES), market=market).explode("market")
    parquet.write_table(pa.Table.from_pandas(frame, preserve_index=False), file)


def _machine() -> list[str]:
    memory = psutil.virtual_memory().total / 2**30
    return [
        f"Measured on {os.cpu_count()} cores with {memory:.0f} GB of memory, files in the page cache; medians of",
        f"runs that took turns. {MATCHES} matches in one week of {MARKETS} markets and {STORES} stores.",
    ]


def _write(lines: Sequence[str]) -> None:
    before, _, rest = DOCS.read_text(encoding="utf-8").partition(BEGIN)
    _, _, after = rest.partition(END)
    DOCS.write_text("\n".join([before + BEGIN, *lines, "", END]) + after, encoding="utf-8")


if __name__ == "__main__":
    main()
