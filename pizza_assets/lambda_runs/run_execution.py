"""Executes one Dagster run inside the function: claimed once, watched, in this process.

Lambda has no shared memory for multiprocess locks, so everything runs in a single process.
"""

import os
from typing import cast

import dagster as dg
from dagster._core.events import JobFailureData, RunFailureReason
from dagster._core.origin import JobPythonOrigin
from dagster._grpc.impl import core_execute_run
from dagster._utils.hosted_user_process import recon_job_from_origin
from dagster._utils.interrupts import capture_interrupts

from pizza_assets.errors import OutOfTime, RunFailed
from pizza_assets.lambda_runs.deadline import Deadline
from pizza_assets.lambda_runs.deliveries import deliveries, run_name
from pizza_assets.lambda_runs.watch import watched
from pizza_assets.settings import Settings
from pizza_assets.storage.delivery_claims import DeliveryClaims

OUT_OF_TIME = (
    "The function's time limit was near, so the run was stopped; the weeks it stored are complete. Launch it again for "
    "fewer weeks, or without the tag pizza/run_on."
)
_NOT_BEGUN = frozenset({dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.NOT_STARTED, dg.DagsterRunStatus.CANCELING})
_ENDED_BY_OTHERS = frozenset({dg.DagsterRunStatus.CANCELING, dg.DagsterRunStatus.CANCELED, dg.DagsterRunStatus.FAILURE})


def execute(run_id: str, deadline: Deadline) -> dict[str, str]:
    """Execute the run on the instance of DAGSTER_HOME and return its outcome.

    A second delivery executes nothing. Raises RunFailed or OutOfTime, so that the invocation counts as failed.
    """
    claims = deliveries(Settings.from_environment(os.environ))
    with dg.DagsterInstance.get() as instance:
        run = instance.get_run_by_id(run_id)
        if run is None:
            raise RunFailed(
                f"run {run_id} is not in this Dagster instance; let DAGSTER_PG_URL of the function and of Dagster "
                "be the same database"
            )
        if run.status not in _NOT_BEGUN or not claims.take(run_name(run_id)):
            return {"run_id": run_id, "outcome": "not executed: another delivery of this run was first"}
        if run.status == dg.DagsterRunStatus.CANCELING:
            instance.report_run_canceled(run, "The run was cancelled before the function started.")
            return {"run_id": run_id, "outcome": "CANCELED"}
        is_out_of_time = _execute(instance, run, claims, deadline)
        return _outcome(instance, run_id, is_out_of_time)


def _execute(instance: dg.DagsterInstance, run: dg.DagsterRun, claims: DeliveryClaims, deadline: Deadline) -> bool:
    """Execute the run; return whether time ran out."""
    out_of_time: list[str] = []

    def fail_for_lack_of_time() -> None:
        out_of_time.append(run.run_id)
        current = instance.get_run_by_id(run.run_id)
        if current is not None and not current.is_finished:
            instance.add_run_tags(run.run_id, {"dagster/max_retries": "0"})  # a retry would take as long
            why = JobFailureData(error=None, failure_reason=RunFailureReason.UNEXPECTED_TERMINATION)
            instance.report_run_failed(current, OUT_OF_TIME, why)

    def has_been_ended() -> bool:
        current = instance.get_run_by_id(run.run_id)
        return current is None or current.status in _ENDED_BY_OTHERS

    job = recon_job_from_origin(cast("JobPythonOrigin", run.job_code_origin))
    instance.report_engine_event(f"The function executes the run (process {os.getpid()}).", run)
    # interrupts are handled where Dagster is ready for them, so that the run ends gracefully
    with (
        capture_interrupts(),
        watched(deadline, lambda: claims.renew(run_name(run.run_id)), has_been_ended, fail_for_lack_of_time),
    ):
        try:
            for _ in core_execute_run(job, run, instance, inject_env_vars=False):
                pass
        except dg.DagsterExecutionInterruptedError:
            pass  # the instance records how the run ended
    return bool(out_of_time)


def _outcome(instance: dg.DagsterInstance, run_id: str, is_out_of_time: bool) -> dict[str, str]:
    if is_out_of_time:
        raise OutOfTime(f"run {run_id}: {OUT_OF_TIME}")
    run = instance.get_run_by_id(run_id)
    status = "gone" if run is None else run.status.value
    if status not in ("SUCCESS", "CANCELED"):
        raise RunFailed(f"run {run_id} ended as {status}; see its events in the Dagster UI")
    return {"run_id": run_id, "outcome": status}
