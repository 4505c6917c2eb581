"""Every error this package raises on purpose, in one tree. Each message names the thing, the cause and the remedy.

    PizzaAssetsError
    ├── ConfigurationError      a setting, mapping or markets file is wrong; nothing was collected
    ├── SourceError             a source did not give a trustworthy answer; fallback may replace it with labelled mock
    │   ├── SourceUnavailable   it could not be reached, or refused
    │   │   ├── Unreachable     no complete answer: other addresses of the same server need not be tried
    │   │   ├── NotThere        the server or folder is fine but has no such file
    │   │   ├── AccessRefused   the key is missing, wrong or not good for what was asked
    │   │   └── LimitReached    too many requests, and the server wants a longer wait than this run can make
    │   └── BadAnswer           it answered, but the answer can't be used as a whole
    │       └── MisfitPages     each page can be used, but together they are no whole listing
    ├── BadFile                 a file the user gave can't be read as orders or events; never replaced with mock
    ├── StorageError            what is stored can't be read or written
    ├── QuickSightError         QuickSight refused a call, or could not make what was asked; the same command goes on
    │   ├── NotSubscribed       the account has no QuickSight, or an edition without dashboards as code
    │   ├── NotOurs             something of the same id is there that was not made by us
    │   ├── NotAllowed          no credentials, or they may not do this
    │   ├── TooBusy             QuickSight held the calls back for too long (throttling)
    │   └── StillAtWork         it had not finished after the longest time that a command waits
    ├── AlertFailed             an alert about a failed run could not be delivered
    ├── LambdaError             a run on AWS Lambda
    │   ├── InvocationRefused   the function could not be called; the run fails at once, with AWS' words
    │   ├── UnknownEvent        the function was called with something that it does not know
    │   ├── OutOfTime           the function stopped its work shortly before AWS would have killed it
    │   └── RunFailed           what the function did failed; it is raised so that alarms see it
    └── WeeksFailed             some weeks of a run failed; the others are stored

A bug is none of these, and is never replaced with mock data. One that shows in a single week ends the run as part of
WeeksFailed, once the other weeks are stored; its trace is in the run's log.
"""

import re
from collections.abc import Mapping


class PizzaAssetsError(Exception):
    """Base of every error raised on purpose."""


class ConfigurationError(PizzaAssetsError):
    """A setting, mapping or markets file is wrong."""


class SourceError(PizzaAssetsError):
    """A source did not give a trustworthy answer."""


class SourceUnavailable(SourceError):
    """The source could not be reached, or refused."""


class Unreachable(SourceUnavailable):
    """No complete answer came: the network or the server is down, or too slow; another file fares no better."""


class NotThere(SourceUnavailable):
    """The server answered, and does not have what was asked for (404 or 410)."""


class AccessRefused(SourceUnavailable):
    """The key is missing, wrong, expired, or not good for what was asked (401, 403)."""


class LimitReached(SourceUnavailable):
    """The server counts too many requests (429), and a wait that it would accept is longer than this run may take."""


class BadAnswer(SourceError):
    """The source answered with something that can't be used as a whole."""


class MisfitPages(BadAnswer):
    """Pages of one listing that do not fit together: beginning anew may help."""


class BadFile(PizzaAssetsError):
    """A file the user gave can't be read as orders or match events."""


class StorageError(PizzaAssetsError):
    """What is stored can't be read or written."""


class QuickSightError(PizzaAssetsError):
    """QuickSight refused a call, or could not make what was asked."""


class NotSubscribed(QuickSightError):
    """The account has no QuickSight in this region, or its edition takes no definitions."""


class NotOurs(QuickSightError):
    """Something of the same id is there that was not made by us."""


class NotAllowed(QuickSightError):
    """There are no credentials, they are no longer good, or they may not do what was asked."""


class TooBusy(QuickSightError):
    """QuickSight held the calls back, also after every retry."""


class StillAtWork(QuickSightError):
    """QuickSight had not finished after the longest time that a command waits."""


class AlertFailed(PizzaAssetsError):
    """A topic or webhook did not take an alert, also after every retry."""


class LambdaError(PizzaAssetsError):
    """Something about a run on AWS Lambda."""


class InvocationRefused(LambdaError):
    """AWS did not take the call of the function (throttled, unknown, not permitted, too large)."""


class UnknownEvent(LambdaError):
    """The function was called with an event that is neither a run nor the daily refresh."""


class OutOfTime(LambdaError):
    """The function's time limit was near; the work was stopped in good order."""


class RunFailed(LambdaError):
    """A run or a refresh on Lambda failed; weeks that were stored are whole."""


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
            f"Mend the cause and run these weeks again.\n{lines}"
        )

    @staticmethod
    def weeks_in(message: str) -> dict[str, str]:
        """The failed weeks and their errors from this error's text, as Dagster keeps it."""
        return {found["week"]: found["error"] for found in _FAILED_WEEK.finditer(message)}


_FAILED_WEEK = re.compile(r"^(?P<week>\d{4}-\d{2}-\d{2}): (?P<error>.*)$", re.MULTILINE)
