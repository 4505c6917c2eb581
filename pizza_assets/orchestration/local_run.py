"""Collecting and analysing in this process, on the same instance that the Dagster UI shows.

Thin over two Dagster jobs; what the command line prints is decided there.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import dagster as dg
from dagster_shared.error import SerializableErrorInfo

from pizza_assets.errors import ConfigurationError, WeeksFailed
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.orchestration.dead_runs import process_tags
from pizza_assets.orchestration.jobs import ANALYSE, COLLECT_WEEKS
from pizza_assets.orchestration.partitions import WEEKS_IN_ERROR, range_tags
from pizza_assets.settings import Settings

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class Collected:
    """What became of the weeks of a run: failures by week, in words."""

    weeks: tuple[str, ...]
    failures: dict[str, str]
    error: str | None = None


@contextmanager
def local_instance() -> Iterator[dg.DagsterInstance]:
    """The instance of DAGSTER_HOME, or of ./dagster.yaml. Raises ConfigurationError if there is neither."""
    if os.environ.get("DAGSTER_HOME"):
        with dg.DagsterInstance.get() as instance:
            yield instance
        return
    if not Path("dagster.yaml").is_file():
        raise ConfigurationError(
            "no dagster.yaml here and DAGSTER_HOME is not set; run this in the project's folder, or set DAGSTER_HOME"
        )
    with dg.DagsterInstance.from_config(str(Path.cwd())) as instance:
        yield instance


def chosen_weeks(
    settings: Settings, now: datetime, first: MatchWeek | None, last: MatchWeek | None, finished_weeks: int
) -> list[str]:
    """The weeks to run: `finished_weeks` before the last one and the last one itself (default: the running week).

    Raises ConfigurationError for a range that is empty or leaves the calendar.
    """
    running = MatchWeek.containing(now, settings.timezone)
    earliest = MatchWeek.of_date(settings.first_week, settings.timezone)
    end = last or running
    start = first or max(end.shifted(-finished_weeks), earliest)
    if end > running:
        raise ConfigurationError(f"week {end.key} has not begun; the last one to choose is {running.key}")
    if start < earliest:
        raise ConfigurationError(f"week {start.key} lies before the first week {earliest.key}; set PIZZA_FIRST_WEEK")
    if start > end:
        raise ConfigurationError(f"week {start.key} lies after {end.key}; swap --from and --to")
    return [week.key for week in weeks_between(start, end)]


def covered_span(
    covered: tuple[MatchWeek, MatchWeek] | None, finished_weeks: int
) -> tuple[MatchWeek | None, MatchWeek | None]:
    """The weeks to run if nobody says: the last `finished_weeks` + 1 that the order files cover."""
    if covered is None:
        return None, None
    first, last = covered
    return max(first, last.shifted(-finished_weeks)), last


def collect(definitions: dg.Definitions, instance: dg.DagsterInstance, weeks: Sequence[str]) -> Collected:
    """One range run over `weeks`; what a failed week kept from running is then run for the good weeks.

    A range run stops at the first asset in which a week failed, so the assets downstream of it are run again
    over the stretches between the failed weeks.
    """
    failures: dict[str, str] = {}
    stretches = [list(weeks)]
    while stretches:
        stretch = stretches.pop(0)
        result = _run(definitions, instance, COLLECT_WEEKS, range_tags(stretch[0], stretch[-1]))
        if result.success:
            continue
        failed = _failed_weeks(result)
        if not failed:
            return Collected(tuple(weeks), failures, error=_first_error(result))
        failures.update(failed)
        stretches[:0] = stretches_without(stretch, failed)
    return Collected(tuple(weeks), failures)


def analyse(definitions: dg.Definitions, instance: dg.DagsterInstance) -> str | None:
    """One analysis run; returns its error in words, or None."""
    result = _run(definitions, instance, ANALYSE, {})
    return None if result.success else _first_error(result)


def stretches_without(weeks: Sequence[str], failed: Sequence[str] | dict[str, str]) -> list[list[str]]:
    """`weeks` cut into contiguous stretches at the failed ones."""
    stretches: list[list[str]] = [[]]
    for week in weeks:
        if week in failed:
            stretches.append([])
        else:
            stretches[-1].append(week)
    return [stretch for stretch in stretches if stretch]


def _run(
    definitions: dg.Definitions, instance: dg.DagsterInstance, job: str, tags: dict[str, str]
) -> dg.ExecuteInProcessResult:
    resolved = definitions.resolve_job_def(job)
    result = resolved.execute_in_process(
        instance=instance, tags={**tags, **process_tags()}, run_config=QUIET, raise_on_error=False
    )
    if any(_root(event).cls_name == "DagsterExecutionInterruptedError" for event in result.get_step_failure_events()):
        raise KeyboardInterrupt
    return result


def _failed_weeks(result: dg.ExecuteInProcessResult) -> dict[str, str]:
    """The failed weeks and their errors, if it is weeks that failed: in an asset, or in a blocking check."""
    for event in result.get_step_failure_events():
        error = event.step_failure_data.error
        while error is not None:
            if error.cls_name == WeeksFailed.__name__:
                return WeeksFailed.weeks_in(error.message)
            error = error.cause
    failed: dict[str, str] = {}
    for check in result.get_asset_check_evaluations():
        weeks = check.metadata.get(WEEKS_IN_ERROR)
        if not check.passed and isinstance(weeks, dg.JsonMetadataValue) and isinstance(weeks.data, list):
            name = f"{check.asset_key.to_user_string()}.{check.check_name}"
            failed |= {str(week): f"{name}: {check.description}" for week in weeks.data}
    return failed


def _first_error(result: dg.ExecuteInProcessResult) -> str:
    for event in result.get_step_failure_events():
        return f"{event.step_key}: {_root(event).message.strip()}"
    return "the run failed without a step failing; see it in the Dagster UI"


def _root(event: dg.DagsterEvent) -> SerializableErrorInfo:
    """The error at the bottom of a failed step: what went wrong, not how Dagster came to hear of it."""
    error = event.step_failure_data.error
    if error is None:
        return SerializableErrorInfo("no error was recorded", [], None)
    while error.cause is not None:
        error = error.cause
    return error
