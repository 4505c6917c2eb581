"""S3 servers that last for the whole session."""

from collections.abc import Iterator

import pytest

from pizza_assets_tests.conftest import absent
from pizza_assets_tests.support import swift_server
from pizza_assets_tests.support.s3_server import S3Server, moto_server


@pytest.fixture(scope="session")
def moto() -> Iterator[S3Server]:
    with moto_server() as server:
        yield server


@pytest.fixture(scope="session")
def swift(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3Server]:
    if not swift_server.is_installed():
        absent("OpenStack Swift is not installed: make .venv/integration.installed (Linux only)")
    with swift_server.swift_server(tmp_path_factory.mktemp("swift")) as server:
        yield server
