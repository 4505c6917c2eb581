"""The writer that is killed: the same weeks over and over, in growing versions, and stages at which it holds still.

Every row of an object carries the version it was written in, so that a mixture would show.
"""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from multiprocessing.connection import Connection
from pathlib import Path

import pandas as pd

from pizza_assets.models import RawOrders
from pizza_assets.models.week import MatchWeek
from pizza_assets.storage.layout import facts_key, week_key
from pizza_assets.storage.tables import Origin, TableStore
from pizza_assets_tests.support.stored_week import write_week
from pizza_assets_tests.torture.cases import MIXED, TORN, Finding
from pizza_assets_tests.torture.reader import tables_in

ASSET = "raw_orders"
MOCK_WEEKS = ("2025-08-05", "2025-08-12")
TURNING_WEEKS = ("2025-08-19", "2025-08-26")
"""Weeks that are mock first and real afterwards, in every version."""
WEEKS = MOCK_WEEKS + TURNING_WEEKS

_PUBLISHING = ("fsync", "replace", "rename", "link", "unlink")
"""The calls by which an object comes into being or goes."""
_HELD_SECONDS = 120
_TIMEZONE = "Europe/London"
_RUN = "version "


def write_until_killed(storage: Path, versions: Iterable[int], hold_at: int | None, parent: Connection) -> None:
    """Lead a process group with an idle child in it, write `versions`, and hold still at the `hold_at`-th stage.

    Tells `parent` that it begins, at which stage it holds, and at the end how many stages there were.
    """
    os.setsid()
    subprocess.Popen([sys.executable, "-c", f"import time; time.sleep({_HELD_SECONDS})"])
    stages = _Stages(hold_at, parent.send)
    stages.watch()
    parent.send("begun")
    write_versions(storage, versions)
    parent.send(stages.count)


def write_versions(storage: Path | str, versions: Iterable[int]) -> None:
    """Write every week in each version. A turning week goes back to mock before it turns real again."""
    tables = tables_in(storage)
    for version in versions:
        for week in MOCK_WEEKS:
            _write(tables, week, version, "mock")
        for week in TURNING_WEEKS:
            real = week_key(ASSET, week, "real")
            tables.objects.delete(real)
            tables.objects.delete(facts_key(real))
            for label in ("mock", "real", "mock"):  # the last one must be refused
                _write(tables, week, version, label)


def check_version(tables: TableStore, asset: str, week: str) -> list[Finding] | None:
    """A read is one whole version with one label, and its facts are that version's."""
    before = tables.week_facts(asset, week)
    found = tables.read_week(asset, week)
    after = tables.week_facts(asset, week)
    runs = [facts.run_id for facts in (before, after) if facts is not None]
    if found is None:
        # a turning week is deleted between two versions, never within one
        is_torn = len(runs) == 2 and len(set(runs)) == 1 and runs[0].startswith(_RUN)
        return [Finding(TORN, f"{week}: there before and after in {runs[0]}, but not read")] if is_torn else None
    labels, versions = sorted(found.rows["order_source"].unique()), sorted(found.rows["revenue_cents"].unique())
    if len(labels) > 1:
        return [Finding(MIXED, f"{week}: rows are {' and '.join(labels)}")]
    if len(versions) > 1 or len(found.rows) != _row_count(versions[0]):
        return [Finding(TORN, f"{week}: {len(found.rows)} rows of versions {versions}")]
    if before is None or before != after:
        return []
    read = (labels[0], len(found.rows), f"{_RUN}{versions[0]}")
    expected = (before.data_source, before.row_count, before.run_id)
    # lost facts are rebuilt from the object, with the run unknown
    matches = read[:2] == expected[:2] and expected[2] in (read[2], "unknown")
    return [] if matches else [Finding(TORN, f"{week}: read {read}, but its facts say {expected}")]


def _write(tables: TableStore, week: str, version: int, label: str) -> None:
    write_week(tables, ASSET, week, _orders(week, version, label), Origin(label, "1", f"{_RUN}{version}"))


def _row_count(version: int) -> int:
    """Every second version is as long as the one before it: its file can have the same size, too."""
    return 200 + version // 2 % 4 * 150


def _orders(week: str, version: int, label: str) -> pd.DataFrame:
    count = _row_count(version)
    start = MatchWeek(week, _TIMEZONE).starts_at
    return RawOrders.conform(
        pd.DataFrame(
            {
                "order_id": [f"{number:05}" for number in range(count)],
                "ordered_at": [start + timedelta(minutes=number) for number in range(count)],
                "sport": "football",
                "chain": "dominos",
                "market": "Leeds",
                "store_id": "1",
                "store_location": None,
                "currency": "GBP",
                "revenue_cents": version,
                "pizza_count": 1,
                "items": None,
                "order_source": label,
                "source_name": label,
            }
        )
    )


class _Stages:
    """Counts the moments before and after each publishing call of this process, and holds still at one of them."""

    def __init__(self, hold_at: int | None, tell: Callable[[str], None]) -> None:
        self.count = 0
        self._hold_at, self._tell = hold_at, tell

    def watch(self) -> None:
        for name in _PUBLISHING:
            setattr(os, name, self._watched(name, getattr(os, name)))

    def _watched(self, name: str, call: Callable[..., None]) -> Callable[..., None]:
        def watched(*arguments: object, **options: object) -> None:
            what = f"{name} {Path(arguments[-1]).name}" if isinstance(arguments[-1], str | Path) else name
            self._reach(f"before {what}")
            call(*arguments, **options)
            self._reach(f"after {what}")

        return watched

    def _reach(self, stage: str) -> None:
        self.count += 1
        if self.count == self._hold_at:
            self._tell(stage)
            time.sleep(_HELD_SECONDS)
