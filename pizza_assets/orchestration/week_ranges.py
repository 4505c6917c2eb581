"""Weeks as ranges, as runs and tags want them."""

from collections.abc import Iterable

from pizza_assets.models.week import MatchWeek

LONGEST_RANGE = 53
_BETWEEN = "..."


def ranges(weeks: Iterable[str], timezone: str, longest: int = LONGEST_RANGE) -> list[tuple[str, str]]:
    """First and last week of each stretch of adjoining weeks, none longer than `longest`."""
    found: list[list[str]] = []
    for week in sorted(set(weeks)):
        last = found[-1] if found else []
        if last and len(last) < longest and MatchWeek(last[-1], timezone).shifted(1).key == week:
            last.append(week)
        else:
            found.append([week])
    return [(stretch[0], stretch[-1]) for stretch in found]


def to_text(stretches: Iterable[tuple[str, str]]) -> str:
    """Such as 2026-08-04...2026-08-18,2026-09-01...2026-09-01."""
    return ",".join(f"{first}{_BETWEEN}{last}" for first, last in stretches)


def from_text(text: str) -> list[tuple[str, str]]:
    """What `to_text` wrote."""
    parts = [part.split(_BETWEEN) for part in text.split(",") if part]
    return [(first, last) for first, last in parts]
