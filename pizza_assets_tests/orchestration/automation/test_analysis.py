"""An analysis follows stored weeks once, whoever stored them, unless their command analyses by itself."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest

from pizza_assets.orchestration.freshness.daily_refresh import REFRESHED_ASSETS, refresh_evaluation
from pizza_assets.storage.layout import PLACES
from pizza_assets_tests.support.pipeline import Pipeline

pytestmark = [
    pytest.mark.filterwarnings("ignore::dagster.BetaWarning"),
    pytest.mark.filterwarnings("ignore::dagster.PreviewWarning"),
]
WHOLE = {asset for asset, place in PLACES.items() if not place.weekly}
WEEKS = ["2026-08-18", "2026-08-25", "2026-09-01"]


class Daemon:
    """Evaluates the condition as the daemon does at each tick."""

    def __init__(self, definitions: dg.Definitions, instance: dg.DagsterInstance) -> None:
        self._definitions, self._instance = definitions, instance
        self._cursor = None
        self.requested()  # what was stored before the daemon started is no news

    def requested(self) -> set[str]:
        """The assets requested by the next tick."""
        result = dg.evaluate_automation_conditions(self._definitions, self._instance, cursor=self._cursor)
        self._cursor = result.cursor
        return {one.key.to_user_string() for one in result.results if result.get_num_requested(one.key)}


@pytest.fixture
def pipeline(tmp_path: Path) -> Pipeline:
    return Pipeline(tmp_path)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.DagsterInstance.ephemeral() as instance:
        yield instance


def store(instance: dg.DagsterInstance, *weeks: str, asset: str = "match_windows") -> None:
    for week in weeks:
        instance.report_runless_asset_event(dg.AssetMaterialization(asset, partition=week))


def test_weeks_of_any_asset_are_followed_by_one_analysis(pipeline: Pipeline, instance: dg.DagsterInstance) -> None:
    daemon = Daemon(pipeline.definitions, instance)
    assert daemon.requested() == set()
    for asset in ("raw_matches", "match_windows"):
        store(instance, *WEEKS, asset=asset)
        assert daemon.requested() == WHOLE, asset
        assert daemon.requested() == set(), asset


def test_a_week_stored_while_the_analysis_runs_awaits_the_next_one(
    pipeline: Pipeline, instance: dg.DagsterInstance
) -> None:
    daemon = Daemon(pipeline.definitions, instance)
    store(instance, WEEKS[0])
    assert daemon.requested() == WHOLE
    for asset in sorted(WHOLE)[:3]:  # the analysis has come that far
        instance.report_runless_asset_event(dg.AssetMaterialization(asset))
    store(instance, WEEKS[1])
    assert daemon.requested() == WHOLE
    assert daemon.requested() == set()


def test_weeks_whose_command_analyses_by_itself_are_not_followed(
    pipeline: Pipeline, instance: dg.DagsterInstance
) -> None:
    # tags are compared from the first event on that a tick has seen: on a new instance, what this sensor reports
    for evaluation in (
        refresh_evaluation(instance, asset, pipeline.now, "Europe/London") for asset in REFRESHED_ASSETS
    ):
        instance.report_runless_asset_event(evaluation)
    daemon = Daemon(pipeline.definitions, instance)
    assert pipeline.collect(instance, WEEKS[:1]).failures == {}
    assert daemon.requested() == set()
    collect = pipeline.definitions.resolve_job_def("collect_weeks")
    tags = {"dagster/asset_partition_range_start": WEEKS[1], "dagster/asset_partition_range_end": WEEKS[1]}
    assert collect.execute_in_process(instance=instance, tags=tags).success
    assert daemon.requested() == WHOLE
