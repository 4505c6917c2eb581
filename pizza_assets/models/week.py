"""Match weeks: from Tuesday 06:00 local to the next, so a Friday-to-Monday round and a business night stay whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WEEK_STARTS_ON = 1  # Tuesday, as date.weekday() counts
WEEK_STARTS_AT = time(6)
LONGEST_RANGE = 53
_BETWEEN = "..."


@dataclass(frozen=True, order=True)
class MatchWeek:
    """One match week. `key` is the local date of its Tuesday, e.g. "2026-08-04"; half-open in time."""

    key: str
    timezone: str

    @classmethod
    def containing(cls, moment: datetime, timezone: str) -> "MatchWeek":
        """The week that contains an aware `moment`. Raises ValueError for a naive one."""
        if moment.tzinfo is None:
            raise ValueError(f"{moment} has no time zone; add one, so that its match week is known")
        local = moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None) - timedelta(hours=WEEK_STARTS_AT.hour)
        return cls.of_date(local.date(), timezone)

    @classmethod
    def of_date(cls, day: date, timezone: str) -> "MatchWeek":
        """The week that contains `day` from 06:00 local."""
        return cls((day - timedelta(days=(day.weekday() - WEEK_STARTS_ON) % 7)).isoformat(), timezone)

    @property
    def starts_at(self) -> datetime:
        """The first instant, UTC."""
        local = datetime.combine(date.fromisoformat(self.key), WEEK_STARTS_AT, ZoneInfo(self.timezone))
        return local.astimezone(UTC)

    @property
    def ends_at(self) -> datetime:
        """The first instant of the next week, UTC. A week with a clock change has 167 or 169 hours."""
        return self.shifted(1).starts_at

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)

    def shifted(self, weeks: int) -> "MatchWeek":
        moved = date.fromisoformat(self.key) + timedelta(weeks=weeks)
        return MatchWeek(moved.isoformat(), self.timezone)

    def contains(self, moment: datetime) -> bool:
        return self.starts_at <= moment < self.ends_at


def weeks_between(first: MatchWeek, last: MatchWeek) -> list[MatchWeek]:
    """All weeks from `first` to `last`, both included; empty if `last` lies before `first`."""
    days = (date.fromisoformat(last.key) - date.fromisoformat(first.key)).days
    return [first.shifted(n) for n in range(days // 7 + 1)]


def with_neighbours(weeks: Iterable[str]) -> list[str]:
    """These weeks and the ones before and after each of them, sorted."""
    days = {date.fromisoformat(week) + timedelta(weeks=step) for week in weeks for step in (-1, 0, 1)}
    return [day.isoformat() for day in sorted(days)]


def week_ranges(weeks: Iterable[str], timezone: str, longest: int = LONGEST_RANGE) -> list[tuple[str, str]]:
    """First and last week of each run of consecutive weeks, none longer than `longest`."""
    found: list[list[str]] = []
    for week in sorted(set(weeks)):
        last = found[-1] if found else []
        if last and len(last) < longest and MatchWeek(last[-1], timezone).shifted(1).key == week:
            last.append(week)
        else:
            found.append([week])
    return [(stretch[0], stretch[-1]) for stretch in found]


def weeks_in_ranges(stretches: Iterable[tuple[str, str]]) -> list[str]:
    """The weeks of these ranges; the inverse of `week_ranges`."""
    return [
        (date.fromisoformat(first) + timedelta(weeks=n)).isoformat()
        for first, last in stretches
        for n in range((date.fromisoformat(last) - date.fromisoformat(first)).days // 7 + 1)
    ]


def ranges_to_text(stretches: Iterable[tuple[str, str]]) -> str:
    """Ranges as text, such as 2026-08-04...2026-08-18,2026-09-01...2026-09-01."""
    return ",".join(f"{first}{_BETWEEN}{last}" for first, last in stretches)


def ranges_from_text(text: str) -> list[tuple[str, str]]:
    """The inverse of `ranges_to_text`."""
    parts = [part.split(_BETWEEN) for part in text.split(",") if part]
    return [(first, last) for first, last in parts]
