"""A real `dagster dev` (webserver, daemon, code server) on loopback with its own instance, for tests."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import requests

ROOT = Path(__file__).parents[2]
STARTED_WITHIN_SECONDS = 120


SELECTOR = {"repositoryLocationName": "pizza_assets", "repositoryName": "__repository__"}
_WORKER = re.compile(r"Started process for run \(pid: (\d+)\)")


class DagsterServer:
    """A GraphQL client for a running webserver. `process` is the `dagster dev` that started it and all others."""

    def __init__(self, url: str, process: "subprocess.Popen[bytes]") -> None:
        self.url = url
        self.process = process

    def query(self, text: str, **variables: Any) -> dict[str, Any]:
        """The `data` of an answer; fails on GraphQL errors."""
        answer = requests.post(
            f"{self.url}/graphql", json={"query": text, "variables": variables}, timeout=60, allow_redirects=False
        ).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def launch(self, job: str, tags: Mapping[str, str]) -> str:
        """Start a run as the launchpad does; returns its id."""
        launched = self.query(
            """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
                 __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }""",
            params={
                "selector": {**SELECTOR, "jobName": job},
                "runConfigData": {},
                "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in tags.items()]},
            },
        )["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return launched["run"]["runId"]

    def launch_assets(
        self, assets: Sequence[str], tags: Mapping[str, str], checks: Sequence[tuple[str, str]] | None = None
    ) -> str:
        """Start a run of these assets or, with `checks` (asset and name), of these checks alone; returns its id."""
        launched = self.query(
            """mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
                 __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }""",
            params={
                "selector": {
                    **SELECTOR,
                    "jobName": "__ASSET_JOB",
                    "assetSelection": [{"path": [asset]} for asset in assets],
                    "assetCheckSelection": None
                    if checks is None
                    else [{"assetKey": {"path": [asset]}, "name": name} for asset, name in checks],
                },
                "runConfigData": {},
                "executionMetadata": {"tags": [{"key": key, "value": value} for key, value in tags.items()]},
            },
        )["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return launched["run"]["runId"]

    def stop_sensor(self, name: str) -> None:
        """Switch a sensor off, as the page Automation does. The instance remembers it.

        Between ticks only: a tick writes the state that it read when it began, and so would switch the sensor on again.
        """
        deadline = time.monotonic() + STARTED_WITHIN_SECONDS
        while not self._has_ended_ticks(name):
            assert time.monotonic() < deadline, f"sensor {name}: no tick ended within {STARTED_WITHIN_SECONDS} s"
            time.sleep(0.5)
        stopped = self.query(
            "mutation($id: String) { stopSensor(id: $id) { __typename } }", id=self._sensor_state(name)["id"]
        )["stopSensor"]
        assert stopped["__typename"] == "StopSensorMutationResult", stopped

    def _has_ended_ticks(self, name: str) -> bool:
        """Whether a sensor is off, or its newest tick has ended."""
        state = self._sensor_state(name)
        return state["status"] == "STOPPED" or any(tick["status"] != "STARTED" for tick in state["ticks"])

    def _sensor_state(self, name: str) -> dict[str, Any]:
        return self.query(
            """query($selector: SensorSelector!) { sensorOrError(sensorSelector: $selector) {
                 ... on Sensor { sensorState { id status ticks(limit: 1) { status } } } } }""",
            selector={**SELECTOR, "sensorName": name},
        )["sensorOrError"]["sensorState"]

    def backfill(self, assets: Sequence[str], weeks: Sequence[str]) -> str:
        """Start a backfill as the lineage page does; returns its id."""
        launched = self.query(
            """mutation($params: LaunchBackfillParams!) { launchPartitionBackfill(backfillParams: $params) {
                 __typename ... on LaunchBackfillSuccess { backfillId } ... on PythonError { message } } }""",
            params={
                "assetSelection": [{"path": [asset]} for asset in assets],
                "partitionNames": list(weeks),
                "fromFailure": False,
                "forceSynchronousSubmission": False,
            },
        )["launchPartitionBackfill"]
        assert launched["__typename"] == "LaunchBackfillSuccess", launched
        return launched["backfillId"]

    def wait_for_backfill(self, backfill_id: str, seconds: float = 300) -> str:
        """The final status of a backfill."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            found = self.query(
                """query($id: String!) { partitionBackfillOrError(backfillId: $id) {
                     ... on PartitionBackfill { status } } }""",
                id=backfill_id,
            )["partitionBackfillOrError"]["status"]
            if found not in {"REQUESTED", "CANCELING", "FAILING", "COMPLETED"}:
                return found
            time.sleep(1)
        raise AssertionError(f"backfill {backfill_id} did not end")

    def runs(self, job: str) -> list[dict[str, Any]]:
        """The runs of a job, newest first: runId, status, tags."""
        found = self.query(
            """query($job: String!) { runsOrError(filter: {pipelineName: $job}) { ... on Runs { results {
                 runId status tags { key value } } } } }""",
            job=job,
        )["runsOrError"]["results"]
        return [{**run, "tags": {tag["key"]: tag["value"] for tag in run["tags"]}} for run in found]

    def worker_pid(self, run_id: str) -> int | None:
        """The pid of the process that executes a run, or None while there is none."""
        events = self.query(
            """query($id: ID!) { logsForRun(runId: $id) { ... on EventConnection {
                 events { ... on EngineEvent { message } } } } }""",
            id=run_id,
        )["logsForRun"]["events"]
        found = (_WORKER.search(event.get("message", "")) for event in events)
        return next((int(match[1]) for match in found if match), None)

    def family(self) -> list[psutil.Process]:
        """`dagster dev` and all its descendants: webserver, daemon, code server, workers."""
        try:
            parent = psutil.Process(self.process.pid)
            return [parent, *parent.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []

    def stop(self) -> None:
        """Stop it like Ctrl-C; kill it if that takes too long."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def run_status(self, run_id: str) -> str:
        found = self.query("query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }", id=run_id)
        return found["runOrError"]["status"]

    def wait_for_run(self, run_id: str, seconds: float = 240) -> str:
        """The final status of a run."""
        status, deadline = "", time.monotonic() + seconds
        while time.monotonic() < deadline:
            status = self.run_status(run_id)
            if status in {"SUCCESS", "FAILURE", "CANCELED"}:
                return status
            time.sleep(1)
        raise AssertionError(f"run {run_id} is still {status} after {seconds} s")


@contextmanager
def dagster_dev(
    home: Path, environ: Mapping[str, str], instance: Path = ROOT / "dagster.yaml"
) -> Iterator[DagsterServer]:
    """A server in `home`, which gets a copy of this instance file, during the block."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(instance, home / "dagster.yaml")
    shutil.copy(ROOT / "workspace.yaml", home)
    environment = {key: value for key, value in os.environ.items() if key not in {"DAGSTER_HOME"}}
    server = start_server(home, {**environment, **environ})
    try:
        yield server
    finally:
        server.stop()


def start_server(home: Path, environ: Mapping[str, str]) -> DagsterServer:
    """A server in `home`, which holds dagster.yaml and workspace.yaml; in a process group of its own."""
    port = _free_port()
    with (home / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("dagster"), "dev", "--host", "127.0.0.1", "--port", str(port)],
            cwd=home,
            env=dict(environ),
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    server = DagsterServer(f"http://127.0.0.1:{port}", process)
    try:
        _wait_until_up(server, home / "server.log")
    except BaseException:
        server.stop()
        raise
    return server


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_up(server: DagsterServer, log: Path) -> None:
    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            found = server.query("{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }")
            if found["repositoriesOrError"].get("nodes"):
                return
        except (requests.ConnectionError, requests.Timeout):
            pass
        time.sleep(0.5)
    raise AssertionError(f"the server did not come up:\n{log.read_text(errors='replace')[-4000:]}")
