"""The function's events: a Dagster run, or the daily refresh without a Dagster server."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from pizza_assets.errors import UnknownEvent

KIND = "pizza"
RUN = "run"
DAILY_REFRESH = "daily_refresh"


@dataclass(frozen=True)
class RunEvent:
    """Execute the run with this id; everything else about it is in the shared Dagster instance."""

    run_id: str

    def to_json(self) -> dict[str, str]:
        return {KIND: RUN, "run_id": self.run_id}


@dataclass(frozen=True)
class RefreshEvent:
    """Collect the running and the last finished week, analyse, publish.

    scheduled_at: the time of the tick as the scheduler sends it, the same for repeated deliveries. None for a manual
    invocation, which is never deduplicated.
    """

    scheduled_at: str | None = None


def parse_event(event: object) -> RunEvent | RefreshEvent:
    """Parse an event. Raises UnknownEvent, naming the valid ones."""
    if isinstance(event, Mapping):
        kind, run_id, scheduled_at = event.get(KIND), event.get("run_id"), event.get("scheduled_at")
        if kind == RUN and _is_run_id(run_id):
            return RunEvent(str(run_id))
        if kind == DAILY_REFRESH and (scheduled_at is None or isinstance(scheduled_at, str)):
            return RefreshEvent(scheduled_at)
    raise UnknownEvent(
        f'the event is neither {{"{KIND}": "{RUN}", "run_id": …}} nor {{"{KIND}": "{DAILY_REFRESH}"}}; '
        "send one of these. LambdaRunLauncher sends the first, EventBridge Scheduler the second"
    )


def _is_run_id(text: object) -> bool:
    try:
        return isinstance(text, str) and str(UUID(text)) == text
    except ValueError:
        return False
