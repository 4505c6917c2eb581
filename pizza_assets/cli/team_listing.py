"""Implements `pizza teams`: which team is in which competition and season, and who follows it."""

import logging
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby

import pandas as pd

from pizza_assets.cli.names import known_name
from pizza_assets.cli.terminal import say
from pizza_assets.command_name import typed
from pizza_assets.counted_noun import counted_noun
from pizza_assets.errors import SourceError
from pizza_assets.models.market import Markets
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.orchestration.runs.week_choice import chosen_weeks
from pizza_assets.orchestration.sources import markets_of
from pizza_assets.orchestration.team_matching import (
    COLUMNS,
    TeamRow,
    stored_matches,
    team_rows,
    warnings_about_teams,
)
from pizza_assets.sources.base import MatchSource
from pizza_assets.sources.matches.club_similarity import possible_splits
from pizza_assets.workbench import Workbench

_WIDTH = 26


def list_teams(market_name: str | None, first: date | None, last: date | None) -> int:
    """Print the list and the warnings; returns the exit code."""
    logging.getLogger("dagster").setLevel(logging.CRITICAL)
    bench = Workbench()
    markets = _chosen(markets_of(bench.settings), market_name)
    if first is None and last is None:
        matches = stored_matches(bench.tables, bench.tables.weeks("raw_matches"))
    else:
        weeks = chosen_weeks(bench.settings, bench.now, *bench.weeks_of(first, last), 0)
        matches = _matches_of(bench.sources.matches, weeks)
    if matches.empty and first is None and last is None:
        say(_without_real_matches(bench, markets, market_name))
        return 0
    if matches.empty:
        say("the match source has no real match of these weeks; what is missing is named above")
        return 1
    followed = {team for market in markets for team in market.teams}
    rows = _rows(matches, markets, market_name)
    for text in _by_competition(rows, DataSource.REAL):
        say(text)
    for team in sorted(followed - {row.team for row in rows}):
        say(f"{team:{_WIDTH}}  no match")
    splits = possible_splits(matches)
    possible = counted_noun(len(splits), "possible split", "possible splits")
    say(f"{_teams(rows)}, {counted_noun(len(matches), 'match', 'matches')}, {possible}")
    is_chosen = bench.settings.markets_file is not None
    for warning in warnings_about_teams(matches, markets, chosen_markets=is_chosen):
        say(f"\nWarning  {warning}")
    return 1 if splits else 0


def _chosen(markets: Markets, name: str | None) -> Markets:
    if name is None:
        return markets
    asked = known_name("market", name, [market.name for market in markets])
    return tuple(market for market in markets if market.name == asked)


def _matches_of(source: MatchSource, weeks: list[MatchWeek]) -> pd.DataFrame:
    """The source's real matches of these weeks: COLUMNS of RawMatches. What is missing is said on stderr."""
    parts, failures = [], []
    for week in weeks:
        try:
            result = source.matches(week)
        except SourceError as error:
            failures.append(str(error))
            continue
        if result.reason:
            failures.append(result.reason)
        if result.data_source == DataSource.REAL and len(result.frame):
            parts.append(result.frame[COLUMNS])
    for failure in dict.fromkeys(failures):
        say(f"missing: {failure}", is_problem=True)
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


def _without_real_matches(bench: Workbench, markets: Markets, market_name: str | None) -> str:
    """The stored mock matches, marked as such, and how to get real ones."""
    weeks = bench.tables.weeks("raw_matches")
    mock = stored_matches(bench.tables, weeks, DataSource.MOCK)
    next_steps = _next_steps(bench, typed("run" if mock.empty else "backfill --stale-only"))
    if mock.empty:
        return f"No match is stored.\n\n{next_steps}"
    rows = _rows(mock, markets, market_name)
    return "\n".join(
        [
            "No real match is stored, only MOCK ones, which are invented:\n",
            *_by_competition(rows, DataSource.MOCK),
            f"{_teams(rows)}, {counted_noun(len(mock), 'MOCK match', 'MOCK matches')}, weeks {weeks[0]} to {weeks[-1]}",
            f"\n{next_steps}",
        ]
    )


def _next_steps(bench: Workbench, collect: str) -> str:
    """How to get real matches. collect: the command that collects them."""
    source = bench.settings.match_source
    if source.is_invented:
        return f"Next, for real matches: unset PIZZA_MATCHES, which is {bench.settings.matches}; then {collect}"
    when = f", once {bench.settings.matches} has some" if bench.tables.weeks("raw_matches") else ""
    return (
        f"Next, for real matches: {collect}{when}\n"
        f"To list those of other weeks without storing them: {typed('teams --from DATE')}"
    )


def _rows(matches: pd.DataFrame, markets: Markets, market_name: str | None) -> list[TeamRow]:
    """All teams, or those that the only market follows."""
    followed = {team for market in markets for team in market.teams}
    return [row for row in team_rows(matches, markets) if market_name is None or row.team in followed]


def _teams(rows: Iterable[TeamRow]) -> str:
    """How many there are."""
    return counted_noun(len({row.team for row in rows}), "team", "teams")


def _by_competition(rows: Iterable[TeamRow], label: DataSource) -> Iterator[str]:
    """A paragraph for each competition."""
    mark = "MOCK " if label == DataSource.MOCK else ""
    for competition, group in groupby(rows, key=lambda row: row.competition):
        yield f"{mark}{competition}\n" + "\n".join(_line(row, mark) for row in group) + "\n"


def _line(row: TeamRow, mark: str) -> str:
    markets = f"  followed by {', '.join(row.markets)}" if row.markets else ""
    matches = "match" if row.matches == 1 else "matches"
    return f"  {row.team:{_WIDTH}} {row.matches:4} {mark}{matches:7}  {_seasons_in_words(row.seasons)}{markets}"


def _seasons_in_words(seasons: tuple[str, ...]) -> str:
    return seasons[0] if len(seasons) == 1 else f"{len(seasons)} seasons, {seasons[0]} to {seasons[-1]}"
