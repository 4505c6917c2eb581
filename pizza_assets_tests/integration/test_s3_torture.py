"""kill -9 of writers and backfills that store in a bucket: nothing is torn, mixed, lost or stuck. A small sample."""

import hashlib
import itertools
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from pizza_assets.storage.expiring_claims import CLAIMS
from pizza_assets.storage.s3_bucket import S3Bucket
from pizza_assets_tests.support.s3_server import S3Server
from pizza_assets_tests.torture.home import Home, week_keys
from pizza_assets_tests.torture.processes import Victim, exit_code, kill, start
from pizza_assets_tests.torture.reader import WEEKLY, Check, check_week, tables_in
from pizza_assets_tests.torture.writer_program import ASSET, WEEKS, check_version, write_versions

pytestmark = pytest.mark.integration

NUMBERS = itertools.count()
CLAIM_SECONDS = 8
WITHIN_SECONDS = 240
WRITER_KILLS, BACKFILL_KILLS = 6, 2
VERSIONS, FINAL = range(1, 4), range(100, 101)
PROCESSES = multiprocessing.get_context("spawn")


@pytest.fixture
def new_address(moto: S3Server, monkeypatch: pytest.MonkeyPatch) -> Callable[[], str]:
    """Empty storages in one bucket; the environment of this process and its children is set up to reach it."""
    bucket = f"torture-{next(NUMBERS)}"
    moto.create_bucket(bucket)
    for name, value in {**moto.environ(), "PIZZA_S3_CLAIM_SECONDS": str(CLAIM_SECONDS)}.items():
        monkeypatch.setenv(name, value)
    return lambda: f"s3://{bucket}/{next(NUMBERS)}"


@contextmanager
def read_meanwhile(address: str, check: Check, assets: Sequence[str], weeks: Sequence[str]) -> Iterator[list[object]]:
    """The faults that a reader finds while the block runs and at its end."""
    found: list[object] = []
    tables, is_over = tables_in(address), threading.Event()

    def look() -> None:
        for asset, week in itertools.product(assets, weeks):
            try:
                found.extend(check(tables, asset, week) or ())
            except Exception as error:  # noqa: BLE001 - whatever a reader meets while a writer dies is a finding
                found.append(error)

    def look_on() -> None:
        while not is_over.is_set():
            look()

    reader = threading.Thread(target=look_on)
    reader.start()
    try:
        yield found
    finally:
        is_over.set()
        reader.join()
        look()


def checksums(address: str) -> dict[str, str]:
    objects = tables_in(address).objects
    return {
        key: hashlib.sha256(objects.read(key) or b"").hexdigest()
        for key in objects.keys("")
        if key.endswith(".parquet")
    }


def leftovers(address: str) -> list[object]:
    """Claims and unfinished uploads."""
    store = tables_in(address).objects
    assert isinstance(store, S3Bucket)
    return [*store.objects.keys(f"{CLAIMS}/"), *store.objects.unfinished()]


def writing(address: str, versions: range) -> multiprocessing.process.BaseProcess:
    process = PROCESSES.Process(target=write_versions, args=(address, versions))
    process.start()
    return process


def test_killed_writers(new_address: Callable[[], str]) -> None:
    undisturbed = new_address()
    begun = time.monotonic()
    assert exit_code(writing(undisturbed, VERSIONS), WITHIN_SECONDS, "the undisturbed writer") == 0
    seconds = time.monotonic() - begun
    assert exit_code(writing(undisturbed, FINAL), WITHIN_SECONDS, "the undisturbed writer") == 0
    for number in range(WRITER_KILLS):
        address = new_address()
        with read_meanwhile(address, check_version, [ASSET], WEEKS) as found:
            victim = writing(address, VERSIONS)
            time.sleep(Random(number).uniform(seconds / 3, seconds))
            victim.kill()
            victim.join()
            assert exit_code(writing(address, FINAL), WITHIN_SECONDS, "the writer run again") == 0
        assert found == [], number
        assert checksums(address) == checksums(undisturbed), number
        assert leftovers(address) == [], number


def test_killed_backfills(new_address: Callable[[], str], tmp_path: Path) -> None:
    weeks = week_keys(3)

    def backfill(home: Home) -> "subprocess.Popen[bytes]":
        command = [sys.executable, "-m", "pizza_assets.cli", "backfill", "--from", weeks[0], "--to", weeks[-1]]
        return start(command, home.folder, home.environ)

    def home_on(address: str) -> Home:
        home = Home(tmp_path / str(next(NUMBERS)))
        reached = {name: os.environ[name] for name in ("PIZZA_S3_ENDPOINT", "PIZZA_S3_CLAIM_SECONDS")}
        home.environ |= {**reached, "PIZZA_STORAGE": address}
        return home

    undisturbed = new_address()
    begun = time.monotonic()
    home = home_on(undisturbed)
    code = exit_code(backfill(home), WITHIN_SECONDS, "the undisturbed backfill")
    assert code == 0, (home.folder / "output.log").read_text()
    seconds = time.monotonic() - begun
    for number in range(BACKFILL_KILLS):
        address = new_address()
        home = home_on(address)
        with read_meanwhile(address, check_week, WEEKLY, weeks) as found:
            victim = backfill(home)
            time.sleep(Random(number).uniform(seconds / 4, seconds))
            kill(victim.pid, Victim.GROUP)
            victim.wait()
            code = exit_code(backfill(home), WITHIN_SECONDS, "the backfill run again")
        assert code == 0, (home.folder / "output.log").read_text()
        assert found == [], number
        assert checksums(address) == checksums(undisturbed), number
        assert leftovers(address) == [], number
        assert home.stuck_runs() == []
