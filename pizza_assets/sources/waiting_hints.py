"""How long a server asks its clients to wait, in every form it may use. Waiting itself does not belong here."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pizza_assets.sources.http import Answer

_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,6})?")
_WAIT_IN_WORDS = re.compile(rb"[Ww]ait (\d{1,6}) second")
DATE_MARGIN_SECONDS = 1.0
"""Added to a date, which has whole seconds and comes from another machine's clock."""


def requested_wait(answer: Answer, now: datetime) -> float | None:
    """Seconds to wait before the next request, according to a refusal; None if it does not say.

    Reads Retry-After (seconds or a date), football-data.org's X-RequestCounter-Reset, and its "Wait 48 seconds." in
    the body; the longest counts.
    """
    found = [_retry_after(answer.headers.get("Retry-After"), now), _seconds(answer, "X-RequestCounter-Reset")]
    words = _WAIT_IN_WORDS.search(answer.body)
    found.append(float(words[1]) if words else None)
    known = [wait for wait in found if wait is not None]
    return max(known) if known else None


def wait_for_reset(answer: Answer) -> float | None:
    """Seconds to wait if a good answer says that it was the last request allowed in this minute; else None."""
    left = _seconds(answer, "X-Requests-Available-Minute")
    return _seconds(answer, "X-RequestCounter-Reset") if left is not None and left < 1 else None


def _retry_after(written: str | None, now: datetime) -> float | None:
    if written is None:
        return None
    if _SECONDS.fullmatch(written.strip()):
        return float(written)
    try:
        at = parsedate_to_datetime(written.strip())
    except (ValueError, OverflowError):  # OverflowError: a year of twenty digits
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)  # "-0000" means UTC
    return max((at - now).total_seconds() + DATE_MARGIN_SECONDS, 0.0)


def _seconds(answer: Answer, header: str) -> float | None:
    written = answer.headers.get(header, "").strip()
    return float(written) if _SECONDS.fullmatch(written) else None
