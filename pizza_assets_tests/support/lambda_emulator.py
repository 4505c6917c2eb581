"""Lambda's Invoke API and Runtime API on loopback, around the real runtime client (awslambdaric), for tests.

Each execution environment is a process of its own; where the machine allows, all but /tmp is read-only in it and
/dev/shm is of no use, as on Lambda. Async calls may come several times; a function out of time is killed.
"""

import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

HANDLER = "pizza_assets.lambda_runs.handler.handle"
_INVOKE = re.compile(r"^/2015-03-31/functions/([^/]+)/invocations")
_ANSWERED = re.compile(r"^/2018-06-01/runtime/invocation/([^/]+)/(response|error)$")
_ASYNC_LIMIT = 1_000_000

# binds everything read-only, then gives /tmp back; the instance's folder appears as /mnt
_ISOLATED = """
set -e
mount --make-rprivate /
mount --bind "$1" /mnt
awk '$5 !~ "^/(proc|sys|dev)" {print $5}' /proc/self/mountinfo | while read -r place; do
    mount -o remount,bind,ro "$place" 2>/dev/null || true
done
mount -t tmpfs tmpfs /tmp
mount -t tmpfs -o ro tmpfs /dev/shm
shift
cd /tmp
exec "$@"
"""


@dataclass
class Invocation:
    """One delivery of one call. outcome: result, error, timed out or crashed; None while it runs."""

    request_id: str
    payload: bytes
    outcome: str | None = None
    answer: Any = None
    done: threading.Event = field(default_factory=threading.Event)
    environment: "Environment | None" = None

    def end(self, outcome: str, answer: Any = None) -> None:
        self.outcome, self.answer = outcome, answer
        self.done.set()


@cache
def can_isolate() -> bool:
    """Whether this machine lets a process have mounts of its own, and a /tmp of its own would not hide the project."""
    if Path(__file__).resolve().is_relative_to("/tmp"):
        return False
    command = ["unshare", "-m", "sh", "-c", "mount --make-rprivate / && mount -t tmpfs tmpfs /tmp"]
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


class Environment:
    """One execution environment: a Runtime API and the process that gets its work from it."""

    def __init__(self, name: str, environ: Mapping[str, str], home: Path, timeout_seconds: float, log: Path) -> None:
        self._calls: queue.Queue[Invocation] = queue.Queue()
        self._timeout = timeout_seconds
        self._current: Invocation | None = None
        self._deadline = 0.0
        self.is_idle = True
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        command = [sys.executable, "-m", "awslambdaric", HANDLER]
        prefix = ["unshare", "-m", "sh", "-c", _ISOLATED, "sh", str(home)] if can_isolate() else []
        environment = {
            **environ,
            "PATH": os.environ["PATH"],
            "DAGSTER_HOME": "/mnt" if prefix else str(home),
            "AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{self._server.server_port}",
            "AWS_LAMBDA_FUNCTION_NAME": name,
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "3008",
            "HOME": "/tmp",
        }
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                [*prefix, *command], env=environment, stdout=output, stderr=output, start_new_session=True
            )
        threading.Thread(target=self._watch, daemon=True).start()

    @property
    def is_alive(self) -> bool:
        return self.process.poll() is None

    def run(self, invocation: Invocation) -> None:
        self.is_idle = False
        invocation.environment = self
        self._calls.put(invocation)

    def kill(self) -> None:
        """Kill it as Lambda does: at once, with all its child processes."""
        if self.is_alive:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def close(self) -> None:
        self.kill()
        self._server.shutdown()
        self._server.server_close()

    def _watch(self) -> None:
        while True:
            time.sleep(0.1)
            current = self._current
            if current is not None and time.time() > self._deadline:
                self.kill()
                current.end("timed out")
            if not self.is_alive:
                if current is not None and not current.done.is_set():
                    current.end("crashed")
                while not self._calls.empty():
                    self._calls.get().end("crashed")
                return

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        environment = self

        class RuntimeApi(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                environment.is_idle = True
                invocation = environment._calls.get()
                environment._deadline = time.time() + environment._timeout
                environment._current = invocation
                self.send_response(200)
                self.send_header("Lambda-Runtime-Aws-Request-Id", invocation.request_id)
                self.send_header("Lambda-Runtime-Deadline-Ms", str(int(environment._deadline * 1000)))
                self.send_header("Lambda-Runtime-Invoked-Function-Arn", "arn:aws:lambda:eu-central-1:000000000000:f")
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(invocation.payload)))
                self.end_headers()
                self.wfile.write(invocation.payload)

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answered = _ANSWERED.match(self.path)
                current = environment._current
                if answered and current is not None:
                    environment._current = None
                    current.end("result" if answered[2] == "response" else "error", json.loads(body or b"null"))
                self.send_response(202)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                pass

        return RuntimeApi


class LambdaEmulator:
    """One function. deliveries: how often each async call is delivered, at the same time. refusals: answers to the
    next calls instead of taking them, each (status, code, message).
    """

    def __init__(self, name: str, environ: Mapping[str, str], home: Path, log: Path, timeout_seconds: float) -> None:
        self.name, self.log = name, log
        self._environ, self._home, self._timeout = environ, home, timeout_seconds
        self.deliveries = 1
        self.refusals: list[tuple[int, str, str]] = []
        self.invocations: list[Invocation] = []
        self._environments: list[Environment] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def invoke(self, event: Any, request_id: str | None = None) -> Invocation:
        """Deliver one call; returns at once."""
        return self._deliver(json.dumps(event).encode(), request_id or str(uuid.uuid4()))

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        for environment in self._environments:
            environment.close()

    def _deliver(self, payload: bytes, request_id: str) -> Invocation:
        invocation = Invocation(request_id, payload)
        with self._lock:
            self.invocations.append(invocation)
            free = [found for found in self._environments if found.is_idle and found.is_alive]
            environment = free[0] if free else self._started()
            environment.run(invocation)
        return invocation

    def _started(self) -> Environment:
        environment = Environment(self.name, self._environ, self._home, self._timeout, self.log)
        self._environments.append(environment)
        return environment

    def _refusal(self, function: str, length: int) -> tuple[int, str, str] | None:
        if self.refusals:
            return self.refusals.pop(0)
        if function != self.name:
            return 404, "ResourceNotFoundException", f"Function not found: {function}"
        if length > _ASYNC_LIMIT:
            return 413, "RequestEntityTooLargeException", f"{length} byte payload is too large for the Event invocation"
        return None

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        emulator = self

        class InvokeApi(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                payload = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                called = _INVOKE.match(self.path)
                refusal = emulator._refusal(called[1] if called else "", len(payload))
                if refusal is not None:
                    status, code, message = refusal
                    self._answer(status, json.dumps({"Message": message}).encode(), {"x-amzn-ErrorType": code})
                    return
                request_id = str(uuid.uuid4())
                if self.headers.get("X-Amz-Invocation-Type") == "Event":
                    for _ in range(emulator.deliveries):
                        emulator._deliver(payload, request_id)
                    self._answer(202, b"")
                    return
                invocation = emulator._deliver(payload, request_id)
                invocation.done.wait()
                failed = {} if invocation.outcome == "result" else {"X-Amz-Function-Error": "Unhandled"}
                self._answer(200, json.dumps(invocation.answer).encode(), failed)

            def _answer(self, status: int, body: bytes, headers: Mapping[str, str] | None = None) -> None:
                self.send_response(status)
                for name, value in (headers or {}).items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                pass

        return InvokeApi


@contextmanager
def lambda_emulator(
    home: Path, environ: Mapping[str, str], log: Path, name: str = "pizza-game-dashboard", timeout_seconds: float = 900
) -> Iterator[LambdaEmulator]:
    """A function with these variables and the instance file in `home`, during the block."""
    emulator = LambdaEmulator(name, environ, home, log, timeout_seconds)
    try:
        yield emulator
    finally:
        emulator.close()
