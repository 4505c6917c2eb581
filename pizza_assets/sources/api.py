"""A conversation with one JSON API: limit, retries, waiting hints, refusals. What its documents mean is the caller's.

One loop surrounds request, whole body, JSON and the caller's reading of it, because a cut body, an HTML page under 200
or a short count is as much a failed attempt as a refused connection. There is no other retry below it.
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
from pizza_assets.sources.rate_limit import SharedLimit
from pizza_assets.sources.waiting_hints import asked_wait, exhausted_wait

Read = TypeVar("Read")

LONGEST_HOLD_SECONDS = 3600.0
"""A server that asks for more is asked again after an hour: more likely it is out of its mind than right."""
_UNTOLD_WAIT_SECONDS = 60.0
_TRANSIENT = frozenset({408, 425, 500, 502, 503, 504})


@dataclass(frozen=True)
class Bounds:
    """How long and how often. attempt_seconds: one request with its body. total_seconds: all attempts at one document,
    with their pauses, without the waiting for the limit. byte_cap: decompressed. longest_wait: for the limit, and for
    what the server asks for. first_pause, longest_pause: before the second attempt, doubled for each further one.
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
    """name: as people know it. headers: by name, a template with {key} for the key. remedy: where a key comes from."""

    name: str
    base_url: str
    key: Secret | None
    headers: Mapping[str, str]
    remedy: str
    bounds: Bounds = field(default_factory=Bounds)


class ApiClient:
    """Asks one API. An API that can't be reached, or refuses its key, is asked once in this object's life."""

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
        self._failures_running = 0

    def ask(self, path: str, params: Mapping[str, str], read: Callable[[Any, str], Read]) -> Read:
        """What `read` makes of the JSON document at `path`; it is given the document and the address to name.

        Numbers with a fraction come as Decimal; NaN and Infinity as NotANumber. `read` raises BadAnswer for a document
        that can't be used: that is an attempt, too. Raises the last attempt's SourceError; its message holds no key.
        """
        if self._down is not None:
            raise self._down
        try:
            found = self._asked(path, params, read)
        except SourceError as error:
            shown = type(error)(self._masked(str(error)))
            self._remember(shown)
            raise shown from None  # the causes below may show what was sent
        self._failures_running = 0
        return found

    def _asked(self, path: str, params: Mapping[str, str], read: Callable[[Any, str], Read]) -> Read:
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
                outcome = self._attempt(url, params, self.api.key, ends_at)
            if isinstance(outcome, Answer):
                outcome = self._reading(outcome, shown, read)
            if not isinstance(outcome, _Failed):
                return outcome
            is_last = attempt == bounds.attempts or self._clock() + pause >= ends_at
            if is_last or not outcome.is_transient:
                raise outcome.error
            if outcome.pauses:
                self._sleep(pause * (0.5 + 0.5 * self._jitter()))
                pause = min(2 * pause, bounds.longest_pause)

    def _attempt(self, url: str, params: Mapping[str, str], key: Secret, ends_at: float) -> "Answer | _Failed":
        bounds = self.api.bounds
        if self._session is None:
            self._session = HttpSession(self._clock)
        try:
            return self._session.get(
                url,
                connect_timeout=bounds.connect_timeout,
                read_timeout=bounds.read_timeout,
                deadline_seconds=max(min(bounds.attempt_seconds, ends_at - self._clock()), 0.05),
                byte_cap=bounds.byte_cap,
                headers={name: text.replace("{key}", key.reveal()) for name, text in self.api.headers.items()},
                params=params,
            )
        except Unreachable as error:
            self._hang_up()
            return _Failed(error)
        except SourceUnavailable as error:  # a redirect, a body without end
            self._hang_up()
            return _Failed(error, is_transient=False)

    def _hang_up(self) -> None:
        """Nothing of a broken connection is used again."""
        if self._session is not None:
            self._session.close()
            self._session = None

    def _reading(self, answer: Answer, shown: str, read: Callable[[Any, str], Read]) -> "Read | _Failed":
        """What the document says; the key is blotted out before anything else reads it."""
        document: Any = None
        try:
            document = _json(answer.body, shown, self._masked)
        except BadAnswer as error:
            if answer.status == 200:
                return _Failed(error)
        status, words = _status_and_words(answer.status, document)
        if status != 200:
            return self._refused(answer, status, words, shown)
        wait = exhausted_wait(answer)
        if wait is not None:
            self._limit.hold(min(wait, LONGEST_HOLD_SECONDS))
        try:
            return read(document, shown)
        except BadAnswer as error:
            return _Failed(error)

    def _refused(self, answer: Answer, status: int, words: str, shown: str) -> "_Failed":
        told = f"{shown}: refused with {status}{f' ({words})' if words else ''}"
        wait = asked_wait(answer, datetime.now(UTC))
        if status == 429 or (status == 503 and wait is not None):
            held = min(_UNTOLD_WAIT_SECONDS if wait is None else wait, LONGEST_HOLD_SECONDS)
            self._limit.hold(held)
            is_transient = held <= self.api.bounds.longest_wait
            error = LimitReached(
                f"{told}; it asks for a wait of {held:.0f} s, and no request is made before; run later"
            )
            return _Failed(error, is_transient=is_transient, pauses=False)  # the limit itself waits
        self._is_key_refused = self._is_key_refused or status == 401
        if status in (401, 403):
            return _Failed(AccessRefused(f"{told}; {self.api.remedy}"), is_transient=False)
        if status in (404, 410):
            return _Failed(NotThere(f"{told}; check the address and what is asked for"), is_transient=False)
        error = SourceUnavailable(f"{told}; {'try again later' if status in _TRANSIENT else self.api.remedy}")
        return _Failed(error, is_transient=status in _TRANSIENT)

    def _remember(self, error: SourceError) -> None:
        """After these, other questions would fare no better: one failure is enough for a run."""
        self._failures_running += isinstance(error, SourceUnavailable) and not isinstance(
            error, AccessRefused | NotThere
        )
        if (
            self._is_key_refused
            or isinstance(error, LimitReached)
            or self._failures_running >= self.api.bounds.down_after
        ):
            self._down = error

    def _masked(self, text: str) -> str:
        return text if self.api.key is None else self.api.key.masked(text)


def api_client(settings: Settings, api: Api, per_minute: int) -> ApiClient:
    """A client that keeps the API's limit together with all processes that use the same folder on this machine."""
    database = settings.machine_folder / "limits" / "requests.sqlite"
    return ApiClient(api, SharedLimit(database, f"{api.name} ({api.base_url})", per_minute))


class NotANumber:
    """NaN or an infinity in a document, which JSON does not know: no value at all, and not an error of the whole."""

    def __init__(self, written: str) -> None:
        self._written = written

    def __repr__(self) -> str:
        return self._written


@dataclass(frozen=True)
class _Failed:
    """An attempt that came to nothing. pauses: whether a pause is due before the next one."""

    error: SourceError
    is_transient: bool = True
    pauses: bool = True


def _json(body: bytes, shown: str, masked: Callable[[str], str]) -> Any:
    """The document, with every text in it masked: a text only, because a number that looks like a key is none."""
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadAnswer(f"{shown}: the answer is not UTF-8 (byte {error.start}); its sender must be mended") from error
    try:
        return _masked_texts(json.loads(text, parse_float=_decimal, parse_constant=NotANumber), masked)
    except (ValueError, RecursionError) as error:
        start = " ".join(masked(text)[:40].split())
        raise BadAnswer(f"{shown}: the answer is not JSON, it starts with {start!r}; check the address") from error


def _masked_texts(value: Any, masked: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return masked(value)
    if isinstance(value, list):
        return [_masked_texts(part, masked) for part in value]
    if isinstance(value, dict):
        return {masked(name): _masked_texts(part, masked) for name, part in value.items()}
    return value


def _decimal(written: str) -> Decimal | NotANumber:
    number = Decimal(written)
    return number if abs(number.adjusted()) < 400 else NotANumber(written[:40])


def _status_and_words(status: int, document: Any) -> tuple[int, str]:
    """football-data.org and others write an error under 200, too: {"message": …, "errorCode": 429}."""
    if not isinstance(document, dict):
        return status, ""
    code, message = document.get("errorCode"), document.get("message")
    if type(code) is int and 400 <= code <= 599:
        status = code
    return status, " ".join(message[:200].split()) if isinstance(message, str) else ""
