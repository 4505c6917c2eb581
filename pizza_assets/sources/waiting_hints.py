"""How long a server asks its clients to wait, in every form it may say so. Waiting itself does not belong here."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from pizza_assets.sources.http import Answer

_SECONDS = re.compile(r"\d{1,9}(?:\.\d{1,6})?")
_WAIT_IN_WORDS = re.compile(rb"[Ww]ait (\d{1,6}) second")
DATE_MARGIN_SECONDS = 1.0
"""A date has whole seconds, and its clock is another machine's."""


def asked_wait(answer: Answer, now: datetime) -> float | None:
    """Seconds to wait before the next request, by a refusing answer; None if it does not say.

    Retry-After in seconds or as a date, football-data.org's X-RequestCounter-Reset, and its "Wait 48 seconds." in the
    body: the longest counts.
    """
    found = [_retry_after(answer.headers.get("Retry-After"), now), _seconds(answer, "X-RequestCounter-Reset")]
    words = _WAIT_IN_WORDS.search(answer.body)
    found.append(float(words[1]) if words else None)
    known = [wait for wait in found if wait is not None]
    return max(known) if known else None


def exhausted_wait(answer: Answer) -> float | None:
    """Seconds until the next request may be made if a good answer says that it was the last of this minute."""
    left = _seconds(answer, "X-Requests-Available-Minute")
    return _seconds(answer, "X-RequestCounter-Reset") if left is not None and left < 1 else None


def _retry_after(written: str | None, now: datetime) -> float | None:
    if written is None:
        return None
    if _SECONDS.fullmatch(written.strip()):
        return float(written)
    try:
        at = parsedate_to_datetime(written.strip())
    except ValueError:
        return None
    at = at if at.tzinfo is not None else at.replace(tzinfo=UTC)  # "-0000" is UTC, too
    return max((at - now).total_seconds() + DATE_MARGIN_SECONDS, 0.0)


def _seconds(answer: Answer, header: str) -> float | None:
    written = answer.headers.get(header, "").strip()
    return float(written) if _SECONDS.fullmatch(written) else None
