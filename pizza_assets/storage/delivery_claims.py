"""Claims that deduplicate deliveries: the first delivery of a call claims its name and sends heartbeats while it works.

Unlike the claim on a week (expiring_claims.py) this one never expires by a clock. Work that is safe to do twice may be
taken over from a holder that sends no heartbeats (`take_or_follow`); other work may not (`take`). The work itself does
not belong here.
"""

import itertools
import time
from collections.abc import Callable
from datetime import datetime

from pizza_assets.storage.expiring_claims import CLAIMS
from pizza_assets.storage.s3_objects import S3Objects

LOOK_EVERY_SECONDS = 5.0
SILENT_LOOKS = 8
"""A holder that sends no heartbeat for 40 seconds is dead; a live one sends four."""


class DeliveryClaims:
    """Claims as create-only objects; `token` returns a unique text on each call.

    Exclusive on Amazon S3, which honours `If-None-Match: *`. The objects are a few bytes each; a lifecycle rule on
    `.claims/` removes them after a day.
    """

    def __init__(
        self, objects: S3Objects, token: Callable[[], str], sleep: Callable[[float], None] = time.sleep
    ) -> None:
        self._objects = objects
        self._token = token
        self._sleep = sleep

    def take(self, name: str) -> bool:
        """Claim `name`; return whether this delivery is the first. Raises StorageError if that can't be determined."""
        return self._objects.create(_key(name), self._token().encode())

    def take_or_follow(self, name: str) -> str | None:
        """Claim `name`, or a name that follows it if its holder died before `finish(name)`.

        Returns the claimed name, which is the one to renew; None if another delivery has finished or is at work. Waits
        for a heartbeat of the holder, so neither clock matters. Raises StorageError.
        """
        names = itertools.chain([name], (f"{name}.{follower}" for follower in itertools.count(1)))
        claimed = next(names)
        while not self.take(claimed):
            if self._is_finished(name) or self._is_alive(name, claimed):
                return None
            claimed = next(names)
        return claimed

    def finish(self, name: str) -> None:
        """Record that the work of `name` is done, so that no later delivery does it again. Raises StorageError."""
        self._objects.put(_key(f"{name}.finished"), self._token().encode())

    def _is_finished(self, name: str) -> bool:
        return self._objects.modified_at(_key(f"{name}.finished")) is not None

    def _is_alive(self, name: str, claimed: str) -> bool:
        """Whether the holder of `claimed` sends a heartbeat, or finishes, while we look."""
        seen = self.renewed_at(claimed)
        for _ in range(SILENT_LOOKS):
            self._sleep(LOOK_EVERY_SECONDS)
            if self._is_finished(name) or self.renewed_at(claimed) != seen:
                return True
        return False

    def renew(self, name: str) -> None:
        """Send a heartbeat for `name`. Raises StorageError."""
        self._objects.put(_key(name), self._token().encode())

    def renewed_at(self, name: str) -> datetime | None:
        """The last heartbeat for `name`, by the server's clock; None if it is unclaimed. Raises StorageError."""
        return self._objects.modified_at(_key(name))


def _key(name: str) -> str:
    return f"{CLAIMS}/deliveries/{name}"
