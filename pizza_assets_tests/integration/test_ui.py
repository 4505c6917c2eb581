"""A user's actions in the Dagster UI, through GraphQL against a real webserver and daemon."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from pizza_assets.orchestration.automation.analysis import SECONDS_BETWEEN_CHECKS
from pizza_assets.orchestration.resources import build_tables
from pizza_assets.settings import Settings
from pizza_assets.storage.layout import PLACES
from pizza_assets_tests.support.dagster_server import SELECTOR, DagsterServer, dagster_dev

pytestmark = pytest.mark.integration

WEEKS = ["2025-09-02", "2025-09-09", "2025-09-16", "2025-09-23", "2025-09-30", "2025-10-07"]
WEEKLY = [asset for asset, place in PLACES.items() if place.weekly]


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return {"PIZZA_STORAGE": str(tmp_path_factory.mktemp("storage")), "PIZZA_MATCHES": "mock"}


@pytest.fixture(scope="module")
def server(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[DagsterServer]:
    with dagster_dev(tmp_path_factory.mktemp("home"), environ) as server:
        yield server


def test_a_range_of_six_weeks_launched_from_the_ui(server: DagsterServer, environ: dict[str, str]) -> None:
    backfill = server.backfill(WEEKLY, WEEKS)
    assert server.wait_for_backfill(backfill) == "COMPLETED_SUCCESS"
    assert server.wait_for_run(_next_analysis(server, [])) == "SUCCESS"
    runs = server.query(
        """query($id: String!) { partitionBackfillOrError(backfillId: $id) { ... on PartitionBackfill {
             runs(limit: 50) { status tags { key value } } } } }""",
        id=backfill,
    )["partitionBackfillOrError"]["runs"]
    (run,) = runs
    tags = {tag["key"]: tag["value"] for tag in run["tags"]}
    assert run["status"] == "SUCCESS"
    assert tags["dagster/asset_partition_range_start"] == WEEKS[0]
    assert tags["dagster/asset_partition_range_end"] == WEEKS[-1]
    tables = build_tables(Settings.from_environment(environ))
    for asset in ("raw_matches", "mock_orders", "order_bins", "merged_orders", "match_windows"):
        assert tables.weeks(asset) == WEEKS
    counts = _row_counts(server, "order_bins")
    for week in WEEKS:
        facts = tables.week_facts("order_bins", week)
        assert facts is not None
        assert counts[week] == facts.row_count


def test_the_schedules_own_run_and_the_analysis_after_it(server: DagsterServer, environ: dict[str, str]) -> None:
    tick = server.query(
        """mutation($selector: ScheduleSelector!, $at: Float) {
             scheduleDryRun(selectorData: $selector, timestamp: $at) { __typename ... on DryRunInstigationTick {
               evaluationResult { error { message } runRequests { runKey tags { key value } } } } } }""",
        selector={**SELECTOR, "scheduleName": "daily_refresh"},
        at=(datetime.now(UTC) - timedelta(days=1)).timestamp(),  # asks for the tick after it, which is in the past then
    )["scheduleDryRun"]["evaluationResult"]
    assert tick["error"] is None
    (request,) = tick["runRequests"]
    tags = {tag["key"]: tag["value"] for tag in request["tags"]}
    before = _analyses(server)
    assert server.wait_for_run(server.launch("collect_weeks", tags)) == "SUCCESS"
    assert server.wait_for_run(_next_analysis(server, before)) == "SUCCESS"
    tables = build_tables(Settings.from_environment(environ))
    assert len(tables.weeks("order_bins")) == len(WEEKS) + 2
    assert tables.objects.exists("quicksight-ready/dashboard-data/dashboard.html")


def test_no_week_is_analysed_twice(server: DagsterServer) -> None:
    """The automation had three more ticks' time, and requested nothing of what is analysed."""
    analyses = _analyses(server)
    assert len(analyses) == 2
    time.sleep(3 * SECONDS_BETWEEN_CHECKS)
    assert _analyses(server) == analyses


def test_every_asset_is_described(server: DagsterServer) -> None:
    nodes = server.query(
        """{ assetNodes { assetKey { path } description groupName kinds owners { ... on TeamAssetOwner { team } }
             metadataEntries { label } } }"""
    )["assetNodes"]
    assert len(nodes) >= 19
    for node in nodes:
        assert len(node["description"]) > 20, node
        assert node["groupName"] in {"raw", "merged", "analysis", "dashboards"}
        assert node["kinds"]
        assert node["owners"]
        if node["assetKey"]["path"] not in (["dashboard_page"], ["match_calendar"], ["quicksight_manifest"]):
            assert "dagster/column_schema" in {entry["label"] for entry in node["metadataEntries"]}


def _analyses(server: DagsterServer) -> list[str]:
    """The runs of the analysis that automation launched, newest first."""
    return [run["runId"] for run in server.runs("__ASSET_JOB") if run["tags"].get("pizza/job") == "analyse"]


def _next_analysis(server: DagsterServer, before: list[str]) -> str:
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline:
        new = [run for run in _analyses(server) if run not in before]
        if new:
            return new[0]
        time.sleep(1)
    raise AssertionError("no analysis followed")


def _row_counts(server: DagsterServer, asset: str) -> dict[str, int]:
    events = server.query(
        """query($key: AssetKeyInput!) { assetOrError(assetKey: $key) { ... on Asset {
             assetMaterializations(limit: 100) { partition metadataEntries {
               label ... on IntMetadataEntry { intValue } } } } } }""",
        key={"path": [asset]},
    )["assetOrError"]["assetMaterializations"]
    return {
        event["partition"]: entry["intValue"]
        for event in events
        for entry in event["metadataEntries"]
        if entry["label"] == "dagster/row_count"
    }
