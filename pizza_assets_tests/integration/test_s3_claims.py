"""Several processes write to one S3 object, one at a time, by claims that expire; on two servers."""

import itertools
import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection

import pytest

from pizza_assets.errors import StorageError
from pizza_assets.storage.expiring_claims import CLAIMS, ExpiringClaims
from pizza_assets.storage.s3_objects import S3Objects
from pizza_assets_tests.support.s3_server import S3Server

pytestmark = pytest.mark.integration

COUNTER = "counter"
WORKERS = 4
INCREMENTS = 6
EXPIRY = timedelta(seconds=1.5)
SKEW = timedelta(seconds=0.3)
PATIENCE = timedelta(seconds=90)
PROCESSES = multiprocessing.get_context("spawn")
NUMBERS = itertools.count()


@dataclass(frozen=True)
class Place:
    """A bucket on a server, for processes that share nothing else."""

    server: S3Server
    bucket: str

    def objects(self) -> S3Objects:
        return S3Objects(self.server.client(connect_seconds=5, read_seconds=10), self.bucket)


@pytest.fixture(params=["moto", "swift"])
def place(request: pytest.FixtureRequest) -> Iterator[Place]:
    server: S3Server = request.getfixturevalue(request.param)
    place = Place(server, f"claims-{next(NUMBERS)}")
    server.create_bucket(place.bucket)
    place.objects().put(COUNTER, b"0")
    return place


def claims_of(objects: S3Objects, patience: timedelta = PATIENCE) -> ExpiringClaims:
    return ExpiringClaims(objects, f"test|{os.getpid()}", lambda: datetime.now(UTC), time.sleep, EXPIRY, patience, SKEW)


def count(objects: S3Objects) -> int:
    return int(objects.read(COUNTER) or b"")


def increment(place: Place, times: int) -> None:
    """Read and write apart, so that an increment is lost whenever two processes are at it."""
    objects = place.objects()
    claims = claims_of(objects)
    for _ in range(times):
        with claims.claiming(COUNTER) as claim:
            before = count(objects)
            time.sleep(0.02)
            claim.confirm()
            objects.put(COUNTER, str(before + 1).encode())


def hold_for_ever(place: Place, told: Connection) -> None:
    with claims_of(place.objects()).claiming(COUNTER):
        told.send(time.monotonic())
        time.sleep(3600)


def test_no_increment_is_lost_though_one_writer_is_killed_while_holding(place: Place) -> None:
    told, tells = PROCESSES.Pipe(duplex=False)
    victim = PROCESSES.Process(target=hold_for_ever, args=(place, tells), daemon=True)
    workers = [PROCESSES.Process(target=increment, args=(place, INCREMENTS), daemon=True) for _ in range(WORKERS)]
    objects = place.objects()
    try:
        victim.start()
        assert told.poll(60), "the victim got no claim"
        for worker in workers:
            worker.start()
        time.sleep(3 * EXPIRY.total_seconds())
        assert count(objects) == 0, "a living writer's claim was taken over"
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
    assert count(objects) == WORKERS * INCREMENTS
    assert objects.keys(f"{CLAIMS}/") == []


def test_a_stopped_writer_publishes_nothing_and_leaves_the_takers_claim(place: Place) -> None:
    """Its renewals end as if the process were suspended; another writer takes the claim over meanwhile."""
    objects = place.objects()
    stopped = ExpiringClaims(
        objects,
        "stopped|1",
        lambda: datetime.now(UTC) - timedelta(hours=1),  # a clock so late that the claim looks dead to everyone else
        time.sleep,
        EXPIRY,
        PATIENCE,
        SKEW,
    )
    with stopped.claiming(COUNTER) as lost, claims_of(objects).claiming(COUNTER) as taken:
        with pytest.raises(StorageError, match=rf"/\.claims/counter/: .*taken over by test\|{os.getpid()}"):
            lost.confirm()
        taken.confirm()


def test_a_claim_outlives_its_expiry_while_its_block_runs(place: Place) -> None:
    objects = place.objects()
    with claims_of(objects).claiming(COUNTER) as claim:
        with (
            pytest.raises(StorageError, match="claimed by"),
            claims_of(objects, patience=2 * EXPIRY).claiming(COUNTER),
        ):
            pass
        claim.confirm()
