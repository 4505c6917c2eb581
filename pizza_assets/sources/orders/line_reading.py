"""Reads one file into typed lines, and stores lines with what is known of their files.

Which files are to be read, and the quick way for many small ones, do not belong here.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pyarrow as pa

from pizza_assets.freed_memory import FreedMemory
from pizza_assets.models.market import Market
from pizza_assets.models.week import WEEK_STARTS_AT, WEEK_STARTS_ON
from pizza_assets.sources.orders.file_coverage import MINUTE
from pizza_assets.sources.orders.file_lines import EARLIEST, LATEST, LINE_COLUMNS, read_lines
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.file_readers import read_batches
from pizza_assets.sources.orders.line_store import execute_given, insert
from pizza_assets.sources.orders.text_batches import ANOTHER_KIND, LIKE_AN_ORDER, TextBatch
from pizza_assets.threads import ahead

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MOST_ASIDE = 5
UNPLACED = date(1970, 1, 1)
"""The week of the lines of a file in which no line has a usable time."""
_FILE_COLUMNS = pa.schema(
    [
        ("file_id", pa.int32()), ("name", pa.string()), ("content", pa.string()), ("error", pa.string()),
        ("blank_count", pa.int64()), ("aside_count", pa.int64()), ("aside", pa.list_(pa.string())),
    ]
)  # fmt: skip
_STORED = "file_id BETWEEN $first AND $last AND file_id IN (SELECT file_id FROM given)"
"""The files just stored. The range lets DuckDB skip the others."""
_PLACE = f"""
UPDATE lines SET week = placed.week FROM (
    SELECT file_id, line_number, coalesce(
        last_value(if(is_usable, week, NULL) IGNORE NULLS) OVER in_file,
        first_value(if(is_usable, week, NULL) IGNORE NULLS) OVER (
            in_file ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING
        ),
        $unplaced
    ) AS week
    FROM (
        SELECT file_id, line_number, week, problem_column IS NULL AND NOT is_excluded AS is_usable
        FROM lines WHERE {_STORED}
    )
    WINDOW in_file AS (PARTITION BY file_id ORDER BY line_number)
) AS placed
WHERE lines.week IS NULL AND lines.file_id = placed.file_id AND lines.line_number = placed.line_number
"""
"""Gives a line without a readable time the week of the nearest earlier usable line, or else of the first one."""
_DESCRIBE = f"""
UPDATE files SET
    line_count = blank_count + aside_count + found.lines, last_at = found.last_at, held_from = found.held_from,
    first_week = found.first_week, last_week = found.last_week,
    error = if(found.usable = 0 AND found.problem IS NOT NULL, name || ': '
        || if(found.lines = 1, 'its only line can''t', 'none of its ' || found.lines || ' lines can')
        || ' be accepted; line ' || found.problem.line || ': ' || found.problem.why || $remedy, error)
FROM (
    SELECT file_id, count(*) AS lines,
        count(*) FILTER (problem_column IS NULL AND NOT is_excluded) AS usable,
        max(ordered_at) FILTER (NOT is_excluded AND ordered_at < $cutoff) AS last_at,
        min(if(ordered_at < $cutoff + INTERVAL 1 MINUTE, ordered_at, ordered_at - INTERVAL 1 MINUTE))
            FILTER (NOT is_excluded AND ordered_at >= $cutoff) AS held_from,
        min(week) FILTER (problem_column IS NULL AND ordered_at < $cutoff) AS first_week,
        max(week) FILTER (problem_column IS NULL AND ordered_at < $cutoff) AS last_week,
        arg_min({{'line': line_number, 'why': problem_reason}}, line_number)
            FILTER (problem_column IS NOT NULL) AS problem
    FROM lines WHERE {_STORED} GROUP BY file_id
) AS found
WHERE files.file_id = found.file_id
"""


@dataclass(frozen=True)
class OrderFile:
    """A file of the export. name: its path inside the folder, as messages and rejected rows show it."""

    name: str
    path: Path


@dataclass(frozen=True)
class Reading:
    """What all files of an import are read with. zone: of the match weeks. cutoff: the current minute."""

    mapping: FileMapping
    zone: str
    cutoff: datetime
    markets: Mapping[str, Market]

    def lines(self, batch: TextBatch, file_name: str) -> pd.DataFrame:
        """The typed lines of a batch. Raises BadFile as `read_lines` does."""
        return read_lines(batch, self.mapping, file_name, self.zone, self.cutoff + MINUTE, self.markets)


def read_file(db: "DuckDBPyConnection", file: OrderFile, number: int, reading: Reading) -> dict[str, Any]:
    """Store the lines of a file under the id `number`, in the caller's transaction. Returns what else is known of it.

    Raises BadFile for a file that can't be read.
    """

    def typed(batches: Iterator[TextBatch]) -> Iterator[tuple[TextBatch, pd.DataFrame]]:
        for batch in batches:
            yield batch, reading.lines(batch, file.name)

    blank_count, aside_count, aside, like_orders = 0, 0, list[str](), list[str]()
    others = Counter[tuple[date | None, str]]()
    freed = FreedMemory()
    for batch, lines in ahead(typed(ahead(read_batches(file.path, reading.mapping)))):  # reads, types, writes at once
        blank_count += batch.blank_count
        aside_count += len(batch.aside)
        named = (f"line {n}: {why}" for n, why in batch.aside.items() if why != ANOTHER_KIND)
        aside += islice(named, MOST_ASIDE - len(aside))
        found = _others(batch, file, reading)
        others.update(zip(found["week"], found["why"], strict=True))
        numbers = found.loc[found["why"] == LIKE_AN_ORDER, "line_number"]
        like_orders += [f"line {n}: {LIKE_AN_ORDER}" for n in numbers[: MOST_ASIDE - len(like_orders)]]
        store_lines(db, lines.assign(file_id=number), reading)
        freed.return_surplus()
    _store_others(db, number, others)
    return {"blank_count": blank_count, "aside_count": aside_count, "aside": aside + like_orders}


def _others(batch: TextBatch, file: OrderFile, reading: Reading) -> pd.DataFrame:
    """The lines set aside that may be orders: week (None for one without a time), why and line_number."""
    if batch.others.empty:
        return pd.DataFrame({"week": [], "why": [], "line_number": []})
    at = reading.lines(TextBatch(batch.others, batch.iso_columns), file.name)["ordered_at"]
    found = batch.others[["why", "line_number"]].assign(week=week_days(at, reading.zone).to_pylist())
    return found[(found["why"] != LIKE_AN_ORDER) | at.notna()]


def _store_others(db: "DuckDBPyConnection", number: int, others: Counter[tuple[date | None, str]]) -> None:
    [[first]] = db.execute(
        "SELECT coalesce(min(week), $1) FROM lines WHERE file_id = $2", [UNPLACED, number]
    ).fetchall()
    for (week, why), count in others.items():
        db.execute("INSERT INTO asides VALUES (?, ?, ?, ?)", [number, week or first, why, count])


def store_lines(db: "DuckDBPyConnection", lines: pd.DataFrame, reading: Reading) -> None:
    """Append typed lines with their file_id. The weeks of lines without a time are left to `store_files`."""
    if lines.empty:
        return
    arrays = {name: pa.array(lines[name]) for name in ("file_id", *LINE_COLUMNS)}
    arrays["ordered_at"] = pa.array(lines["ordered_at"].dt.tz_localize(None))
    rows = pa.table({**arrays, "week": week_days(lines["ordered_at"], reading.zone)})
    insert(db, "lines", rows)


def store_files(db: "DuckDBPyConnection", rows: Sequence[Mapping[str, Any]], reading: Reading) -> None:
    """Store files, numbered one after the other, whose lines have been stored; refuse those without a usable line."""
    if not rows:
        return
    defaults = {"blank_count": 0, "aside_count": 0, "aside": []}
    stored = pa.Table.from_pylist([{**defaults, **row} for row in rows], _FILE_COLUMNS)
    insert(db, "files", stored, ", false AS is_used, blank_count + aside_count AS line_count")
    numbers = [row["file_id"] for row in rows]
    span = {"first": min(numbers), "last": max(numbers)}
    unplaced = f"SELECT count(*) FROM lines WHERE week IS NULL AND {_STORED}"
    if execute_given(db, stored, unplaced, span).fetchall() != [(0,)]:
        execute_given(db, stored, _PLACE, {**span, "unplaced": UNPLACED})
    remedy = f"; check the mapping {reading.mapping.origin} or the export"
    described = {**span, "cutoff": reading.cutoff.replace(tzinfo=None), "remedy": remedy}
    execute_given(db, stored, _DESCRIBE, described)
    bad = f"SELECT file_id FROM files WHERE error IS NOT NULL AND {_STORED}"
    refused = execute_given(db, stored, bad, span).fetchall()
    for table in ("lines", "asides") if refused else ():
        db.executemany(f"DELETE FROM {table} WHERE file_id = ?", refused)


@cache
def _week_starts(zone: str) -> tuple[np.ndarray, np.ndarray]:
    """(first instant in microseconds, local date in days) of all weeks in which an order may lie."""
    first = EARLIEST.tz_localize(None) - pd.Timedelta(weeks=2)
    days = pd.date_range(first, LATEST.tz_localize(None) + pd.Timedelta(weeks=2), freq="D", unit="us")
    days = days[days.day_of_week == WEEK_STARTS_ON]
    starts = (days + pd.Timedelta(hours=WEEK_STARTS_AT.hour)).tz_localize(ZoneInfo(zone), ambiguous=False)
    return starts.asi8, days.asi8 // 86_400_000_000


def week_days(at: pd.Series, zone: str) -> pa.Array:
    """The local date of each instant's match week, as MatchWeek.containing gives it; missing for a missing instant."""
    starts, days = _week_starts(zone)
    position = np.searchsorted(starts, at.astype("int64").to_numpy(), side="right") - 1
    return pa.array(days[np.maximum(position, 0)].astype(np.int32), mask=at.isna().to_numpy()).cast(pa.date32())
