"""An import that is killed at any moment: the next one ends right, and nothing is left over."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pizza_assets.sources.orders.line_store import DATABASE, LOCK
from pizza_assets_tests.sources.orders.exports import AUGUST, HEADER, csv_text, order_files, write

pytestmark = pytest.mark.integration

KILLS = 4
CHILD = """
import sys
from pathlib import Path
from pizza_assets_tests.sources.orders.exports import order_files
print("begins", flush=True)
order_files(Path(sys.argv[1]), staging=Path(sys.argv[2])).periods()
"""


def export(folder: Path, first: int, count: int) -> None:
    for number in range(first, first + count):
        day = 13 + number % 15
        rows = [(f"a{number}-{n}", f"2025-08-{day} 19:{n % 60:02}", "5.00", "1", "Leeds", "s1") for n in range(100)]
        rows += [(f"a{number // 2}-0", f"2025-08-{day} 20:00", "6.00", "1", "Leeds", "s1"), ("", *rows[0][1:])]
        write(folder, f"{number:05}.csv", csv_text(HEADER, rows))


def answers(folder: Path, staging: Path) -> tuple:
    source = order_files(folder, staging=staging)
    weeks = [AUGUST.shifted(n) for n in range(3)]
    results = [source.orders(week) for week in weeks]
    return source.facts, [(r.rows.to_csv(), r.rejected.to_csv()) for r in results], [source.identity(w) for w in weeks]


def importing(folder: Path, staging: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", CHILD, str(folder), str(staging)], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "begins\n"
    return child


def test_after_a_kill_at_any_moment_the_next_import_ends_right_and_leaves_nothing_over(tmp_path: Path) -> None:
    folder, staging, moments = tmp_path / "in", tmp_path / "staging", random.Random(1)
    export(folder, 0, 200)
    begun = time.monotonic()
    with importing(folder, staging) as child:
        child.wait()
    usual = time.monotonic() - begun
    for number in range(KILLS):
        export(folder, 200 + 100 * number, 100)  # the store has an earlier answer to be kept
        with importing(folder, staging) as child:
            time.sleep(moments.uniform(0, usual))
            child.send_signal(signal.SIGKILL)
        found = answers(folder, staging)
        assert found == answers(folder, tmp_path / f"fresh-{number}")
        [export_folder] = staging.iterdir()
        assert {path.name for path in export_folder.iterdir()} <= {DATABASE, LOCK, "weeks"}
        used = {name for names in found[0].week_files.values() for name in names}
        for file in (export_folder / "weeks").iterdir():  # as if a day had passed
            os.utime(file, (0, 0))
        assert order_files(folder, staging=staging).facts == found[0]
        assert {file.name for file in (export_folder / "weeks").iterdir()} == used
