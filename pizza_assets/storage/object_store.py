"""The interface that local folders and buckets share: objects by key.

Writes are atomic: a reader sees the old object or the new one, never a part. Tables, labels and prefixes do not belong
here.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import IO, Protocol

import pyarrow

from pizza_assets.storage.claims import Claim


class ObjectStore(Protocol):
    """A place where tables are stored."""

    def check(self) -> None:
        """Raise StorageError, naming setting and remedy, if nothing can be stored here."""
        ...

    def sweep(self) -> int:
        """Delete what killed writers left behind; return the number of items. Running writers are not affected."""
        ...

    def claiming(self, name: str) -> AbstractContextManager[Claim]:
        """Hold the exclusive claim on `name` during the block; other claimants wait. A dead holder's claim is released.

        Raises StorageError, naming the claim and the remedy, if another process holds it for too long.
        """
        ...

    def uri(self, key: str) -> str:
        """The object's address for messages."""
        ...

    def writing(self, key: str, labels: Mapping[str, str] | None = None) -> AbstractContextManager[IO[bytes]]:
        """Open for writing; published at the end of the block, discarded if the block raises.

        labels: ASCII metadata that a bucket stores with the object; a folder ignores them.
        """
        ...

    def read(self, key: str) -> bytes | None:
        """The object's bytes, or None if there is none."""
        ...

    def opened(self, key: str) -> pyarrow.NativeFile | None:
        """The object as an open file, or None if there is none. Later writes do not change the open file, and several
        threads may read it. A bucket's object is first downloaded to a temporary file.
        """
        ...

    def tail(self, key: str, length: int) -> bytes | None:
        """The object's last `length` bytes (all if it is shorter), or None if there is none."""
        ...

    def exists(self, key: str) -> bool: ...

    def keys(self, prefix: str) -> list[str]:
        """All keys below `prefix`, sorted."""
        ...

    def delete(self, key: str) -> None:
        """Delete the object; nothing happens if there is none."""
        ...
