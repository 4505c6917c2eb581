"""Goals from the user's file, and chosen seasons, in the whole asset graph."""

from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest

from pizza_assets.models import RawMatchEvents
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.runs.run_summary import summary
from pizza_assets.orchestration.sources import Sources
from pizza_assets.sources.base import SourceResult
from pizza_assets_tests.support.pipeline import WEEKS, Pipeline, RelabelledMatches, as_real

LONDON = ZoneInfo("Europe/London")
HEADER = "date,home_team,away_team,minute,side,event_type"


@pytest.fixture
def instance() -> dg.DagsterInstance:
    return dg.DagsterInstance.ephemeral()


class WithoutEvents(RelabelledMatches):
    """A real league as openfootball has it: results, but no goal."""

    is_remote = False

    def matches(self, week: MatchWeek) -> SourceResult:
        return replace(super().matches(week), events=RawMatchEvents.empty())


def without_events(sources: Sources) -> None:
    sources.matches = WithoutEvents(sources.mock_matches)


def goals_of(pipeline: Pipeline, *weeks: str) -> list[str]:
    """A line for each goal of the results of these weeks."""
    return [
        f"{row['kickoff_at'].astimezone(LONDON):%Y-%m-%d},{row['home_team']},{row['away_team']},{n + 1},{side},goal"
        for week in weeks
        for row in pipeline.sources.matches.matches(pipeline.week(week)).rows.to_dict("records")
        for side in ("home", "away")
        for n in range(row[f"{side}_goals"])
    ]


@pytest.fixture
def goals(tmp_path: Path) -> Path:
    path = tmp_path / "goals.csv"
    lines = goals_of(Pipeline(tmp_path / "other", without_events), *WEEKS)
    path.write_text("\n".join([HEADER, *lines, "2026-08-22,Atlantis,Mu,1,home,goal"]))
    return path


def test_goals_of_a_file_are_stored_with_real_matches(
    tmp_path: Path, goals: Path, instance: dg.DagsterInstance
) -> None:
    pipeline = Pipeline(tmp_path / "data", without_events, PIZZA_MATCHES="openfootball", PIZZA_MATCH_EVENTS=str(goals))
    collected = pipeline.collect(instance, WEEKS)
    assert (collected.failures, collected.error) == ({}, None)
    for week in WEEKS:
        events = pipeline.tables.read_week("raw_match_events", week)
        matches = pipeline.tables.read_week("raw_matches", week)
        facts = pipeline.tables.week_facts("raw_match_events", week)
        assert events is not None
        assert matches is not None
        assert facts is not None
        assert len(events.rows) == (matches.rows["home_goals"] + matches.rows["away_goals"]).sum() > 0
        assert set(events.rows["match_source"]) == {"real"}
        assert facts.source_name == "openfootball, goals.csv"
    rejected = pipeline.tables.rejected("raw_match_events", "2026-08-18")
    assert list(rejected["row_id"]) == ["2026-08-22 Atlantis v Mu"]
    assert pipeline.tables.rejected("raw_matches", "2026-08-18").empty
    text = summary(pipeline.tables, collected, None)
    assert "real; 1 rows refused (see the check rows_are_valid)" in text.split("Events")[1]


def test_goals_of_a_file_are_never_stored_with_mock_matches(
    tmp_path: Path, goals: Path, instance: dg.DagsterInstance
) -> None:
    pipeline = Pipeline(tmp_path / "data", PIZZA_MATCH_EVENTS=str(goals))
    plain = Pipeline(tmp_path / "plain")
    assert pipeline.collect(instance, WEEKS[:1]).failures == {}
    assert plain.collect(instance, WEEKS[:1]).failures == {}
    facts = pipeline.tables.week_facts("raw_match_events", WEEKS[0])
    assert facts is not None
    assert facts.data_source == DataSource.MOCK
    assert facts.reason is not None
    assert "lines of goals.csv are not used: the week's matches are mock" in facts.reason
    assert pipeline.checksums()[f"raw_match_events {WEEKS[0]}"] == plain.checksums()[f"raw_match_events {WEEKS[0]}"]
    assert "Events" not in summary(pipeline.tables, pipeline.collect(instance, WEEKS[:1]), None)


def test_only_weeks_with_changed_lines_become_stale(tmp_path: Path, goals: Path, instance: dg.DagsterInstance) -> None:
    settings = {"PIZZA_MATCHES": "openfootball", "PIZZA_MATCH_EVENTS": str(goals)}
    Pipeline(tmp_path / "data", without_events, **settings).collect(instance, WEEKS)

    def stale() -> dict[str, list[str]]:
        pipeline = Pipeline(tmp_path / "data", without_events, **settings)
        backfill = pipeline.backfill(instance)
        found = backfill.stale_weeks(backfill.graph.assets, map(pipeline.week, WEEKS))
        return {week: list(assets) for week, assets in found.items()}

    assert stale() == {}
    text = goals.read_text()
    goals.write_text(text + "\n2026-08-27,Atlantis,Mu,1,home,goal")
    assert stale() == {"2026-08-25": ["raw_match_events"]}
    goals.write_text(text.replace("goal\n", "own_goal\n", 1))
    assert stale() == {"2026-08-18": ["raw_match_events"]}
    goals.write_bytes(b"\x00")
    assert stale() == {week: ["raw_match_events"] for week in WEEKS}


def test_a_bad_file_fails_only_events_and_stored_ones_are_kept(
    tmp_path: Path, goals: Path, instance: dg.DagsterInstance
) -> None:
    settings = {"PIZZA_MATCHES": "openfootball", "PIZZA_MATCH_EVENTS": str(goals)}
    good = Pipeline(tmp_path / "data", without_events, **settings)
    good.collect(instance, WEEKS[:1])
    before = good.checksums()
    goals.write_text("date,home_team\n")
    collected = Pipeline(tmp_path / "data", without_events, **settings).collect(instance, WEEKS[:1])
    assert "goals.csv: column away_team is missing" in collected.failures[WEEKS[0]]
    assert good.checksums() == before


def test_weeks_outside_the_chosen_seasons_are_not_collected_and_stored_ones_kept(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    everything = Pipeline(tmp_path / "data", as_real, PIZZA_MATCHES="openfootball")
    everything.collect(instance, WEEKS[:1])
    before = everything.checksums()
    settings = {"PIZZA_MATCHES": "mock", "PIZZA_SEASONS": "2025-26"}
    for folder in ("data", "empty"):
        pipeline = Pipeline(tmp_path / folder, **settings)
        collected = pipeline.collect(instance, WEEKS[:1])
        assert (collected.failures, collected.error) == ({}, None)
    assert {key: value for key, value in everything.checksums().items() if key.startswith("raw_match")} == {
        key: value for key, value in before.items() if key.startswith("raw_match")
    }
    for asset in ("raw_matches", "raw_match_events", "mock_orders"):
        assert Pipeline(tmp_path / "empty", **settings).tables.weeks(asset) == []


def test_weeks_outside_the_chosen_seasons_are_never_replaced_with_mock(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    nowhere = {"PIZZA_MATCHES": "openfootball", "PIZZA_OPENFOOTBALL": "https://matches.invalid"}
    pipeline = Pipeline(tmp_path, PIZZA_SEASONS="2024-25", **nowhere)
    collected = pipeline.collect(instance, WEEKS[:1])
    assert (collected.failures, collected.error) == ({}, None)
    assert pipeline.tables.weeks("raw_matches") == []
    backfill = pipeline.backfill(instance)
    assert backfill.stale_weeks(backfill.graph.assets, [pipeline.week(WEEKS[0])]) == {}


def test_choosing_other_seasons_makes_only_affected_weeks_stale(tmp_path: Path) -> None:
    def made_of(key: str, **more: str) -> str | None:
        pipeline = Pipeline(tmp_path, as_real, PIZZA_MATCHES="openfootball", **more)
        staleness = pipeline.staleness(dg.DagsterInstance.ephemeral())
        return staleness._inputs.fingerprint("raw_matches", pipeline.week(key))

    assert made_of("2024-11-05") == made_of("2024-11-05", PIZZA_SEASONS="2024-25")
    assert made_of("2025-06-24") != made_of("2025-06-24", PIZZA_SEASONS="2024-25")
    assert made_of("2023-11-07", PIZZA_SEASONS="2024-25") is None
