"""Matches whose windows may reach into a week, found once until a week changes; moved ones in their newest version."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest

from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.models import RawMatches
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.match_versions import matches_reaching, neighbours
from pizza_assets.orchestration.freshness.week_inputs import _RememberedWeeks
from pizza_assets.sources.matches.mock import MockMatches
from pizza_assets.storage.fingerprints import frame_fingerprint
from pizza_assets.storage.local_folder import LocalFolder
from pizza_assets.storage.tables import TableStore, WeekTables
from pizza_assets.storage.week_writer import Origin
from pizza_assets_tests.support.stored_week import write_week

WEEK = MatchWeek("2026-03-31", "Europe/London")
NOW = datetime(2026, 4, 10, tzinfo=UTC)
LENGTHS = WindowLengths()


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


@pytest.mark.parametrize("minutes_later", [60, 0, -60])
def test_a_match_that_two_weeks_list_counts_as_the_week_collected_last_has_it(
    tmp_path: Path, minutes_later: int
) -> None:
    """Collected at the same time, the later week has the newer fixture. A plain way to find it gives the same frame."""
    clock = [NOW]
    tables = TableStore(LocalFolder(tmp_path), lambda: clock[0])
    weeks = [WEEK.shifted(n) for n in (-1, 0, 1)]
    parts = [MockMatches(now=lambda: NOW).matches(week).rows for week in weeks]
    moved = parts[1].iloc[[0]].assign(kickoff_at=parts[1]["kickoff_at"].iloc[0] + pd.Timedelta(hours=1))
    parts[2] = RawMatches.conform(pd.concat([moved, parts[2]]))
    for number, (week, rows) in enumerate(zip(weeks, parts, strict=True)):
        clock[0] = NOW + timedelta(minutes=minutes_later * number)
        write_week(tables, "raw_matches", week.key, rows, Origin("mock", "1", "run"))
        parts[number] = rows.assign(at=clock[0])

    found = matches_reaching(WeekTables(tables, "raw_matches", neighbours(WEEK)), WEEK, LENGTHS)

    together = pd.concat(parts, ignore_index=True).sort_values("at", kind="stable")
    newest = together.drop_duplicates(["match_source", "match_id"], keep="last").drop(columns="at")
    opens = newest["kickoff_at"] - pd.Timedelta(minutes=LENGTHS.pre_minutes)
    closes = newest["kickoff_at"] + pd.Timedelta(minutes=LENGTHS.penalties_minutes + LENGTHS.post_minutes)
    expected = RawMatches.conform(newest[(opens < WEEK.ends_at) & (closes > WEEK.starts_at)])
    pd.testing.assert_frame_equal(found, expected)
    assert frame_fingerprint(found) == frame_fingerprint(expected)
    [kickoff_at] = found.loc[found["match_id"] == moved["match_id"].iloc[0], "kickoff_at"]
    assert (kickoff_at == moved["kickoff_at"].iloc[0]) == (minutes_later >= 0)
