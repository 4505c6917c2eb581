"""The Lambda handler, `pizza_assets.lambda_runs.handler.handle`. Raises every error, so that alarms see it."""

from typing import Protocol

from pizza_assets.lambda_runs.deadline import Deadline
from pizza_assets.lambda_runs.events import RunEvent, parse_event


class LambdaContext(Protocol):
    """The part of Lambda's context that is used."""

    def get_remaining_time_in_millis(self) -> int: ...


def handle(event: object, context: LambdaContext) -> dict[str, object]:
    """Execute a Dagster run or the daily refresh; return the outcome as JSON.

    Raises UnknownEvent, RunFailed, OutOfTime, ConfigurationError or StorageError.
    """
    wanted = parse_event(event)
    deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000)
    # imported only when needed: cold starts cost time and money
    if isinstance(wanted, RunEvent):
        from pizza_assets.lambda_runs.run_execution import execute

        return {**execute(wanted.run_id, deadline)}
    from pizza_assets.lambda_runs.refresh import refresh

    return refresh(wanted, deadline)
