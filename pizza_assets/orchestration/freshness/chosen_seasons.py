"""The chosen seasons that a week belongs to. Whether a source covers them does not belong here."""

from pizza_assets.models.competitions import COMPETITIONS, Competition
from pizza_assets.models.week import MatchWeek
from pizza_assets.settings import Settings
from pizza_assets.sources.matches.season_calendar import seasons_of_week

_MOCK_COMPETITION = "en.1"


def requested_seasons(settings: Settings, week: MatchWeek) -> list[str]:
    """Each competition's seasons that are requested from the match source for this week, e.g. "en.1 2024-25"."""
    return [
        f"{competition.code} {season}"
        for competition in _competitions(settings)
        for season in seasons_of_week(competition, week, settings.seasons)
    ]


def is_outside(settings: Settings, week: MatchWeek) -> bool:
    """Whether the week belongs to none of the seasons that PIZZA_SEASONS chooses."""
    return bool(settings.seasons) and not requested_seasons(settings, week)


def _competitions(settings: Settings) -> list[Competition]:
    """The competitions to request, without unknown codes: the source itself rejects those by name."""
    codes = (_MOCK_COMPETITION,) if settings.match_source.is_invented else settings.competitions
    return [COMPETITIONS[code] for code in dict.fromkeys(codes) if code in COMPETITIONS]
