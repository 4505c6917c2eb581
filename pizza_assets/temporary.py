"""Temporary folders that nothing outlives: a killed process leaves its own, and the next process deletes them.

A folder is locked by the process that made it, so it is known whether its maker is alive. What they are for does not
belong here.
"""

import fcntl
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

_ENDING = ".pizza-tmp"
_OURS = re.compile(rf"pizza-[a-z]+-[a-z0-9_]+{re.escape(_ENDING)}")


class TemporaryFolder:
    """A new folder in the system's temporary folder (TMPDIR), until `delete`. Raises OSError if it can't be made."""

    def __init__(self, purpose: str) -> None:
        """purpose: a word in lower case, for its name."""
        _sweep_once(tempfile.gettempdir())
        self.path, self._lock = _made(purpose)

    def delete(self) -> None:
        """Delete it with all that is in it; nothing happens the second time."""
        shutil.rmtree(self.path, ignore_errors=True)
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1


@contextmanager
def temporary_folder(purpose: str) -> Iterator[Path]:
    """A temporary folder that exists during the block. Raises OSError if it can't be made."""
    folder = TemporaryFolder(purpose)
    try:
        yield folder.path
    finally:
        folder.delete()


def sweep_temporary() -> int:
    """Delete the temporary folders of killed processes; returns how many there were."""
    swept = 0
    for path in Path(tempfile.gettempdir()).glob(f"pizza-*{_ENDING}"):
        if _OURS.fullmatch(path.name) and not path.is_symlink():
            swept += _deleted(path)
    return swept


def _made(purpose: str) -> tuple[Path, int]:
    """A new folder, and the descriptor that holds its lock."""
    while True:
        path = Path(tempfile.mkdtemp(prefix=f"pizza-{purpose}-", suffix=_ENDING))
        try:
            lock = os.open(path, os.O_RDONLY)
        except FileNotFoundError:  # swept before it was locked
            continue
        fcntl.flock(lock, fcntl.LOCK_EX)
        if path.is_dir():
            return path, lock
        os.close(lock)  # likewise


def _deleted(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    except OSError:  # another process has just deleted it, or it is another user's
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
        return not path.exists()
    except BlockingIOError:
        return False  # its maker is alive
    finally:
        os.close(lock)


@cache
def _sweep_once(folder: str) -> None:  # noqa: ARG001 - once for each folder
    sweep_temporary()
