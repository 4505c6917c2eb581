"""Leases as expiring objects: one writer at a time where writers share nothing but a bucket.

A writer writes an object of its own below the claim's name, then lists the objects there. If its own is the only one,
it holds the claim; otherwise it deletes its own and waits. Of two simultaneous writers at least one sees the other. The
object contains its expiry time and is renewed while the block runs. If its writer dies, it expires, and the next writer
that finds it deletes it and takes the claim over.

So the store only needs consistent listings. Create-only writes (If-None-Match: *) are no substitute: OpenStack Swift
supports them, but not for simultaneous requests (decision 0018).

Clocks: a claim is taken over only if, by the new holder's clock, it expired more than `skew` ago. If clocks differ by
less than that, no live claim is taken over, and after `confirm()` a writer has half of `expires_after` to publish. If
they differ by more, `confirm()` still notices a lost claim, because it asks the store. No claim can stop a writer that
is suspended after `confirm()` for longer than that: it publishes late.
"""

import json
import logging
import random
import secrets
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from pizza_assets.errors import StorageError
from pizza_assets.storage.claims import Claim

CLAIMS = ".claims"
LONGEST_PAUSE = timedelta(seconds=2)
PAUSES_PER_EXPIRY = 6
RENEWALS_PER_EXPIRY = 3
LOOKS = 5
"""If another object is still there after so many listings, the claim is lost; most claimants withdraw before that."""

_SUFFIX = ".json"

Renewing = Callable[[timedelta, Callable[[], bool]], AbstractContextManager[None]]


class ListedObject(Protocol):
    """One entry of a listing."""

    @property
    def key(self) -> str: ...

    @property
    def etag(self) -> str:
        """Changes with every write."""
        ...


class ListedObjects(Protocol):
    """Objects with consistent listings."""

    def uri(self, key: str) -> str:
        """The object's address for messages."""
        ...

    def put(self, key: str, content: bytes) -> None:
        """Write or overwrite the object."""
        ...

    def read(self, key: str) -> bytes | None:
        """The object's bytes, or None if there is none."""
        ...

    def listing(self, prefix: str) -> Iterable[ListedObject]:
        """Every object whose key starts with `prefix`."""
        ...

    def delete(self, key: str) -> None:
        """Delete the object; nothing happens if there is none."""
        ...


class ExpiringClaims:
    """Gives out claims on names. owner: names the holder in messages, for example host and process.

    now: returns an aware time. patience: how long to wait for another holder. skew: how far writers' clocks may differ.
    draw: returns random numbers from 0 to 1.
    """

    def __init__(
        self,
        objects: ListedObjects,
        owner: str,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        expires_after: timedelta,
        patience: timedelta,
        skew: timedelta = timedelta(seconds=30),
        renewing: Renewing | None = None,
        draw: Callable[[], float] = random.random,
    ) -> None:
        self._objects = objects
        self._owner = owner
        self._now = now
        self._sleep = sleep
        self._expires_after = expires_after
        self._patience = patience
        self._skew = skew
        self._renewing = renewing or repeating
        self._draw = draw

    @contextmanager
    def claiming(self, name: str) -> Iterator[Claim]:
        """Hold the claim on `name` while the block runs.

        Raises StorageError if another holder keeps it for longer than `patience`.
        """
        claim = self._wait_for(f"{CLAIMS}/{name}/")
        try:
            with self._renewing(self._expires_after / RENEWALS_PER_EXPIRY, claim.renew):
                yield claim
        finally:
            claim.release()

    def _wait_for(self, folder: str) -> "_HeldClaim":
        waited = timedelta(0)
        while True:
            found = self._attempt(folder)
            if isinstance(found, _HeldClaim):
                return found
            if waited >= self._patience:
                raise StorageError(self._timeout_message(folder, found))
            pause = min(LONGEST_PAUSE, self._expires_after / PAUSES_PER_EXPIRY, self._patience - waited)
            if found is None:
                pause *= self._draw()  # so that two simultaneous claimants do not collide again
            self._sleep(pause.total_seconds())
            waited += max(pause, timedelta(milliseconds=1))

    def _attempt(self, folder: str) -> "_HeldClaim | _Entry | None":
        """The claim, now held; or the entry of its current holder; or None if several were claiming it."""
        expired = _listed(self._objects, folder)
        for key in expired:
            entry = _read(self._objects, key)
            if entry is not None and self._now() <= entry.expires_at + self._skew:
                return entry
        own = f"{folder}{secrets.token_hex(16)}{_SUFFIX}"
        mine = _Entry(self._owner, self._now() + self._expires_after)
        self._objects.put(own, mine.to_json())
        others = _listed(self._objects, folder)
        is_listed = others.pop(own, None) is not None
        # an expired claim that has changed since was renewed after all
        if not is_listed or not others.items() <= expired.items() or self._now() >= mine.expires_at:
            self._objects.delete(own)
            return None
        for key in others:
            self._objects.delete(key)  # so that its writer, if it resumes, learns that it lost the claim
        return _HeldClaim(self._objects, folder, own, mine, self._now, self._sleep, self._expires_after)

    def _timeout_message(self, folder: str, entry: "_Entry | None") -> str:
        uri = self._objects.uri(folder)
        waited = f"waited {self._patience.total_seconds():g} s"
        if entry is None:
            return f"{uri}: this claim keeps changing hands; {waited}. Run again when fewer writers are running"
        return (
            f"{uri}: claimed by {entry.owner} until {_time_text(entry.expires_at)}, and renewed while "
            f"that writer runs; {waited}. Let it finish, then run again; if it died, the claim is free from "
            f"{_time_text(entry.expires_at + self._skew)}, or once you delete the objects there"
        )


@dataclass(frozen=True)
class _Entry:
    """The content of a claim's object."""

    owner: str
    expires_at: datetime

    def to_json(self) -> bytes:
        return json.dumps({"owner": self.owner, "expires_at": self.expires_at.isoformat()}).encode()


class _HeldClaim:
    """A held claim; once lost it stays lost. own: the key of its object, which nobody else writes."""

    def __init__(
        self,
        objects: ListedObjects,
        folder: str,
        own: str,
        entry: _Entry,
        now: Callable[[], datetime],
        sleep: Callable[[float], None],
        expires_after: timedelta,
    ) -> None:
        self._objects = objects
        self._folder = folder
        self._own = own
        self._entry = entry
        self._now = now
        self._sleep = sleep
        self._expires_after = expires_after
        self._lock = threading.Lock()
        self._loss: str | None = None
        self._last_error: StorageError | None = None

    def confirm(self) -> None:
        """Check for other holders, and renew the claim if at most half of its time is left."""
        with self._lock:
            self._check_expiry()
            if self._entry.expires_at - self._now() <= self._expires_after / 2:
                self._extend()
            self._look()
            self._check_expiry()  # a response can take longer than the claim lasts

    def renew(self) -> bool:
        """Renew the claim from the renewal thread; return False once it is lost.

        If the store is unreachable, the next call retries: the claim holds until it expires.
        """
        with self._lock:
            try:
                self._check_expiry()
                self._look()
                self._extend()
            except StorageError as error:
                self._last_error = error
            if self._loss is not None:
                self._remove()  # so that nobody mistakes it for a live one until the block ends
            return self._loss is None

    def release(self) -> None:
        """Delete our object. If that fails, the claim expires."""
        with self._lock:
            self._remove()

    def _remove(self) -> None:
        try:
            self._objects.delete(self._own)
        except StorageError as error:
            logging.getLogger(__name__).warning(
                "the claim can't be deleted, so it lasts until %s: %s", _time_text(self._entry.expires_at), error
            )

    def _extend(self) -> None:
        wanted = _Entry(self._entry.owner, self._now() + self._expires_after)
        self._objects.put(self._own, wanted.to_json())
        self._check_expiry()  # of the old entry: after it, another writer may have held and released the claim
        self._entry, self._last_error = wanted, None

    def _look(self) -> None:
        """Check that our object still exists and that no other one persists."""
        holder = None
        for look in range(LOOKS):
            if look:
                self._sleep((LONGEST_PAUSE / PAUSES_PER_EXPIRY).total_seconds())
            others = _listed(self._objects, self._folder)
            is_there = others.pop(self._own, None) is not None
            entries = [entry for key in others if (entry := _read(self._objects, key)) is not None]
            if is_there and not entries:
                return
            holder = entries[0].owner if entries else None
            if not is_there:
                break
        self._lose(
            f"taken over by {holder}"
            if holder is not None
            else "its object is gone, so another writer took the claim over, or somebody deleted it"
        )

    def _check_expiry(self) -> None:
        if self._loss is None and self._now() >= self._entry.expires_at:
            cause = "" if self._last_error is None else f" ({self._last_error})"
            self._loss = f"not renewed before {_time_text(self._entry.expires_at)}, when it expired{cause}"
        self._raise_if_lost()

    def _lose(self, loss: str) -> None:
        self._loss = loss
        self._raise_if_lost()

    def _raise_if_lost(self) -> None:
        if self._loss is not None:
            uri = self._objects.uri(self._folder)
            raise StorageError(f"{uri}: the claim of {self._entry.owner} was lost: {self._loss}; run again")


@contextmanager
def repeating(every: timedelta, action: Callable[[], bool]) -> Iterator[None]:
    """Call `action` periodically in a thread while the block runs, until it returns False."""
    is_over = threading.Event()

    def repeat() -> None:
        while not is_over.wait(every.total_seconds()):
            if not action():
                return

    # a daemon, so that a claim does not keep a terminated process alive
    thread = threading.Thread(target=repeat, name="claim-renewal", daemon=True)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()


def _listed(objects: ListedObjects, folder: str) -> dict[str, str]:
    """Key to ETag of the objects in the folder."""
    return {found.key: found.etag for found in objects.listing(folder)}


def _read(objects: ListedObjects, key: str) -> _Entry | None:
    content = objects.read(key)
    if content is None:
        return None
    try:
        fields = json.loads(content)
        entry = _Entry(str(fields["owner"]), datetime.fromisoformat(fields["expires_at"]))
    except (ValueError, TypeError, KeyError) as error:
        raise StorageError(_invalid_message(objects.uri(key), f"{type(error).__name__}: {error}")) from error
    if entry.expires_at.tzinfo is None:
        raise StorageError(_invalid_message(objects.uri(key), "expires_at has no time zone"))
    return entry


def _invalid_message(uri: str, cause: str) -> str:
    return f"{uri}: not a claim ({cause}); if no writer is at work, delete this object, then run again"


def _time_text(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
