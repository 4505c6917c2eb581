"""Which backfill an interrupted one goes on with, by the tags of its runs: nothing else is written down.

A backfill that ended with all weeks made is over; the same command again makes all of them anew.
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
    """One backfill: its id, the runs of it so far, and when it began (None if it has not)."""

    backfill: str
    weeks: str
    run_ids: frozenset[str] = frozenset()
    began_at: datetime | None = None

    @property
    def tags(self) -> dict[str, str]:
        """Tags of its runs."""
        return {BACKFILL_TAG: self.backfill, WEEKS_TAG: self.weeks}

    def is_done(self, tables: TableStore, staleness: Staleness) -> Callable[[str, MatchWeek], bool]:
        """Tells of an asset and week whether this attempt has made it, and it is as it should be still."""

        def check(asset: str, week: MatchWeek) -> bool:
            facts = tables.week_facts(asset, week.key) if self.run_ids else None
            return facts is not None and facts.run_id in self.run_ids and staleness.of_week(asset, week) is None

        return check


def attempt_for(instance: dg.DagsterInstance, first: str, last: str, is_anew: bool) -> Attempt:
    """The unfinished backfill of exactly these weeks, or a new one."""
    weeks = f"{first}...{last}"
    latest = [] if is_anew else instance.get_runs(dg.RunsFilter(tags={WEEKS_TAG: weeks}), limit=1)
    if latest:
        backfill = latest[0].tags[BACKFILL_TAG]
        records = instance.get_run_records(dg.RunsFilter(tags={BACKFILL_TAG: backfill}), limit=_MANY)
        if not any(_is_its_end(record.dagster_run) for record in records):
            began_at = min(record.create_timestamp for record in records)
            return Attempt(backfill, weeks, frozenset(r.dagster_run.run_id for r in records), began_at)
    return Attempt(uuid.uuid4().hex[:12], weeks)


def _is_its_end(run: dg.DagsterRun) -> bool:
    return run.job_name == ANALYSE and run.is_success and run.tags.get(ALL_MADE_TAG) == "yes"
