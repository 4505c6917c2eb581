"""What the launcher sends, and how it handles refusals and missing heartbeats. Invoking a function: see integration."""

from datetime import UTC, datetime, timedelta
from typing import Any

import dagster as dg
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from dagster._core.errors import DagsterUserCodeUnreachableError
from dagster._core.launcher import LaunchRunContext, WorkerStatus
from dagster._grpc.types import CanCancelExecutionRequest, CanCancelExecutionResult
from dagster._serdes import serialize_value

from pizza_assets.lambda_runs.launcher import SILENCE_LIMIT, LambdaRunLauncher
from pizza_assets.orchestration.run_target import lambda_tags


class Client:
    """A Lambda client that records invocations, or raises `error`."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls: list[dict[str, Any]] = []
        self._error = error

    def invoke(self, **request: Any) -> dict[str, Any]:
        self.calls.append(request)
        if self._error is not None:
            raise self._error
        return {"StatusCode": 202}


class Claims:
    def __init__(self, renewed_at: datetime | None) -> None:
        self._renewed_at = renewed_at

    def renewed_at(self, name: str) -> datetime | None:
        assert name.startswith("runs/")
        return self._renewed_at


@dg.job
def nothing() -> None:
    pass


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


def launcher(instance: dg.DagsterInstance, client: Client | None = None, alive_at: datetime | None = None) -> Any:
    made: Any = LambdaRunLauncher("f")
    made.register_instance(instance)
    made._client = client or Client()
    made._claims = Claims(alive_at)
    return made


def run_for_lambda(instance: dg.DagsterInstance, **tags: str) -> dg.DagsterRun:
    return instance.create_run_for_job(nothing, tags={**lambda_tags(), **tags}, status=dg.DagsterRunStatus.STARTING)


def current(instance: dg.DagsterInstance, run: dg.DagsterRun) -> dg.DagsterRun:
    found = instance.get_run_by_id(run.run_id)
    assert found is not None
    return found


def test_only_the_id_of_the_run_is_sent(instance: dg.DagsterInstance) -> None:
    client, run = Client(), run_for_lambda(instance)
    launcher(instance, client).launch_run(LaunchRunContext(run, None))
    (call,) = client.calls
    assert call["InvocationType"] == "Event"
    assert call["Payload"] == b'{"pizza": "run", "run_id": "' + run.run_id.encode() + b'"}'
    assert len(call["Payload"]) < 500


@pytest.mark.parametrize(
    ("code", "may_be_retried"),
    [
        ("TooManyRequestsException", True),
        ("ServiceException", True),
        ("ResourceNotFoundException", False),
        ("AccessDeniedException", False),
        ("RequestTooLargeException", False),
    ],
)
def test_a_refusal_fails_the_run_and_only_a_transient_one_is_retried(
    instance: dg.DagsterInstance, code: str, may_be_retried: bool
) -> None:
    error = ClientError({"Error": {"Code": code, "Message": "in AWS' words"}}, "Invoke")
    run = run_for_lambda(instance, **{"dagster/max_retries": "2"})
    launcher(instance, Client(error)).launch_run(LaunchRunContext(run, None))
    assert current(instance, run).status == dg.DagsterRunStatus.FAILURE
    assert (current(instance, run).tags["dagster/max_retries"] == "2") == may_be_retried
    messages = [entry.message for entry in instance.all_logs(run.run_id)]
    assert any(f"{code}: in AWS' words" in message for message in messages)


def test_an_unresponsive_server_fails_the_run(instance: dg.DagsterInstance) -> None:
    run = run_for_lambda(instance, **{"dagster/max_retries": "2"})
    error = EndpointConnectionError(endpoint_url="https://lambda.example")
    launcher(instance, Client(error)).launch_run(LaunchRunContext(run, None))
    assert current(instance, run).status == dg.DagsterRunStatus.FAILURE
    assert current(instance, run).tags["dagster/max_retries"] == "2", "the network may be back soon"


class CodeServer:
    """A code server's answer about one of its runs; unreachable if there is none."""

    def __init__(self, has_run: bool | None) -> None:
        self._has_run = has_run

    def can_cancel_execution(self, request: CanCancelExecutionRequest, timeout: int) -> str:
        if self._has_run is None:
            raise DagsterUserCodeUnreachableError("gone")
        return serialize_value(CanCancelExecutionResult(can_cancel=self._has_run))


@pytest.mark.parametrize(
    ("has_run", "status"),
    [(True, WorkerStatus.RUNNING), (False, WorkerStatus.FAILED), (None, WorkerStatus.FAILED)],
)
def test_a_local_run_is_alive_while_its_code_server_has_it(
    instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch, has_run: bool | None, status: WorkerStatus
) -> None:
    made = launcher(instance)
    monkeypatch.setattr(made._local, "_get_grpc_client_for_termination", lambda _: CodeServer(has_run))
    run = instance.create_run_for_job(nothing, status=dg.DagsterRunStatus.STARTED)
    assert made.check_run_worker_health(run).status == status


@pytest.mark.parametrize(
    ("silent_for", "status"),
    [
        (timedelta(0), WorkerStatus.RUNNING),
        (SILENCE_LIMIT - timedelta(seconds=5), WorkerStatus.RUNNING),
        (SILENCE_LIMIT + timedelta(seconds=5), WorkerStatus.FAILED),
        (None, WorkerStatus.NOT_FOUND),
    ],
)
def test_a_silent_function_is_dead(
    instance: dg.DagsterInstance, silent_for: timedelta | None, status: WorkerStatus
) -> None:
    alive_at = None if silent_for is None else datetime.now(UTC) - silent_for
    made = launcher(instance, alive_at=alive_at)
    assert made.supports_check_run_worker_health
    assert made.check_run_worker_health(run_for_lambda(instance)).status == status


def test_cancelling_marks_the_run_for_the_function(instance: dg.DagsterInstance) -> None:
    run = run_for_lambda(instance)
    made = launcher(instance)
    assert made.terminate(run.run_id)
    assert current(instance, run).status == dg.DagsterRunStatus.CANCELING
    instance.report_run_canceled(current(instance, run))
    assert not made.terminate(run.run_id)


def test_an_untagged_run_is_left_to_the_default_launcher(instance: dg.DagsterInstance) -> None:
    client = Client()
    run = instance.create_run_for_job(nothing, status=dg.DagsterRunStatus.STARTING)
    made = launcher(instance, client)
    with pytest.raises(dg.DagsterInvariantViolationError, match="requires a workspace"):
        made.launch_run(LaunchRunContext(run, None))  # DefaultRunLauncher's words
    assert client.calls == []
    assert made.check_run_worker_health(run).status == WorkerStatus.RUNNING
