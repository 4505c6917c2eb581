"""The whole asset graph in one process, on mock sources and a folder of its own, for tests."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import dagster as dg

from pizza_assets.definitions import build_definitions
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.staleness import Staleness
from pizza_assets.orchestration.resources import build_io_manager, build_staleness, build_tables
from pizza_assets.orchestration.runs.backfill import CHUNK_WEEKS, Backfill, Collected, Request
from pizza_assets.orchestration.runs.local_run import run_analysis
from pizza_assets.orchestration.sources import Sources
from pizza_assets.settings import Settings
from pizza_assets.sources.base import SourceResult
from pizza_assets.storage.layout import PLACES
from pizza_assets.storage.tables import TableStore

WEEKS = ["2026-08-18", "2026-08-25", "2026-09-01"]
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Pipeline:
    """Definitions and tables around one storage; `sources` may replace the run's sources."""

    def __init__(
        self,
        storage: Path | str,
        sources: Callable[[Sources], None] | None = None,
        now: datetime = NOW,
        chunk_weeks: int = CHUNK_WEEKS,
        **environ: str,
    ) -> None:
        self.environ = {"PIZZA_STORAGE": str(storage), "PIZZA_MATCHES": "mock", **environ}
        self.settings = Settings.from_environment(self.environ)
        self.now, self.chunk_weeks = now, chunk_weeks
        self.sources = Sources(self.settings, lambda: now)
        if sources is not None:
            sources(self.sources)
        self.tables: TableStore = build_tables(self.settings, lambda: now)
        io_manager = build_io_manager(self.settings, self.tables)
        self.definitions = build_definitions(
            self.environ,
            {"clock": lambda: now, "sources": self.sources, "tables": self.tables, "io_manager": io_manager},
        )

    def staleness(self, instance: dg.DagsterInstance) -> Staleness:
        return build_staleness(self.settings, self.tables, self.sources, self.definitions, instance, lambda: self.now)

    def backfill(self, instance: dg.DagsterInstance) -> Backfill:
        return Backfill(self.definitions, instance, self.staleness(instance), self.chunk_weeks)

    def collect(self, instance: dg.DagsterInstance, weeks: Sequence[str], is_stale_only: bool = False) -> Collected:
        request = Request([self.week(key) for key in weeks], is_stale_only)
        return self.backfill(instance).collect(request)

    def analyse(self, instance: dg.DagsterInstance) -> str | None:
        return run_analysis(self.definitions, instance, {})

    def week(self, key: str) -> MatchWeek:
        return MatchWeek(key, self.settings.timezone)

    def checksums(self) -> dict[str, str]:
        """SHA-256 of every stored week."""
        found = {}
        for asset, place in PLACES.items():
            for week in self.tables.weeks(asset) if place.weekly else []:
                facts = self.tables.week_facts(asset, week)
                assert facts is not None
                found[f"{asset} {week}"] = facts.sha256
        return found


def collect_mock_weeks(data: Path, instance: dg.DagsterInstance) -> None:
    """Makes the world `collected`."""
    done = Pipeline(data).collect(instance, WEEKS)
    assert (done.failures, done.error) == ({}, None)


def collect_and_analyse_mock_weeks(data: Path, instance: dg.DagsterInstance) -> None:
    """Makes the world `analysed`."""
    collect_mock_weeks(data, instance)
    assert Pipeline(data).analyse(instance) is None


class PoisonedMatches:
    """Mock matches, except that the source's answer for one week is invalid."""

    is_remote = False

    def __init__(self, inner: Any, poisoned: set[str], error: Exception) -> None:
        self._inner, self._poisoned, self._error = inner, poisoned, error
        self.name = inner.name

    def matches(self, week: MatchWeek) -> SourceResult:
        if week.key in self._poisoned:
            raise self._error
        return self._inner.matches(week)


def poison(week: str, error: Exception) -> Callable[[Sources], None]:
    def apply(sources: Sources) -> None:
        sources.matches = PoisonedMatches(sources.mock_matches, {week}, error)

    return apply


def as_real(sources: Sources) -> None:
    sources.matches = RelabelledMatches(sources.mock_matches)


class RelabelledMatches:
    """Mock matches labelled as real, which only a test may do."""

    name = "openfootball"
    is_remote = True
    identity = "a test"

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def matches(self, week: MatchWeek) -> SourceResult:
        result = self._inner.matches(week)
        return replace(
            result,
            rows=result.rows.assign(match_source="real"),
            events=result.events.assign(match_source="real"),
            data_source=DataSource.REAL,
            source_name=self.name,
        )
