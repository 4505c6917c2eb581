"""Matches whose windows may reach into a week, found once until a week changes."""

from datetime import UTC, datetime
from pathlib import Path

from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.match_versions import matches_reaching, neighbours
from pizza_assets.orchestration.freshness.week_inputs import _RememberedWeeks
from pizza_assets.sources.matches.mock import MockMatches
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore, WeekTables
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.support.stored_week import write_week

WEEK = MatchWeek("2026-03-31", "Europe/London")
NOW = datetime(2026, 4, 10, tzinfo=UTC)


def test_fingerprints_and_assets_see_the_same_matches(tmp_path: Path) -> None:
    tables = TableStore(LocalFolder(tmp_path), lambda: NOW)
    found = MockMatches(now=lambda: NOW).matches(WEEK).rows
    write_week(tables, "raw_matches", WEEK.key, found, Origin("mock", "1", "run"))
    stored, remembered = (
        WeekTables(tables, "raw_matches", neighbours(WEEK)),
        _RememberedWeeks(tables, "raw_matches"),
    )
    for _ in range(2):
        assert len(matches_reaching(stored, WEEK, WindowLengths())) == len(found) > 0
        assert len(matches_reaching(remembered, WEEK, WindowLengths())) == len(found)
        assert matches_reaching(WeekTables(tables, "raw_matches", []), WEEK, WindowLengths()).empty

    write_week(tables, "raw_matches", WEEK.key, found.iloc[1:].reset_index(drop=True), Origin("mock", "1", "run"))
    assert len(matches_reaching(stored, WEEK, WindowLengths())) == len(found) - 1
    assert len(matches_reaching(remembered, WEEK, WindowLengths())) == len(found) - 1
