"""The local Dagster instance, which the Dagster UI shows, too."""

import errno
import os
import sqlite3
import sys
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from textwrap import shorten

import dagster as dg
from dagster_shared.check import CheckError
from filelock import FileLock
from sqlalchemy.exc import DatabaseError, NoSuchTableError
from yaml import YAMLError

from pizza_assets.command_name import typed
from pizza_assets.errors import ConfigurationError, InstanceUnusable
from pizza_assets.escaping import printable

CONFIGURATION = Path(__file__).with_name("dagster.yaml")
"""The same as dagster.yaml in the repository."""

_HERE = Path("dagster.yaml")
_FOLDER = Path(".dagster")
_DAMAGE = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_PRIMARY = 0xFF
"""The bits of an SQLite result code that say what kind of error it is; the others say where."""
_OTHER_SCHEMA = ("no such table", "no such column")
_NOT_WRITABLE = {errno.EROFS, errno.EACCES, errno.EPERM, errno.ENOSPC, errno.EDQUOT}
_LONGEST_WHY = 300


@contextmanager
def local_instance(*, creates: bool = True) -> Iterator[dg.DagsterInstance]:
    """The instance of DAGSTER_HOME, or of ./dagster.yaml, which is created if it is missing.

    creates: False raises ConfigurationError instead, as do a DAGSTER_HOME that is no folder and a wrong dagster.yaml.
    Raises InstanceUnusable if a database of it is damaged or locked, or if anything of it can't be read or written.
    """
    home = os.environ.get("DAGSTER_HOME")
    if home and not (Path(home).is_absolute() and Path(home).is_dir()):
        raise ConfigurationError(
            f"DAGSTER_HOME is {home!r}, which is not the absolute path of a folder; correct it, or unset it to use "
            f"{_HERE} in {Path.cwd()}"
        )
    folder = Path(home) if home else _FOLDER.absolute()
    try:
        with _opened(home, creates) as instance:
            yield instance
    except DatabaseError as error:
        if not isinstance(error.orig, sqlite3.Error):
            raise
        raise _unusable(folder, error.orig) from error
    except NoSuchTableError as error:
        raise _of_other_schema(folder, f"no such table: {error}") from error
    except OSError as error:
        if error.errno not in _NOT_WRITABLE or not _is_within(folder, error):
            raise
        raise _unwritable(folder, error) from error


def _opened(home: str | None, creates: bool) -> dg.DagsterInstance:
    try:
        return dg.DagsterInstance.get() if home else _instance_here(creates)
    except (dg.DagsterError, CheckError, YAMLError, UnicodeDecodeError) as error:
        file, why = (Path(home or "") / _HERE).absolute(), shorten(str(error), _LONGEST_WHY, placeholder="…")
        raise ConfigurationError(
            f"{file} can't be used ({why}); correct it, or move it away: `{typed('run')}` creates a new one if there "
            "is none"
        ) from error
    except OSError as error:
        raise _unwritable(Path(home) if home else _FOLDER.absolute(), error) from error


def _instance_here(creates: bool) -> dg.DagsterInstance:
    if not _HERE.is_file():
        if not creates:
            raise ConfigurationError(
                f"no dagster.yaml in {Path.cwd()} and DAGSTER_HOME is not set; run this in the folder in which you ran "
                f"`{typed('run')}`"
            )
        _create()
    _FOLDER.mkdir(exist_ok=True)
    # Dagster creates its databases without a lock: of two processes, one could find a table missing, or already there
    with FileLock(_FOLDER / "opening.lock"):
        return dg.DagsterInstance.from_config(str(Path.cwd()))


def _create() -> None:
    """Write ./dagster.yaml at once, since another process may read it."""
    new = _HERE.with_name(f".{_HERE.name}.{uuid.uuid4().hex}")
    new.write_bytes(CONFIGURATION.read_bytes())
    new.replace(_HERE)
    print(printable(f"created a Dagster instance in {Path.cwd()}: dagster.yaml and {_FOLDER}/"), file=sys.stderr)


def _is_within(folder: Path, error: OSError) -> bool:
    return isinstance(error.filename, str) and Path(error.filename).absolute().is_relative_to(folder)


def _unwritable(folder: Path, error: OSError) -> InstanceUnusable:
    return InstanceUnusable(
        f"the Dagster instance in {folder} can't be used: {error}. Free space, correct the permissions of {folder} and "
        "all that is in it, or set DAGSTER_HOME to a folder that can be written; then run the same command again"
    )


def _unusable(folder: Path, error: sqlite3.Error) -> InstanceUnusable:
    if "locked" in str(error):
        return InstanceUnusable(
            f"the Dagster instance in {folder} is in use ({error}); stop the Dagster processes that work there, such "
            f"as `{typed('ui')}`, and run the same command again"
        )
    if any(words in str(error) for words in _OTHER_SCHEMA):
        return _of_other_schema(folder, str(error))
    damaged = [str(path) for path in sorted(folder.rglob("*.db")) if _is_damaged(path)]
    if not damaged and not _tells_of_damage(error):
        return InstanceUnusable(
            f"the Dagster instance in {folder} can't be used: {error}. No damage was found: free space, or correct the "
            f"permissions of {folder} and all that is in it, and run the same command again"
        )
    return InstanceUnusable(
        f"the Dagster instance can't be used: {', '.join(damaged) or folder}: {error}. Stop all Dagster "
        "processes and move it away: Dagster starts a new one. It holds runs, events and check results; the stored "
        "tables are safe"
    )


def _of_other_schema(folder: Path, why: str) -> InstanceUnusable:
    return InstanceUnusable(
        f"the Dagster instance in {folder} lacks what this version of Dagster expects ({why}). If another version made "
        "it, run `dagster instance migrate`; otherwise stop all Dagster processes and move it away: Dagster starts a "
        "new one. It holds runs, events and check results; the stored tables are safe"
    )


def _is_damaged(database: Path) -> bool:
    """Whether its content is wrong. A database that can't be opened or read is not known to be."""
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            return connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",)
    except sqlite3.Error as error:
        return _tells_of_damage(error)


def _tells_of_damage(error: sqlite3.Error) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY in _DAMAGE  # an error that Python itself raises has none
