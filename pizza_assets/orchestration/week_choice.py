"""Which weeks a command is about."""

from collections.abc import Sequence
from datetime import date, datetime

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.settings import Settings


def chosen_weeks(
    settings: Settings, now: datetime, first: MatchWeek | None, last: MatchWeek | None, finished_weeks: int
) -> list[MatchWeek]:
    """The weeks to run: `finished_weeks` before the last one and the last one itself (default: the running week).

    Raises ConfigurationError for a range that is empty or leaves the calendar.
    """
    running = MatchWeek.containing(now, settings.timezone)
    earliest = MatchWeek.of_date(settings.first_week, settings.timezone)
    end = last or running
    start = first or max(end.shifted(-finished_weeks), earliest)
    if end > running:
        raise ConfigurationError(f"week {end.key} has not begun; the last one to choose is {running.key}")
    if start > running:
        raise ConfigurationError(f"week {start.key} has not begun; the last one to choose is {running.key}")
    if start < earliest:
        raise ConfigurationError(f"week {start.key} lies before the first week {earliest.key}; set PIZZA_FIRST_WEEK")
    if start > end:
        raise ConfigurationError(f"week {start.key} lies after {end.key}; swap --from and --to")
    return weeks_between(start, end)


def season_span(seasons: Sequence[str], timezone: str, now: datetime) -> tuple[MatchWeek | None, MatchWeek | None]:
    """The weeks to run if nobody says and seasons are chosen: from July to June, or a tournament's whole year."""
    if not seasons:
        return None, None
    starts = [date(int(season[:4]), 7 if "-" in season else 1, 1) for season in seasons]
    ends = [date(int(season[:4]) + 1, 6, 30) if "-" in season else date(int(season), 12, 31) for season in seasons]
    running = MatchWeek.containing(now, timezone)
    return MatchWeek.of_date(min(starts), timezone), min(MatchWeek.of_date(max(ends), timezone), running)


def covered_span(
    covered: tuple[MatchWeek, MatchWeek] | None, finished_weeks: int
) -> tuple[MatchWeek | None, MatchWeek | None]:
    """The weeks to run if nobody says: the last `finished_weeks` + 1 that the order files cover."""
    if covered is None:
        return None, None
    first, last = covered
    return max(first, last.shifted(-finished_weeks)), last
