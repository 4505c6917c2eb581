"""A week with too many refused rows, as seen in the Dagster UI: by every way of launching it is stored nowhere, and its
check stays red until it is corrected.
"""

import os
import subprocess
import sys
import time
from collections.abc import Iterator

import pandas as pd
import pytest

from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.partitions import range_tags
from pizza_assets.orchestration.resources import build_tables
from pizza_assets.settings import Settings
from pizza_assets.storage.layout import PLACES
from pizza_assets_tests.support.dagster_server import DagsterServer, dagster_dev
from pizza_assets_tests.support.order_export import write_export

pytestmark = pytest.mark.integration

WEEKS = ["2026-08-04", "2026-08-11", "2026-08-18"]
BAD = WEEKS[1]
WEEKLY = [asset for asset, place in PLACES.items() if place.weekly]
OF_ORDERS = ("raw_orders", "order_bins", "quarter_hours", "merged_orders")
WITHOUT_IT = {asset: [WEEKS[0], WEEKS[2]] for asset in OF_ORDERS}
RUN_ENDED = {"SUCCESS", "FAILURE", "CANCELED"}


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Three weeks of orders; of the middle one, 150 of 280 rows can't be read."""
    first, bad, last, end = (MatchWeek(key, "Europe/London").starts_at for key in [*WEEKS, "2026-08-25"])
    hours = [
        *pd.date_range(first, bad, freq="h", inclusive="left"),
        *pd.date_range(bad, periods=130, freq="h"),
        *pd.date_range(last, end, freq="h", inclusive="left"),
    ]
    rows = [f"{hour:%m%d%H},{hour:%Y-%m-%dT%H:%M}:00Z,12.50,1" for hour in hours]
    rows += [f"bad{n},2026-08-13T18:{n % 60:02}:00Z,nothing,1" for n in range(150)]
    folder = tmp_path_factory.mktemp("export")
    return {
        **write_export(folder, rows),
        "PIZZA_STORAGE": str(folder / "storage"),
        "PIZZA_MATCHES": "mock",
        "PIZZA_FIRST_WEEK": WEEKS[0],
    }


@pytest.fixture(scope="module")
def server(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterServer]:
    with dagster_dev(tmp_path_factory.mktemp("home"), environ) as server:
        yield server


def stored(environ: dict[str, str]) -> dict[str, list[str]]:
    tables = build_tables(Settings.from_environment(environ))
    return {asset: tables.weeks(asset) for asset in OF_ORDERS}


def check(server: DagsterServer, asset: str, name: str) -> tuple[str, str]:
    """Status and description of a check as the UI shows it."""
    found = server.query(
        """query($key: AssetKeyInput!) { assetNodeOrError(assetKey: $key) { ... on AssetNode { assetChecksOrError {
             ... on AssetChecks { checks { name executionForLatestMaterialization {
               status evaluation { description severity } } } } } } } }""",
        key={"path": [asset]},
    )["assetNodeOrError"]["assetChecksOrError"]["checks"]
    (execution,) = [one["executionForLatestMaterialization"] for one in found if one["name"] == name]
    return execution["status"], execution["evaluation"]["description"]


def test_the_sensor_stores_the_bad_week_nowhere(server: DagsterServer, environ: dict[str, str]) -> None:
    deadline = time.monotonic() + 240
    while not (runs := [run for run in server.runs("collect_weeks") if run["status"] in RUN_ENDED]):
        if time.monotonic() > deadline:
            raise AssertionError("the sensor collected nothing")
        time.sleep(1)
    assert runs[-1]["status"] == "FAILURE", "the run has lost a week, so it fails and alerts"
    assert stored(environ) == WITHOUT_IT


def test_a_backfill_stores_it_nowhere(server: DagsterServer, environ: dict[str, str]) -> None:
    backfill = server.backfill(WEEKLY, WEEKS)
    server.wait_for_backfill(backfill)
    (run,) = [run for run in server.runs("__ASSET_JOB") if run["tags"].get("dagster/backfill") == backfill]
    assert run["status"] == "FAILURE", "Dagster calls the backfill itself completed, since every week was reported"
    assert stored(environ) == WITHOUT_IT


def test_a_downstream_asset_launched_alone_stores_it_nowhere(server: DagsterServer, environ: dict[str, str]) -> None:
    run = server.launch_assets(["merged_orders"], {"dagster/partition": BAD})
    assert server.wait_for_run(run) == "SUCCESS"
    assert stored(environ) == WITHOUT_IT


def test_execute_all_fails_by_name(server: DagsterServer) -> None:
    run = server.launch_assets([], {}, [("raw_orders", "rows_are_valid")])
    assert server.wait_for_run(run) == "FAILURE"
    status, description = check(server, "raw_orders", "rows_are_valid")
    assert status == "FAILED"
    assert f"{BAD}: 150 of 280 rows were refused, 53.6%" in description


def test_a_healthy_week_does_not_turn_it_green(server: DagsterServer) -> None:
    run = server.launch("collect_weeks", range_tags(WEEKS[2], WEEKS[2]))
    assert server.wait_for_run(run) == "SUCCESS"
    status, description = check(server, "raw_orders", "rows_are_valid")
    assert (status, BAD in description) == ("FAILED", True)
    status, description = check(server, "raw_orders", "holds_rows")
    assert (status, BAD in description) == ("FAILED", True)


def test_status_says_what_the_ui_says(server: DagsterServer, environ: dict[str, str]) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "pizza_assets.cli", "status"],
        cwd=server.family()[0].cwd(),
        env={**{name: value for name, value in os.environ.items() if name != "DAGSTER_HOME"}, **environ},
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    (line,) = [line for line in told.splitlines() if line.startswith(BAD)]
    assert "150" in line
    assert "failed check raw_orders.rows_are_valid (1)" in line
    assert "raw_orders.holds_rows" in line
    assert "\n(1) 150 of 280 rows were refused" in told
    for week in (WEEKS[0], WEEKS[2]):
        (line,) = [line for line in told.splitlines() if line.startswith(week)]
        assert "failed check" not in line
