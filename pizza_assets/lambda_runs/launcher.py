"""A run launcher of Dagster's: a run with the tag `pizza/run_on: lambda` goes to the function, any other stays here.

What the function does with it belongs to run_execution.py.
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
from dagster._core.instance import DagsterInstance
from dagster._core.launcher import LaunchRunContext, RunLauncher, WorkerStatus
from dagster._core.launcher.base import CheckRunHealthResult
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import ConfigurableClass, ConfigurableClassData, deserialize_value

from pizza_assets.errors import InvocationRefused
from pizza_assets.lambda_runs.events import RunEvent
from pizza_assets.orchestration.run_target import ON_LAMBDA, RUN_ON_TAG
from pizza_assets.settings import Settings

SILENT_FOR = timedelta(seconds=60)
"""After so long without a sign of life a function is dead: it gives one every ten seconds."""

_ATTEMPTS = 3
_ANSWERS_WITHIN = 10
_AGAIN = "Weeks that were stored are whole; launch the run again."
_PASSING = frozenset({"TooManyRequestsException", "ServiceException", "EC2ThrottledException", "ThrottlingException"})
_SERVERS_FAULT = 500


class LambdaRunLauncher(RunLauncher[DagsterInstance], ConfigurableClass):
    """Sends tagged runs to a function on Lambda and leaves the others to DefaultRunLauncher.

    function: its name or ARN. region, endpoint: as AWS' own tools find them, unless given. The function has to use the
    same Dagster instance, and the same bucket: its sign of life is there.
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
            "endpoint": dg.Field(dg.StringSource, is_required=False, description="Another server than Amazon's."),
        }

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData, config_value: Mapping[str, Any]
    ) -> "LambdaRunLauncher":
        return cls(inst_data=inst_data, **config_value)

    def register_instance(self, instance: DagsterInstance) -> None:
        super().register_instance(instance)
        self._local.register_instance(instance)

    def launch_run(self, context: LaunchRunContext) -> None:
        """Call the function and come back at once. A refusal fails the run, with AWS' words; it is not raised."""
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
        """Ask the run to stop: the function looks every other second. False if there is nothing to stop."""
        run = self._instance.get_run_by_id(run_id)
        if run is None or run.is_finished:
            return False
        if not _is_for_lambda(run):
            return self._local.terminate(run_id)
        self._instance.report_run_canceling(run)
        return True

    @property
    def supports_check_run_worker_health(self) -> bool:
        """Without it run monitoring would not look at runs of this launcher at all."""
        return True

    def check_run_worker_health(self, run: dg.DagsterRun) -> CheckRunHealthResult:
        """FAILED once a function has given no sign of life for a minute. Raises StorageError if S3 can't say.

        Of a run beside the daemon: whether the code server that began it still has it.
        """
        if not _is_for_lambda(run):
            return self._local_health(run)
        from pizza_assets.lambda_runs.deliveries import run_name

        alive_at = self._claims.renewed_at(run_name(run.run_id))
        if alive_at is None:
            return CheckRunHealthResult(WorkerStatus.NOT_FOUND, "No function has taken this run.")
        if datetime.now(UTC) - alive_at <= SILENT_FOR:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(
            WorkerStatus.FAILED,
            f"The function {self._function} has given no sign of life since {alive_at:%Y-%m-%d %H:%M:%S} UTC: it was "
            f"killed (memory, time limit) or lost its network. {_AGAIN}",
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
            return CheckRunHealthResult(WorkerStatus.RUNNING)  # began by a command, or not yet by anyone
        try:
            answer = client.can_cancel_execution(CanCancelExecutionRequest(run_id=run.run_id), timeout=_ANSWERS_WITHIN)
        except DagsterUserCodeUnreachableError:
            return CheckRunHealthResult(WorkerStatus.FAILED, f"The code server that began this run is gone. {_AGAIN}")
        if deserialize_value(answer, CanCancelExecutionResult).can_cancel:
            return CheckRunHealthResult(WorkerStatus.RUNNING)
        return CheckRunHealthResult(WorkerStatus.FAILED, f"The process of this run died. {_AGAIN}")

    def _invoke(self, run_id: str) -> None:
        """Raises InvocationRefused, in AWS' words."""
        from botocore.exceptions import BotoCoreError, ClientError

        payload = json.dumps(RunEvent(run_id).to_json()).encode()
        try:
            self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=payload)
        except ClientError as error:
            said = error.response.get("Error", {})
            raise InvocationRefused(
                f"{said.get('Code', 'unknown')}: {said.get('Message', '')} (function {self._function})"
            ) from error
        except BotoCoreError as error:
            raise InvocationRefused(f"{type(error).__name__}: {error} (function {self._function})") from error

    def _fail(self, run: dg.DagsterRun, why: InvocationRefused) -> None:
        if not _may_pass(why.__cause__):
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


def _may_pass(error: BaseException | None) -> bool:
    """Whether the same call may do soon: throttled, a fault of the service or of the network."""
    from botocore.exceptions import ClientError, HTTPClientError
    from botocore.exceptions import ConnectionError as NoConnection

    if not isinstance(error, ClientError):
        return isinstance(error, (NoConnection, HTTPClientError))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return error.response.get("Error", {}).get("Code") in _PASSING or status >= _SERVERS_FAULT


def _is_for_lambda(run: dg.DagsterRun) -> bool:
    return run.tags.get(RUN_ON_TAG) == ON_LAMBDA
