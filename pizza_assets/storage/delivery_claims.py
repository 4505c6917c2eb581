"""Once and for all: of several deliveries of one call, one takes its name; and shows that it is alive while it works.

Unlike the claim on a week (expiring_claims.py) this one never expires: a call whose taker died is not begun again by a
late delivery. What is done under a name does not belong here.
"""

from collections.abc import Callable
from datetime import datetime

from pizza_assets.storage.expiring_claims import CLAIMS
from pizza_assets.storage.s3_objects import S3Objects


class DeliveryClaims:
    """Claims by create-only objects; `token` makes texts that never come twice.

    Exact on Amazon's S3, which honours `If-None-Match: *`. The objects are a few bytes each; a lifecycle rule on
    `.claims/` removes them after a day.
    """

    def __init__(self, objects: S3Objects, token: Callable[[], str]) -> None:
        self._objects = objects
        self._token = token

    def take(self, name: str) -> bool:
        """Whether this delivery is the first to take `name`. Raises StorageError if that can't be told."""
        return self._objects.create(_key(name), self._token().encode())

    def renew(self, name: str) -> None:
        """Say that the taker of `name` lives. Raises StorageError."""
        self._objects.put(_key(name), self._token().encode())

    def renewed_at(self, name: str) -> datetime | None:
        """When the taker of `name` last said so, by the server's clock; None if nobody took it. Raises StorageError."""
        return self._objects.modified_at(_key(name))


def _key(name: str) -> str:
    return f"{CLAIMS}/deliveries/{name}"
