"""Which seasons a week is about, by the settings. Whether a source can speak for them does not belong here."""

from pizza_assets.models.competitions import COMPETITIONS, Competition
from pizza_assets.models.week import MatchWeek
from pizza_assets.settings import Settings
from pizza_assets.sources.matches.season_calendar import seasons_of_week

_MOCK_COMPETITION = "en.1"


def asked_seasons(settings: Settings, week: MatchWeek) -> list[str]:
    """Every competition's seasons that the match source is asked about for this week, e.g. "en.1 2024-25"."""
    return [
        f"{competition.code} {season}"
        for competition in _competitions(settings)
        for season in seasons_of_week(competition, week, settings.seasons)
    ]


def is_outside(settings: Settings, week: MatchWeek) -> bool:
    """Whether the week belongs to none of the seasons that PIZZA_SEASONS chooses."""
    return bool(settings.seasons) and not asked_seasons(settings, week)


def _competitions(settings: Settings) -> list[Competition]:
    """Unknown codes are left out: the source refuses them by name."""
    codes = (_MOCK_COMPETITION,) if settings.matches == "mock" else settings.competitions
    return [COMPETITIONS[code] for code in dict.fromkeys(codes) if code in COMPETITIONS]
