"""Two writers and a reader on one week: every read returns one complete version, never a mixture of two."""

import multiprocessing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.storage.rows import WEEK, events
from pizza_assets_tests.support.stored_week import write_week

WRITES = 25
CLOCK_START = datetime(2026, 8, 11, tzinfo=UTC)


def tables_in(root: Path) -> TableStore:
    return TableStore(LocalFolder(root), lambda: CLOCK_START)


def write_versions(root: Path, source: str, minute: int) -> None:
    """Versions of growing length; all rows of one are of the same minute."""
    tables = tables_in(root)
    for version in range(1, WRITES + 1):
        write_week(
            tables, "raw_match_events", WEEK, events(source, [minute] * version), Origin(source, "1", f"{minute}")
        )


def test_two_real_writers_and_a_reader(tmp_path: Path) -> None:
    reads = _read_while_written(tmp_path, ("real", "real"))
    assert reads, "the reader met at least one version"


@pytest.mark.integration  # two processes more
def test_a_real_and_a_mock_writer(tmp_path: Path) -> None:
    _read_while_written(tmp_path, ("real", "mock"))
    found = tables_in(tmp_path).read_week("raw_match_events", WEEK)
    assert found is not None
    assert set(found.rows["match_source"]) == {"real"}
    assert tables_in(tmp_path).objects.keys("raw-data/football-data/mock") == []


def _read_while_written(root: Path, sources: tuple[str, str]) -> int:
    context = multiprocessing.get_context("spawn")
    writers = [
        context.Process(target=write_versions, args=(root, source, minute))
        for source, minute in zip(sources, (10, 20), strict=True)
    ]
    for writer in writers:
        writer.start()
    tables, reads = tables_in(root), 0
    while any(writer.is_alive() for writer in writers):
        found = tables.read_week("raw_match_events", WEEK)
        facts = tables.week_facts("raw_match_events", WEEK)
        if found is not None:
            reads += 1
            assert found.rows["minute"].nunique() == 1, "rows of two writers"
            assert found.rows["match_source"].nunique() == 1
            assert found.rows["event_number"].tolist() == list(range(1, len(found.rows) + 1)), "a part of a version"
        assert facts is None or facts.run_id in {"10", "20"}, "an object without the facts that belong to it"
    for writer in writers:
        writer.join()
        assert writer.exitcode == 0
    return reads
