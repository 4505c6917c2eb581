"""Chooses the weeks that a command processes."""

from datetime import datetime

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.orchestration.freshness.chosen_seasons import is_outside
from pizza_assets.settings import Settings


def chosen_weeks(
    settings: Settings, now: datetime, first: MatchWeek | None, last: MatchWeek | None, finished_weeks: int
) -> list[MatchWeek]:
    """The weeks from `first` to `last` (default: the running week, and `finished_weeks` before the last).

    With PIZZA_SEASONS, and unless both ends are given, only the weeks of the chosen seasons that have begun, without
    the gaps between seasons. Raises ConfigurationError for a range that is empty or outside the calendar.
    """
    running = MatchWeek.containing(now, settings.timezone)
    earliest = MatchWeek.of_date(settings.first_week, settings.timezone)
    if settings.seasons and (first is None or last is None):
        return _weeks_of_seasons(settings, first or earliest, min(last or running, running))
    end = last or running
    start = first or max(end.shifted(-finished_weeks), earliest)
    for week in (start, end):
        if week > running:
            raise ConfigurationError(
                f"week {week.key} has not begun; the latest possible week is {running.key}: choose it or an earlier one"
            )
        if week < earliest:
            raise ConfigurationError(
                f"week {week.key} is before the first week {earliest.key}; choose a later date, or set "
                f"PIZZA_FIRST_WEEK={week.key} to have it"
            )
    if start > end:
        raise ConfigurationError(f"the first week {start.key} is after the last week {end.key}; swap them")
    return weeks_between(start, end)


def _weeks_of_seasons(settings: Settings, first: MatchWeek, last: MatchWeek) -> list[MatchWeek]:
    weeks = [week for week in weeks_between(first, last) if not is_outside(settings, week)]
    if not weeks:
        chosen = ",".join(settings.seasons)
        raise ConfigurationError(
            f"no week from {first.key} to {last.key} belongs to PIZZA_SEASONS={chosen}; "
            "choose other seasons or weeks, or set PIZZA_FIRST_WEEK earlier"
        )
    return weeks


def covered_span(
    covered: tuple[MatchWeek, MatchWeek] | None, finished_weeks: int, settings: Settings
) -> tuple[MatchWeek | None, MatchWeek | None]:
    """First and last week to run by default: the last `finished_weeks` + 1 that the order files cover; with
    PIZZA_SEASONS from the first to the last covered week of the chosen seasons.

    Raises ConfigurationError if the files cover none of those.
    """
    if covered is None:
        return None, None
    first, last = covered
    if settings.seasons:
        weeks = _weeks_of_seasons(settings, first, last)
        return weeks[0], weeks[-1]
    return max(first, last.shifted(-finished_weeks)), last
