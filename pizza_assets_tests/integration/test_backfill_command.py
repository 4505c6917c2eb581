"""`pizza backfill` as a user runs it: 52 weeks, three of them with bad rows, then repaired."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pytest

from pizza_assets.models.week import MatchWeek
from pizza_assets.storage.layout import PLACES, whole_key
from pizza_assets_tests.support.dagster_server import ROOT
from pizza_assets_tests.support.order_export import write_export

pytestmark = pytest.mark.integration

FIRST = MatchWeek("2025-07-29", "Europe/London")
WEEKS = [FIRST.shifted(n).key for n in range(52)]
POISONED = [WEEKS[5], WEEKS[6], WEEKS[40]]
RANGE = ("--from", WEEKS[0], "--to", WEEKS[-1])


class Home:
    """A folder with an instance, one market and an export of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("dagster.yaml", "workspace.yaml"):
            shutil.copy(ROOT / name, folder)
        (folder / "markets.toml").write_text(
            '[[market]]\nname = "Leeds"\ntimezone = "Europe/London"\nteams = ["Leeds United"]\n'
        )
        self.export()

    def export(self, poisoned: list[str] | None = None) -> None:
        """An order every half hour; in a poisoned week every tenth has no price."""
        start, end = FIRST.starts_at, FIRST.shifted(len(WEEKS)).starts_at
        at = pd.Series(pd.date_range(start, end, freq="30min", inclusive="left"))
        days = [(MatchWeek(key, "Europe/London"), key) for key in poisoned or []]
        is_bad = sum(((at >= week.starts_at) & (at < week.ends_at) for week, _ in days), start=at != at)
        is_bad &= at.index % 10 == 0
        totals = is_bad.map({True: "nothing", False: "12.50"})
        rows = [f"{number},{moment:%Y-%m-%dT%H:%M:%SZ},{totals[number]},1" for number, moment in at.items()]
        self.orders = write_export(self.folder, rows)

    def pizza(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("PIZZA_", "DAGSTER_"))},
            "PIZZA_STORAGE": str(self.folder / "data"),
            "PIZZA_MATCHES": "mock",
            "PIZZA_MARKETS": str(self.folder / "markets.toml"),
            **self.orders,
        }
        command = [sys.executable, "-m", "pizza_assets.cli", *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=environ, capture_output=True, text=True, timeout=300, check=False
        )

    def status(self) -> dict[str, dict]:
        found = json.loads(self.pizza("status", "--json", *RANGE).stdout)
        assert not found["stale_analysis"], found["stale_analysis"]
        return {week["week"]: week for week in found["weeks"]}

    def modified(self) -> dict[str, int]:
        """When each weekly Parquet was last written, by asset and week."""
        return {
            f"{path.name} {path.parent.name.removeprefix('week=')}": path.stat().st_mtime_ns
            for path in (self.folder / "data").rglob("week=*/*.parquet")
            if "/rejected/" not in str(path)
        }


def test_three_failing_weeks_of_52_are_named_and_then_repaired_separately(tmp_path: Path) -> None:
    home = Home(tmp_path)
    home.export(POISONED)
    failed = home.pizza("backfill", *RANGE)
    assert failed.returncode == 1, failed.stderr
    assert "3 weeks failed" in failed.stdout
    for week in POISONED:
        assert f"{week}: raw_orders.rows_are_valid: " in failed.stdout
    for week, status in home.status().items():
        assert ("raw_orders" in status["stale"]) == (week in POISONED)
        assert ("rows_are_valid" in str(status["failed_checks"])) == (week in POISONED)
    assert (home.folder / "data" / whole_key("dashboard_page")).is_file(), "the analysis of the others was made"
    written = home.modified()
    assert sum(name.startswith("order_bins") for name in written) == 49
    assert sum(name.startswith("match_windows") for name in written) >= 49

    home.export()
    repaired = home.pizza("backfill", *RANGE)
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert "resuming the backfill" in repaired.stderr
    changed = {name for name, at in home.modified().items() if written.get(name) != at}
    assert {name.rsplit(" ", 1)[1] for name in changed} == set(POISONED)
    assert all(not status["stale"] and not status["failed_checks"] for status in home.status().values())

    nothing = home.pizza("backfill", "--stale-only", *RANGE)
    assert nothing.returncode == 0
    assert home.modified().keys() == {
        f"{place.table}.parquet {week}"
        for asset, place in PLACES.items()
        if place.weekly and asset != "mock_orders"
        for week in WEEKS
    }
    verified = home.pizza("status", "--verify", *RANGE)
    assert verified.returncode == 0
    assert "0 stale weeks, 0 with a failed check\n0 damaged objects" in verified.stdout
