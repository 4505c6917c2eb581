"""A real `dagster dev` (webserver, daemon, code server) on loopback with its own instance, for tests."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).parents[2]
STARTED_WITHIN_SECONDS = 120


class DagsterServer:
    """Speaks GraphQL to a running webserver."""

    def __init__(self, url: str) -> None:
        self.url = url

    def query(self, text: str, **variables: Any) -> dict[str, Any]:
        """The `data` of an answer; fails on GraphQL errors."""
        answer = requests.post(
            f"{self.url}/graphql", json={"query": text, "variables": variables}, timeout=60, allow_redirects=False
        ).json()
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    def run_status(self, run_id: str) -> str:
        found = self.query("query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }", id=run_id)
        return found["runOrError"]["status"]

    def wait_for_run(self, run_id: str, seconds: float = 240) -> str:
        """The final status of a run."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            status = self.run_status(run_id)
            if status in {"SUCCESS", "FAILURE", "CANCELED"}:
                return status
            time.sleep(1)
        raise AssertionError(f"run {run_id} is still {status} after {seconds} s")


@contextmanager
def dagster_dev(home: Path, environ: Mapping[str, str]) -> Iterator[DagsterServer]:
    """Start the server in `home` (which gets a copy of the project's dagster.yaml); stopped by its process group."""
    home.mkdir(parents=True, exist_ok=True)
    shutil.copy(ROOT / "dagster.yaml", home)
    shutil.copy(ROOT / "workspace.yaml", home)
    port = _free_port()
    environment = {key: value for key, value in os.environ.items() if key not in {"DAGSTER_HOME"}}
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [Path(sys.executable).with_name("dagster"), "dev", "--host", "127.0.0.1", "--port", str(port)],
            cwd=home,
            env={**environment, **environ},
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            server = DagsterServer(f"http://127.0.0.1:{port}")
            _wait_until_up(server, process, home / "server.log")
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=30)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_up(server: DagsterServer, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            found = server.query("{ repositoriesOrError { ... on RepositoryConnection { nodes { name } } } }")
            if found["repositoriesOrError"].get("nodes"):
                return
        except (requests.ConnectionError, requests.Timeout):
            pass
        time.sleep(0.5)
    raise AssertionError(f"the server did not come up:\n{log.read_text(errors='replace')[-4000:]}")
