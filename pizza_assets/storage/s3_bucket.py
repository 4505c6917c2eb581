"""An ObjectStore below a prefix of an S3 bucket. The contents of objects do not belong here."""

import secrets
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import IO

import pyarrow

from pizza_assets.errors import StorageError
from pizza_assets.storage.claims import Claim
from pizza_assets.storage.expiring_claims import CLAIMS, ExpiringClaims
from pizza_assets.storage.s3_objects import S3Objects
from pizza_assets.storage.s3_upload import PART_BYTES, upload
from pizza_assets.temporary import temporary_folder

ABANDONED_AFTER = timedelta(days=1)
"""No upload takes this long: if a multipart upload is older, its writer is gone."""

NOT_CONSISTENT = (
    "this server's reads or listings lag behind writes and deletions, so writers can't exclude each other; use a "
    "strongly consistent server, such as Amazon S3"
)


class S3Bucket:
    """An ObjectStore in a bucket. `claims` on the same objects ensure one writer at a time.

    part_bytes: longer objects are uploaded in parts of this size (S3 requires 5 MiB or more).
    """

    def __init__(
        self, objects: S3Objects, claims: ExpiringClaims, now: Callable[[], datetime], part_bytes: int = PART_BYTES
    ) -> None:
        self.objects = objects
        self._claims = claims
        self._now = now
        self._part_bytes = part_bytes

    def check(self) -> None:
        """Write, list, read and delete an object; without consistent listings claims would protect nothing."""
        key = f".check-{secrets.token_hex(8)}"
        self.objects.put(key, b"")
        try:
            is_listed = self.objects.keys(key) == [key]
            is_read = self.objects.read(key) == b""
        finally:
            self.objects.delete(key)
        if not (is_listed and is_read) or self.objects.keys(key):
            raise StorageError(f"{self.uri(key)}: {NOT_CONSISTENT}")

    def sweep(self) -> int:
        """Abort multipart uploads whose writer is gone; objects themselves are always complete."""
        before = self._now() - ABANDONED_AFTER
        abandoned = [(key, upload_id) for key, upload_id, at in self.objects.unfinished() if at < before]
        for key, upload_id in abandoned:
            self.objects.abort(key, upload_id)
        return len(abandoned)

    @contextmanager
    def claiming(self, name: str) -> Iterator[Claim]:
        """A claim object that makes other writers wait, renewed while the block runs; a dead writer's expires."""
        with self._claims.claiming(name) as claim:
            yield claim

    def uri(self, key: str) -> str:
        return self.objects.uri(key)

    @contextmanager
    def writing(self, key: str, labels: Mapping[str, str] | None = None) -> Iterator[IO[bytes]]:
        """Buffer the content, then upload it in one request, or in parts that become an object only at the end."""
        with tempfile.SpooledTemporaryFile(max_size=self._part_bytes) as file:
            yield file
            upload(self.objects, key, file, labels or {}, self._part_bytes)

    def read(self, key: str) -> bytes | None:
        return self.objects.read(key)

    def opened(self, key: str) -> pyarrow.NativeFile | None:
        with temporary_folder("object") as folder, (folder / "content").open("w+b") as file:
            if not self.objects.download(key, file):
                return None
            file.flush()
            return pyarrow.OSFile(file.name)  # stays readable after the file is unlinked

    def tail(self, key: str, length: int) -> bytes | None:
        return self.objects.tail(key, length)

    def exists(self, key: str) -> bool:
        """Reads the last byte: unlike HEAD, this distinguishes a missing object from a missing bucket."""
        return self.objects.tail(key, 1) is not None

    def keys(self, prefix: str) -> list[str]:
        below = f"{prefix.rstrip('/')}/" if prefix else ""
        return [key for key in self.objects.keys(below) if not key.startswith(f"{CLAIMS}/")]

    def delete(self, key: str) -> None:
        self.objects.delete(key)
