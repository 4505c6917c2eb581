"""Reads new and changed files into the store of order lines, each once. Unchanged files are not opened.

A file is known by its name and the hash of its content; while its size and times stay the same, it is not even hashed.
The lines of a file are stored whole or not at all. Folding them into orders does not belong here.
"""

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from pizza_assets.errors import BadFile
from pizza_assets.sources.orders.file_readers import GONE, why_unreadable
from pizza_assets.sources.orders.line_reading import OrderFile, Reading, read_file, store_files, store_lines
from pizza_assets.sources.orders.line_store import execute_given, one_thread, transaction
from pizza_assets.sources.orders.small_files import read_small_files

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_SURELY_NOTICED = 2.0
"""Seconds after which a further change of a file surely changes its times: they are as coarse as the system's clock."""
_STILL_GROWING = 0.25
"""Seconds in which a file that is being written grows."""
BEING_WRITTEN = "it is being written, and is read when that has ended; run again then"
PASSING = (BEING_WRITTEN, GONE)
"""How the error of a file ends that is taken up later."""
_TEXT_KINDS = (".csv", ".tsv", ".txt", ".json", ".jsonl", ".ndjson")


@dataclass(frozen=True)
class _Known:
    """A stored file. Its lines have the same fates at every cut-off after last_at and not after held_from.

    last_at: the time of the last line that counts. held_from: the last cut-off at which every waiting line still waits,
    and every line refused as future is still refused; None if there are no such lines.
    """

    file_id: int
    name: str
    stat: str
    content: str
    is_used: bool
    is_bad: bool
    last_at: datetime | None
    held_from: datetime | None

    def is_valid_at(self, cutoff: datetime) -> bool:
        at = cutoff.replace(tzinfo=None)
        return (self.last_at is None or self.last_at < at) and (self.held_from is None or at <= self.held_from)


@dataclass(frozen=True)
class _Seen:
    """A file as it is now. stat: its size and times."""

    file: OrderFile
    stat: str
    is_fresh: bool
    content: str = ""
    error: str | None = None


def take_in(db: "DuckDBPyConnection", files: Sequence[OrderFile], reading: Reading) -> dict[str, int]:
    """Read the files that the store does not know yet. Returns the id of each file's lines, by its name.

    An unreadable file, and one that is being written, gets an error in the table `files`, and no lines.
    """
    known = _known(db)
    used = {one.name: one for one in known if one.is_used}
    chosen: dict[str, int] = {}
    changed = []
    for seen in map(_seen, files):
        old = used.get(seen.file.name)
        if old is not None and old.stat == seen.stat != "" and old.is_valid_at(reading.cutoff):
            chosen[seen.file.name] = old.file_id
        else:
            changed.append(seen)
    if not changed:
        return chosen
    hashed = [_hashed(seen) for seen in changed]
    spare = _spare(known, {file.name for file in files}, reading.cutoff)
    to_read = []
    for seen in hashed:
        old = used.get(seen.file.name)
        if old is not None and seen.error is None and old.content == seen.content and old.is_valid_at(reading.cutoff):
            chosen[seen.file.name] = old.file_id
        elif (found := spare.pop((seen.content, _suffixes(seen.file.name)), None)) is not None:
            db.execute("UPDATE files SET name = ?, is_used = false WHERE file_id = ?", [seen.file.name, found])
            chosen[seen.file.name] = found
        else:
            to_read.append(seen)
    with one_thread(db):
        chosen |= _read(db, _whole(to_read), reading)
    _keep_stats(db, hashed, chosen)
    return chosen


def _known(db: "DuckDBPyConnection") -> list[_Known]:
    columns = "file_id, name, stat, content, is_used, error IS NOT NULL, last_at, held_from"
    return [_Known(*row) for row in db.execute(f"SELECT {columns} FROM files ORDER BY file_id").fetchall()]


def _spare(known: Iterable[_Known], names: set[str], cutoff: datetime) -> dict[tuple[str, tuple[str, ...]], int]:
    """The lines of files that have been renamed, or were read in an import that did not end."""
    return {
        (one.content, _suffixes(one.name)): one.file_id
        for one in known
        if not one.is_bad and one.is_valid_at(cutoff) and not (one.is_used and one.name in names)
    }


def _suffixes(name: str) -> tuple[str, ...]:
    """They decide how a file is read."""
    return tuple(suffix.casefold() for suffix in Path(name).suffixes[-2:])


def _seen(file: OrderFile) -> _Seen:
    try:
        found = file.path.stat()
    except OSError as error:
        return _Seen(file, "", False, error=why_unreadable(file.name, error))
    stat = f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}"
    return _Seen(file, stat, time.time() - max(found.st_mtime, found.st_ctime) < _SURELY_NOTICED)


def _hashed(seen: _Seen) -> _Seen:
    if seen.error is not None:
        return seen
    try:
        with seen.file.path.open("rb") as handle:
            content = hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError as error:
        return _Seen(seen.file, "", False, error=why_unreadable(seen.file.name, error))
    return _Seen(seen.file, seen.stat, seen.is_fresh, content)


def _whole(seen: Sequence[_Seen]) -> list[_Seen]:
    """The files; those that may end within a line only if they stay as they are for a moment."""
    doubtful = [one for one in seen if one.is_fresh and one.error is None and _ends_within_a_line(one.file.path)]
    if doubtful:
        time.sleep(_STILL_GROWING)
    growing = {one.file.name for one in doubtful if _seen(one.file).stat != one.stat}
    return [_being_written(one) if one.file.name in growing else one for one in seen]


def _ends_within_a_line(path: Path) -> bool:
    if path.suffix.casefold() not in _TEXT_KINDS:
        return False
    try:
        with path.open("rb") as handle:
            handle.seek(max(0, path.stat().st_size - 1))
            return handle.read() not in (b"", b"\n", b"\r")
    except OSError:  # named when it is read
        return False


def _being_written(seen: _Seen) -> _Seen:
    why = f"{seen.file.name}: {BEING_WRITTEN}"
    return _Seen(seen.file, "", False, error=why)


def _read(db: "DuckDBPyConnection", seen: Sequence[_Seen], reading: Reading) -> dict[str, int]:
    """Store the lines of the files, or their errors. Returns their ids."""
    [[first]] = db.execute("SELECT coalesce(max(file_id), 0) + 1 FROM files").fetchall()
    numbered = dict(enumerate(seen, first))
    left = {number: one for number, one in numbered.items() if one.error is None}
    for group in read_small_files({number: one.file for number, one in left.items()}, reading):
        as_before = {number for number in group.ids if _seen(left[number].file).stat == left[number].stat}
        done = {number: left.pop(number) for number in as_before}
        with transaction(db):
            store_lines(db, group.lines[group.lines["file_id"].isin(as_before)], reading)
            store_files(db, [_row(one, number) for number, one in done.items()], reading)
    bad: dict[int, str] = {}
    for number, one in left.items():
        try:
            with transaction(db):
                read = read_file(db, one.file, number, reading)
                if _seen(one.file).stat != one.stat:
                    raise BadFile(_being_written(one).error or "")
                store_files(db, [_row(one, number) | read], reading)
        except BadFile as error:
            bad[number] = str(error)
    changed = _changed({number: left[number] for number in bad})
    for number, why in bad.items():
        store_files(db, [_row(left[number], number) | {"error": changed.get(number, why)}], reading)
    store_files(db, [_row(one, number) for number, one in numbered.items() if one.error is not None], reading)
    return {one.file.name: number for number, one in numbered.items()}


def _changed(bad: Mapping[int, _Seen]) -> dict[int, str]:
    """Those of the files that can't be read only because they are changing: half of a packed file looks damaged."""
    if any(one.is_fresh and one.file.path.suffix.casefold() not in _TEXT_KINDS for one in bad.values()):
        time.sleep(_STILL_GROWING)
    now = {number: _seen(one.file) for number, one in bad.items()}
    return {
        number: now[number].error or _being_written(one).error or ""
        for number, one in bad.items()
        if now[number].stat != one.stat
    }


def _row(seen: _Seen, number: int) -> dict[str, object]:
    return {"file_id": number, "name": seen.file.name, "content": seen.content, "error": seen.error}


def _keep_stats(db: "DuckDBPyConnection", seen: Sequence[_Seen], chosen: Mapping[str, int]) -> None:
    """Remember size and times of the files, except where another change may not show in them yet."""
    rows = pa.table(
        {
            "file_id": [chosen[one.file.name] for one in seen],
            "stat": ["" if one.is_fresh or not one.content else one.stat for one in seen],
        }
    )
    execute_given(db, rows, "UPDATE files SET stat = given.stat FROM given WHERE files.file_id = given.file_id")
