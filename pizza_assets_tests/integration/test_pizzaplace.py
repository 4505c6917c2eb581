"""The documented example on real files: every pizza arrives once, every match has its kick-off, the page is written."""

import json
import re
import shutil
import subprocess
import sys
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pizza_assets.escaping import with_minus
from pizza_assets.orchestration.resources import build_tables
from pizza_assets.settings import Settings
from pizza_assets_tests.support.reference_docs import DOCS

pytestmark = pytest.mark.integration

ROOT = DOCS.parent


def test_the_documented_example(shared_data: Path, tmp_path: Path) -> None:
    inputs = tmp_path / "inputs"
    (inputs / "2015-16").mkdir(parents=True)
    shutil.copy(shared_data / "pizzaplace" / "pizzaplace.csv", inputs)
    league = shared_data / "openfootball" / "england" / "2015-16.en.1.json"
    shutil.copy(league, inputs / "2015-16" / "en.1.json")
    (tmp_path / "docs").symlink_to(DOCS)
    shutil.copy(ROOT / "dagster.yaml", tmp_path)
    (block,) = re.findall(r"```sh\n(export PIZZA_STORAGE=.*?)```", (DOCS / "your-own-data.md").read_text(), re.DOTALL)
    environ = dict(re.findall(r"export (\w+)=(\S+)", block))
    (command,) = re.findall(r"^\.venv/bin/pizza (.*)$", block, re.MULTILINE)
    pizza = Path(sys.executable).with_name("pizza")
    done = subprocess.run(
        [pizza, *command.split()], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "MOCK" in done.stdout
    tables = build_tables(
        Settings.from_environment(
            {**environ, "PIZZA_STORAGE": str(tmp_path / "pizzaplace-data")}
            | {
                name: str(tmp_path / environ[name])
                for name in ("PIZZA_ORDERS_PATH", "PIZZA_ORDERS_MAPPING", "PIZZA_MARKETS", "PIZZA_OPENFOOTBALL")
            }
        )
    )
    weeks = tables.weeks("raw_orders")
    orders = [tables.read_week("raw_orders", week).rows for week in weeks]  # type: ignore[union-attr]
    assert sum(len(rows) for rows in orders) == 21_350
    assert len({order for rows in orders for order in rows["order_id"]}) == 21_350
    assert sum(int(rows["pizza_count"].sum()) for rows in orders) == 49_574
    assert sum(int(rows["revenue_cents"].sum()) for rows in orders) == 81_786_005
    assert {label for rows in orders for label in rows["order_source"]} == {"mock"}
    bins = [tables.read_week("order_bins", week).rows for week in weeks]  # type: ignore[union-attr]
    assert sum(int(rows["order_count"].sum()) for rows in bins) == 21_350

    stored = [tables.read_week("raw_matches", week).rows for week in tables.weeks("raw_matches")]  # type: ignore[union-attr]
    kickoffs = sorted(
        kickoff.to_pydatetime() for rows in stored for kickoff in rows.loc[rows["match_source"] == "real", "kickoff_at"]
    )
    played = json.loads(league.read_text())["matches"]
    local = [datetime.fromisoformat(f"{match['date']}T{match['time']}") for match in played]
    expected = sorted(moment.replace(tzinfo=ZoneInfo("Europe/London")) for moment in local if moment.year == 2015)
    assert [kickoff for kickoff in kickoffs if kickoff.year == 2015] == expected

    page = tmp_path / "pizzaplace-data" / "quicksight-ready" / "dashboard-data" / "dashboard.html"
    assert "MOCK" in page.read_text()

    headline = str(tables.read_whole("insights").sort_values("rank")["headline"].iloc[0])  # type: ignore[union-attr]
    assert "after your team's match" in headline
    assert "95 % interval" in headline
    documented = " ".join((DOCS / "your-own-data.md").read_text().replace("\n> ", " ").split())
    on_page = page.with_name("dashboard_insights.csv").read_text()
    printed = " ".join(done.stdout.split())  # in lines of 100 characters
    shown = with_minus(headline)  # for people; tables keep the hyphen
    for where, told, text in (
        ("pizza run", shown, printed),
        ("the page's table", headline, on_page),
        ("the docs", shown, documented),
    ):
        assert told in text, where
    check = ["check", environ["PIZZA_ORDERS_PATH"], "--mapping", environ["PIZZA_ORDERS_MAPPING"]]
    checked = subprocess.run([pizza, *check], cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
    (primary,) = re.findall(r"after your team's match, with real matches \(primary\): (.*)", checked.stdout)
    detectable, matches = re.findall(r"only a change of ([\d.]+) % or more would show. (\d+) matches", primary)[0]
    assert f"{matches} matches)" in headline
    assert f"a change of {float(detectable):.0f} % or more would show" in headline
    assert f"only a change of {detectable} % or more would show" in documented
