"""Finds the interrupted backfill that a command resumes, using only the tags of its runs.

A backfill that made all weeks is finished; the same command then makes all of them again.
"""

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import dagster as dg

from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.staleness import Staleness
from pizza_assets.orchestration.jobs import ANALYSE
from pizza_assets.storage.tables import TableStore

BACKFILL_TAG = "pizza/backfill"
WEEKS_TAG = "pizza/backfill_weeks"
ALL_MADE_TAG = "pizza/backfill_all_made"
_MANY = 10_000


@dataclass(frozen=True)
class Attempt:
    """One backfill: its id, its weeks, its runs so far, and when it began (None if it has not)."""

    backfill: str
    weeks: str
    run_ids: frozenset[str] = frozenset()
    began_at: datetime | None = None

    @property
    def tags(self) -> dict[str, str]:
        """The tags of its runs."""
        return {BACKFILL_TAG: self.backfill, WEEKS_TAG: self.weeks}

    def is_done(self, tables: TableStore, staleness: Staleness) -> Callable[[str, MatchWeek], bool]:
        """A function that returns whether this attempt has made an asset's week and it is still up to date."""

        def check(asset: str, week: MatchWeek) -> bool:
            facts = tables.week_facts(asset, week.key) if self.run_ids else None
            return facts is not None and facts.run_id in self.run_ids and staleness.of_week(asset, week) is None

        return check


def attempt_for(instance: dg.DagsterInstance, first: str, last: str, starts_over: bool) -> Attempt:
    """The unfinished backfill of exactly these weeks, or a new one."""
    weeks = f"{first}...{last}"
    latest = [] if starts_over else instance.get_runs(dg.RunsFilter(tags={WEEKS_TAG: weeks}), limit=1)
    if latest:
        backfill = latest[0].tags[BACKFILL_TAG]
        records = instance.get_run_records(dg.RunsFilter(tags={BACKFILL_TAG: backfill}), limit=_MANY)
        if not any(_completes_backfill(record.dagster_run) for record in records):
            began_at = min(record.create_timestamp for record in records)
            return Attempt(backfill, weeks, frozenset(r.dagster_run.run_id for r in records), began_at)
    return Attempt(uuid.uuid4().hex[:12], weeks)


def _completes_backfill(run: dg.DagsterRun) -> bool:
    return run.job_name == ANALYSE and run.is_success and run.tags.get(ALL_MADE_TAG) == "yes"
