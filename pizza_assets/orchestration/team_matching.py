"""Who is matched to what: the teams of stored or known matches, the markets that follow them, and what looks wrong.

Warnings only: no match is renamed here.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import pandas as pd

from pizza_assets.errors import did_you_mean, quoted
from pizza_assets.models.competitions import COMPETITIONS
from pizza_assets.models.market import Market, Markets
from pizza_assets.models.vocabulary import CompetitionType, DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.matches.club_similarity import possible_splits
from pizza_assets.sources.matches.sides import UNDECIDED
from pizza_assets.sources.matches.team_names import is_known, known_clubs
from pizza_assets.storage.tables import TableStore, WeekTables

COLUMNS = ["competition", "season", "home_team", "away_team", "match_source"]
WEEKS_BACK = 60
"""Weeks before a run that are compared with it: its season and the one before."""
_LEAGUES = {c.name: c.code for c in COMPETITIONS.values() if c.type is CompetitionType.LEAGUE}
_ENOUGH_MATCHES = 3
"""Matches per team from which a season counts as collected: earlier, a team may just not have played yet."""


@dataclass(frozen=True)
class TeamRow:
    """A team in a competition: its seasons in order, its number of matches, and the markets that follow it."""

    competition: str
    team: str
    seasons: tuple[str, ...]
    matches: int
    markets: tuple[str, ...]


def stored_matches(tables: TableStore, weeks: Sequence[str], label: DataSource = DataSource.REAL) -> pd.DataFrame:
    """The matches with this label stored for these weeks: COLUMNS of RawMatches. Weeks without any are not read."""
    other = DataSource.REAL if label == DataSource.MOCK else DataSource.MOCK
    stored = WeekTables(tables, "raw_matches", weeks)
    read = [week for week in stored if (facts := stored.facts(week)) and facts.data_source != other]
    parts = [part for week in read if len(part := stored.read(week, COLUMNS))]
    matches = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)
    return matches[matches["match_source"] == label].reset_index(drop=True)


def weeks_to_compare(first: MatchWeek, last: MatchWeek) -> list[str]:
    """The weeks of a run and WEEKS_BACK weeks before it."""
    weeks, week = [], first.shifted(-WEEKS_BACK)
    while week <= last:
        weeks.append(week.key)
        week = week.shifted(1)
    return weeks


def team_rows(matches: pd.DataFrame, markets: Markets) -> list[TeamRow]:
    """Every team by competition and name."""
    rows = []
    appearances = _appearances(matches)
    for (competition, team), found in appearances.groupby(["competition", "team"], sort=True):
        following = tuple(market.name for market in markets if team in market.teams)
        seasons = tuple(sorted(found["season"].unique()))
        rows.append(TeamRow(str(competition), str(team), seasons, len(found), following))
    return rows


def warnings_about_teams(matches: pd.DataFrame, markets: Sequence[Market], *, chosen_markets: bool) -> list[str]:
    """Names that may be one club, and followed teams without a match in a season of a league that covers them.

    chosen_markets: whether somebody chose the markets; the built-in ones follow the clubs of one season only.
    """
    splits = [str(split) for split in possible_splits(matches)]
    return [*splits, *(absences(matches, markets) if chosen_markets else [])]


def absence_of(team: str, playing: Collection[str], *, are_mock: bool) -> str | None:
    """Why a followed team plays none of some matches, for a warning; None if that needs none. are_mock: all of them.

    Invented matches are between some clubs only, so there the table of clubs decides whether the name is right.
    """
    if team in playing or (are_mock and is_known(team)):
        return None
    if are_mock:
        clubs = {club for code in COMPETITIONS for club in known_clubs(code)}
        return f"is no club that is known here{did_you_mean(team, clubs)}; all these matches are mock"
    return f"plays none of these matches{did_you_mean(team, playing)}; teams: {', '.join(sorted(playing)) or 'none'}"


def unknown_chains(named: Iterable[str], known: Collection[str]) -> list[str]:
    """A warning for each chain that the markets table names and no order is of; none while no order is known."""
    return [
        f"chain {quoted(name)} of the markets table has no order{did_you_mean(name, known)}; chains with orders: "
        f"{', '.join(sorted(known))}"
        for name in named
        if known and name not in known
    ]


def absences(matches: pd.DataFrame, markets: Sequence[Market]) -> list[str]:
    """A warning per season of a country in which a followed team has no match.

    A league covers a team that it has in another season, or that the table of clubs lists for its country. A match in
    another league of the same country counts: a relegated team is missed only where its new league is not collected.
    """
    appearances = _appearances(matches)
    appearances = appearances[appearances["competition"].isin(list(_LEAGUES))]
    leagues: dict[tuple[str, str], list[str]] = defaultdict(list)
    for (competition, season), found in appearances.groupby(["competition", "season"], sort=True):
        if len(found) >= _ENOUGH_MATCHES * found["team"].nunique():
            leagues[_country(str(competition)), str(season)].append(str(competition))
    warnings = []
    for (country, season), competitions in leagues.items():
        in_country = appearances[appearances["competition"].map(_country) == country]
        covered = set(in_country["team"]) | {club for name in competitions for club in known_clubs(_LEAGUES[name])}
        playing = set(in_country.loc[in_country["season"] == season, "team"])
        absent = [
            f"{team!r} (market {market.name!r})"
            for market in markets
            for team in market.teams
            if team in covered and team not in playing
        ]
        if absent:
            warnings.append(
                f"{' and '.join(competitions)} {season}: no match of {', '.join(absent)}; a followed team without one "
                "played in a league that is not collected, or has another name there (see pizza teams)"
            )
    return warnings


def _country(competition: str) -> str:
    return _LEAGUES[competition].partition(".")[0]


def _appearances(matches: pd.DataFrame) -> pd.DataFrame:
    """competition, season, team: one row per match and side that is known."""
    sides = [
        matches[["competition", "season", side]].rename(columns={side: "team"}) for side in ("home_team", "away_team")
    ]
    together = pd.concat(sides, ignore_index=True)
    return together[together["team"] != UNDECIDED]
