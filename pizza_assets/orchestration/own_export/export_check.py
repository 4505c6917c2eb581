"""Checks an export under a mapping: accounts for every line, and estimates which questions its orders could answer.

Stores only the order lines in the cache, so that a later run need not read the export again.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pandas as pd

from pizza_assets.analysis.windows import WindowLengths
from pizza_assets.errors import SourceError
from pizza_assets.models import RawMatches, RejectedRows
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.orchestration.own_export.doubts import doubts_of, zone_doubts
from pizza_assets.orchestration.own_export.market_proposal import ProposedMarket, propose_markets
from pizza_assets.orchestration.own_export.place_settings import missing_leagues, place_settings
from pizza_assets.orchestration.own_export.readiness import Readiness, all_matches, readiness
from pizza_assets.orchestration.own_export.trading_holes import TradingHours
from pizza_assets.orchestration.sources import Sources, markets_of, span_of_orders
from pizza_assets.settings import Settings
from pizza_assets.sources.base import Clock, SourceResult
from pizza_assets.sources.fallback import matches_or_mock
from pizza_assets.sources.matches.team_names import known_clubs
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.files import OrderFiles

EXAMPLES_PER_REASON = 3
NOTES = ("replaced_versions", "moved_out_of_gap", "first_of_two")
"""Counts about orders rather than lines."""


@dataclass(frozen=True)
class ClosedDays:
    """Business days within a market's period without an order. shared: days on which no market has an order."""

    by_market: Mapping[str, int]
    shared: tuple[str, ...]


@dataclass(frozen=True)
class ExportCheck:
    """The result. lines: number of lines by outcome, adding up to lines_read. bad_files: file to why it can't be read.
    rejected: RejectedRows, a few examples per rule, with `times`: how many lines broke it. span: local times of the
    first and the last order. matches: of all weeks; match_reasons: why some are missing or stand-ins. proposed: a
    markets table for these orders; None if one is configured, or the built-in one contains all markets. aside: the
    first lines that are no orders. doubts: what is unusual enough to be looked at before the export is used.
    place: the settings that its markets need, by variable, as they are in another country. listed_holes: lost hours on
    listed special days, in words. readiness: with that table; None without orders.
    """

    files: tuple[str, ...]
    lines_read: int
    lines: Mapping[str, int]
    notes: Mapping[str, int]
    bad_files: Mapping[str, str]
    rejected: pd.DataFrame
    weeks: tuple[MatchWeek, ...]
    span: tuple[pd.Timestamp, pd.Timestamp] | None
    closed: ClosedDays
    matches: pd.DataFrame
    match_reasons: tuple[str, ...]
    proposed: tuple[ProposedMarket, ...] | None
    aside: tuple[str, ...]
    doubts: tuple[str, ...]
    place: Mapping[str, str]
    listed_holes: tuple[str, ...]
    readiness: Readiness | None


def check_export(path: Path, mapping: FileMapping, cache: Path, settings: Settings, clock: Clock) -> ExportCheck:
    """Read the export at `path` under `mapping` into the `cache`, and estimate what it could answer.

    Memory is bounded by the largest week. Raises ConfigurationError if there is no such export.
    """
    files = OrderFiles(path, mapping, cache, settings.timezone, clock, markets_of(settings))
    facts = files.facts
    span = span_of_orders(files) if facts.coverage else None
    weeks = tuple(weeks_between(*span)) if span else ()
    answers = _matches(weeks, settings, clock)
    matches = all_matches(answers)
    proposed = _proposed(facts.coverage, matches, mapping, settings)
    markets = markets_of(settings) if proposed is None else tuple(entry.market for entry in proposed)
    zone = mapping.zone_of_days(settings.timezone)
    lengths = WindowLengths.from_settings(settings)
    hours = TradingHours(zone)
    ready = readiness(weeks, hours.watching(files.orders), answers, markets, lengths, zone) if weeks else None
    rejected = _examples(files, weeks)
    holes = hours.holes()
    listed = [hole for hole in holes if hole.is_listed(settings.markets())]
    asked = [hole for hole in holes if hole not in listed]
    names = {period.market for period in facts.coverage}
    own = [market for market in markets if market.name in names]
    return ExportCheck(
        files=tuple(facts.lines_read),
        lines_read=sum(facts.lines_read.values()),
        lines=facts.lines,
        notes={kind: facts.count(kind) for kind in NOTES},
        bad_files=facts.bad_files,
        rejected=rejected,
        weeks=weeks,
        span=hours.span,
        closed=_closed_days(facts.coverage),
        matches=matches,
        match_reasons=tuple(dict.fromkeys(answer.reason for answer in answers.values() if answer.reason)),
        proposed=proposed,
        aside=facts.aside,
        doubts=(
            *doubts_of(facts, mapping, rejected, _ignored_files(path, mapping.files), asked),
            *zone_doubts(mapping, own, hours.span or ()),
        ),
        place=place_settings(own, hours.span or (), settings),
        listed_holes=tuple(hole.text for hole in listed),
        readiness=ready,
    )


def _ignored_files(path: Path, pattern: str) -> tuple[str, ...]:
    """The files beside those of the export that its mapping does not read."""
    if not path.is_dir():
        return ()
    read = set(path.glob(pattern))
    return tuple(sorted(p.name for p in path.iterdir() if p.is_file() and p not in read and not p.name.startswith(".")))


def _matches(weeks: Sequence[MatchWeek], settings: Settings, clock: Clock) -> dict[str, SourceResult]:
    """The matches of each week from the source or its stand-in; none if the source fails without fallback."""
    sources = Sources(replace(settings, orders="mock"), clock)  # only for matches: a mapping may not be set yet

    def answer(week: MatchWeek) -> SourceResult:
        try:
            return matches_or_mock(sources.matches, sources.mock_matches, week, settings.fallback)
        except SourceError as error:
            return SourceResult(RawMatches.empty(), DataSource.REAL, sources.matches.name, False, reason=str(error))

    return {week.key: answer(week) for week in weeks}


def _proposed(
    covered: Sequence[CoveredPeriod], matches: pd.DataFrame, mapping: FileMapping, settings: Settings
) -> tuple[ProposedMarket, ...] | None:
    known = {market.name: market for market in settings.markets()}
    names = {period.market for period in covered}
    if settings.markets_file is not None or names <= set(known):
        return None
    zone = mapping.zone_of_days(settings.timezone)
    followed = {team for market in known.values() for team in market.teams}
    # clubs of a country whose league is not chosen yet have no match here
    here = [Market("", zone, ())]
    abroad = {club for code in missing_leagues(here, settings) for club in known_clubs(code)}
    teams = sorted({*matches["home_team"], *matches["away_team"], *followed, *abroad})
    return tuple(propose_markets(sorted(names), teams, known, zone))


def _examples(files: OrderFiles, weeks: Sequence[MatchWeek]) -> pd.DataFrame:
    """The first refused lines of each column and rule, the most frequent rule first."""
    kept, counts = [], Counter[tuple[str, str]]()
    for week in weeks:
        rejected = files.rejected(week)
        counts.update(zip(rejected["column"], rejected["check"], strict=True))
        kept.append(rejected.groupby(["column", "check"]).head(EXAMPLES_PER_REASON))
    rows = pd.concat([part for part in kept if len(part)] or [RejectedRows.empty()], ignore_index=True)
    rows = rows.groupby(["column", "check"]).head(EXAMPLES_PER_REASON)
    times = [counts[kind] for kind in zip(rows["column"], rows["check"], strict=True)]
    by_frequency = ["times", "column", "check"]
    return rows.assign(times=times).sort_values(by_frequency, ascending=[False, True, True], kind="stable")


def _closed_days(covered: Sequence[CoveredPeriod]) -> ClosedDays:
    """Gaps between the covered periods of a market: whole business days without an order."""
    days: dict[str, set[str]] = {}
    for market in {period.market for period in covered}:
        own = sorted((p.starts_at, p.ends_at) for p in covered if p.market == market)
        days[market], known_until = set(), own[0][1]
        for starts_at, ends_at in own:
            day = known_until
            while starts_at - day >= timedelta(hours=20):  # a business day with a clock change has 23 hours
                days[market].add(day.date().isoformat())
                day += timedelta(days=1)
            known_until = max(known_until, ends_at)
    shared = sorted(set.intersection(*days.values())) if days else []
    return ClosedDays({market: len(found) for market, found in sorted(days.items())}, tuple(shared))
