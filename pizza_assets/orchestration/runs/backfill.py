"""Runs weekly assets over many weeks, in layers of range runs, skipping what depends on failed weeks.

An asset that reads neighbouring weeks runs only after all weeks of its inputs are stored, so a range split into chunks
gives the same result as a single run. Single runs are in local_run.py, reasons for staleness in staleness.py.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

import dagster as dg

from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.freshness.staleness import MISSING, Staleness
from pizza_assets.orchestration.runs.local_run import run_range
from pizza_assets.orchestration.runs.weekly_graph import WeeklyGraph

CHUNK_WEEKS = 53
"""Weeks per range run: a year and the running week."""

Todo = dict[str, set[str]]
"""Asset to the weeks that remain to be made."""


@dataclass
class Collected:
    """The outcome. failures: week to error message. runs: number of range runs. made: number of (asset, week) pairs."""

    weeks: tuple[str, ...]
    failures: dict[str, str] = field(default_factory=dict)
    error: str | None = None
    runs: int = 0
    made: int = 0


@dataclass(frozen=True)
class Request:
    """What to make.

    weeks: match weeks in chronological order, gaps allowed. is_stale_only: only what is missing or stale. is_done:
    whether an earlier, interrupted attempt has made this asset's week. tags: for all runs.
    """

    weeks: Sequence[MatchWeek]
    is_stale_only: bool = False
    is_done: Callable[[str, MatchWeek], bool] = lambda _asset, _week: False
    tags: Mapping[str, str] = field(default_factory=dict)


class Backfill:
    """Brings weekly assets up to date on one instance."""

    def __init__(
        self,
        definitions: dg.Definitions,
        instance: dg.DagsterInstance,
        staleness: Staleness,
        chunk_weeks: int = CHUNK_WEEKS,
    ) -> None:
        self._definitions, self._instance, self._staleness = definitions, instance, staleness
        self._chunk_weeks = chunk_weeks
        self.graph = WeeklyGraph.of(definitions)

    def collect(self, request: Request) -> Collected:
        """Make the weeks. A failed week does not affect other weeks, and nothing downstream is made from it.

        Weeks next to the range are made again if the new weeks make them stale. Raises KeyboardInterrupt if the user
        stopped it; all stored weeks are complete then.
        """
        collected = Collected(tuple(week.key for week in request.weeks))
        skipped: Todo = {}
        for todo in self._steps(request):
            while collected.error is None and (run := next_run(_without(todo, skipped), self._chunk_weeks)):
                self._run(run, request, todo, skipped, collected)
        return collected

    def stale_weeks(self, assets: Iterable[str], weeks: Iterable[MatchWeek]) -> dict[str, dict[str, str]]:
        """Week to asset to the reason why it is stale."""
        found: dict[str, dict[str, str]] = {}
        for week in weeks:
            for asset in assets:
                why = self._staleness.of_week(asset, week)
                if why is not None:
                    found.setdefault(week.key, {})[asset] = why
        return found

    def _steps(self, request: Request) -> Iterator[Todo]:
        """What to make, step by step, lazily: each step depends on the results of the previous one.

        One step per layer, or a single step first if all weeks are requested and fit into one run.
        """
        if not request.is_stale_only and len(request.weeks) <= self._chunk_weeks:
            wanted = _wanted(self.graph.assets, request)
            # what an interrupted attempt has made of a week can become stale when the rest of it is made now
            resumed = [week for week in request.weeks if any(week.key not in weeks for weeks in wanted.values())]
            yield wanted
            for layer in self.graph.layers[1:]:
                yield self._stale(layer, [*resumed, *_adjacent_weeks(request.weeks)], is_stored=True)
            return
        for depth, layer in enumerate(self.graph.layers):
            yield self._stale(layer, request.weeks) if request.is_stale_only else _wanted(layer, request)
            if depth:
                yield self._stale(layer, _adjacent_weeks(request.weeks), is_stored=True)

    def _stale(self, layer: Sequence[str], weeks: Sequence[MatchWeek], is_stored: bool = False) -> Todo:
        """The layer's stale weeks, with their descendants in the same layer. is_stored: leave out missing weeks."""
        todo: Todo = {}
        for week, reasons in self.stale_weeks(layer, weeks).items():
            stale = {asset for asset, why in reasons.items() if not (is_stored and why == MISSING)}
            for asset in stale | (self.graph.descendants(stale) & set(layer)):
                todo.setdefault(asset, set()).add(week)
        return todo

    def _run(
        self, run: tuple[list[str], list[str]], request: Request, todo: Todo, skipped: Todo, collected: Collected
    ) -> None:
        assets, weeks = run
        result = run_range(self._definitions, self._instance, self.graph.in_order(assets), weeks, request.tags)
        collected.runs += 1
        collected.error = result.error
        for asset in result.done:
            todo[asset] -= set(weeks)
            collected.made += len(weeks) - len(result.failures.get(asset, {}))
        collected.failures |= {week: why for week, why in result.refused.items() if week not in collected.failures}
        for asset, failed in [*result.failures.items(), *result.blocked.items()]:
            for follower in self.graph.descendants([asset]):
                skipped.setdefault(follower, set()).update(failed)
            collected.failures |= {week: error for week, error in failed.items() if week not in collected.failures}


def next_run(todo: Todo, chunk_weeks: int) -> tuple[list[str], list[str]] | None:
    """The assets and weeks of the next range run, or None if nothing is left to do.

    These are the first remaining week and the consecutive weeks after it that need the same assets.
    """
    wanted: dict[str, set[str]] = {}
    for asset, weeks in todo.items():
        for week in weeks:
            wanted.setdefault(week, set()).add(asset)
    if not wanted:
        return None
    first = min(wanted)
    stretch = [first]
    while len(stretch) < chunk_weeks and wanted.get(following := _next_key(stretch[-1])) == wanted[first]:
        stretch.append(following)
    return sorted(wanted[first]), stretch


def _next_key(week: str) -> str:
    return (date.fromisoformat(week) + timedelta(weeks=1)).isoformat()


def _wanted(assets: Iterable[str], request: Request) -> Todo:
    return {asset: {week.key for week in request.weeks if not request.is_done(asset, week)} for asset in assets}


def _without(todo: Todo, skipped: Todo) -> Todo:
    return {asset: weeks - skipped.get(asset, set()) for asset, weeks in todo.items()}


def _adjacent_weeks(weeks: Sequence[MatchWeek]) -> list[MatchWeek]:
    """The weeks adjacent to the request and to its gaps; windows reach no further."""
    return sorted({week.shifted(step) for week in weeks for step in (-1, 1)} - set(weeks))
