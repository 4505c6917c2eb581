"""Claims as objects that expire: one writer at a time where writers share a bucket and nothing else.

A claim is an object that only one writer can create. It says until when it holds, and is renewed while its block runs,
however long that takes; a writer that dies leaves it to expire. Whoever finds it expired replaces exactly the version
it has read, so one of several takers wins.

Clocks: a claim is taken over only once it has been expired for more than `skew` by the taker's clock. While clocks
differ by no more than that, no live claim is taken over, and after `confirm()` the writer has `expires_after` to
publish. Beyond it a live claim can be taken over; its writer then learns so from `confirm()`, which asks the store and
not a clock. What no claim can prevent: a writer that stops for longer than `expires_after` between `confirm()` and
the end of publishing publishes late.
"""

import json
import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from pizza_assets.errors import StorageError
from pizza_assets.storage.claims import Claim

LONGEST_PAUSE = timedelta(seconds=2)
PAUSES_PER_EXPIRY = 6
RENEWALS_PER_EXPIRY = 3
ATTEMPTS_TO_RENEW = 3

Renewing = Callable[[timedelta, Callable[[], bool]], AbstractContextManager[None]]


class ConditionalObjects(Protocol):
    """Objects of which each write names the version it replaces."""

    def uri(self, key: str) -> str:
        """Where a person finds the object."""
        ...

    def create(self, key: str, content: bytes) -> str | None:
        """The new object's etag; None if there is one already, or the store asks to try again."""
        ...

    def replace(self, key: str, content: bytes, etag: str) -> str | None:
        """The new version's etag; None if the object is no longer version `etag`, or the store asks to try again."""
        ...

    def read(self, key: str) -> tuple[bytes, str] | None:
        """The object's bytes and etag, or None if there is none."""
        ...

    def delete(self, key: str, etag: str) -> None:
        """Remove the object if it is still version `etag`; otherwise nothing happens."""
        ...


class ExpiringClaims:
    """Gives claims on names. `owner` tells people whose claim it is, for example host and process.

    `now` is aware. `skew`: how far the clocks of writers may be apart.
    """

    def __init__(
        self,
        objects: ConditionalObjects,
        owner: str,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        expires_after: timedelta,
        patience: timedelta,
        skew: timedelta = timedelta(seconds=30),
        renewing: Renewing | None = None,
    ) -> None:
        self._objects = objects
        self._owner = owner
        self._now = now
        self._sleep = sleep
        self._expires_after = expires_after
        self._patience = patience
        self._skew = skew
        self._renewing = renewing or repeating

    @contextmanager
    def claiming(self, name: str) -> Iterator[Claim]:
        """Hold the claim on `name` while the block runs; waits for another's up to the patience.

        Raises StorageError if the other's lasts longer.
        """
        claim = self._wait_for(f"claims/{name}.json")
        try:
            with self._renewing(self._expires_after / RENEWALS_PER_EXPIRY, claim.renew):
                yield claim
        finally:
            claim.release()

    def _wait_for(self, key: str) -> "_HeldClaim":
        token = secrets.token_hex(16)
        waited = timedelta(0)
        while True:
            found = self._attempt(key, token)
            if isinstance(found, _HeldClaim):
                return found
            if waited >= self._patience:
                raise StorageError(self._told(key, found))
            pause = min(LONGEST_PAUSE, self._expires_after / PAUSES_PER_EXPIRY, self._patience - waited)
            self._sleep(pause.total_seconds())
            waited += pause

    def _attempt(self, key: str, token: str) -> "_HeldClaim | _Entry | None":
        """The claim, now held; or another's that stands in the way; or None if it was just changing hands."""
        mine = _Entry(self._owner, token, self._now() + self._expires_after)
        etag = self._objects.create(key, mine.to_json())
        if etag is None:
            found = _read(self._objects, key)
            if found is None:
                return None
            entry, found_etag = found
            # one of our own token was created by an attempt whose answer got lost on the way
            if entry.token != token and self._now() <= entry.expires_at + self._skew:
                return entry
            etag = self._objects.replace(key, mine.to_json(), found_etag)
        return None if etag is None else _HeldClaim(self._objects, key, mine, etag, self._now, self._expires_after)

    def _told(self, key: str, entry: "_Entry | None") -> str:
        uri = self._objects.uri(key)
        waited = f"waited {self._patience.total_seconds():g} s"
        if entry is None:
            return f"{uri}: this claim keeps changing hands; {waited}. Run again when fewer writers are at work"
        return (
            f"{uri}: claimed by {entry.owner} until {_told_time(entry.expires_at)}, and renewed while "
            f"that writer is at work; {waited}. Let it finish, then run again; if it is gone, its claim is free from "
            f"{_told_time(entry.expires_at + self._skew)}, or when you delete this object"
        )


@dataclass(frozen=True)
class _Entry:
    """What a claim's object says."""

    owner: str
    token: str
    expires_at: datetime

    def to_json(self) -> bytes:
        return json.dumps({**asdict(self), "expires_at": self.expires_at.isoformat()}).encode()


class _HeldClaim:
    """A claim that was won; once lost it stays lost."""

    def __init__(
        self,
        objects: ConditionalObjects,
        key: str,
        entry: _Entry,
        etag: str,
        now: Callable[[], datetime],
        expires_after: timedelta,
    ) -> None:
        self._objects = objects
        self._key = key
        self._entry = entry
        self._etag = etag
        self._now = now
        self._expires_after = expires_after
        self._lock = threading.Lock()
        self._loss: str | None = None
        self._trouble: StorageError | None = None

    def confirm(self) -> None:
        """Renew by replacing our own version: the store itself says that no one else had the claim meanwhile."""
        with self._lock:
            self._extend()
            self._check_expiry()  # an answer can take longer than the claim lasts

    def renew(self) -> bool:
        """Renew, as seen from beside the block; False once there is nothing left to renew.

        A store that can't be reached is asked again later: until it expires, the claim holds.
        """
        with self._lock:
            try:
                self._extend()
            except StorageError as error:
                self._trouble = error
            return self._loss is None

    def release(self) -> None:
        """Remove our own version. If that fails nothing is lost: the claim expires."""
        with self._lock:
            # not even asked for when it may be another's: some stores delete whatever the condition says
            if self._loss is not None or self._now() >= self._entry.expires_at:
                return
            try:
                self._objects.delete(self._key, self._etag)
            except StorageError as error:
                logging.getLogger(__name__).warning(
                    "claim kept until %s, because it can't be removed: %s", _told_time(self._entry.expires_at), error
                )

    def _extend(self) -> None:
        for _ in range(ATTEMPTS_TO_RENEW):
            self._check_expiry()
            wanted = replace(self._entry, expires_at=self._now() + self._expires_after)
            etag = self._objects.replace(self._key, wanted.to_json(), self._etag)
            if etag is not None:
                self._entry, self._etag, self._trouble = wanted, etag, None
                return
            # either lost, or the answer to an earlier renewal was, or the store asks to try again
            found = _read(self._objects, self._key)
            if found is None:
                self._lose("removed by someone")
            elif found[0].token != self._entry.token:
                self._lose(f"taken over by {found[0].owner}")
            else:
                self._entry, self._etag = found
        raise StorageError(
            f"{self._objects.uri(self._key)}: {ATTEMPTS_TO_RENEW} renewals of this claim met other requests; run again"
        )

    def _check_expiry(self) -> None:
        if self._loss is None and self._now() >= self._entry.expires_at:
            trouble = "" if self._trouble is None else f" ({self._trouble})"
            self._loss = f"not renewed before {_told_time(self._entry.expires_at)}, when it expired{trouble}"
        self._raise_if_lost()

    def _lose(self, loss: str) -> None:
        self._loss = loss
        self._raise_if_lost()

    def _raise_if_lost(self) -> None:
        if self._loss is not None:
            raise StorageError(
                f"{self._objects.uri(self._key)}: the claim of {self._entry.owner} was lost: {self._loss}; run again"
            )


@contextmanager
def repeating(every: timedelta, action: Callable[[], bool]) -> Iterator[None]:
    """Call `action` again and again in a thread beside the block, until the block ends or it returns False."""
    is_over = threading.Event()

    def repeat() -> None:
        while not is_over.wait(every.total_seconds()):
            if not action():
                return

    # a daemon, so that a process which is told to end does not stay for its claim
    thread = threading.Thread(target=repeat, name="claim-renewal", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _read(objects: ConditionalObjects, key: str) -> tuple[_Entry, str] | None:
    found = objects.read(key)
    if found is None:
        return None
    content, etag = found
    try:
        fields = json.loads(content)
        entry = _Entry(str(fields["owner"]), str(fields["token"]), datetime.fromisoformat(fields["expires_at"]))
    except (ValueError, TypeError, KeyError) as error:
        raise StorageError(_told_junk(objects.uri(key), f"{type(error).__name__}: {error}")) from error
    if entry.expires_at.tzinfo is None:
        raise StorageError(_told_junk(objects.uri(key), "expires_at has no time zone"))
    return entry, etag


def _told_junk(uri: str, cause: str) -> str:
    return f"{uri}: not a claim ({cause}); if no writer is at work, delete this object, then run again"


def _told_time(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
