"""Claims as objects that expire: one writer at a time where writers share a bucket and nothing else.

Each writer who wants a claim creates an object of its own below the claim's name, and looks who else has one there. It
has the claim if no one else has; otherwise it removes its own and waits. Of two who come at the same moment at least
one sees the other. The object says until when it holds, and is renewed while its block runs, however long that takes; a
writer that dies leaves it to expire, and whoever finds it expired removes it and goes on.

So all that is asked of the store is that its listings are up to date. That a server creates an object only once
(If-None-Match: *) is not enough asked for: OpenStack Swift honours it, but not for two who ask at once (decision 0017).

Clocks: a claim is taken over only once it has been expired for more than `skew` by the taker's clock. While clocks
differ by no more than that, no live claim is taken over, and after `confirm()` the writer has half of `expires_after`
to publish. Beyond it a live claim can be taken over; its writer then learns so from `confirm()`, which asks the store
and not a clock. What no claim can prevent: a writer that stops for longer than that between `confirm()` and the end of
publishing publishes late.
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
"""How often a holder looks at one who came later, before it counts as another holder: most see the holder and go."""

_SUFFIX = ".json"

Renewing = Callable[[timedelta, Callable[[], bool]], AbstractContextManager[None]]


class ListedObject(Protocol):
    """An object as a listing tells of it."""

    @property
    def key(self) -> str: ...

    @property
    def etag(self) -> str:
        """Another one after every change."""
        ...


class ListedObjects(Protocol):
    """Objects whose listings are up to date."""

    def uri(self, key: str) -> str:
        """Where a person finds the object."""
        ...

    def put(self, key: str, content: bytes) -> None:
        """Write the object, whatever is there."""
        ...

    def read(self, key: str) -> bytes | None:
        """The object's bytes, or None if there is none."""
        ...

    def listing(self, prefix: str) -> Iterable[ListedObject]:
        """Every object whose key starts with `prefix`."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens if there is none."""
        ...


class ExpiringClaims:
    """Gives claims on names. `owner` tells people whose claim it is, for example host and process.

    `now` is aware. `skew`: how far the clocks of writers may be apart. `draw` gives random numbers from 0 to 1.
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
        """Hold the claim on `name` while the block runs; waits for another's up to the patience.

        Raises StorageError if the other's lasts longer.
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
                raise StorageError(self._told(folder, found))
            pause = min(LONGEST_PAUSE, self._expires_after / PAUSES_PER_EXPIRY, self._patience - waited)
            if found is None:
                pause *= self._draw()  # two who came at the same moment should not do so again
            self._sleep(pause.total_seconds())
            waited += max(pause, timedelta(milliseconds=1))

    def _attempt(self, folder: str) -> "_HeldClaim | _Entry | None":
        """The claim, now held; or another's that stands in the way; or None if it was just changing hands."""
        dead = _listed(self._objects, folder)
        for key in dead:
            entry = _read(self._objects, key)
            if entry is not None and self._now() <= entry.expires_at + self._skew:
                return entry
        own = f"{folder}{secrets.token_hex(16)}{_SUFFIX}"
        mine = _Entry(self._owner, self._now() + self._expires_after)
        self._objects.put(own, mine.to_json())
        others = _listed(self._objects, folder)
        is_seen = others.pop(own, None) is not None
        # an expired claim that has changed since has come to life again
        if not is_seen or not others.items() <= dead.items() or self._now() >= mine.expires_at:
            self._objects.delete(own)
            return None
        for key in others:
            self._objects.delete(key)  # so that its writer, should it go on, learns that another has had the claim
        return _HeldClaim(self._objects, folder, own, mine, self._now, self._sleep, self._expires_after)

    def _told(self, folder: str, entry: "_Entry | None") -> str:
        uri = self._objects.uri(folder)
        waited = f"waited {self._patience.total_seconds():g} s"
        if entry is None:
            return f"{uri}: this claim keeps changing hands; {waited}. Run again when fewer writers are at work"
        return (
            f"{uri}: claimed by {entry.owner} until {_told_time(entry.expires_at)}, and renewed while "
            f"that writer is at work; {waited}. Let it finish, then run again; if it is gone, its claim is free from "
            f"{_told_time(entry.expires_at + self._skew)}, or when you delete what is there"
        )


@dataclass(frozen=True)
class _Entry:
    """What a claim's object says."""

    owner: str
    expires_at: datetime

    def to_json(self) -> bytes:
        return json.dumps({"owner": self.owner, "expires_at": self.expires_at.isoformat()}).encode()


class _HeldClaim:
    """A claim that was won; once lost it stays lost. `own`: the key of its object, which no one else writes."""

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
        self._trouble: StorageError | None = None

    def confirm(self) -> None:
        """Look who else is there, and renew unless more than half of the time is left."""
        with self._lock:
            self._check_expiry()
            if self._entry.expires_at - self._now() <= self._expires_after / 2:
                self._extend()
            self._look()
            self._check_expiry()  # an answer can take longer than the claim lasts

    def renew(self) -> bool:
        """Renew, as seen from beside the block; False once there is nothing left to renew.

        A store that can't be reached is asked again later: until it expires, the claim holds.
        """
        with self._lock:
            try:
                self._check_expiry()
                self._look()
                self._extend()
            except StorageError as error:
                self._trouble = error
            if self._loss is not None:
                self._remove()  # nobody should take it for a living one until the block ends
            return self._loss is None

    def release(self) -> None:
        """Remove our object. If that fails nothing is lost: the claim expires."""
        with self._lock:
            self._remove()

    def _remove(self) -> None:
        try:
            self._objects.delete(self._own)
        except StorageError as error:
            logging.getLogger(__name__).warning(
                "claim kept until %s, because it can't be removed: %s", _told_time(self._entry.expires_at), error
            )

    def _extend(self) -> None:
        wanted = _Entry(self._entry.owner, self._now() + self._expires_after)
        self._objects.put(self._own, wanted.to_json())
        self._check_expiry()  # of the old one: past it, another may have had the claim, and have left
        self._entry, self._trouble = wanted, None

    def _look(self) -> None:
        """Our object is there, and no one else's stays there."""
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
            else "its object is gone, so another has had it, or someone removed it"
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
            uri = self._objects.uri(self._folder)
            raise StorageError(f"{uri}: the claim of {self._entry.owner} was lost: {self._loss}; run again")


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


def _listed(objects: ListedObjects, folder: str) -> dict[str, str]:
    """The etag of each object there."""
    return {found.key: found.etag for found in objects.listing(folder)}


def _read(objects: ListedObjects, key: str) -> _Entry | None:
    content = objects.read(key)
    if content is None:
        return None
    try:
        fields = json.loads(content)
        entry = _Entry(str(fields["owner"]), datetime.fromisoformat(fields["expires_at"]))
    except (ValueError, TypeError, KeyError) as error:
        raise StorageError(_told_junk(objects.uri(key), f"{type(error).__name__}: {error}")) from error
    if entry.expires_at.tzinfo is None:
        raise StorageError(_told_junk(objects.uri(key), "expires_at has no time zone"))
    return entry


def _told_junk(uri: str, cause: str) -> str:
    return f"{uri}: not a claim ({cause}); if no writer is at work, delete this object, then run again"


def _told_time(moment: datetime) -> str:
    return moment.isoformat(sep=" ", timespec="seconds")
