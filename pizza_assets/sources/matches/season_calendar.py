"""Seasons: their names, their bounds, and dates typed with the wrong year. Files don't belong here."""

import re
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.competitions import COMPETITIONS, Competition
from pizza_assets.models.vocabulary import CompetitionType
from pizza_assets.models.week import MatchWeek

_SPLIT_SEASON = re.compile(r"(\d{4})-(\d{2})")
_ROUND = r"(?:matchday|matchweek|gameweek|week|round|spieltag|jornada|journ[ée]e|giornata)"
_ROUND_NUMBER = re.compile(
    rf"(?:regular(?:\s+season)?\s*,\s*)?(?:{_ROUND}\s+(\d{{1,2}})|(\d{{1,2}})(?:\.|ª|º|a|e|er|ère|ème|th)?\s+{_ROUND})",
    re.IGNORECASE,
)


def split_season(first_year: int) -> str:
    """The name of a season from summer to summer: 2015 gives "2015-16"."""
    return f"{first_year}-{(first_year + 1) % 100:02d}"


def seasons_near(competition: Competition, first: date, last: date) -> list[str]:
    """The seasons that may have matches from `first` to `last`, in order of time; empty if no tournament is due.

    A season runs from July to June. From June to September both adjoining seasons count: 2019-20 was played until
    the end of July 2020 (Champions League: until 23 August), and 2020-21 only began in September.
    """
    if competition.tournament_years is not None:
        years = sorted({first.year, last.year})
        return [str(year) for year in years if year in competition.tournament_years]
    first_years = {day.year if day.month >= 7 else day.year - 1 for day in (first, last)}
    for day in (first, last):
        if 6 <= day.month <= 9:
            first_years |= {day.year - 1, day.year}
    return [split_season(year) for year in sorted(first_years)]


def seasons_of_week(competition: Competition, week: MatchWeek, chosen: Sequence[str] = ()) -> list[str]:
    """The competition's seasons to read for a week: those near it, or those of `chosen` that it belongs to."""
    zone = ZoneInfo(competition.timezone or "UTC")
    first, last = week.starts_at.astimezone(zone).date(), week.ends_at.astimezone(zone).date()
    if not chosen:
        return seasons_near(competition, first, last)
    spans = {season: season_span(competition, season) for season in chosen if has_season(competition, season)}
    return sorted(season for season, (begins, ends) in spans.items() if begins <= last and first <= ends)


def season_span(competition: Competition, season: str) -> tuple[date, date]:
    """The first and last day of a season: from July to June, or a tournament's year.

    In 2020 alone the season changed later: on 10 August in leagues, on 1 September in cups.
    """
    if competition.tournament_years is not None:
        return date(int(season), 1, 1), date(int(season), 12, 31)
    first_year = int(season[:4])
    begins, next_begins = (_first_day(competition, year) for year in (first_year, first_year + 1))
    return begins, next_begins - timedelta(days=1)


def _first_day(competition: Competition, year: int) -> date:
    if year != 2020:
        return date(year, 7, 1)
    return date(year, 8, 10) if competition.type is CompetitionType.LEAGUE else date(year, 9, 1)


def has_season(competition: Competition, season: str) -> bool:
    """Whether the competition can have a season of this name."""
    if competition.tournament_years is not None:
        return season.isdigit() and int(season) in competition.tournament_years
    split = _SPLIT_SEASON.fullmatch(season)
    return split is not None and season == split_season(int(split[1]))


def chosen_competitions(codes: Sequence[str], known: Collection[str], seasons: Sequence[str]) -> list[Competition]:
    """The competitions with these codes. Raises ConfigurationError for a code that is not `known`, or a foreign season.

    See `refuse_foreign_seasons`.
    """
    unknown = [code for code in codes if code not in known]
    if unknown or not codes:
        listed = ", ".join(known)
        raise ConfigurationError(f"competition {', '.join(unknown) or '(none)'} is not known; choose from {listed}")
    competitions = [COMPETITIONS[code] for code in dict.fromkeys(codes)]
    refuse_foreign_seasons(seasons, competitions)
    return competitions


def refuse_foreign_seasons(chosen: Sequence[str], competitions: Sequence[Competition]) -> None:
    """Raise ConfigurationError for a chosen season that none of the competitions can have."""
    for season in chosen:
        if not any(has_season(competition, season) for competition in competitions):
            names = ", ".join(competition.name for competition in competitions)
            raise ConfigurationError(
                f"season {season} is not a season of {names}; write 2024-25 for a league or cup and the year for a "
                "World Cup"
            )


def season_bounds(season: str) -> tuple[date, date]:
    """The first and last plausible day of a match of `season`; wide enough for the summer of 2020.

    A tournament may be postponed to the year after its name. Raises ValueError for a name of another form.
    """
    split = _SPLIT_SEASON.fullmatch(season)
    if split:
        return date(int(split[1]), 6, 1), date(int(split[1]) + 1, 9, 30)
    return date(int(season), 1, 1), date(int(season) + 1, 12, 31)


def round_number(round_name: str | None) -> int | None:
    """The number of a league's round ("Matchday 12", "Regular, Matchday 12", "12. Spieltag"), or None."""
    found = _ROUND_NUMBER.fullmatch(round_name or "")
    return int(found[1] or found[2]) if found else None


def corrected_years(days: Sequence[date | None], rounds: Sequence[int | None], season: str) -> list[date | None]:
    """`days` with the year raised by one where it was mistyped.

    In the second half of a season the year is sometimes typed one too low (66 matches of June and July 2020 are dated
    2019 in the 2019-20 file). Such a day lies before the league's opening round. It is moved if a year later it lies
    within the season and nearer to the expected date of its round, counting one round a week: a match that was merely
    brought forward to the days before the opening round keeps its date.
    """
    openings = sorted(day for day, number in zip(days, rounds, strict=True) if day and number == 1)
    if not openings or not _SPLIT_SEASON.fullmatch(season):
        return list(days)
    opening = openings[len(openings) // 2]
    latest = season_bounds(season)[1]

    def corrected(day: date | None, number: int | None) -> date | None:
        if day is None or number is None or day >= opening or (day.month, day.day) == (2, 29):
            return day
        expected = opening + timedelta(weeks=number - 1)
        later = day.replace(year=day.year + 1)
        return later if later <= latest and abs(later - expected) < abs(day - expected) else day

    return [corrected(day, number) for day, number in zip(days, rounds, strict=True)]
