"""Objects under keys: the little that differs between a local folder and a bucket.

A write is all or nothing: a reader sees the old object or the new one, never a part. Tables, labels and
prefixes do not belong here.
"""

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import IO, Protocol

import pyarrow

from pizza_assets.storage.claims import Claim


class ObjectStore(Protocol):
    """What tables need from a place to keep them."""

    def check(self) -> None:
        """Raises StorageError naming setting and remedy if nothing can be stored here."""
        ...

    def sweep(self) -> int:
        """Remove what killed writers left anywhere; returns how many pieces. Living writers are left alone."""
        ...

    def claiming(self, name: str) -> AbstractContextManager[Claim]:
        """Be the only one who holds `name` during the block; others wait. A dead holder holds nothing.

        Raises StorageError naming the claim and the remedy if another holds it for too long.
        """
        ...

    def uri(self, key: str) -> str:
        """Where a person finds the object."""
        ...

    def writing(self, key: str, labels: Mapping[str, str] | None = None) -> AbstractContextManager[IO[bytes]]:
        """Open for writing; published at the end of the block, discarded if the block raises.

        labels: words in ASCII that a bucket keeps with the object; a folder keeps none, but the facts beside it.
        """
        ...

    def read(self, key: str) -> bytes | None:
        """The object's bytes, or None if there is none."""
        ...

    def opened(self, key: str) -> pyarrow.NativeFile | None:
        """The object as a file, or None if there is none. It stays what it was when it was opened, until it is closed;
        threads may read it at once. What is not on this machine is copied to a temporary file first.
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
        """Remove the object; nothing happens if there is none."""
        ...
