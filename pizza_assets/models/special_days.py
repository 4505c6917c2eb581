"""Days that owners know to be unlike others: closed, a promotion, an outage, a concert, snow."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class SpecialKind(StrEnum):
    """What was special. Only `closed` says what to expect: no orders."""

    CLOSED = "closed"
    PROMOTION = "promotion"
    OUTAGE = "outage"
    CONCERT = "concert"
    SNOW = "snow"
    OTHER = "other"


@dataclass(frozen=True)
class SpecialDay:
    """One or more days in local time, `first` to `last`, both included. note: the owner's words."""

    first: date
    last: date
    kind: SpecialKind
    note: str | None = None

    @property
    def name(self) -> str:
        """The owner's words, or the kind without any; no semicolons, which separate texts in our tables."""
        return (self.note or self.kind.value).replace(";", ",")


def special_days_of(special_days: Iterable[SpecialDay], first: date, last: date) -> dict[date, SpecialDay]:
    """The special day of each date from `first` to `last`, both included, in order of time.

    Of several on one date a closed one counts, else the one listed first.
    """
    found: dict[date, SpecialDay] = {}
    for special in sorted(special_days, key=lambda listed: listed.kind != SpecialKind.CLOSED):
        start, end = max(first, special.first), min(last, special.last)
        for offset in range((end - start).days + 1):
            found.setdefault(start + timedelta(days=offset), special)
    return {day: found[day] for day in sorted(found)}
