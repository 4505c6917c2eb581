"""An ObjectStore of files below one folder. POSIX only, because of locks, renames and folder syncs."""

import fcntl
import os
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pyarrow
from filelock import FileLock, Timeout

from pizza_assets.errors import ConfigurationError, StorageError, quoted
from pizza_assets.storage.claims import Claim

TEMPORARY = ".writing-"
CLAIMS = ".claims"
CLAIM_PATIENCE_SECONDS = 600.0
"""How long to wait for another writer of the same week; no source takes this long for a week."""


class LocalFolder:
    """Objects as files below `root`; `claim_patience` is how many seconds to wait for another writer."""

    def __init__(self, root: str | Path, claim_patience: float = CLAIM_PATIENCE_SECONDS) -> None:
        try:
            self.root = Path(root).resolve()
            self.root.exists()
        except (OSError, RuntimeError) as error:  # too long a name, links in a circle, a current folder that is gone
            raise ConfigurationError(
                f"{quoted(str(root))} can't be used as a folder ({str(error)[:200]}); correct PIZZA_STORAGE"
            ) from error
        self._claim_patience = claim_patience

    def check(self) -> None:
        """Write and delete a file in the folder, or in the existing one in which it would be made: none is made."""
        there = next(folder for folder in (self.root, *self.root.parents) if folder.exists())
        try:
            with _temporary_beside(there / "check") as file:
                file.write(b"")
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise self._unwritable(self.root, error) from error

    def sweep(self) -> int:
        return sum(_sweep(folder) for folder in {path.parent for path in self.root.rglob(f"{TEMPORARY}*")})

    @contextmanager
    def claiming(self, name: str) -> Iterator[Claim]:
        """An OS lock on a lock file: the kernel releases it when the process ends, however that happens."""
        path = self._path(f"{CLAIMS}/{name.replace('/', '.')}.lock")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            lock = FileLock(path, timeout=self._claim_patience)
            lock.acquire()
        except Timeout as error:
            raise StorageError(
                f"{name}: another process has been writing it for more than {self._claim_patience:g} s; wait for it, "
                f"or find it with `fuser {path}` and stop it, then run again"
            ) from error
        except OSError as error:
            raise StorageError(f"{path}: can't be locked ({error}); check the permissions of PIZZA_STORAGE") from error
        try:
            yield _KernelLock()
        finally:
            lock.release()

    def uri(self, key: str) -> str:
        return str(self._path(key))

    @contextmanager
    def writing(self, key: str, labels: Mapping[str, str] | None = None) -> Iterator[IO[bytes]]:  # noqa: ARG002
        """Write to a temporary file, flush it to disk, then rename: a crash leaves the old file intact."""
        path = self._path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _sweep(path.parent)
            with _temporary_beside(path) as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
                Path(file.name).replace(path)
            _sync_folder(path.parent)
        except OSError as error:
            raise self._unwritable(path, error) from error

    def read(self, key: str) -> bytes | None:
        try:
            return self._path(key).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(key, error) from error

    def opened(self, key: str) -> pyarrow.NativeFile | None:
        try:
            return pyarrow.OSFile(str(self._path(key)))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(key, error) from error

    def tail(self, key: str, length: int) -> bytes | None:
        try:
            with self._path(key).open("rb") as file:
                size = file.seek(0, os.SEEK_END)
                file.seek(max(0, size - length))
                return file.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unreadable(key, error) from error

    def exists(self, key: str) -> bool:
        return self._path(key).is_file()

    def keys(self, prefix: str) -> list[str]:
        files = _files_below(str(self._path(prefix)))
        found = (file.path.removeprefix(str(self.root)).lstrip("/") for file in files if not _is_temporary(file))
        return sorted(key for key in found if not key.startswith(f"{CLAIMS}/"))

    def delete(self, key: str) -> None:
        self._path(key).unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        if key.startswith("/") or ".." in key.split("/"):
            raise StorageError(f"{key}: leads outside {self.root}; use a relative key without ..")
        return self.root / key

    def _unwritable(self, path: Path, error: OSError) -> StorageError:
        return StorageError(
            f"{path}: can't be written ({error}); check the free space and permissions of PIZZA_STORAGE"
        )

    def _unreadable(self, key: str, error: OSError) -> StorageError:
        return StorageError(f"{self._path(key)}: can't be read ({error}); check its permissions")


def _is_temporary(file: os.DirEntry[str]) -> bool:
    return file.name.startswith(TEMPORARY)


def _files_below(folder: str) -> Iterator[os.DirEntry[str]]:
    """All files; none below a folder that may not be listed, is gone or is none. pathlib takes ten times as long."""
    try:
        entries = list(os.scandir(folder))
    except (PermissionError, FileNotFoundError, NotADirectoryError):
        return
    for entry in entries:
        if entry.is_dir(follow_symlinks=False):
            yield from _files_below(entry.path)
        elif entry.is_file():
            yield entry


class _KernelLock:
    """A lock that its process keeps for as long as it is alive."""

    def confirm(self) -> None:
        pass


@contextmanager
def _temporary_beside(path: Path) -> Iterator[IO[bytes]]:
    """A new file, locked while its writer is alive and deleted at the end unless it was renamed.

    The lock shows `_sweep` in any process, container or host that shares the folder whether the writer is alive; a pid
    would not.
    """
    temporary = path.with_name(f"{TEMPORARY}{uuid.uuid4().hex}-{path.name}")
    with temporary.open("xb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            if not os.fstat(file.fileno()).st_nlink:  # swept between opening and locking
                with _temporary_beside(path) as another:
                    yield another
                return
            yield file
        finally:
            temporary.unlink(missing_ok=True)


def _sweep(folder: Path) -> int:
    """Delete the temporary files of killed writers."""
    swept = 0
    for leftover in folder.glob(f"{TEMPORARY}*"):
        try:
            with leftover.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                leftover.unlink(missing_ok=True)
                swept += 1
        except (BlockingIOError, FileNotFoundError):
            continue  # its writer is alive, or has just finished
    return swept


def _sync_folder(folder: Path) -> None:
    """Make the rename itself survive a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
