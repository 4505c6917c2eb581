"""The settings that an export of another country needs: the zone of the match weeks, and its teams' competitions."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from pizza_assets.models.competitions import COMPETITIONS
from pizza_assets.models.holiday_calendar import place_of
from pizza_assets.models.market import Market
from pizza_assets.models.vocabulary import CompetitionType
from pizza_assets.settings import Settings
from pizza_assets.sources.matches.team_names import known_clubs

_LEAGUES = {code: one for code, one in COMPETITIONS.items() if one.type is CompetitionType.LEAGUE}


def place_settings(markets: Sequence[Market], moments: Sequence[datetime], settings: Settings) -> Mapping[str, str]:
    """What these markets need other than the settings in force, by variable.

    markets: those of the export. moments: in its period; zones are compared by their clocks then.
    """
    needed: dict[str, str] = {}
    clocks = {market.timezone: _clock(market.timezone, moments) for market in markets}
    if clocks and _clock(settings.timezone, moments) not in clocks.values():
        [(needed["PIZZA_TIMEZONE"], _)] = Counter(market.timezone for market in markets).most_common(1)
    if missing := missing_leagues(markets, settings):
        wanted = {code for codes in _leagues_of(markets) for code in codes}
        kept = [code for code in settings.competitions if code in wanted or code not in _LEAGUES]
        needed["PIZZA_COMPETITIONS"] = ",".join([*kept, *missing])
    return needed


def missing_leagues(markets: Sequence[Market], settings: Settings) -> tuple[str, ...]:
    """The leagues of the markets' countries and teams that are not chosen, by code; none if matches are invented."""
    if settings.match_source.is_invented:
        return ()
    missing = [codes[0] for codes in _leagues_of(markets) if not set(codes) & set(settings.competitions)]
    return tuple(dict.fromkeys(missing))


def _leagues_of(markets: Sequence[Market]) -> list[list[str]]:
    """The leagues of each market's country, and of each team that it follows, of which one is enough; without those
    of places and teams that have none."""
    of_countries = [
        [code for code, league in _LEAGUES.items() if _country(league.timezone) == _country(market.timezone)]
        for market in markets
        if _country(market.timezone) is not None
    ]
    of_teams = [[code for code in _LEAGUES if team in known_clubs(code)] for market in markets for team in market.teams]
    return [codes for codes in (*of_countries, *of_teams) if codes]


def _country(zone: str | None) -> str | None:
    place = None if zone is None else place_of(Market("", zone, ()))
    return None if place is None else place.country


def _clock(zone: str, moments: Sequence[datetime]) -> tuple[timedelta | None, ...]:
    return tuple(at.astimezone(ZoneInfo(zone)).utcoffset() for at in moments)
