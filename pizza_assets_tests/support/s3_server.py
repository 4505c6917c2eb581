"""S3 servers on loopback for tests: how to reach one, and moto's, which runs in this process."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import requests

from pizza_assets.orchestration.s3_connection import S3Connection
from pizza_assets.storage.expiring_claims import ExpiringClaims
from pizza_assets.storage.s3_bucket import S3Bucket
from pizza_assets.storage.s3_objects import S3Objects

REGION = "eu-central-1"
PART_BYTES = 5 * 1024 * 1024
Application = Callable[..., Iterable[bytes]]


@dataclass(frozen=True)
class S3Server:
    """A server's address and the credentials that it accepts."""

    url: str
    access_key: str = "testing"
    secret_key: str = "testing"
    region: str = REGION

    def client(self, **options: Any) -> Any:
        """A client as the platform makes it; `options` of S3Connection."""
        wanted = {
            "endpoint_url": self.url,
            "aws_access_key_id": self.access_key,
            "aws_secret_access_key": self.secret_key,
            "region_name": self.region,
        }
        return S3Connection(**{**wanted, **options}).get_client()

    def environ(self) -> dict[str, str]:
        """The environment variables that a process needs to reach it."""
        return {
            "PIZZA_S3_ENDPOINT": self.url,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_DEFAULT_REGION": self.region,
        }

    def create_bucket(self, name: str, keeps_versions: bool = False) -> None:
        client = self.client()
        where = {} if self.region == "us-east-1" else {"LocationConstraint": self.region}
        client.create_bucket(Bucket=name, **({"CreateBucketConfiguration": where} if where else {}))
        if keeps_versions:
            client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})


def bucket_store(
    client: Any,
    bucket: str,
    prefix: str = "",
    expires_after: timedelta = timedelta(seconds=30),
    patience: timedelta = timedelta(hours=1),
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> S3Bucket:
    """An object store whose claims are asked for often, for which time seems to fly, and whose parts are short."""
    objects = S3Objects(client, bucket, prefix)
    claims = ExpiringClaims(
        objects,
        "a test",
        now=lambda: datetime.now(UTC),
        sleep=lambda seconds: time.sleep(min(seconds, 0.3)),
        expires_after=expires_after,
        patience=patience,
    )
    return S3Bucket(objects, claims, now, PART_BYTES)


@contextmanager
def moto_server() -> Iterator[S3Server]:
    """A server that starts empty."""
    # installed for integration tests only; this module is imported when the others are collected too
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server

    server = make_server("127.0.0.1", 0, _one_at_a_time(DomainDispatcherApplication(create_backend_app)), threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    url = f"http://127.0.0.1:{server.server_port}"
    try:
        # moto keeps its buckets beside the server, for as long as the process lives
        requests.post(f"{url}/moto-api/reset", timeout=30).raise_for_status()
        yield S3Server(url)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _one_at_a_time(application: Application) -> Application:
    """S3 checks a condition and writes atomically; moto does so only if it handles one request at a time."""
    turn = threading.Lock()

    def serve(environ: object, start_response: object) -> Iterable[bytes]:
        with turn:
            return application(environ, start_response)

    return serve
