"""A sensor that marks dead runs while the Dagster daemon works: else a killed run would hold the queue until someone
types a command.
"""

import dagster as dg

from pizza_assets.orchestration.dead_runs import fail_dead_runs

SECONDS_BETWEEN_LOOKS = 30


@dg.sensor(
    name="watch_dead_runs",
    minimum_interval_seconds=SECONDS_BETWEEN_LOOKS,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Marks runs failed whose process was killed, so that the next run is not kept waiting.",
)
def watch_dead_runs(context: dg.SensorEvaluationContext) -> dg.SkipReason:
    """Never asks for a run."""
    dead = fail_dead_runs(context.instance)
    return dg.SkipReason(f"marked failed: {', '.join(dead)}" if dead else "no run is dead")
