"""A real PostgreSQL on loopback with a cluster of its own, for tests."""

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

STARTED_WITHIN_SECONDS = 60
USER = "postgres"


def binaries() -> Path | None:
    """The folder of the newest server's programs, or None."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def postgres_server() -> Iterator[str]:
    """The URL of an empty database, as Dagster takes it."""
    programs = binaries()
    assert programs is not None
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    as_user = []
    if os.geteuid() == 0:  # the server refuses to run as root
        shutil.chown(folder, USER, USER)
        as_user = ["setpriv", f"--reuid={USER}", f"--regid={USER}", "--clear-groups"]
    cluster, port = folder / "cluster", _free_port()
    initialise = [*as_user, programs / "initdb", "-D", cluster, "-U", USER, "--auth=trust", "-E", "UTF8", "--no-sync"]
    subprocess.run(initialise, check=True, capture_output=True, cwd="/")
    options = ["-p", str(port), "-k", folder, "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*as_user, programs / "postgres", "-D", cluster, *options], stdout=log, stderr=log, cwd="/"
        )
    try:
        _wait_until_up(programs, port, server)
        yield f"postgresql+psycopg2://{USER}@127.0.0.1:{port}/postgres"
    finally:
        server.terminate()
        try:
            server.wait(timeout=20)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_until_up(programs: Path, port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + STARTED_WITHIN_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        ready = [programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port)]
        asked = subprocess.run(ready, check=False, capture_output=True)
        if asked.returncode == 0:
            return
        time.sleep(0.2)
    raise AssertionError("PostgreSQL did not come up")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
