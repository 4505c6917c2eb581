"""A Dagster run launcher that sends runs with the tag `pizza/run_on: lambda` to the function and starts others here.

run_execution.py is the function's side.
"""

import json
import os
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import dagster as dg
from dagster import DefaultRunLauncher
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.events import JobFailureData, RunFailureReason
from dagster._core.launcher import CheckRunHealthResult, LaunchRunContext, RunLauncher, WorkerStatus
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import ConfigurableClass, ConfigurableClassData, deserialize_value

from pizza_assets.errors import InvocationRefused
from pizza_assets.lambda_runs.events import RunEvent
from pizza_assets.orchestration.run_target import ON_LAMBDA, RUN_ON_TAG
from pizza_assets.settings import Settings

SILENCE_LIMIT = timedelta(seconds=60)
"""A function without a heartbeat for this long is dead: it sends one every ten seconds."""

_ATTEMPTS = 3
_TIMEOUT_SECONDS = 10
_REMEDY = "The weeks it stored are complete; launch the run again."
_INVOCATION = "correct PIZZA_LAMBDA_FUNCTION or allow lambda:InvokeFunction on it, then launch the run again"
_TRANSIENT = frozenset({"TooManyRequestsException", "ServiceException", "EC2ThrottledException", "ThrottlingException"})
_SERVER_ERROR = 500


class LambdaRunLauncher(RunLauncher[dg.DagsterInstance], ConfigurableClass):
    """Sends tagged runs to a Lambda function and leaves the others to DefaultRunLauncher.

    function: its name or ARN. region, endpoint: found as AWS' own tools find them, unless given. The function must use
    the same Dagster instance and the same bucket, which holds its heartbeats.
    """

    def __init__(
        self,
        function: str,
        region: str | None = None,
        endpoint: str | None = None,
        inst_data: ConfigurableClassData | None = None,
    ) -> None:
        self._function, self._region, self._endpoint = function, region, endpoint
        self._inst_data = inst_data
        self._local = DefaultRunLauncher()
        super().__init__()

    @property
    def inst_data(self) -> ConfigurableClassData | None:
        return self._inst_data

    @classmethod
    def config_type(cls) -> dict[str, Any]:
        return {
            "function": dg.Field(dg.StringSource, description="Name or ARN of the function."),
            "region": dg.Field(dg.StringSource, is_required=False),
            "endpoint": dg.Field(dg.StringSource, is_required=False, description="A server other than Amazon's."),
        }

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]
    ) -> "LambdaRunLauncher":
        return cls(inst_data=inst_data, **config_value)

    def register_instance(self, instance: dg.DagsterInstance) -> None:
        super().register_instance(instance)
        self._local.register_instance(instance)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Invoke the function asynchronously. A refusal is not raised: it fails the run, with AWS' message."""
        run = context.dagster_run
        if not _is_for_lambda(run):
            self._local.launch_run(context)
            return
        try:
            self._invoke(run.run_id)
        except InvocationRefused as error:
            self._fail(run, error)
            return
        self._instance.report_engine_event(f"Sent to the Lambda function {self._function}.", run, cls=type(self))

    def terminate(self, run_id: str) -> bool:
        """Ask the run to stop: the function checks every other second. False if there is nothing to stop."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        if not _is_for_lambda(run):
            return self._local.terminate(run_id)
        self._instance.report_run_canceling(run)
        return True

    @property
    def supports_check_run_worker_health(self) -> bool:
        """True; otherwise run monitoring would ignore this launcher's runs."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """FAILED after a minute without a heartbeat from the function. Raises StorageError if S3 fails.

        For a run on the daemon's host: FAILED if the code server that started it no longer has it.
        """
        if not _is_for_lambda(run):
            return self._local_health(run)
        from pizza_assets.lambda_runs.deliveries import run_name

        alive_at = self._claims.renewed_at(run_name(run.run_id))
        if alive_at is None:
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "No function has started this run.")
        if datetime.now(UTC) - alive_at <= SILENCE_LIMIT:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.FAILED,
            f"The function {self._function} has sent no heartbeat since {alive_at:%Y-%m-%d %H:%M:%S} UTC: it was "
            f"killed (memory, time limit) or lost its network. {_REMEDY}",
        )

    def get_run_worker_debug_info(self, run: dg.DagsterRun, include_container_logs: bool | None = True) -> str | None:  # noqa: ARG002
        if not _is_for_lambda(run):
            return None
        return f"The log of the function {self._function} (CloudWatch, /aws/lambda/…) may say more."

    def join(self, timeout: int = 30) -> None:
        self._local.join(timeout)

    def dispose(self) -> None:
        self._local.dispose()

    def _local_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        client = self._local._get_grpc_client_for_termination(run.run_id)
        if client is None:
            return CheckRunHealthResult(WorkerStatus.RUNNING)  # started by a command, or not started yet
        try:
            answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run.run_id), timeout=_TIMEOUT_SECONDS)
        except DagsterUserCodeUnreachableError:
            return CheckRunHealthResult(WorkerStatus.FAILED, f"The code server of this run is gone. {_REMEDY}")
        if deserialize_value(answer, CanCancelExecutionResult).can_cancel:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, f"The process of this run died. {_REMEDY}")

    def _invoke(self, run_id: str) -> None:
        """Invoke the function. Raises InvocationRefused with AWS' message."""
        from botocore.exceptions import BotoCoreError, ClientError

        payload = json.dumps(RunEvent(run_id).to_json()).encode()
        try:
            self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=payload)
        except ClientError as error:
            details = error.response.get("Error", {})
            raise InvocationRefused(
                f"{details.get('Code', 'unknown')}: {details.get('Message', '')} (function {self._function}); "
                f"{_INVOCATION}"
            ) from error
        except BotoCoreError as error:
            raise InvocationRefused(
                f"{type(error).__name__}: {error} (function {self._function}); {_INVOCATION}"
            ) from error

    def _fail(self, run: dg.DagsterRun, why: InvocationRefused) -> None:
        if not _is_transient(why.__cause__):
            self._instance.add_run_tags(run.run_id, {"dagster/max_retries": "0"})
        reason = JobFailureData(error=None, failure_reason=RunFailureReason.UNKNOWN)
        self._instance.report_run_failed(run, f"The Lambda function could not be called: {why}", reason)

    @cached_property
    def _client(self) -> Any:
        import boto3
        from botocore.config import Config

        config = Config(
            retries={"mode": "standard", "total_max_attempts": _ATTEMPTS}, connect_timeout=5, read_timeout=20
        )
        return boto3.client("lambda", region_name=self._region, endpoint_url=self._endpoint, config=config)

    @cached_property
    def _claims(self) -> Any:
        from pizza_assets.lambda_runs.deliveries import deliveries

        return deliveries(Settings.from_environment(os.environ))


def _is_transient(error: BaseException | None) -> bool:
    """Whether retrying may help: the call was throttled, or the service or network failed."""
    from botocore.exceptions import ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as NoConnection

    if not isinstance(error, ClientError):
        return isinstance(error, (NoConnection, HTTPClientError))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response.get("Error", {}).get("Code") in _TRANSIENT or status >= _SERVER_ERROR


def _is_for_lambda(run: dg.DagsterRun) -> bool:
    return run.tags.get(RUN_ON_TAG) == ON_LAMBDA
