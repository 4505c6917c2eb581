"""What AWS calls: `pizza_assets.lambda_runs.handler.handle`. An error is always raised, so that alarms see it."""

from typing import Protocol

from pizza_assets.lambda_runs.deadline import Deadline
from pizza_assets.lambda_runs.events import RunEvent, parse_event


class LambdaContext(Protocol):
    """The part of Lambda's context that is used."""

    def get_remaining_time_in_millis(self) -> int: ...


def handle(event: object, context: LambdaContext) -> dict[str, object]:
    """Execute a run of Dagster's, or the daily refresh; returns what became of it, as JSON.

    Raises UnknownEvent, RunFailed, OutOfTime, ConfigurationError or StorageError.
    """
    wanted = parse_event(event)
    deadline = Deadline.after(context.get_remaining_time_in_millis() / 1000)
    # each kind imports what it needs: the function's cold start is paid for
    if isinstance(wanted, RunEvent):
        from pizza_assets.lambda_runs.run_execution import execute

        return {**execute(wanted.run_id, deadline)}
    from pizza_assets.lambda_runs.refresh import refresh

    return refresh(wanted, deadline)
