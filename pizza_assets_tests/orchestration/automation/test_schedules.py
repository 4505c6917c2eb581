"""An analysis follows a collecting run that asked for it, whether that run succeeded or some weeks failed."""

import dagster as dg
import pytest

from pizza_assets.orchestration.automation.schedules import THEN_ANALYSE, analyse_after_collecting
from pizza_assets.settings import Settings


@dg.asset
def something() -> None:
    pass


COLLECT = dg.define_asset_job("collect_weeks", selection="*")
ANALYSE = dg.define_asset_job("analyse", selection="*")


@pytest.mark.parametrize("position", [0, 1])
@pytest.mark.parametrize("tags", [THEN_ANALYSE, {}])
def test_only_a_tagged_run_is_followed(position: int, tags: dict[str, str]) -> None:
    sensor = analyse_after_collecting(COLLECT, ANALYSE, Settings())[position]
    definitions = dg.Definitions(assets=[something], jobs=[COLLECT, ANALYSE])
    with dg.instance_for_test() as instance:
        result = definitions.resolve_job_def("collect_weeks").execute_in_process(instance=instance, tags=tags)
        context = dg.build_run_status_sensor_context(
            sensor_name=sensor.name,
            dagster_event=result.get_run_success_event(),
            dagster_instance=instance,
            dagster_run=result.dagster_run,
        )
        asked = sensor(context)
    if tags:
        assert isinstance(asked, dg.RunRequest)
        assert asked.run_key == result.run_id
    else:
        assert isinstance(asked, dg.SkipReason)
