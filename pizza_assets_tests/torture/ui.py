"""Kills a range run that was launched from the Dagster UI: its worker, `dagster dev` alone, or all of it."""

import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from random import Random

import psutil
import requests

from pizza_assets.orchestration.jobs import COLLECT_WEEKS
from pizza_assets.orchestration.partitions import range_tags
from pizza_assets_tests.support.dagster_server import DagsterServer, start_server
from pizza_assets_tests.torture.cases import FAILED, HANG, Case, Finding, Outcome
from pizza_assets_tests.torture.home import Home, week_keys
from pizza_assets_tests.torture.processes import Hang, Victim, end_all, kill
from pizza_assets_tests.torture.reader import WEEKLY, Reads, check_week, read_once, reading
from pizza_assets_tests.torture.stored import differences, parquet_checksums

WITHIN_SECONDS = 150
LONGEST_ORPHANAGE_SECONDS = 3.0
"""`dagster dev` killed alone leaves webserver, daemon, code server and run at work; someone ends them by hand."""


class _Target(StrEnum):
    GROUP = "dagster dev's group"
    PARENT = "dagster dev alone"
    WORKER = "the run's worker"


@dataclass(frozen=True)
class _Undisturbed:
    """The share of a run's time that its worker takes, and the result of the run."""

    working_share: float
    checksums: dict[str, str]


class _Platform:
    """A home with a running server; another home after something was found, so that the old one can be looked at."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._number = folder, 0
        self._server: DagsterServer | None = None
        self._family: list[psutil.Process] = []
        self.home = Home(folder / "home-0")
        self.run_seconds = float("inf")
        """The shortest run so far, from its launch: a kill within it disturbs every run."""

    def server(self) -> DagsterServer:
        """The running server, started if there is none."""
        if self._server is None:
            try:
                self._server = start_server(self.home.folder, self.home.environ)
                # only collecting is tortured; an analysis would follow, and wait in the queue at the end of a case
                self._server.stop_sensor("analyse_after_collecting")
            except AssertionError as error:
                raise Hang(str(error)) from error
        return self._server

    def kill(self, victim: Victim) -> None:
        """Kill `dagster dev` with its group or alone."""
        if self._server is not None:
            self._family = self._server.family()
            kill(self._server.process.pid, victim)
            self._server.process.wait()
            self._server = None

    def end_orphans(self) -> None:
        """Stop the processes that a killed `dagster dev` left behind, as a user would."""
        orphans = [process for process in self._family if process.is_running()]
        for process in list(orphans):
            try:
                orphans += process.children(recursive=True)
            except psutil.NoSuchProcess:
                continue
        end_all(orphans)

    def move(self) -> None:
        """Leave this home as it is and go on in another one."""
        self.kill(Victim.GROUP)
        self.end_orphans()
        self._number += 1
        self.home = Home(self._folder / f"home-{self._number}")

    def close(self) -> None:
        if self._server is not None:
            self._server.stop()


@contextmanager
def ui_torture(folder: Path, week_count: int = 20) -> Iterator[Callable[[Case], Outcome]]:
    """Tries one case after the other on one server, as long as that lives; each on an empty storage."""
    shutil.rmtree(folder, ignore_errors=True)
    weeks = week_keys(week_count)
    platform = _Platform(folder)
    try:
        undisturbed = _measure(platform, weeks)
        yield lambda case: _try(case, platform, undisturbed, weeks)
    finally:
        platform.close()


def _measure(platform: _Platform, weeks: Sequence[str]) -> _Undisturbed:
    """Run undisturbed, but with a reader, as in the cases."""
    server = platform.server()
    with reading(platform.home.storage, check_week, WEEKLY, weeks) as reads:
        launched = time.monotonic()
        run_id = _launch(server, weeks)
        _worker(server, run_id)
        began = time.monotonic()
        status = server.wait_for_run(run_id)
        ended = time.monotonic()
    wrong = reads.findings + read_once(platform.home.storage, WEEKLY, weeks)
    if status != "SUCCESS" or wrong:
        raise AssertionError(f"an undisturbed run ends in {status}; {wrong}; see {platform.home.folder}")
    platform.run_seconds = ended - launched
    return _Undisturbed((ended - began) / (ended - launched), parquet_checksums(platform.home.storage))


def _try(case: Case, platform: _Platform, undisturbed: _Undisturbed, weeks: Sequence[str]) -> Outcome:
    random = case.random()
    target = list(_Target)[case.number % len(_Target)]
    outcome, reads = Outcome(how=str(target)), Reads()
    try:
        server = platform.server()
        shutil.rmtree(platform.home.storage, ignore_errors=True)
        with reading(platform.home.storage, check_week, WEEKLY, weeks) as reads:
            outcome.how = _kill(target, platform, _launch(server, weeks), undisturbed, random)
            outcome.findings += read_once(platform.home.storage, WEEKLY, weeks)
            if target is not _Target.WORKER:
                time.sleep(random.uniform(0, LONGEST_ORPHANAGE_SECONDS))
                platform.end_orphans()
            status = _end_of_another_run(platform, weeks)
        outcome.findings += read_once(platform.home.storage, WEEKLY, weeks)
        if status != "SUCCESS":
            outcome.findings.append(Finding(FAILED, f"the next run ends in {status}; see {platform.home.folder}"))
        outcome.findings += differences(platform.home.storage, undisturbed.checksums) + platform.home.stuck_runs()
    except Hang as hang:
        outcome.findings += [Finding(HANG, str(hang)), *platform.home.stuck_runs()]
    outcome.reads, outcome.findings = reads.count, reads.findings + outcome.findings
    if outcome.findings:
        platform.move()
    return outcome


def _kill(target: _Target, platform: _Platform, run_id: str, undisturbed: _Undisturbed, random: Random) -> str:
    """Kill it at a moment of the run; returns what was killed and when."""
    if target is _Target.WORKER:
        worker = psutil.Process(_worker(platform.server(), run_id))
        delay = random.uniform(0, platform.run_seconds * undisturbed.working_share)
        time.sleep(delay)
        end_all([worker])  # it may have done its work already
        return f"{target}, {delay:.1f} s after it began"
    delay = random.uniform(0, platform.run_seconds)
    time.sleep(delay)
    platform.kill(Victim.ALONE if target is _Target.PARENT else Victim.GROUP)
    return f"{target}, {delay:.1f} of {platform.run_seconds:.1f} s after the launch"


def _launch(server: DagsterServer, weeks: Sequence[str]) -> str:
    return server.launch(COLLECT_WEEKS, range_tags(weeks[0], weeks[-1]))


def _worker(server: DagsterServer, run_id: str) -> int:
    """The pid of the process that works on a run, once there is one."""
    deadline = time.monotonic() + WITHIN_SECONDS
    while time.monotonic() < deadline:
        pid = server.worker_pid(run_id)
        if pid is not None:
            return pid
        time.sleep(0.2)
    raise Hang(f"run {run_id} was not started within {WITHIN_SECONDS} s")


def _end_of_another_run(platform: _Platform, weeks: Sequence[str]) -> str:
    """Launch the weeks again, as a person would; returns the status in which that run ends."""
    server = platform.server()
    launched = time.monotonic()
    try:
        status = server.wait_for_run(_launch(server, weeks), WITHIN_SECONDS)
    except AssertionError as error:
        raise Hang(str(error)) from error
    except requests.RequestException as error:
        raise Hang(f"the webserver does not answer: {error}") from error
    platform.run_seconds = min(platform.run_seconds, time.monotonic() - launched)
    return status
