"""Old runs are deleted with their databases, but none that made the latest version of anything."""

from datetime import timedelta
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.remote_origin import (
    ManagedGrpcPythonEnvCodeLocationOrigin,
    RemoteJobOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin

from pizza_assets.orchestration.resources import utc_now
from pizza_assets.orchestration.runs.dead_runs import process_tags
from pizza_assets.orchestration.runs.local_instance import local_instance
from pizza_assets.orchestration.runs.pruning import KEPT_FOR, prune_old_runs, superseded_runs

WEEKS = dg.StaticPartitionsDefinition(["2026-08-04", "2026-08-11"])


@dg.asset(partitions_def=WEEKS)
def weekly() -> None: ...


@dg.asset
def whole() -> None: ...


@dg.asset(key=["dlt", "orders"], partitions_def=WEEKS)
def prefixed() -> None: ...


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DAGSTER_HOME", raising=False)


@dg.job
def nothing() -> None: ...


def make(instance: dg.DagsterInstance, asset: dg.AssetsDefinition, week: str | None = None) -> str:
    return dg.materialize([asset], instance=instance, partition_key=week, tags=process_tags()).run_id


def end_run_of(instance: dg.DagsterInstance, location: str) -> str:
    """A run that made nothing, as the daemon or the UI starts it for a code location."""
    loaded = LoadableTargetOrigin(python_file=__file__)
    code = ManagedGrpcPythonEnvCodeLocationOrigin(loaded, location)
    origin = RemoteJobOrigin(RemoteRepositoryOrigin(code, "__repository__"), "nothing")
    run = instance.create_run_for_job(nothing, remote_job_origin=origin)
    instance.report_run_canceled(run)
    return run.run_id


def prune(instance: dg.DagsterInstance, later: timedelta) -> str:
    now = utc_now() + later
    skipped = prune_old_runs(dg.build_sensor_context(instance=instance, resources={"clock": lambda: now}))
    assert isinstance(skipped, dg.SkipReason)
    return str(skipped.skip_message)


def test_only_superseded_runs_of_long_ago_are_deleted() -> None:
    with local_instance() as instance:
        first, second = make(instance, weekly, "2026-08-04"), make(instance, weekly, "2026-08-11")
        superseded = [first, make(instance, whole)]
        needed = [second, make(instance, weekly, "2026-08-04"), make(instance, whole)]
        assert prune(instance, KEPT_FOR - timedelta(days=1)) == "deleted 0 old runs"
        assert prune(instance, KEPT_FOR + timedelta(days=1)) == "deleted 2 old runs"
        assert {run.run_id for run in instance.get_runs()} == set(needed)
        databases = {path.stem for path in Path(".dagster/storage/history/runs").glob("*-*-*.db")}
        assert databases == set(needed)
        assert instance.get_materialized_partitions(weekly.key) == set(WEEKS.get_partition_keys())
        assert list(instance.event_log_storage.get_logs_for_run(superseded[0])) == []


def test_the_latest_of_each_week_of_an_asset_with_a_prefix_is_needed() -> None:
    with local_instance() as instance:
        superseded = make(instance, prefixed, "2026-08-04")
        for week in WEEKS.get_partition_keys():
            make(instance, prefixed, week)
        assert superseded_runs(instance, utc_now() + timedelta(days=1), None) == [superseded]


def test_runs_of_other_code_locations_are_left_to_them() -> None:
    with local_instance() as instance:
        ours = [end_run_of(instance, "pizza_assets"), make(instance, whole)]
        theirs = [end_run_of(instance, "dlt_pipelines"), nothing.execute_in_process(instance=instance).run_id]
        make(instance, whole)
        tomorrow = utc_now() + timedelta(days=1)
        assert set(superseded_runs(instance, tomorrow, "pizza_assets")) == set(ours)
        assert superseded_runs(instance, tomorrow, None) == [ours[1]]
        assert len(instance.get_runs()) == len(ours) + len(theirs) + 1


def test_a_shared_instance_is_left_alone() -> None:
    with dg.DagsterInstance.ephemeral() as instance:
        assert "not of a single machine" in prune(instance, KEPT_FOR)
