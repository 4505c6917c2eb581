"""Parses minutes of play, such as 45+2."""

import re

LAST_MINUTE = 130
LAST_STOPPAGE_MINUTE = 60
_MINUTE = re.compile(r"([0-9]{1,3})(?:\+([0-9]{1,2}))?'?")


def read_minute(written: str) -> tuple[int, int | None] | None:
    """The minute and, for "45+2", the minute of stoppage time; None for text of another form."""
    found = _MINUTE.fullmatch(written.strip())
    return (int(found[1]), int(found[2]) if found[2] else None) if found else None


def is_possible(minute: int, stoppage: int | None) -> bool:
    """Whether a match can have this minute."""
    return 0 <= minute <= LAST_MINUTE and 0 <= (stoppage or 0) <= LAST_STOPPAGE_MINUTE
