"""OpenStack Swift's S3 layer on loopback, with one disk that is a folder, for tests: a second, strict S3 server.

Unlike moto it refuses a wrong secret, and it knows no If-Match.
"""

import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from pizza_assets_tests.support.s3_server import S3Server

REGION = "us-east-1"
ACCESS_KEY = "test:tester"
SECRET_KEY = "testing"
KINDS = ("account", "container", "object")
WITHIN_SECONDS = 60

_SERVER = """
[DEFAULT]
devices = {folder}/disks
mount_check = false
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
swift_dir = {folder}
fallocate_reserve = 0
[pipeline:main]
pipeline = {kind}-server
[app:{kind}-server]
use = egg:swift#{kind}
{more}"""
_MORE = {"object": "container_update_timeout = 60\n"}
"""How long a listing waits until it includes an object: Swift's default, a second, is too short on a busy machine."""

_PROXY = """
[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
workers = 0
swift_dir = {folder}
[pipeline:main]
pipeline = catch_errors proxy-logging cache bulk s3api tempauth slo dlo versioned_writes symlink proxy-server
[app:proxy-server]
use = egg:swift#proxy
allow_account_management = true
account_autocreate = true
[filter:catch_errors]
use = egg:swift#catch_errors
[filter:proxy-logging]
use = egg:swift#proxy_logging
[filter:cache]
use = egg:swift#memcache
memcache_servers = 127.0.0.1:{no_port}
[filter:bulk]
use = egg:swift#bulk
[filter:s3api]
use = egg:swift#s3api
s3_acl = false
location = us-east-1
min_segment_size = 1048576
[filter:tempauth]
use = egg:swift#tempauth
user_test_tester = testing .admin
[filter:slo]
use = egg:swift#slo
[filter:dlo]
use = egg:swift#dlo
[filter:symlink]
use = egg:swift#symlink
[filter:versioned_writes]
use = egg:swift#versioned_writes
allow_object_versioning = true
"""


def is_installed() -> bool:
    return _program("swift-proxy-server").exists()


@contextmanager
def swift_server(folder: Path) -> Iterator[S3Server]:
    """A server that starts empty and keeps everything below `folder`."""
    ports = _free_ports(len(KINDS) + 2)
    _lay_out(folder, ports)
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for kind in (*KINDS, "proxy"):
            with (folder / f"{kind}.log").open("wb") as log:
                command = [str(_program(f"swift-{kind}-server")), str(folder / f"{kind}.conf"), "-v"]
                processes.append(subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT))
        url = f"http://127.0.0.1:{ports[3]}"
        _wait_for(url, processes, folder)
        yield S3Server(url, ACCESS_KEY, SECRET_KEY, REGION)
    finally:
        for process in processes:
            process.terminate()
        for process in processes:
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _lay_out(folder: Path, ports: Sequence[int]) -> None:
    (folder / "disks" / "d1").mkdir(parents=True)
    suffix = secrets.token_hex(8)
    (folder / "swift.conf").write_text(f"[swift-hash]\nswift_hash_path_suffix = {suffix}\nswift_hash_path_prefix = p\n")
    for kind, port in zip(KINDS, ports, strict=False):
        (folder / f"{kind}.conf").write_text(
            _SERVER.format(folder=folder, port=port, kind=kind, more=_MORE.get(kind, ""))
        )
        builder = str(folder / f"{kind}.builder")
        for arguments in (("create", "4", "1", "0"), ("add", f"r1z1-127.0.0.1:{port}/d1", "1"), ("rebalance",)):
            command = [str(_program("swift-ring-builder")), builder, *arguments]
            subprocess.run(command, check=True, capture_output=True)
    (folder / "proxy.conf").write_text(_PROXY.format(folder=folder, port=ports[3], no_port=ports[4]))


def _wait_for(url: str, processes: Sequence["subprocess.Popen[bytes]"], folder: Path) -> None:
    deadline = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < deadline and all(process.poll() is None for process in processes):
        try:
            requests.get(f"{url}/info", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.1)
        else:
            return
    logs = "\n".join((folder / f"{kind}.log").read_text(errors="replace")[-2000:] for kind in (*KINDS, "proxy"))
    raise AssertionError(f"Swift does not answer:\n{logs}")


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    try:
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
    finally:
        for each in sockets:
            each.close()


def _program(name: str) -> Path:
    return Path(sys.executable).parent / name
