"""Executes one run of a job in this process, on the instance that the Dagster UI shows, and returns its outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.execution.execute_in_process import core_execute_in_process
from dagster_shared.error import SerializableErrorInfo

from pizza_assets.errors import WeeksFailed
from pizza_assets.orchestration.freshness.check_history import ERROR, description_of, outcome_of
from pizza_assets.orchestration.jobs import ANALYSE, COLLECT_WEEKS
from pizza_assets.orchestration.partitions import range_tags
from pizza_assets.orchestration.run_target import ANALYSES_ITSELF
from pizza_assets.orchestration.runs.dead_runs import process_tags
from pizza_assets.orchestration.step_errors import told_error

QUIET = {"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}}


@dataclass(frozen=True)
class RangeRun:
    """The outcome of one range run.

    done: assets whose weeks were all made, except those in `failures`. failures: asset to week to error message.
    blocked: asset to week to the message of a blocking check; the week is stored, but must not be used downstream.
    refused: week to the message of another check in error; the week was not stored, so what is downstream is right.
    error: a failure not specific to weeks; the other fields are incomplete then.
    """

    done: frozenset[str]
    failures: dict[str, dict[str, str]] = field(default_factory=dict)
    blocked: dict[str, dict[str, str]] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    error: str | None = None


def run_range(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    assets: Sequence[str],
    weeks: Sequence[str],
    tags: Mapping[str, str],
) -> RangeRun:
    """Run these weekly assets over consecutive weeks. Raises KeyboardInterrupt if the user stopped it."""
    tags = {**tags, **range_tags(weeks[0], weeks[-1])}
    result = _run(definitions, instance, COLLECT_WEEKS, tags, [dg.AssetKey(asset) for asset in assets])
    done = set(assets) & {event.step_key for event in result.get_step_success_events()}
    failures: dict[str, dict[str, str]] = {}
    blocked, refused = _weeks_in_error(result, weeks)
    for event in result.get_step_failure_events():
        failed = _failed_weeks(event)
        if failed:
            failures[str(event.step_key)] = failed
        elif not ((blocked or refused) and _is_of_check(event)):
            return RangeRun(frozenset(done), failures, blocked, refused, error=_step_error(event))
    return RangeRun(frozenset(done | set(failures)), failures, blocked, refused)


def run_analysis(definitions: dg.Definitions, instance: dg.DagsterInstance, tags: Mapping[str, str]) -> str | None:
    """Run the analysis; return its error message, or None. Raises KeyboardInterrupt if the user stopped it."""
    result = _run(definitions, instance, ANALYSE, tags)
    if result.success:
        return None
    failed = result.get_step_failure_events()
    return _step_error(failed[0]) if failed else "the run failed without a step failing; see it in the Dagster UI"


def _run(
    definitions: dg.Definitions,
    instance: dg.DagsterInstance,
    job: str,
    tags: Mapping[str, str],
    assets: Sequence[dg.AssetKey] | None = None,
) -> dg.ExecuteInProcessResult:
    resolved = definitions.resolve_job_def(job)
    # as execute_in_process of the job, which would keep the output of every step in memory until the end of the run
    result = core_execute_in_process(
        QUIET,
        InMemoryJob(resolved.as_ephemeral_job({}, {}, asset_selection=assets)),
        instance,
        output_capturing_enabled=False,
        raise_on_error=False,
        run_tags={**resolved.run_tags, **tags, **ANALYSES_ITSELF, **process_tags()},
        asset_selection=frozenset(assets or ()),
    )
    if any(_root(event).cls_name == "DagsterExecutionInterruptedError" for event in result.get_step_failure_events()):
        raise KeyboardInterrupt
    return result


def _failed_weeks(event: dg.DagsterEvent) -> dict[str, str]:
    """The failed weeks and their errors; empty if the step failed for another reason."""
    error = event.step_failure_data.error
    while error is not None:
        if error.cls_name == WeeksFailed.__name__:
            return WeeksFailed.weeks_in(error.message)
        error = error.cause
    return {}


def _weeks_in_error(
    result: dg.ExecuteInProcessResult, weeks: Sequence[str]
) -> tuple[dict[str, dict[str, str]], dict[str, str]]:
    """The weeks of the run that checks found in error: blocked and refused ones, as in RangeRun."""
    blocked: dict[str, dict[str, str]] = {}
    refused: dict[str, str] = {}
    for check in result.get_asset_check_evaluations():
        if check.partition not in weeks or outcome_of(check) != ERROR:
            continue
        asset = check.asset_key.to_user_string()
        message = f"{asset}.{check.check_name}: {description_of(check)}"
        if check.blocking:
            blocked.setdefault(asset, {})[check.partition] = message
        else:
            refused[check.partition] = message
    return blocked, refused


def _is_of_check(event: dg.DagsterEvent) -> bool:
    """Whether the step failed because of what a check found, rather than of an error in it."""
    return _root(event).cls_name in {"DagsterAssetCheckFailedError", dg.Failure.__name__}


def _step_error(event: dg.DagsterEvent) -> str:
    return f"{event.step_key}: {told_error(event.step_failure_data.error).message.strip()}"


def _root(event: dg.DagsterEvent) -> SerializableErrorInfo:
    """The innermost error of a failed step: the root cause, not Dagster's wrapper."""
    error = event.step_failure_data.error
    if error is None:
        return SerializableErrorInfo("no error was recorded", [], None)
    while error.cause is not None:
        error = error.cause
    return error
