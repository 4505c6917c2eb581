"""Time zones by name or offset. The meaning of an export's own zone names belongs to its mapping."""

import re
from datetime import timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

_OFFSET = re.compile(r"([+-])(\d{2}):(\d{2})")
ALWAYS_KNOWN = {"UTC": "UTC", "GMT": "UTC", "Z": "UTC"}
"""Zone names that mean the same everywhere."""
USUAL_MEANINGS = {
    "EST": "-05:00", "EDT": "-04:00", "CST": "-06:00", "CDT": "-05:00", "MST": "-07:00", "MDT": "-06:00",
    "PST": "-08:00", "PDT": "-07:00", "BST": "+01:00", "IST": "+05:30", "CET": "+01:00", "CEST": "+02:00",
    "AEST": "+10:00", "AEDT": "+11:00", "Eastern Standard Time": "America/New_York",
    "Central Standard Time": "America/Chicago", "Mountain Standard Time": "America/Denver",
    "Pacific Standard Time": "America/Los_Angeles", "GMT Standard Time": "Europe/London",
    "W. Europe Standard Time": "Europe/Berlin", "Romance Standard Time": "Europe/Paris",
    "India Standard Time": "Asia/Kolkata", "Eastern Time (US & Canada)": "America/New_York",
    "Central Time (US & Canada)": "America/Chicago", "Mountain Time (US & Canada)": "America/Denver",
    "Pacific Time (US & Canada)": "America/Los_Angeles", "London": "Europe/London", "Dublin": "Europe/Dublin",
}  # fmt: skip
"""What abbreviated, Windows and Rails names usually mean: suggestions only, because many are not unique."""


def zone_or_none(name: str) -> tzinfo | None:
    """The zone of an IANA name or of an offset such as -05:00; None if there is none of that name."""
    offset = _OFFSET.fullmatch(name)
    if offset is not None:
        sign = -1 if offset[1] == "-" else 1
        away = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(sign * away) if away < timedelta(days=1) else None
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None
