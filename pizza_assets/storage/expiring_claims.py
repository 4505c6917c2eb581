"""Claims as objects that expire: one writer at a time where writers share a bucket and nothing else.

A claim is won by creating the next of a name's numbered objects, which only one writer can: 1, 2, 3, … The newest says
whose claim it is and until when it holds. It is renewed, while its block runs, by creating the next one; it is over when
its owner overwrites it to say so. A writer that dies leaves it to expire, and whoever finds it expired creates the next.
So all that is asked of the store is that it creates an object once (If-None-Match: *), which servers honour that know no
If-Match, and that its listings are up to date.

Older numbers are removed, oldest first, and the newest never is, so that no number comes twice. A writer that was
stopped may still create a number which had its time and is gone; then the number before it is gone, too, which it
looks for after creating.

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

CLAIMS = ".claims"
LONGEST_PAUSE = timedelta(seconds=2)
PAUSES_PER_EXPIRY = 6
RENEWALS_PER_EXPIRY = 3
ATTEMPTS_TO_RENEW = 3

_SUFFIX = ".json"

Renewing = Callable[[timedelta, Callable[[], bool]], AbstractContextManager[None]]


class CreateOnlyObjects(Protocol):
    """Objects that are created once, by whoever comes first."""

    def uri(self, key: str) -> str:
        """Where a person finds the object."""
        ...

    def create(self, key: str, content: bytes) -> bool:
        """False if there is one already, or the store asks to try again."""
        ...

    def put(self, key: str, content: bytes) -> None:
        """Write the object, whatever is there."""
        ...

    def read(self, key: str) -> bytes | None:
        """The object's bytes, or None if there is none."""
        ...

    def keys(self, prefix: str) -> list[str]:
        """All keys that start with `prefix`, sorted."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens if there is none."""
        ...


class ExpiringClaims:
    """Gives claims on names. `owner` tells people whose claim it is, for example host and process.

    `now` is aware. `skew`: how far the clocks of writers may be apart.
    """

    def __init__(
        self,
        objects: CreateOnlyObjects,
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
        claim = self._wait_for(_Numbered(self._objects, name))
        try:
            with self._renewing(self._expires_after / RENEWALS_PER_EXPIRY, claim.renew):
                yield claim
        finally:
            claim.release()

    def _wait_for(self, numbered: "_Numbered") -> "_HeldClaim":
        token = secrets.token_hex(16)
        waited = timedelta(0)
        while True:
            found = self._attempt(numbered, token)
            if isinstance(found, _HeldClaim):
                return found
            if waited >= self._patience:
                raise StorageError(self._told(numbered, found))
            pause = min(LONGEST_PAUSE, self._expires_after / PAUSES_PER_EXPIRY, self._patience - waited)
            self._sleep(pause.total_seconds())
            waited += pause

    def _attempt(self, numbered: "_Numbered", token: str) -> "_HeldClaim | _Entry | None":
        """The claim, now held; or another's that stands in the way; or None if it was just changing hands."""
        numbers = numbered.numbers()
        newest = numbers[-1] if numbers else 0
        before = numbered.entry(newest) if newest else None
        if newest and before is None:
            return None
        # one of our own token was created by an attempt whose answer got lost on the way
        if before is not None and before.token != token and not before.is_free(self._now() - self._skew):
            return before
        mine = _Entry(self._owner, token, self._now() + self._expires_after)
        if not numbered.create(newest + 1, mine) or not numbered.follows(newest + 1, before):
            return None
        return _HeldClaim(numbered, [*numbers, newest + 1], mine, self._now, self._expires_after)

    def _told(self, numbered: "_Numbered", entry: "_Entry | None") -> str:
        waited = f"waited {self._patience.total_seconds():g} s"
        if entry is None or entry.expires_at is None:
            return (
                f"{numbered.uri}: this claim keeps changing hands; {waited}. Run again when fewer writers are at work"
            )
        return (
            f"{numbered.uri}: claimed by {entry.owner} until {_told_time(entry.expires_at)}, and renewed while "
            f"that writer is at work; {waited}. Let it finish, then run again; if it is gone, its claim is free from "
            f"{_told_time(entry.expires_at + self._skew)}"
        )


@dataclass(frozen=True)
class _Entry:
    """What one number of a claim says. expires_at: None once its owner is done."""

    owner: str
    token: str
    expires_at: datetime | None

    def is_free(self, moment: datetime) -> bool:
        return self.expires_at is None or moment > self.expires_at

    def to_json(self) -> bytes:
        expires_at = None if self.expires_at is None else self.expires_at.isoformat()
        return json.dumps({**asdict(self), "expires_at": expires_at}).encode()


class _Numbered:
    """The numbered objects of one claim."""

    def __init__(self, objects: CreateOnlyObjects, name: str) -> None:
        self._objects = objects
        self._folder = f"{CLAIMS}/{name}/"

    @property
    def uri(self) -> str:
        return self._objects.uri(self._folder)

    def numbers(self) -> list[int]:
        """The numbers that are there, sorted. Raises StorageError for a key that is none."""
        texts = [key.removeprefix(self._folder).removesuffix(_SUFFIX) for key in self._objects.keys(self._folder)]
        odd = [text for text in texts if not text.isdigit()]
        if odd:
            raise StorageError(_told_junk(f"{self.uri}{odd[0]}", "its name is no number"))
        return sorted(map(int, texts))

    def create(self, number: int, entry: _Entry) -> bool:
        return self._objects.create(self._key(number), entry.to_json())

    def follows(self, number: int, before: _Entry | None) -> bool:
        """Whether `number`, just created, is the newest: the one `before` it is still there, or there never was one."""
        if before is None:
            return self.numbers() == [number]
        found = self.entry(number - 1)
        return found is not None and found.token == before.token

    def entry(self, number: int) -> _Entry | None:
        content = self._objects.read(self._key(number))
        return None if content is None else _entry(self._objects.uri(self._key(number)), content)

    def end(self, number: int, entry: _Entry) -> None:
        """Say that the claim is over."""
        self._objects.put(self._key(number), replace(entry, expires_at=None).to_json())

    def delete(self, number: int) -> None:
        self._objects.delete(self._key(number))

    def _key(self, number: int) -> str:
        return f"{self._folder}{number:010}{_SUFFIX}"


class _HeldClaim:
    """A claim that was won; once lost it stays lost. numbers: those that were there, the last one ours."""

    def __init__(
        self,
        numbered: _Numbered,
        numbers: list[int],
        entry: _Entry,
        now: Callable[[], datetime],
        expires_after: timedelta,
    ) -> None:
        self._numbered = numbered
        self._numbers = numbers
        self._entry = entry
        self._now = now
        self._expires_after = expires_after
        self._lock = threading.Lock()
        self._loss: str | None = None
        self._trouble: StorageError | None = None

    def confirm(self) -> None:
        """Renew by creating the number after ours: the store itself says that no one else had the claim meanwhile."""
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
        """Say that it is over, and remove the older numbers. If that fails nothing is lost: the claim expires."""
        with self._lock:
            if self._loss is not None:
                return
            *older, own = self._numbers
            try:
                self._numbered.end(own, self._entry)
                for number in older:
                    self._numbered.delete(number)
            except StorageError as error:
                logging.getLogger(__name__).warning(
                    "claim kept until %s, or not cleared up: %s", _told_time(self._expires_at), error
                )

    @property
    def _expires_at(self) -> datetime:
        assert self._entry.expires_at is not None  # only the object that `release` writes has none
        return self._entry.expires_at

    def _extend(self) -> None:
        for _ in range(ATTEMPTS_TO_RENEW):
            self._check_expiry()
            wanted = replace(self._entry, expires_at=self._now() + self._expires_after)
            number = self._numbers[-1] + 1
            if self._numbered.create(number, wanted):
                self._advance(number, wanted)
                self._trouble = None
                return
            # either lost, or the answer to an earlier renewal was, or the store asks to try again
            found = self._numbered.entry(number)
            if found is not None and found.token != self._entry.token:
                self._lose(f"taken over by {found.owner}")
            elif found is not None:
                self._advance(number, found)
        raise StorageError(
            f"{self._numbered.uri}: {ATTEMPTS_TO_RENEW} renewals of this claim met other requests; run again"
        )

    def _advance(self, number: int, entry: _Entry) -> None:
        if not self._numbered.follows(number, self._entry):
            self._lose("the number before is gone, so another has had it, or someone removed it")
        self._numbers.append(number)
        self._entry = entry

    def _check_expiry(self) -> None:
        if self._loss is None and self._now() >= self._expires_at:
            trouble = "" if self._trouble is None else f" ({self._trouble})"
            self._loss = f"not renewed before {_told_time(self._expires_at)}, when it expired{trouble}"
        self._raise_if_lost()

    def _lose(self, loss: str) -> None:
        self._loss = loss
        self._raise_if_lost()

    def _raise_if_lost(self) -> None:
        if self._loss is not None:
            raise StorageError(
                f"{self._numbered.uri}: the claim of {self._entry.owner} was lost: {self._loss}; run again"
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


def _entry(uri: str, content: bytes) -> _Entry:
    try:
        fields = json.loads(content)
        until = fields["expires_at"]
        expires_at = None if until is None else datetime.fromisoformat(until)
        entry = _Entry(str(fields["owner"]), str(fields["token"]), expires_at)
    except (ValueError, TypeError, KeyError) as error:
        raise StorageError(_told_junk(uri, f"{type(error).__name__}: {error}")) from error
    if expires_at is not None and expires_at.tzinfo is None:
        raise StorageError(_told_junk(uri, "expires_at has no time zone"))
    return entry


def _told_junk(uri: str, cause: str) -> str:
    return f"{uri}: not a claim ({cause}); if no writer is at work, delete this object, then run again"


def _told_time(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
