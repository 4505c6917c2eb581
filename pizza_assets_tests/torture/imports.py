"""Kills imports of order files at random moments: the next one must end right, and leave nothing over."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pizza_assets.sources.orders.line_store import DATABASE, LOCK
from pizza_assets_tests.sources.orders.exports import AUGUST, HEADER, csv_text, order_files, write
from pizza_assets_tests.torture.cases import DIFFERENCE, LEFTOVER, Case, Finding, Outcome

CHILD = """
import sys
from pathlib import Path
from pizza_assets_tests.sources.orders.exports import order_files
print("begins", flush=True)
order_files(Path(sys.argv[1]), staging=Path(sys.argv[2])).periods()
"""
FILES, MORE_FILES = 200, 100


@contextmanager
def import_torture(folder: Path) -> Iterator[Callable[[Case], Outcome]]:
    """Tries one case after the other, each with files and a store of its own."""
    shutil.rmtree(folder, ignore_errors=True)
    export(folder / "in", 0, FILES)
    begun = time.monotonic()
    with importing(folder / "in", folder / "undisturbed") as child:
        child.wait()
    usual = time.monotonic() - begun
    yield lambda case: _try(case, folder / str(case.number), usual)


def _try(case: Case, folder: Path, usual: float) -> Outcome:
    """Every other case kills the first import, the others one that finds more files beside a finished one."""
    shutil.rmtree(folder, ignore_errors=True)
    files, staging, moment = folder / "in", folder / "staging", case.random().uniform(0, usual)
    export(files, 0, FILES)
    is_first = case.number % 2 == 0
    if not is_first:
        order_files(files, staging=staging).periods()
        export(files, FILES, MORE_FILES)
    with importing(files, staging) as child:
        time.sleep(moment)
        child.send_signal(signal.SIGKILL)
    outcome = Outcome(f"{'first' if is_first else 'second'} import killed after {moment:.2f} s", reads=1)
    found = answers(files, staging)
    if found != answers(files, folder / "fresh"):
        outcome.findings.append(Finding(DIFFERENCE, "other orders, refusals or counts than those of a fresh import"))
    outcome.findings += [Finding(LEFTOVER, name) for name in leftovers(files, staging)]
    return outcome


def leftovers(files: Path, staging: Path) -> list[str]:
    """The files in the staging that no answer needs, after a day has passed and the import was asked again."""
    [store] = staging.iterdir()
    for file in (store / "weeks").iterdir():
        os.utime(file, (0, 0))
    facts = order_files(files, staging=staging).facts
    used = {name for names in facts.week_files.values() for name in names}
    beside = {path.name for path in store.iterdir()} - {DATABASE, LOCK, "weeks"}
    return sorted(beside | {file.name for file in (store / "weeks").iterdir()} - used)


def export(folder: Path, first: int, count: int) -> None:
    """`count` files of 102 lines: orders that several files have, and a line that is refused."""
    for number in range(first, first + count):
        day = 13 + number % 15
        rows = [(f"a{number}-{n}", f"2025-08-{day} 19:{n % 60:02}", "5.00", "1", "Leeds", "s1") for n in range(100)]
        rows += [(f"a{number // 2}-0", f"2025-08-{day} 20:00", "6.00", "1", "Leeds", "s1"), ("", *rows[0][1:])]
        write(folder, f"{number:05}.csv", csv_text(HEADER, rows))


def answers(folder: Path, staging: Path) -> tuple:
    """Everything that an import answers about its files."""
    source = order_files(folder, staging=staging)
    weeks = [AUGUST.shifted(n) for n in range(3)]
    results = [source.orders(week) for week in weeks]
    return source.facts, [(r.rows.to_csv(), r.rejected.to_csv()) for r in results], [source.identity(w) for w in weeks]


def importing(folder: Path, staging: Path) -> subprocess.Popen[str]:
    """A process that has begun to import."""
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(staging)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "begins\n"
    return child
