"""Objects under keys: the little that differs between a local folder and a bucket.

A write is all or nothing: a reader sees the old object or the new one, never a part. Tables, labels and
prefixes do not belong here.
"""

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

import psutil

from pizza_assets.errors import StorageError

TEMPORARY = ".writing-"


class ObjectStore(Protocol):
    """What tables need from a place to keep them."""

    def check(self) -> None:
        """Raises StorageError naming setting and remedy if nothing can be stored here."""
        ...

    def uri(self, key: str) -> str:
        """Where a person finds the object."""
        ...

    def writing(self, key: str) -> "contextmanager[IO[bytes]]":  # type: ignore[type-arg]
        """Open for writing; published at the end of the block, discarded if the block raises."""
        ...

    def read(self, key: str) -> bytes | None:
        """The object's bytes, or None if there is none."""
        ...

    def size(self, key: str) -> int | None:
        """The object's size in bytes, or None if there is none."""
        ...

    def exists(self, key: str) -> bool: ...

    def keys(self, prefix: str) -> list[str]:
        """All keys below `prefix`, sorted."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; nothing happens if there is none."""
        ...


class LocalFolder:
    """Objects as files below one folder."""

    def __init__(self, root: str | Path) -> None:
        self.root = Path(root).resolve()

    def check(self) -> None:
        with self.writing(".check") as file:
            file.write(b"")
        self.delete(".check")

    def uri(self, key: str) -> str:
        return str(self._path(key))

    @contextmanager
    def writing(self, key: str) -> Iterator[IO[bytes]]:
        """Write beside the target, flush to disk, then rename: a crash leaves the old file whole."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _sweep(path.parent)
            temporary = path.with_name(f"{TEMPORARY}{os.getpid()}-{uuid.uuid4().hex}-{path.name}")
            try:
                with temporary.open("xb") as file:
                    yield file
                    file.flush()
                    os.fsync(file.fileno())
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
            _sync_folder(path.parent)
        except OSError as error:
            raise StorageError(
                f"{path}: can't be written ({error}); check free space and permissions of PIZZA_STORAGE"
            ) from error

    def read(self, key: str) -> bytes | None:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"{self._path(key)}: can't be read ({error}); check its permissions") from error

    def size(self, key: str) -> int | None:
        try:
            return self._path(key).stat().st_size
        except FileNotFoundError:
            return None

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def keys(self, prefix: str) -> list[str]:
        folder = self._path(prefix)
        return sorted(
            path.relative_to(self.root).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and not path.name.startswith(TEMPORARY)
        )

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        path = (self.root / key).resolve()
        if not path.is_relative_to(self.root):
            raise StorageError(f"{key}: leads outside of {self.root}; keys are relative and never go up")
        return path


def _sweep(folder: Path) -> None:
    """Remove what writers left here that were killed while writing."""
    for leftover in folder.glob(f"{TEMPORARY}*"):
        pid = leftover.name.removeprefix(TEMPORARY).partition("-")[0]
        if not (pid.isdigit() and psutil.pid_exists(int(pid))):
            leftover.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
