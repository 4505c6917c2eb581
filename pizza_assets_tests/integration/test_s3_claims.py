"""Several processes write to one S3 object, one at a time, by claims that expire."""

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from typing import Any

import boto3
import pytest
from botocore.config import Config

from pizza_assets.errors import StorageError
from pizza_assets.storage.expiring_claims import ExpiringClaims
from pizza_assets.storage.s3_conditional import S3Objects
from pizza_assets_tests.support.s3_server import REGION, s3_server

pytestmark = pytest.mark.integration

BUCKET = "pizza"
COUNTER = "counter"
WORKERS = 4
INCREMENTS = 15
EXPIRY = timedelta(seconds=1.5)
SKEW = timedelta(seconds=0.3)
PATIENCE = timedelta(seconds=90)
PROCESSES = multiprocessing.get_context("spawn")


@pytest.fixture
def url() -> Iterator[str]:
    with s3_server() as url:
        client = client_of(url)
        client.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": REGION})
        client.put_object(Bucket=BUCKET, Key=COUNTER, Body=b"0")
        yield url


def client_of(url: str) -> Any:
    return boto3.client(
        "s3",
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
        config=Config(connect_timeout=5, read_timeout=10, s3={"addressing_style": "path"}),
    )


def claims_of(client: Any, patience: timedelta = PATIENCE) -> ExpiringClaims:
    return ExpiringClaims(
        S3Objects(client, BUCKET), f"test|{os.getpid()}", lambda: datetime.now(UTC), time.sleep, EXPIRY, patience, SKEW
    )


def count(client: Any) -> int:
    return int(client.get_object(Bucket=BUCKET, Key=COUNTER)["Body"].read())


def increment(url: str, times: int) -> None:
    """Read and write apart, so that an increment is lost whenever two processes are at it."""
    client = client_of(url)
    claims = claims_of(client)
    for _ in range(times):
        with claims.claiming(COUNTER) as claim:
            before = count(client)
            time.sleep(0.02)
            claim.confirm()
            client.put_object(Bucket=BUCKET, Key=COUNTER, Body=str(before + 1).encode())


def hold_for_ever(url: str, told: Connection) -> None:
    with claims_of(client_of(url)).claiming(COUNTER):
        told.send(time.monotonic())
        time.sleep(3600)


def test_a_server_that_honours_conditions_passes_the_check(url: str) -> None:
    client = client_of(url)
    S3Objects(client, BUCKET, "deep/down").check()
    assert [found["Key"] for found in client.list_objects_v2(Bucket=BUCKET)["Contents"]] == [COUNTER]


def test_no_increment_is_lost_though_one_writer_is_killed_while_holding(url: str) -> None:
    told, tells = PROCESSES.Pipe(duplex=False)
    victim = PROCESSES.Process(target=hold_for_ever, args=(url, tells), daemon=True)
    workers = [PROCESSES.Process(target=increment, args=(url, INCREMENTS), daemon=True) for _ in range(WORKERS)]
    try:
        victim.start()
        assert told.poll(60), "the victim got no claim"
        for worker in workers:
            worker.start()
        time.sleep(3 * EXPIRY.total_seconds())
        assert count(client_of(url)) == 0, "a living writer's claim was taken over"
        assert victim.pid is not None
        os.kill(victim.pid, signal.SIGKILL)
        for worker in workers:
            worker.join(120)
        assert [worker.exitcode for worker in workers] == [0] * WORKERS
    finally:
        for process in (victim, *workers):
            if process.is_alive():
                process.kill()
            if process.pid is not None:
                process.join()
    client = client_of(url)
    assert count(client) == WORKERS * INCREMENTS
    assert [found["Key"] for found in client.list_objects_v2(Bucket=BUCKET)["Contents"]] == [COUNTER]


def test_a_stopped_writer_publishes_nothing_and_leaves_the_takers_claim(url: str) -> None:
    """Its renewals end as if the process were suspended; another writer takes the claim over meanwhile."""
    client = client_of(url)
    stopped = ExpiringClaims(
        S3Objects(client, BUCKET),
        "stopped|1",
        lambda: datetime.now(UTC) - timedelta(hours=1),  # a clock so late that the claim looks dead to everyone else
        time.sleep,
        EXPIRY,
        PATIENCE,
        SKEW,
    )
    with stopped.claiming(COUNTER) as lost, claims_of(client).claiming(COUNTER) as taken:
        with pytest.raises(StorageError, match=rf"s3://pizza/claims/counter.json: .*taken over by test\|{os.getpid()}"):
            lost.confirm()
        taken.confirm()
    assert [found["Key"] for found in client.list_objects_v2(Bucket=BUCKET)["Contents"]] == [COUNTER]


def test_a_claim_outlives_its_expiry_while_its_block_runs(url: str) -> None:
    client = client_of(url)
    with claims_of(client).claiming(COUNTER) as claim:
        with (
            pytest.raises(StorageError, match="claimed by"),
            claims_of(client, patience=2 * EXPIRY).claiming(COUNTER),
        ):
            pass
        claim.confirm()
