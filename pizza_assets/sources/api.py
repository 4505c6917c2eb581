"""A client of one JSON API: rate limit, retries, requested waits, refusals. Callers interpret the documents.

One retry loop covers request, whole body, JSON and the caller's parsing, because a truncated body, an HTML page under
200 or a short count is as much a failed attempt as a refused connection. Nothing below it retries.
"""

import json
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from pizza_assets.errors import (
    AccessRefused,
    BadAnswer,
    LimitReached,
    NotThere,
    SourceError,
    SourceUnavailable,
    Unreachable,
)
from pizza_assets.models.secret import Secret
from pizza_assets.settings import Settings
from pizza_assets.sources.http import Answer, HttpSession, shown_address
from pizza_assets.sources.rate_limit import LONGEST_HOLD_SECONDS, SharedLimit
from pizza_assets.sources.waiting_hints import requested_wait, wait_for_reset

Read = TypeVar("Read")

DEEPEST = 100
"""Levels of lists and objects in a document; genuine ones have six."""
MOST_DIGITS = 18
"""Digits of a whole number, which then fits into 64 bits."""
_DEFAULT_WAIT_SECONDS = 60.0
_TRANSIENT = frozenset({408, 425, 500, 502, 503, 504})


@dataclass(frozen=True)
class Bounds:
    """Limits of time, size and retries, per document. attempt_seconds: one request with its body. total_seconds: all
    attempts and their pauses, without waiting for the rate limit. byte_cap: decompressed. longest_wait: what the server
    may ask for without failing the request. first_pause: before the second attempt, doubled for each further one up
    to longest_pause. down_after: failures in a row after which the API counts as down.
    """

    attempts: int = 4
    attempt_seconds: float = 30.0
    total_seconds: float = 180.0
    connect_timeout: float = 3.0
    read_timeout: float = 15.0
    byte_cap: int = 16 * 1024 * 1024
    longest_wait: float = 900.0
    first_pause: float = 0.5
    longest_pause: float = 8.0
    down_after: int = 2


@dataclass(frozen=True)
class Api:
    """An API. name: in messages. headers: templates by name, with {key} for the key. remedy: how to get a key."""

    name: str
    base_url: str
    key: Secret | None
    headers: Mapping[str, str]
    remedy: str
    bounds: Bounds = field(default_factory=Bounds)


class ApiClient:
    """Fetches documents of one API. Once the API is down or has refused the key, later calls fail without a request."""

    def __init__(
        self,
        api: Api,
        limit: SharedLimit,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
    ) -> None:
        self.api, self._limit, self._sleep, self._clock, self._jitter = api, limit, sleep, clock, jitter
        self._base = api.base_url.rstrip("/")
        self._session: HttpSession | None = None
        self._down: SourceError | None = None
        self._is_key_refused = api.key is None
        self._failures_in_a_row = 0

    def ask(self, path: str, params: Mapping[str, str], read: Callable[[Any, str], Read], *, query: Any = None) -> Read:
        """The result of `read` for the JSON document at `path`; `read` gets the document and the address for messages.

        query: sent as JSON in a POST, which must be as harmless to repeat as a GET; None for a GET.

        Numbers with a fraction arrive as Decimal, NaN and Infinity as NotANumber. `read` raises BadAnswer for an
        unusable document, which counts as a failed attempt. Raises the last attempt's SourceError, without the key.
        """
        if self._down is not None:
            raise self._down
        try:
            body = None if query is None else json.dumps(query).encode()
            result = self._with_retries(path, params, read, body)
        except SourceError as error:
            masked = type(error)(self._masked(str(error)))
            self._note_failure(masked)
            raise masked from None  # its causes may show what was sent
        self._failures_in_a_row = 0
        return result

    def _with_retries(
        self, path: str, params: Mapping[str, str], read: Callable[[Any, str], Read], body: bytes | None
    ) -> Read:
        if self.api.key is None:
            raise AccessRefused(f"{self.api.name}: no key is set; {self.api.remedy}")
        url, bounds = f"{self._base}{path}", self.api.bounds
        shown, ends_at, pause = shown_address(url), self._clock() + bounds.total_seconds, bounds.first_pause
        attempt = 0
        while True:
            attempt += 1
            waits_from = self._clock()
            with self._limit.slot():
                ends_at += self._clock() - waits_from
                outcome = self._attempt(url, params, body, self.api.key, ends_at)
            if isinstance(outcome, Answer):
                outcome = self._read_document(outcome, shown, read)
            if not isinstance(outcome, _Failed):
                return outcome
            is_last = attempt == bounds.attempts or self._clock() + pause >= ends_at
            if is_last or not outcome.is_transient:
                raise outcome.error
            if outcome.pauses:
                self._sleep(pause * (0.5 + 0.5 * self._jitter()))
                pause = min(2 * pause, bounds.longest_pause)

    def _attempt(
        self, url: str, params: Mapping[str, str], body: bytes | None, key: Secret, ends_at: float
    ) -> "Answer | _Failed":
        bounds = self.api.bounds
        headers = {name: text.replace("{key}", key.reveal()) for name, text in self.api.headers.items()}
        if self._session is None:
            self._session = HttpSession(self._clock)
        try:
            return self._session.fetch(
                url,
                connect_timeout=bounds.connect_timeout,
                read_timeout=bounds.read_timeout,
                deadline_seconds=max(min(bounds.attempt_seconds, ends_at - self._clock()), 0.05),
                byte_cap=bounds.byte_cap,
                headers=headers if body is None else {**headers, "Content-Type": "application/json"},
                params=params,
                body=body,
            )
        except Unreachable as error:
            self._disconnect()
            return _Failed(error)
        except SourceUnavailable as error:  # a redirect, or too large a body
            self._disconnect()
            return _Failed(error, is_transient=False)

    def _disconnect(self) -> None:
        """Close the session: a broken connection is not used again."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _read_document(self, answer: Answer, shown: str, read: Callable[[Any, str], Read]) -> "Read | _Failed":
        """The result of `read`, or how the attempt failed; the key is masked before anything reads the document."""
        document: Any = None
        try:
            document = _json(answer.body, shown, self._masked)
        except BadAnswer as error:
            if answer.status == 200:
                return _Failed(error)
        status, words = _status_and_words(answer.status, document)
        if status != 200:
            return self._refusal(answer, status, words, shown)
        wait = wait_for_reset(answer)
        if wait is not None:
            self._limit.hold(min(wait, LONGEST_HOLD_SECONDS))
        try:
            return read(document, shown)
        except BadAnswer as error:
            return _Failed(error)

    def _refusal(self, answer: Answer, status: int, words: str, shown: str) -> "_Failed":
        refusal = f"{shown}: refused with {status}{f' ({words})' if words else ''}"
        wait = requested_wait(answer, datetime.now(UTC))
        if status == 429 or (status == 503 and wait is not None):
            held = min(_DEFAULT_WAIT_SECONDS if wait is None else wait, LONGEST_HOLD_SECONDS)
            self._limit.hold(held)
            is_transient = held <= self.api.bounds.longest_wait
            error = LimitReached(f"{refusal}; no request is made for the next {held:.0f} s; run again later")
            return _Failed(error, is_transient=is_transient, pauses=False)  # the rate limit itself waits
        self._is_key_refused = self._is_key_refused or status == 401
        if status in (401, 403):
            return _Failed(AccessRefused(f"{refusal}; {self.api.remedy}"), is_transient=False)
        if status in (404, 410):
            return _Failed(NotThere(f"{refusal}; check the address and the settings of the source"), is_transient=False)
        error = SourceUnavailable(f"{refusal}; {'try again later' if status in _TRANSIENT else self.api.remedy}")
        return _Failed(error, is_transient=status in _TRANSIENT)

    def _note_failure(self, error: SourceError) -> None:
        """Count the API as down if other requests would fail, too: a refused key, a limit, failures in a row."""
        is_outage = isinstance(error, SourceUnavailable) and not isinstance(error, AccessRefused | NotThere)
        self._failures_in_a_row += is_outage
        is_down = self._failures_in_a_row >= self.api.bounds.down_after
        if is_down or self._is_key_refused or isinstance(error, LimitReached):
            self._down = error

    def _masked(self, text: str) -> str:
        return text if self.api.key is None else self.api.key.masked(text)


def api_client(settings: Settings, api: Api, per_minute: int) -> ApiClient:
    """A client that shares the API's rate limit with all processes that use the same folder on this machine."""
    database = settings.machine_folder / "limits" / "requests.sqlite"
    return ApiClient(api, SharedLimit(database, f"{api.name} ({api.base_url})", per_minute))


class NotANumber:
    """NaN, an infinity, or a number of too many digits: its value is unusable, but not the whole document."""

    def __init__(self, written: str) -> None:
        self._written = written

    def __repr__(self) -> str:
        return self._written


@dataclass(frozen=True)
class _Failed:
    """A failed attempt. pauses: whether to pause before the next one."""

    error: SourceError
    is_transient: bool = True
    pauses: bool = True


def _json(body: bytes, shown: str, masked: Callable[[str], str]) -> Any:
    """The document with the key masked in every string of it; numbers are left alone."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadAnswer(f"{shown}: the answer is not UTF-8 (byte {error.start}); the service must fix this") from error
    try:
        document = json.loads(text, parse_float=_decimal, parse_int=_whole, parse_constant=NotANumber)
    except (ValueError, RecursionError) as error:
        start = " ".join(masked(text)[:40].split())
        raise BadAnswer(f"{shown}: the answer is not JSON but starts with {start!r}; check the address") from error
    try:
        return _masked_texts(document, masked, DEEPEST)
    except RecursionError as error:
        raise BadAnswer(f"{shown}: the answer is nested deeper than {DEEPEST} levels; check the address") from error


def _masked_texts(value: Any, masked: Callable[[str], str], levels: int) -> Any:
    """The document with the key masked. Raises RecursionError if it has more than `levels` levels."""
    if isinstance(value, str):
        return masked(value)
    if not isinstance(value, list | dict):
        return value
    if levels == 0:
        raise RecursionError("nested too deeply")
    if isinstance(value, list):
        return [_masked_texts(part, masked, levels - 1) for part in value]
    return {masked(name): _masked_texts(part, masked, levels - 1) for name, part in value.items()}


def _decimal(written: str) -> Decimal | NotANumber:
    """A number with a fraction or exponent; Decimal itself refuses an exponent of twenty digits."""
    try:
        number = Decimal(written)
    except ArithmeticError:
        return NotANumber(written[:40])
    return number if abs(number.adjusted()) < 400 and len(written) <= 400 else NotANumber(written[:40])


def _whole(written: str) -> int | NotANumber:
    return int(written) if len(written) <= MOST_DIGITS else NotANumber(written[:40])


def _status_and_words(status: int, document: Any) -> tuple[int, str]:
    """The status and message; football-data.org and others may send {"message": …, "errorCode": 429} under 200.

    Square sends {"errors": [{"code": …, "detail": …}]}.
    """
    if not isinstance(document, dict):
        return status, ""
    code, message, errors = document.get("errorCode"), document.get("message"), document.get("errors")
    if isinstance(errors, list) and errors and isinstance(errors[0], dict):
        message = errors[0].get("detail") or errors[0].get("code")
    if type(code) is int and 400 <= code <= 599:
        status = code
    words = message[:200] if isinstance(message, str) else ""
    printable = "".join(letter if letter.isprintable() else " " for letter in words)
    return status, " ".join(printable.split())
