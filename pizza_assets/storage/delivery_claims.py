"""Claims that deduplicate deliveries: the first delivery of a call claims its name and sends heartbeats while it works.

Unlike the claim on a week (expiring_claims.py) this one never expires: a late delivery does not restart a call whose
claim holder died. The work itself does not belong here.
"""

from collections.abc import Callable
from datetime import datetime

from pizza_assets.storage.expiring_claims import CLAIMS
from pizza_assets.storage.s3_objects import S3Objects


class DeliveryClaims:
    """Claims as create-only objects; `token` returns a unique text on each call.

    Exclusive on Amazon S3, which honours `If-None-Match: *`. The objects are a few bytes each; a lifecycle rule on
    `.claims/` removes them after a day.
    """

    def __init__(self, objects: S3Objects, token: Callable[[], str]) -> None:
        self._objects = objects
        self._token = token

    def take(self, name: str) -> bool:
        """Claim `name`; return whether this delivery is the first. Raises StorageError if that can't be determined."""
        return self._objects.create(_key(name), self._token().encode())

    def renew(self, name: str) -> None:
        """Send a heartbeat for `name`. Raises StorageError."""
        self._objects.put(_key(name), self._token().encode())

    def renewed_at(self, name: str) -> datetime | None:
        """The last heartbeat for `name`, by the server's clock; None if it is unclaimed. Raises StorageError."""
        return self._objects.modified_at(_key(name))


def _key(name: str) -> str:
    return f"{CLAIMS}/deliveries/{name}"
