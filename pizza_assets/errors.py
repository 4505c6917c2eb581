"""All errors that this package raises on purpose. Each message names the thing, the cause and the remedy.

    PizzaAssetsError
    ├── ConfigurationError      a setting, mapping or markets file is wrong; nothing was collected
    ├── SourceError             a source did not give a trustworthy answer; fallback may replace it with labelled mock
    │   ├── SourceUnavailable   it could not be reached, or refused
    │   │   ├── Unreachable     no complete answer: other addresses of the same server need not be tried
    │   │   ├── NotThere        the server or folder works but has no such file
    │   │   ├── AccessRefused   the API key is missing, invalid or lacks permission
    │   │   └── LimitReached    rate limited, and the required wait is longer than this run may take
    │   └── BadAnswer           it answered, but the answer as a whole is unusable
    │       └── MisfitPages     each page is usable, but together they are not a consistent listing
    ├── BadFile                 a file the user gave can't be read as orders or events; never replaced with mock
    │   └── NoLines             it has no line below its header, such as the export of a week without sales
    ├── StorageError            stored data can't be read or written
    ├── InstanceUnusable        a database of the local Dagster instance is damaged or locked, or can't be used
    ├── QuickSightError         QuickSight refused a call or failed to create something; run the command again to resume
    │   ├── NotSubscribed       the account has no QuickSight, or an edition without dashboards as code
    │   ├── NotOurs             an object with the same id exists that we did not create
    │   ├── NotAllowed          credentials are missing or lack permission
    │   ├── TooBusy             QuickSight throttled the calls for too long
    │   └── StillAtWork         it had not finished when the command's longest wait was over
    ├── AlertFailed             a message to people could not be delivered
    ├── LambdaError             a run on AWS Lambda
    │   ├── InvocationRefused   the function could not be invoked; the run fails at once, with AWS' message
    │   ├── UnknownEvent        the function was invoked with an unknown event
    │   ├── OutOfTime           the function stopped its work shortly before AWS would have killed it
    │   └── RunFailed           the function's run or refresh failed; raised so that alarms see it
    └── WeeksFailed             some weeks of a run failed; the others are stored

Bugs are none of these, and are never replaced with mock data. A bug in a single week ends the run as part of
WeeksFailed once the other weeks are stored; its trace is in the run's log.
"""

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from pizza_assets.escaping import printable

_LONGEST_QUOTED = 200


def quoted(value: str) -> str:
    """A value as messages quote it: like `repr`, and of a very long one only the beginning and its length."""
    if len(value) <= _LONGEST_QUOTED:
        return repr(value)
    return f"{value[:_LONGEST_QUOTED]!r}… ({len(value):,} characters)"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The known name that may have been meant, in brackets after a space; empty if none is alike."""
    close = get_close_matches(name, list(known), n=1)
    return f" (did you mean {close[0]!r}?)" if close else ""


class PizzaAssetsError(Exception):
    """Base of every error raised on purpose. Its message is escaped: it often quotes files and servers."""

    def __init__(self, message: object = "") -> None:
        super().__init__(printable(str(message)))


class ConfigurationError(PizzaAssetsError):
    """A setting, mapping or markets file is wrong."""


class SourceError(PizzaAssetsError):
    """A source did not give a trustworthy answer."""


class SourceUnavailable(SourceError):
    """The source could not be reached, or refused."""


class Unreachable(SourceUnavailable):
    """No complete answer: the network or server is down or too slow, so other files need not be tried."""


class NotThere(SourceUnavailable):
    """The server answered that it does not have what was requested (404 or 410)."""


class AccessRefused(SourceUnavailable):
    """The API key is missing, wrong, expired, or lacks permission (401, 403)."""


class LimitReached(SourceUnavailable):
    """The server's rate limit was reached (429), and the required wait is longer than this run may take."""


class BadAnswer(SourceError):
    """The source's answer as a whole is unusable."""


class MisfitPages(BadAnswer):
    """The pages of a listing are inconsistent: retrying may help."""


class BadFile(PizzaAssetsError):
    """A file the user gave can't be read as orders or match events."""


class NoLines(BadFile):
    """A file has no line below its header, as the export of a week without sales. An import takes it as it is."""


class StorageError(PizzaAssetsError):
    """Stored data can't be read or written."""


class InstanceUnusable(PizzaAssetsError):
    """A database of the local Dagster instance is damaged or locked, or can't be read or written."""


class QuickSightError(PizzaAssetsError):
    """QuickSight refused a call, or failed to create something."""


class NotSubscribed(QuickSightError):
    """The account has no QuickSight in this region, or its edition does not support definitions."""


class NotOurs(QuickSightError):
    """An object with the same id exists that we did not create."""


class NotAllowed(QuickSightError):
    """The credentials are missing, have expired, or lack permission."""


class TooBusy(QuickSightError):
    """QuickSight still throttled the calls after all retries."""


class StillAtWork(QuickSightError):
    """QuickSight had not finished when the command's longest wait was over."""


class AlertFailed(PizzaAssetsError):
    """A topic, webhook or other service did not accept a message, even after all retries."""


class LambdaError(PizzaAssetsError):
    """A run on AWS Lambda could not be started or completed."""


class InvocationRefused(LambdaError):
    """AWS refused to invoke the function (throttled, unknown, not permitted, too large)."""


class UnknownEvent(LambdaError):
    """The function was invoked with an event that is neither a run nor the daily refresh."""


class OutOfTime(LambdaError):
    """The function's time limit was near; the work was stopped gracefully."""


class RunFailed(LambdaError):
    """A run or a refresh on Lambda failed; the weeks it stored are complete."""


class WeeksFailed(PizzaAssetsError):
    """Some weeks of a run failed. `failures` maps each week to its error; the other weeks are stored."""

    def __init__(self, asset: str, failures: Mapping[str, Exception], stored: int) -> None:
        self.failures = dict(failures)
        lines = "\n".join(
            f"{week}: {type(error).__name__}: {' '.join(str(error).split())}" for week, error in self.failures.items()
        )
        super().__init__(
            f"{asset}: {len(self.failures)} of {len(self.failures) + stored} weeks failed; "
            f"the other {stored} are stored. "
            f"Fix the cause and run these weeks again.\n{lines}"
        )

    @staticmethod
    def weeks_in(message: str) -> dict[str, str]:
        """Parse the failed weeks and their errors from this error's message, which is all that Dagster stores."""
        return {found["week"]: found["error"] for found in _FAILED_WEEK.finditer(message)}


_FAILED_WEEK = re.compile(r"^(?P<week>\d{4}-\d{2}-\d{2}): (?P<error>.*)$", re.MULTILINE)
