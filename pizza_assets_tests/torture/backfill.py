"""Kills `pizza backfill` over many weeks: on an empty storage, or while real matches replace mock ones."""

import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pizza_assets_tests.torture.cases import FAILED, HANG, Case, Finding, Outcome
from pizza_assets_tests.torture.home import Home, week_keys
from pizza_assets_tests.torture.processes import Hang, Victim, exit_code, kill, start
from pizza_assets_tests.torture.reader import WEEKLY, Reads, check_week, read_once, reading
from pizza_assets_tests.torture.stored import differences, parquet_checksums

WITHIN_SECONDS = 300


@dataclass(frozen=True)
class _Scenario:
    """The stored data before a backfill, and its result if it is not interrupted."""

    name: str
    is_real: bool
    before: Path | None
    seconds: float
    checksums: dict[str, str]


@contextmanager
def backfill_torture(folder: Path, week_count: int = 20) -> Iterator[Callable[[Case], Outcome]]:
    """Tries one case after the other, each in a home of its own; the scenarios take turns."""
    weeks = week_keys(week_count)
    empty = _measure("on an empty storage", Home(folder / "undisturbed"), None, weeks)
    home = Home(folder / "undisturbed-real", is_real=True)
    turning = _measure("while real replaces mock", home, folder / "undisturbed" / "storage", weeks)
    yield lambda case: _try(case, folder / str(case.number), (empty, turning)[case.number % 2], weeks)


def _measure(name: str, home: Home, before: Path | None, weeks: Sequence[str]) -> _Scenario:
    """Run undisturbed, but with a reader, as in the cases."""
    _fill(home, before)
    with reading(home.storage, check_week, WEEKLY, weeks) as reads:
        begun = time.monotonic()
        code = exit_code(_backfill(home, weeks), WITHIN_SECONDS, "the undisturbed backfill")
        seconds = time.monotonic() - begun
    wrong = reads.findings + read_once(home.storage, WEEKLY, weeks)
    if code or wrong:
        raise AssertionError(f"{name}: an undisturbed backfill ends with {code}; {wrong}; see {home.folder}/output.log")
    return _Scenario(name, before is not None, before, seconds, parquet_checksums(home.storage))


def _try(case: Case, folder: Path, scenario: _Scenario, weeks: Sequence[str]) -> Outcome:
    victim = list(Victim)[case.number // 2 % len(Victim)]
    delay = case.random().uniform(0, scenario.seconds)
    outcome = Outcome(how=f"{victim}, {scenario.name}, after {delay:.1f} of {scenario.seconds:.1f} s")
    home, reads = Home(folder, scenario.is_real), Reads()
    _fill(home, scenario.before)
    try:
        with reading(home.storage, check_week, WEEKLY, weeks) as reads:
            killed = _backfill(home, weeks)
            try:
                time.sleep(delay)
                kill(killed.pid, victim)
                exit_code(killed, WITHIN_SECONDS, "the killed backfill")
                outcome.findings += read_once(home.storage, WEEKLY, weeks)
                code = exit_code(_backfill(home, weeks), WITHIN_SECONDS, "the backfill run again")
            finally:
                kill(killed.pid, Victim.GROUP)
        outcome.findings += read_once(home.storage, WEEKLY, weeks)
        if code:
            outcome.findings.append(Finding(FAILED, f"exit code {code}; see {home.folder}/output.log"))
        outcome.findings += differences(home.storage, scenario.checksums) + home.stuck_runs()
    except Hang as hang:
        outcome.findings.append(Finding(HANG, str(hang)))
    outcome.reads, outcome.findings = reads.count, reads.findings + outcome.findings
    if not outcome.findings:
        home.remove()
    return outcome


def _fill(home: Home, before: Path | None) -> None:
    if before is not None:
        shutil.copytree(before, home.storage)


def _backfill(home: Home, weeks: Sequence[str]) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "pizza_assets.cli", "backfill", "--from", weeks[0], "--to", weeks[-1]]
    return start(command, home.folder, home.environ)
