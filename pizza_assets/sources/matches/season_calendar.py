"""When seasons are played: their names, their bounds and the dates whose year is a slip. Files don't belong here."""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.competitions import Competition
from pizza_assets.models.vocabulary import CompetitionType
from pizza_assets.models.week import MatchWeek

_SPLIT_SEASON = re.compile(r"(\d{4})-(\d{2})")
_ROUND_NUMBER = re.compile(r"(?:matchday|round)\s+(\d{1,2})", re.IGNORECASE)


def split_season(first_year: int) -> str:
    """The name of a season from summer to summer: 2015 gives "2015-16"."""
    return f"{first_year}-{(first_year + 1) % 100:02d}"


def seasons_near(competition: Competition, first: date, last: date) -> list[str]:
    """The seasons that may have matches from `first` to `last`, in order of time; empty if no tournament is due.

    A season runs from July to June. Around the turn (June to September) both neighbours are named: 2019-20 was
    played until the end of July 2020 (Champions League: until 23 August), 2020-21 only began in September.
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
    """The seasons of the competition to ask about a week: those near it, or those of `chosen` it belongs to."""
    zone = ZoneInfo(competition.timezone or "UTC")
    first, last = week.starts_at.astimezone(zone).date(), week.ends_at.astimezone(zone).date()
    if not chosen:
        return seasons_near(competition, first, last)
    spans = {season: season_span(competition, season) for season in chosen if has_season(competition, season)}
    return sorted(season for season, (begins, ends) in spans.items() if begins <= last and first <= ends)


def season_span(competition: Competition, season: str) -> tuple[date, date]:
    """The first and the last day of the calendar that belong to a season: from July to June, or a tournament's year.

    Only in 2020 one season ended later and the next began later: leagues by 10 August, cups by September.
    """
    if competition.tournament_years is not None:
        return date(int(season), 1, 1), date(int(season), 12, 31)
    first_year = int(season[:4])
    begins, following = (_turn(competition, year) for year in (first_year, first_year + 1))
    return begins, following - timedelta(days=1)


def _turn(competition: Competition, year: int) -> date:
    if year != 2020:
        return date(year, 7, 1)
    return date(year, 8, 10) if competition.type is CompetitionType.LEAGUE else date(year, 9, 1)


def has_season(competition: Competition, season: str) -> bool:
    """Whether a season of this name can be one of the competition's."""
    if competition.tournament_years is not None:
        return season.isdigit() and int(season) in competition.tournament_years
    split = _SPLIT_SEASON.fullmatch(season)
    return split is not None and season == split_season(int(split[1]))


def refuse_foreign_seasons(chosen: Sequence[str], competitions: Sequence[Competition]) -> None:
    """Raise ConfigurationError if one of the chosen seasons can't be a season of any of the competitions."""
    for season in chosen:
        if not any(has_season(competition, season) for competition in competitions):
            names = ", ".join(competition.name for competition in competitions)
            raise ConfigurationError(
                f"season {season} is none of {names}; write 2024-25 for a league or cup and the year for a World Cup"
            )


def season_bounds(season: str) -> tuple[date, date]:
    """The first and last day on which a match of `season` is believable; wide enough for the summer of 2020.

    A tournament may be put off to the year after its name. Raises ValueError for a name of another form.
    """
    split = _SPLIT_SEASON.fullmatch(season)
    if split:
        return date(int(split[1]), 6, 1), date(int(split[1]) + 1, 9, 30)
    return date(int(season), 1, 1), date(int(season) + 1, 12, 31)


def round_number(round_name: str | None) -> int | None:
    """The number of a league's round ("Matchday 12"), or None."""
    found = _ROUND_NUMBER.fullmatch(round_name or "")
    return int(found[1]) if found else None


def mended_years(days: Sequence[date | None], rounds: Sequence[int | None], season: str) -> list[date | None]:
    """`days` with the year raised by one where round order and season bounds show that it is a slip.

    Seasons from summer to summer are sometimes typed with one year too early after the turn of the year (66
    matches of June and July 2020 stand in the 2019-20 file as 2019). Such a day lies before the league's opening
    round, where a later round can't have been played. It is moved exactly if a year later lies within the season
    and nearer to where its round belongs, counting one round a week: a match that was merely brought forward to
    the days before the opening round keeps its date.
    """
    openings = sorted(day for day, number in zip(days, rounds, strict=True) if day and number == 1)
    if not openings or not _SPLIT_SEASON.fullmatch(season):
        return list(days)
    opening = openings[len(openings) // 2]
    latest = season_bounds(season)[1]

    def mended(day: date | None, number: int | None) -> date | None:
        if day is None or number is None or day >= opening or (day.month, day.day) == (2, 29):
            return day
        belongs = opening + timedelta(weeks=number - 1)
        later = day.replace(year=day.year + 1)
        return later if later <= latest and abs(later - belongs) < abs(day - belongs) else day

    return [mended(day, number) for day, number in zip(days, rounds, strict=True)]
