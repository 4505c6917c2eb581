"""Which tags and pools a run gets by where it works."""

import dagster as dg
import pytest

from pizza_assets.definitions import build_definitions
from pizza_assets.orchestration.run_target import run_tags
from pizza_assets.settings import Settings

KEY = {"PIZZA_MATCHES": "football-data", "PIZZA_FOOTBALL_DATA_KEY": "any"}


def pools(environ: dict[str, str]) -> dict[str, set[str]]:
    graph = build_definitions(environ).resolve_asset_graph()
    return {key.to_user_string(): graph.get(key).pools for key in graph.materializable_asset_keys}


@pytest.mark.parametrize("run_on", ["local", "lambda"])
def test_a_rate_limited_source_has_a_pool_on_lambda_only(run_on: str) -> None:
    found = pools({**KEY, "PIZZA_RUN_ON": run_on})
    wanted = {"football-data"} if run_on == "lambda" else set()
    assert {asset: pool for asset, pool in found.items() if pool} == (
        dict.fromkeys(("raw_matches", "raw_match_events"), wanted) if wanted else {}
    )


def test_sources_without_a_limit_have_no_pool() -> None:
    assert not any(pools({"PIZZA_RUN_ON": "lambda"}).values())


def test_retries_are_for_infrastructure_only() -> None:
    """A step that fails (a refused key) is not tried again; a run that loses its process is."""
    for settings in (Settings(), Settings(run_on="lambda")):
        tags = run_tags(settings)
        assert tags["dagster/retry_on_asset_or_op_failure"] == "false"
        assert int(tags["dagster/max_retries"]) > 0


@dg.op
def refused() -> None:
    raise PermissionError("401")


@dg.job
def asks() -> None:
    refused()


@pytest.mark.parametrize("is_infrastructure", [False, True])
def test_dagster_understands_these_tags(is_infrastructure: bool) -> None:
    retries = {"run_retries": {"enabled": True, "max_retries": 0, "retry_on_asset_or_op_failure": False}}
    with dg.instance_for_test(overrides=retries) as instance:
        if is_infrastructure:
            run = instance.create_run_for_job(asks, tags=run_tags(Settings()), status=dg.DagsterRunStatus.STARTED)
            instance.report_run_failed(run, "its process died")
            run_id = run.run_id
        else:
            run_id = asks.execute_in_process(instance=instance, tags=run_tags(Settings()), raise_on_error=False).run_id
        found = instance.get_run_by_id(run_id)
        assert found is not None
        assert found.tags["dagster/will_retry"] == str(is_infrastructure).lower()
