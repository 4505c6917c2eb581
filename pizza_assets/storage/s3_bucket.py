"""Objects below a prefix of an S3 bucket. What tables keep in them does not belong here."""

import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO

from pizza_assets.errors import StorageError
from pizza_assets.storage.claims import Claim
from pizza_assets.storage.expiring_claims import CLAIMS, ExpiringClaims
from pizza_assets.storage.s3_objects import S3Objects
from pizza_assets.storage.s3_upload import PART_BYTES, upload

ABANDONED_AFTER = timedelta(days=1)
"""An upload in parts that began longer ago has no writer any more: none takes as long."""

IGNORED = (
    "this server ignores If-None-Match, so writers can't exclude each other; use one that refuses to create what is there"
)


class S3Bucket:
    """An ObjectStore in a bucket. `claims` over the same objects keep one writer at a time.

    part_bytes: what is longer goes up in parts of this length (S3 wants 5 MiB or more).
    """

    def __init__(
        self,
        objects: S3Objects,
        claims: ExpiringClaims,
        now: Callable[[], datetime],
        part_bytes: int = PART_BYTES,
    ) -> None:
        self.objects = objects
        self._claims = claims
        self._now = now
        self._part_bytes = part_bytes

    def check(self) -> None:
        """Write, list, read and remove an object; and create it twice, which must not go."""
        key = f".check-{self._now():%Y%m%dT%H%M%S%f}"
        self.objects.create(key, b"first")
        try:
            is_ignored = self.objects.create(key, b"second")
            is_listed = key in self.objects.keys(key)
            content = self.objects.read(key)
        finally:
            self.objects.delete(key)
        if is_ignored or content != b"first":
            raise StorageError(f"{self.uri(key)}: {IGNORED}")
        if not is_listed:
            raise StorageError(f"{self.uri(key)}: written, but not listed; listings of this server are late, use another")

    def sweep(self) -> int:
        """Abort uploads in parts whose writer is gone; objects themselves are always whole."""
        before = self._now() - ABANDONED_AFTER
        abandoned = [(key, upload_id) for key, upload_id, at in self.objects.unfinished() if at < before]
        for key, upload_id in abandoned:
            self.objects.abort(key, upload_id)
        return len(abandoned)

    @contextmanager
    def claiming(self, name: str) -> Iterator[Claim]:
        """An object that only one writer can create, renewed while the block runs; a dead writer's expires."""
        with self._claims.claiming(name) as claim:
            yield claim

    def uri(self, key: str) -> str:
        return self.objects.uri(key)

    @contextmanager
    def writing(self, key: str, labels: Mapping[str, str] | None = None) -> Iterator[IO[bytes]]:
        """Kept aside, then sent in one request, or in parts that become an object at the end, all at once."""
        with tempfile.SpooledTemporaryFile(max_size=self._part_bytes) as file:
            yield file
            upload(self.objects, key, file, labels or {}, self._part_bytes)

    def read(self, key: str) -> bytes | None:
        return self.objects.read(key)

    def tail(self, key: str, length: int) -> bytes | None:
        return self.objects.tail(key, length)

    def exists(self, key: str) -> bool:
        """By its last byte: unlike HEAD, that tells an object that is not there from a bucket that is not."""
        return self.objects.tail(key, 1) is not None

    def keys(self, prefix: str) -> list[str]:
        below = f"{prefix.rstrip('/')}/" if prefix else ""
        return [key for key in self.objects.keys(below) if not key.startswith(f"{CLAIMS}/")]

    def delete(self, key: str) -> None:
        self.objects.delete(key)
