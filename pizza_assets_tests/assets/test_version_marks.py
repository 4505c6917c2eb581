"""Dagster's own marks of weeks that a newer code version or newer inputs have overtaken."""

from collections.abc import Iterator

import dagster as dg
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus
from dagster._core.loader import LoadingContextForTest

from pizza_assets.storage.layout import CODE_VERSIONS, PLACES
from pizza_assets_tests.support.pipeline import WEEKS, Pipeline
from pizza_assets_tests.support.worlds import World

WEEKLY = [asset for asset, place in PLACES.items() if place.weekly]


@pytest.fixture
def instance(collected: World) -> Iterator[dg.DagsterInstance]:
    with collected.instance() as instance:
        yield instance


def marked(definitions: dg.Definitions, instance: dg.DagsterInstance) -> set[tuple[str, str]]:
    """The assets' weeks that the UI marks as unsynced."""
    graph = definitions.resolve_asset_graph()
    resolver = CachingStaleStatusResolver(instance, graph, LoadingContextForTest(instance))
    return {
        (asset, week)
        for asset in WEEKLY
        for week in WEEKS
        if resolver.get_status(dg.AssetKey(asset), week) == StaleStatus.STALE
    }


def collect(pipeline: Pipeline, instance: dg.DagsterInstance, *assets: str) -> None:
    job = pipeline.definitions.resolve_job_def("collect_weeks")
    tags = {"dagster/asset_partition_range_start": WEEKS[0], "dagster/asset_partition_range_end": WEEKS[-1]}
    chosen = [dg.AssetKey(asset) for asset in assets] or None
    assert job.execute_in_process(instance=instance, tags=tags, asset_selection=chosen).success


def test_a_new_code_version_is_marked_until_its_weeks_are_made_again(
    collected: World, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert marked(Pipeline(collected.data).definitions, instance) == set()
    monkeypatch.setitem(CODE_VERSIONS, "order_bins", "99")
    pipeline = Pipeline(collected.data)
    assert marked(pipeline.definitions, instance) == {("order_bins", week) for week in WEEKS}
    collect(pipeline, instance)
    assert marked(pipeline.definitions, instance) == set()


def test_weeks_made_of_an_earlier_version_of_an_input_are_marked(
    collected: World, instance: dg.DagsterInstance
) -> None:
    other = Pipeline(collected.data, PIZZA_SEED="7")
    collect(other, instance, "raw_matches")
    overtaken = {asset for asset, _ in marked(other.definitions, instance)}
    assert overtaken == {"raw_match_events", "mock_orders", "merged_orders", "match_windows"}
    collect(other, instance)
    assert marked(other.definitions, instance) == set()
