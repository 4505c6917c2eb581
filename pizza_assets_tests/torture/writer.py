"""Kills the writer: at an exact stage before, during or after publishing, or after some time."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

from pizza_assets_tests.torture.cases import FAILED, HANG, Case, Finding, Outcome
from pizza_assets_tests.torture.processes import Hang, Victim, exit_code, kill
from pizza_assets_tests.torture.reader import PROCESSES, Reads, reading
from pizza_assets_tests.torture.stored import differences, parquet_checksums
from pizza_assets_tests.torture.writer_program import ASSET, WEEKS, check_version, write_until_killed, write_versions

VERSIONS = range(1, 6)
FINAL = range(100, 101)
WITHIN_SECONDS = 60
SHARE_AT_STAGES = 0.7


@dataclass(frozen=True)
class _Undisturbed:
    stages: int
    seconds: float
    checksums: dict[str, str]


@contextmanager
def writer_torture(folder: Path) -> Iterator[Callable[[Case], Outcome]]:
    """Tries one case after the other, each in a storage of its own."""
    undisturbed = _measure(folder / "undisturbed")
    yield lambda case: _try(case, folder / str(case.number), undisturbed)


def _measure(storage: Path) -> _Undisturbed:
    shutil.rmtree(storage, ignore_errors=True)
    with reading(storage, check_version, [ASSET], WEEKS):
        writer, connection = _start(storage, None)
        begun = time.monotonic()
        stages = int(_received(connection))
        seconds = time.monotonic() - begun
        _end(writer)
    _rerun(storage)
    return _Undisturbed(stages, seconds, parquet_checksums(storage))


def _try(case: Case, storage: Path, undisturbed: _Undisturbed) -> Outcome:
    shutil.rmtree(storage, ignore_errors=True)
    random = case.random()
    victim = list(Victim)[case.number % len(Victim)]
    hold_at = random.randint(1, undisturbed.stages) if random.random() < SHARE_AT_STAGES else None
    delay = random.uniform(0, undisturbed.seconds)
    outcome, reads = Outcome(), Reads()
    try:
        with reading(storage, check_version, [ASSET], WEEKS) as reads:
            writer, connection = _start(storage, hold_at)
            try:
                moment = f"after {delay:.3f} s" if hold_at is None else f"stage {hold_at}: {_received(connection)}"
                if hold_at is None:
                    time.sleep(delay)
                kill(writer.pid or 0, victim)
                outcome.how = f"{victim}, {moment}"
                exit_code(writer, WITHIN_SECONDS, "the killed writer")
                code = _rerun(storage)  # of a parent killed alone, its child is still there
            finally:
                _end(writer)
        if code:
            outcome.findings.append(Finding(FAILED, f"exit code {code}"))
        outcome.findings += differences(storage, undisturbed.checksums)
    except Hang as hang:
        outcome.findings.append(Finding(HANG, str(hang)))
    outcome.reads, outcome.findings = reads.count, reads.findings + outcome.findings
    if not outcome.findings:
        shutil.rmtree(storage)
    return outcome


def _start(storage: Path, hold_at: int | None) -> tuple[BaseProcess, Connection]:
    """A writer that has just begun."""
    connection, of_child = PROCESSES.Pipe()
    writer = PROCESSES.Process(target=write_until_killed, args=(storage, VERSIONS, hold_at, of_child), daemon=False)
    writer.start()
    of_child.close()
    _received(connection)
    return writer, connection


def _received(connection: Connection) -> str:
    """The writer's next message."""
    if not connection.poll(WITHIN_SECONDS):
        raise Hang("the writer came neither to its stage nor to its end")
    return str(connection.recv())


def _rerun(storage: Path) -> int:
    """Write the last version, as someone would who runs it again; returns the exit code."""
    again = PROCESSES.Process(target=write_versions, args=(storage, FINAL))
    again.start()
    return exit_code(again, WITHIN_SECONDS, "the writer run again")


def _end(writer: BaseProcess) -> None:
    """Kill what is left of the writer's group: its idle child."""
    kill(writer.pid or 0, Victim.GROUP)
    writer.join(WITHIN_SECONDS)
