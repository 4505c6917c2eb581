"""A process that reads stored weeks continuously while a writer is killed, and the faults it must never see."""

import multiprocessing
import os
import queue
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Event
from pathlib import Path

from pizza_assets.models.labels import table_label
from pizza_assets.orchestration.resources import build_tables
from pizza_assets.settings import Settings
from pizza_assets.storage.layout import PLACES, week_key
from pizza_assets.storage.tables import TableStore
from pizza_assets_tests.torture.cases import MIXED, TORN, Finding
from pizza_assets_tests.torture.processes import Hang

FIXED_TIME = datetime(2026, 1, 6, 18, tzinfo=UTC)
LABEL_COLUMNS = ("order_source", "match_source")
WEEKLY = tuple(asset for asset, place in PLACES.items() if place.weekly)
MOST_FINDINGS = 20

# a clean server process that has imported this package once: its forks are ready at once and hold no lock of others
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["pizza_assets_tests.torture.reader", "pizza_assets_tests.torture.writer_program"])

Check = Callable[[TableStore, str, str], list[Finding] | None]
"""What is wrong with one week of an asset; None if nothing is stored."""


@dataclass
class Reads:
    """How often a stored week was read, and what was wrong with them."""

    count: int = 0
    findings: list[Finding] = field(default_factory=list)


def tables_in(storage: Path | str) -> TableStore:
    """The stored tables with a fixed clock; a bucket is reached through the environment of this process."""
    reached = {name: value for name, value in os.environ.items() if name.startswith("PIZZA_S3_")}
    return build_tables(Settings.from_environment({**reached, "PIZZA_STORAGE": str(storage)}), lambda: FIXED_TIME)


@contextmanager
def reading(storage: Path, check: Check, assets: Sequence[str], weeks: Sequence[str]) -> Iterator[Reads]:
    """Another process reads `weeks` of `assets` without a pause during the block; what it saw is known at its end."""
    reads = Reads()
    begun, stop, answer = PROCESSES.Event(), PROCESSES.Event(), PROCESSES.Queue()
    process = PROCESSES.Process(
        target=_read_until, args=(begun, stop, answer, storage, check, assets, weeks), daemon=True
    )
    process.start()
    if not begun.wait(60):
        raise Hang("the reader did not begin")
    try:
        yield reads
    finally:
        stop.set()
        try:
            reads.count, reads.findings = answer.get(timeout=60)
        except queue.Empty:
            raise Hang("the reader did not end") from None
        finally:
            process.kill()
            process.join()


def read_once(storage: Path, assets: Sequence[str], weeks: Sequence[str]) -> list[Finding]:
    """What is wrong with the stored weeks as they are now."""
    tables = tables_in(storage)
    found = (_findings(tables, asset, week, check_week) for asset in assets for week in weeks)
    return [finding for findings in found for finding in findings or ()]


def check_week(tables: TableStore, asset: str, week: str) -> list[Finding] | None:
    """One label a column, real if there is a real object, and facts that belong to the rows."""
    place = PLACES[asset]
    has_real = "real" in place.labels and tables.objects.exists(week_key(asset, week, "real"))
    before = tables.week_facts(asset, week)
    found = tables.read_week(asset, week)
    if found is None:
        return [Finding(TORN, f"{asset} {week}: facts, but no rows")] if before is not None else None
    findings = []
    for name in LABEL_COLUMNS:
        labels = sorted(found.rows[name].unique()) if name in found.rows else []
        if len(labels) > 1:
            findings.append(Finding(MIXED, f"{asset} {week}: {name} is {' and '.join(labels)}"))
        if has_real and labels == ["mock"]:
            findings.append(Finding(MIXED, f"{asset} {week}: real is stored, mock was read"))
    after = tables.week_facts(asset, week)
    if before is not None and before == after:
        label = table_label(found.rows, before.data_source)
        if (before.row_count, before.data_source) != (len(found.rows), label):
            expected = f"{before.row_count} {before.data_source} rows"
            findings.append(Finding(TORN, f"{asset} {week}: facts say {expected}, read were {len(found.rows)} {label}"))
    return findings


def _read_until(
    begun: Event,
    stop: Event,
    answer: "Queue[tuple[int, list[Finding]]]",
    storage: Path,
    check: Check,
    assets: Sequence[str],
    weeks: Sequence[str],
) -> None:
    os.nice(10)  # what is written and killed goes first, where cores are few
    tables = tables_in(storage)
    count, findings = 0, []
    begun.set()
    parent = multiprocessing.parent_process()
    while not stop.is_set() and parent is not None and parent.is_alive():
        for asset in assets:
            for week in weeks:
                found = _findings(tables, asset, week, check)
                count += found is not None
                findings += (found or [])[: MOST_FINDINGS - len(findings)]
            if stop.is_set():
                break
    answer.put((count, findings))


def _findings(tables: TableStore, asset: str, week: str, check: Check) -> list[Finding] | None:
    try:
        return check(tables, asset, week)
    # whatever a reader meets while a writer dies is what this torture is looking for
    except Exception as error:  # noqa: BLE001
        return [Finding(TORN, f"{asset} {week}: {type(error).__name__}: {error}")]
