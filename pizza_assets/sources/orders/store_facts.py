"""What the store of order lines says of all weeks: counts, covered periods, files and refused rows.

It is made again with every import, from the tables that folding has written.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.orders import OF_NO_WEEK
from pizza_assets.sources.orders.file_coverage import GROUP, TradingDays, covered_periods
from pizza_assets.sources.orders.import_facts import BLANK, LINE_KINDS, NO_ORDER, REJECTED, ImportFacts
from pizza_assets.sources.orders.line_store import insert
from pizza_assets.sources.orders.week_files import REJECTED as REJECTED_FILE
from pizza_assets.sources.orders.week_files import UNNAMED, WEEKS, copied

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_MOST_NAMED = 3
_EXTENTS = pa.schema([(name, pa.string()) for name in ("name", "first_week", "last_week")])
_NEAREST = """
CREATE OR REPLACE TEMP TABLE nearest AS
SELECT raw, coalesce(max(known.week) FILTER (known.week <= raw), min(known.week)) AS week
FROM (
    SELECT week AS raw FROM week_counts UNION SELECT week FROM rejects UNION SELECT week FROM asides
), (SELECT DISTINCT week FROM week_files) AS known
GROUP BY raw
"""
"""Lines outside of all weeks with orders are reported in the week with orders before them, or else in the first."""


def facts_of_store(db: "DuckDBPyConnection", folder: Path, elsewhere: TradingDays | None) -> ImportFacts:
    db.execute(_NEAREST)
    bad_files = dict(db.execute("SELECT name, error FROM files WHERE error IS NOT NULL ORDER BY name").fetchall())
    read = db.execute("SELECT name, line_count, aside FROM files WHERE error IS NULL ORDER BY name").fetchall()
    weeks = _counted(db, "week_counts", "kind", "sum(lines)")
    for week, counts in _counted(db, "rejects", f"'{REJECTED}'", "count(*)").items():
        weeks.setdefault(week, {}).update(counts)
    if not weeks:
        bad_files |= _nothing_accepted(db)
    return ImportFacts(
        weeks=weeks,
        coverage=_coverage(db, elsewhere),
        bad_files=bad_files,
        extents=_extents(db, list(bad_files)),
        lines_read={name: line_count for name, line_count, _ in read},
        lines=_line_counts(db),
        aside=tuple(f"{name} {text}" for name, _, texts in read for text in texts),
        excluded_lines=_excluded_lines(db),
        others=_counted(db, "asides", "why", "sum(lines)"),
        week_files=_week_files(db, folder),
    )


def _line_counts(db: "DuckDBPyConnection") -> dict[str, int]:
    """The lines of the readable files, counted by kind."""
    sums = "coalesce(sum(blank_count), 0)::BIGINT, coalesce(sum(aside_count), 0)::BIGINT"
    [[blank, aside]] = db.execute(f"SELECT {sums} FROM files WHERE error IS NULL").fetchall()
    [[rejected]] = db.execute("SELECT count(*) FROM rejects").fetchall()
    folded = dict(db.execute("SELECT kind, sum(lines)::BIGINT FROM week_counts GROUP BY kind").fetchall())
    return {kind: folded.get(kind, 0) for kind in LINE_KINDS} | {BLANK: blank, NO_ORDER: aside, REJECTED: rejected}


def _excluded_lines(db: "DuckDBPyConnection") -> tuple[str, ...]:
    first = db.execute(
        "SELECT name, line_number FROM lines JOIN files USING (file_id) WHERE is_excluded ORDER BY name, line_number "
        f"LIMIT {_MOST_NAMED}"
    ).fetchall()
    return tuple(f"{name} line {line}" for name, line in first)


def _counted(db: "DuckDBPyConnection", table: str, kind: str, count: str) -> dict[str, dict[str, int]]:
    """Counts by week and kind."""
    query = f"SELECT nearest.week, {kind}, {count} FROM {table} JOIN nearest ON raw = {table}.week GROUP BY ALL"
    found: dict[str, dict[str, int]] = {}
    for week, what, lines in sorted(db.execute(query).fetchall()):
        found.setdefault(week.isoformat(), {})[what] = int(lines)
    return found


def _nothing_accepted(db: "DuckDBPyConnection") -> dict[str, str]:
    """Errors of the files if single lines were usable, but no order was accepted."""
    first = db.execute(
        "SELECT files.name, min(line_number), arg_min(reason, line_number) FROM rejects JOIN files USING (file_id) "
        "GROUP BY files.name ORDER BY files.name"
    ).fetchall()
    return {
        name: f"{name}: none of its orders can be accepted; line {line}: {reason}; correct the export"
        for name, line, reason in first
    }


def _coverage(db: "DuckDBPyConnection", elsewhere: TradingDays | None) -> tuple[CoveredPeriod, ...]:
    known = trading_days(db) if elsewhere is None else trading_days(db).and_also(elsewhere)
    return () if known.days.empty else tuple(covered_periods(known))


def trading_days(db: "DuckDBPyConnection") -> TradingDays:
    columns = ", ".join(GROUP)
    days = db.execute(
        f'SELECT {columns}, "day"::TIMESTAMP AS "day", max(last_at) AS last_at FROM days GROUP BY ALL ORDER BY ALL'
    ).df()
    days["last_at"] = days["last_at"].dt.tz_localize("UTC")
    spans = db.execute(
        'SELECT DISTINCT zone, min("first") AS "first", max("last") AS "last" FROM file_days GROUP BY file_id, zone'
    ).df()
    return TradingDays(days, spans)


def _extents(db: "DuckDBPyConnection", bad_files: Sequence[str]) -> dict[str, tuple[str, str]]:
    """The first and last week of each file; of an unreadable one those that it had when it was last read."""
    known = db.execute("FROM extents WHERE name IN (SELECT unnest(?::VARCHAR[]))", [bad_files]).fetchall()
    read = db.execute(
        "SELECT name, first_week::VARCHAR, last_week::VARCHAR FROM files "
        "WHERE error IS NULL AND first_week IS NOT NULL AND name NOT IN (SELECT unnest(?::VARCHAR[]))",
        [bad_files],
    ).fetchall()
    names, firsts, lasts = zip(*known, *read, strict=True) if known or read else ((), (), ())
    db.execute("DELETE FROM extents")
    insert(db, "extents", pa.table({"name": names, "first_week": firsts, "last_week": lasts}, _EXTENTS))
    return {name: (first, last) for name, first, last in zip(names, firsts, lasts, strict=True)}


def _week_files(db: "DuckDBPyConnection", folder: Path) -> dict[str, list[str]]:
    """The files of each week; those of its refused rows are written if there is no such file yet."""
    names = {week: [name] for week, name in db.execute("FROM week_files ORDER BY week").fetchall()}
    # a line of no week with orders is reported, but not counted against the week
    check = f"""if(raw = nearest.week, "check", '{OF_NO_WEEK}' || "check") AS "check" """
    rows = (
        f'SELECT nearest.week, files.name AS origin, line_number, row_id, "column", {check}, "value", reason '
        "FROM rejects JOIN nearest ON raw = rejects.week JOIN files USING (file_id)"
    )
    tokens = db.execute(
        f"SELECT week, count(*), bit_xor(hash(rows)) FROM ({rows}) AS rows GROUP BY week ORDER BY week"
    ).fetchall()
    for week, count, token in tokens:
        name = f"{week}-{count}-{token:016x}{REJECTED_FILE}"
        path = folder / WEEKS / name
        if not path.exists():
            unnamed = folder / WEEKS / UNNAMED
            of_week = f"SELECT * EXCLUDE (week) FROM ({rows}) WHERE week = DATE '{week}' ORDER BY ALL"
            db.execute(copied(of_week, unnamed))
            unnamed.replace(path)
        names[week].append(name)
    return {week.isoformat(): found for week, found in names.items()}
