"""The sensor for results polls when a match should be over, and requests its week once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import dagster as dg
import pytest

from pizza_assets.definitions import build_definitions
from pizza_assets.errors import Unreachable
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.automation.match_sensor import finished_matches
from pizza_assets.settings import Settings
from pizza_assets.sources.base import SourceResult
from pizza_assets_tests.support.pipeline import Pipeline, RelabelledMatches, as_real
from pizza_assets_tests.support.worlds import Worlds

WEEK = "2026-08-25"
BEFORE = datetime(2026, 8, 29, 9, tzinfo=UTC)
AFTER = datetime(2026, 8, 30, 23, tzinfo=UTC)


class Counted:
    """A real source as of a given time that counts its requests, or fails."""

    name = "openfootball"
    is_remote = True

    def __init__(self, pipeline: Pipeline, error: Exception | None = None) -> None:
        self._inner = RelabelledMatches(pipeline.sources.mock_matches)
        self._error = error
        self.asked = 0

    def matches(self, week: MatchWeek) -> SourceResult:
        self.asked += 1
        if self._error is not None:
            raise self._error
        return self._inner.matches(week)


def before_the_weekend(data: Path, instance: dg.DagsterInstance) -> None:
    assert Pipeline(data, as_real, now=BEFORE).collect(instance, [WEEK]).failures == {}


@pytest.fixture
def stored(worlds: Worlds, tmp_path: Path) -> Pipeline:
    """Weeks stored from a real source before the weekend."""
    return Pipeline(worlds.copy("before the weekend", before_the_weekend, tmp_path).data, as_real, now=BEFORE)


def look(pipeline: Pipeline, now: datetime, source: Any, cursor: str | None = None) -> Any:
    settings = replace(pipeline.settings, matches="openfootball")
    (sensor,) = finished_matches(settings)
    resources = {"clock": lambda: now, "tables": pipeline.tables, "sources": Sources(source)}
    definitions = build_definitions(pipeline.environ)
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(
            instance=instance, cursor=cursor, resources=resources, definitions=definitions
        )
        return sensor.evaluate_tick(context)


class Sources:
    def __init__(self, matches: Any) -> None:
        self.matches = matches


def test_a_weekend_of_results_is_one_run(stored: Pipeline, tmp_path: Path) -> None:
    later = Pipeline(tmp_path, now=AFTER)
    result = look(stored, AFTER, Counted(later))
    (request,) = result.run_requests
    assert request.tags["dagster/asset_partition_range_start"] == WEEK
    again = look(stored, AFTER, Counted(later), result.cursor)
    assert again.run_requests[0].run_key == request.run_key, "the same change asks once"


def test_the_source_is_not_polled_before_a_match_can_be_over(stored: Pipeline) -> None:
    source = Counted(stored)
    asked_at = (BEFORE - timedelta(hours=1)).isoformat()
    assert look(stored, BEFORE, source, asked_at).skip_message
    assert source.asked == 0


def test_the_source_is_polled_periodically_for_moved_kick_offs(stored: Pipeline) -> None:
    source = Counted(stored)
    asked_at = (BEFORE - timedelta(hours=7)).isoformat()
    assert look(stored, BEFORE, source, asked_at).skip_message
    assert source.asked > 0


def test_a_failing_source_skips_the_tick_instead_of_failing_it(stored: Pipeline) -> None:
    result = look(stored, AFTER, Counted(stored, Unreachable("no route")))
    assert not result.run_requests
    assert "no route" in (result.skip_message or "")


def test_mock_matches_have_no_sensor() -> None:
    assert finished_matches(Settings(matches="mock")) == []
