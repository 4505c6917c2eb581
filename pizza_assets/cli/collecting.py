"""Implements `pizza run` and `pizza backfill`: collect weeks, analyse once, print a summary."""

import gc
import logging
import sys
from collections.abc import Sequence
from datetime import date

import dagster as dg

from pizza_assets.cli.clock import weeks_ahead_text
from pizza_assets.cli.terminal import say
from pizza_assets.counted_noun import counted_noun
from pizza_assets.errors import ConfigurationError
from pizza_assets.escaping import with_minus
from pizza_assets.freed_memory import keep_freed_memory
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.runs.backfill import Backfill, Collected, Request
from pizza_assets.orchestration.runs.backfill_plan import plan_text
from pizza_assets.orchestration.runs.dead_runs import fail_dead_runs
from pizza_assets.orchestration.runs.local_instance import local_instance
from pizza_assets.orchestration.runs.local_run import run_analysis
from pizza_assets.orchestration.runs.progress import Progress
from pizza_assets.orchestration.runs.resumption import ALL_MADE_TAG, Attempt, attempt_for
from pizza_assets.orchestration.runs.run_summary import summary, unknown_names
from pizza_assets.orchestration.runs.week_choice import chosen_weeks, covered_span
from pizza_assets.orchestration.sources import markets_of, span_of_orders
from pizza_assets.orchestration.team_matching import stored_matches, warnings_about_teams, weeks_to_compare
from pizza_assets.storage.layout import PLACES
from pizza_assets.temporary import sweep_temporary
from pizza_assets.workbench import Workbench

_MOST_NAMED = 10
"""Unreadable files that are named before a run; at its end all are."""


def run(first: date | None, last: date | None, finished_weeks: int) -> int:
    """Collect the chosen weeks again, analyse and summarise; returns the exit code."""
    bench = _quiet_bench()
    begin, end = bench.weeks_of(first, last)
    files = bench.sources.order_files
    if files is not None and begin is None and end is None:
        begin, end = covered_span(span_of_orders(files), finished_weeks, bench.settings)
    weeks = chosen_weeks(bench.settings, bench.now, begin, end, finished_weeks)
    bench.tables.objects.check()
    with local_instance() as instance:
        _clear_up(bench, instance)
        return _Collecting(bench, instance, len(weeks)).run(Request(weeks))


def backfill(first: date | None, last: date | None, *, is_stale_only: bool, is_dry_run: bool, starts_over: bool) -> int:
    """Collect the weeks from `first` to `last`, resuming an interrupted backfill of them; returns the exit code."""
    bench = _quiet_bench()
    weeks = _range(bench, first, last, is_stale_only)
    bench.tables.objects.check()
    with local_instance() as instance:
        _clear_up(bench, instance)
        attempt = attempt_for(instance, weeks[0].key, weeks[-1].key, starts_over or is_stale_only)
        collecting = _Collecting(bench, instance, len(weeks))
        is_done = attempt.is_done(bench.tables, collecting.staleness)
        request = Request(weeks, is_stale_only, is_done, {} if is_stale_only else attempt.tags)
        if is_dry_run:
            say(plan_text(collecting.backfill, collecting.staleness, request, attempt))
            return 0
        _report_resumption(attempt, request)
        return collecting.run(request)


class _Collecting:
    """One run of a command, from its weeks to the summary."""

    def __init__(self, bench: Workbench, instance: dg.DagsterInstance, weeks: int) -> None:
        self._bench, self._instance = bench, instance
        # where orders are real, mock_orders is materialized without a row
        shown = [asset for asset in PLACES if asset != "mock_orders" or bench.settings.may_invent_orders]
        self._progress = Progress(weeks, sys.stderr, shown)
        self._definitions = bench.definitions(self._progress.stored)
        self.staleness = bench.staleness(self._definitions, instance)
        self.backfill = Backfill(self._definitions, instance, self.staleness)
        gc.freeze()  # modules and definitions stay until the end: garbage is not looked for among them again and again

    def run(self, request: Request) -> int:
        _report_unreadable_files(self._bench)
        with self._progress:
            collected = self.backfill.collect(request)
            analysis_error = self._analyse(request, collected)
        warnings = _warnings(self._bench, collected.weeks)
        say(with_minus(summary(self._bench.tables, collected, analysis_error, warnings)))
        files = self._bench.sources.order_files
        has_bad_files = files is not None and bool(files.facts.bad_files)
        return 1 if collected.failures or collected.error or analysis_error or has_bad_files else 0

    def _analyse(self, request: Request, collected: Collected) -> str | None:
        """Analyse once; not at all if only stale tables were asked for and the analysis is up to date."""
        if request.is_stale_only and not self.staleness.of_analysis():
            return None
        all_made = {ALL_MADE_TAG: "no" if collected.failures or collected.error else "yes"} if request.tags else {}
        return run_analysis(self._definitions, self._instance, {**request.tags, **all_made})


def _clear_up(bench: Workbench, instance: dg.DagsterInstance) -> None:
    """Clear up what killed processes left behind: unfinished runs and half-written objects."""
    dead = fail_dead_runs(instance)
    swept, folders = bench.tables.objects.sweep(), sweep_temporary()
    if dead or swept or folders:
        say(
            f"cleaned up after a killed process: {counted_noun(len(dead), 'run', 'runs')}, "
            f"{counted_noun(swept, 'unfinished file', 'unfinished files')}, "
            f"{counted_noun(folders, 'temporary folder', 'temporary folders')}",
            is_problem=True,
        )


def _range(bench: Workbench, first: date | None, last: date | None, is_stale_only: bool) -> list[MatchWeek]:
    """The weeks from `first` to `last`; by default the current week, or with `is_stale_only` all stored weeks."""
    begin, end = bench.weeks_of(first, last)
    span = bench.stored_span() if is_stale_only else None
    if span is not None:
        begin, end = begin or span[0], end or span[1]
        if begin > end:
            raise ConfigurationError(f"stored are the weeks {span[0].key} to {span[1].key}; choose dates among these")
    if begin is None:
        why = "nothing is stored yet" if is_stale_only else "a backfill begins with the week you choose"
        raise ConfigurationError(f"{why}; name the first week with --from DATE")
    return chosen_weeks(bench.settings, bench.now, begin, end, 0)


def _report_resumption(attempt: Attempt, request: Request) -> None:
    if attempt.began_at is None:
        return
    weekly = [asset for asset, place in PLACES.items() if place.weekly]
    done = sum(request.is_done(asset, week) for asset in weekly for week in request.weeks)
    weeks = counted_noun(len(request.weeks), "week", "weeks")
    tables = counted_noun(done, "table is done and stays", "tables are done and stay")
    say(
        f"resuming the backfill of {attempt.began_at:%Y-%m-%d %H:%M} UTC over {weeks}: {tables} (--anew collects all "
        "of them again)",
        is_problem=True,
    )


def _report_unreadable_files(bench: Workbench) -> None:
    """Name the order files that can't be read, a line each: the summary, which names all, may be hours away."""
    files = bench.sources.order_files
    unreadable = [] if files is None else list(files.facts.bad_files.values())
    for why in unreadable[:_MOST_NAMED]:
        say(f"warning: order file {' '.join(why.split())}", is_problem=True)
    if len(unreadable) > _MOST_NAMED:
        say(
            f"warning: {len(unreadable) - _MOST_NAMED} more order files can't be read; all are named at the end",
            is_problem=True,
        )


def _warnings(bench: Workbench, weeks: Sequence[str]) -> list[str]:
    files = bench.sources.order_files
    warnings = [] if files is None else files.warnings()
    if bench.settings.markets_file is not None:
        chains = bench.settings.people().of_chains
        warnings += unknown_names(bench.tables, markets_of(bench.settings), weeks, chains)
    ahead = bench.weeks_ahead()
    warnings += [weeks_ahead_text(ahead, bench.now, bench.tables.objects.uri(""))] if ahead else []
    return warnings + _team_warnings(bench, weeks)


def _team_warnings(bench: Workbench, weeks: Sequence[str]) -> list[str]:
    """The same as in the check teams_are_matched."""
    if not weeks:
        return []
    first, last = (MatchWeek(week, bench.settings.timezone) for week in (min(weeks), max(weeks)))
    matches = stored_matches(bench.tables, weeks_to_compare(first, last))
    is_chosen = bench.settings.markets_file is not None
    return warnings_about_teams(matches, markets_of(bench.settings), chosen_markets=is_chosen)


def _quiet_bench() -> Workbench:
    keep_freed_memory()  # before order files are read
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    return Workbench()
