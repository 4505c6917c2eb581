"""Brings the store of order lines up to date with the files, and writes the orders of the weeks that changed.

A new, changed or removed file touches its own lines and the weeks of the orders that it has lines of. What is folded is
collected in temporary tables, and becomes the answer in one transaction: an import that breaks off changes no answer.
Folding is not part of the transaction, because DuckDB keeps all temporary tables that are replaced in one until its
end. A week's answer as a source does not belong here.
"""

import hashlib
import json
import os
import time
from collections.abc import Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from pizza_assets.freed_memory import FreedMemory
from pizza_assets.models import RawOrders
from pizza_assets.models.market import Market
from pizza_assets.sources.orders.file_coverage import TradingDays, business_days, local_times
from pizza_assets.sources.orders.file_folding import FOLDED, fold_weeks
from pizza_assets.sources.orders.file_intake import take_in
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.import_facts import ImportFacts
from pizza_assets.sources.orders.line_reading import OrderFile, Reading
from pizza_assets.sources.orders.line_store import (
    execute_given,
    insert,
    transaction,
    with_passing_store,
    with_store,
)
from pizza_assets.sources.orders.store_facts import facts_of_store, trading_days
from pizza_assets.sources.orders.week_files import CONSTANT, ORDERS, UNNAMED, WEEKS, copied
from pizza_assets.threads import side_by_side

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

PARSER_VERSION = 8
"""Raise it when the same files would give other orders, rejects or coverage."""
_ANSWER = "answer"
_UNUSED_SECONDS = 86_400
"""How long files of weeks stay after the last answer that had them: another process may still be reading them."""
_OF_WEEKS = ("week_files", "week_counts", "rejects", "days", "file_days")
_QUARTER_SECONDS = 900  # business days begin at a quarter of an hour in every zone
_QUARTER = f"epoch_us(ordered_at) // {_QUARTER_SECONDS * 1_000_000}"


def import_files(
    files: Sequence[OrderFile],
    mapping: FileMapping,
    business_timezone: str,
    folder: Path,
    cutoff: datetime,
    made_with: str,
    markets: Sequence[Market] = (),
) -> ImportFacts:
    """What the files say, after reading those that are new. An unreadable file is listed in the result, not raised.

    folder: of this export's store. cutoff: the current minute. Orders within it wait for a later import, orders after
    it are refused. made_with: all that the lines of a file depend on beside the file; its first line names versions.
    markets: for a mapping that takes zone or chain from the markets table.
    """
    reading = _reading(mapping, business_timezone, cutoff, markets)

    def update(db: "DuckDBPyConnection") -> ImportFacts:
        (folder / WEEKS).mkdir(exist_ok=True)
        chosen = take_in(db, files, reading)
        stored = dict(db.execute("SELECT file_id, is_used FROM files").fetchall())
        now = set(chosen.values())
        touched = {number for number, is_used in stored.items() if not is_used or number not in now}
        facts = _answer(db, folder)
        if facts is None or touched:
            facts = _updated(db, folder, now, touched, is_first=facts is None, reading=reading)
        _sweep(folder, facts)
        return facts

    return with_store(folder, made_with, update)


def import_once(
    file: OrderFile,
    mapping: FileMapping,
    business_timezone: str,
    folder: Path,
    cutoff: datetime,
    markets: Sequence[Market] = (),
    elsewhere: TradingDays | None = None,
) -> tuple[ImportFacts, TradingDays]:
    """What a file says that is read only once, and its days with orders. Only files of weeks remain in `folder`.

    elsewhere: days with orders of other files of the same export, of which nothing else is needed.
    """
    reading = _reading(mapping, business_timezone, cutoff, markets)

    def read(db: "DuckDBPyConnection") -> tuple[ImportFacts, TradingDays]:
        (folder / WEEKS).mkdir(exist_ok=True)
        ids = set(take_in(db, [file], reading).values())
        facts = _updated(db, folder, ids, ids, is_first=True, reading=reading, elsewhere=elsewhere)
        return facts, trading_days(db)

    return with_passing_store(folder, read)


def _reading(mapping: FileMapping, business_timezone: str, cutoff: datetime, markets: Sequence[Market]) -> Reading:
    return Reading(mapping, business_timezone, cutoff, {market.name: market for market in markets})


def _answer(db: "DuckDBPyConnection", folder: Path) -> ImportFacts | None:
    """The facts as stored; None if there are none, or a file of them is missing."""
    found = db.execute("SELECT value FROM state WHERE name = $1", [_ANSWER]).fetchone()
    facts = None if found is None else ImportFacts.from_json(json.loads(found[0]))
    if facts is None or not all(
        (folder / WEEKS / name).exists() for names in facts.week_files.values() for name in names
    ):
        return None
    return facts


def _updated(
    db: "DuckDBPyConnection",
    folder: Path,
    now: set[int],
    touched: set[int],
    is_first: bool,
    reading: Reading,
    elsewhere: TradingDays | None = None,
) -> ImportFacts:
    """Make the files `now` those of the answers, and fold the weeks that the `touched` ones, new and gone, reach."""
    db.execute("CREATE OR REPLACE TEMP TABLE touched AS SELECT unnest(?::INTEGER[]) AS file_id", [list(touched)])
    own = "file_id IN (FROM touched)"
    shared = f"order_id <> '' AND order_id IN (SELECT order_id FROM lines WHERE {own})"
    reached = "" if is_first else f"WHERE {own} OR ({shared})"
    db.execute(f"CREATE OR REPLACE TEMP TABLE reached AS SELECT DISTINCT week FROM lines {reached}")
    db.execute("CREATE OR REPLACE TEMP TABLE chosen AS SELECT unnest(?::INTEGER[]) AS file_id", [list(now)])
    db.execute("CREATE OR REPLACE TEMP VIEW chosen_lines AS SELECT * FROM lines WHERE file_id IN (FROM chosen)")
    rank = "row_number() OVER (ORDER BY name) AS rank"
    db.execute(
        f"CREATE OR REPLACE TEMP TABLE ranks AS SELECT file_id, {rank} FROM files WHERE file_id IN (FROM chosen)"
    )
    for table in _OF_WEEKS:
        db.execute(f"CREATE OR REPLACE TEMP TABLE new_{table} AS FROM {table} LIMIT 0")
    _fold(db, folder, is_first, reading)
    with transaction(db):
        for table in ("lines", "asides", "files"):
            db.execute(f"DELETE FROM {table} WHERE file_id NOT IN (FROM chosen)")
        db.execute("UPDATE files SET is_used = true")
        for table in _OF_WEEKS:
            db.execute(f"DELETE FROM {table}" if is_first else f"DELETE FROM {table} WHERE week IN (FROM reached)")
            db.execute(f"INSERT INTO {table} FROM new_{table}")
        facts = facts_of_store(db, folder, elsewhere)
        db.execute("DELETE FROM state WHERE name = $1", [_ANSWER])
        db.execute("INSERT INTO state VALUES (?, ?)", [_ANSWER, json.dumps(facts.to_json())])
    return facts


def _fold(db: "DuckDBPyConnection", folder: Path, is_whole: bool, reading: Reading) -> None:
    weeks = db.execute(
        "SELECT week, count(*) FROM chosen_lines WHERE week IN (FROM reached) GROUP BY week ORDER BY week"
    ).fetchall()
    freed = FreedMemory()
    for days in fold_weeks(db, weeks, is_whole, reading.mapping, reading.cutoff):
        freed.return_surplus()
        _store_days(db)
        names = list(side_by_side(partial(_write_orders, db, folder), days))  # each is compressed in one thread
        for day, name in zip(days, names, strict=True):
            if name is not None:
                db.execute("INSERT INTO new_week_files VALUES (?, ?)", [day, name])


def _write_orders(db: "DuckDBPyConnection", folder: Path, week: date) -> str | None:
    """Write the week's orders, if there are any, to a file named by its content, and return the name."""
    columns = ", ".join(name for name in RawOrders.column_names() if name not in CONSTANT)
    unnamed = folder / WEEKS / f"{week}-{UNNAMED}"
    rows = f"SELECT {columns} FROM {FOLDED} WHERE week = DATE '{week}' ORDER BY ordered_at, order_id"
    with db.cursor() as own:
        [[count]] = own.execute(copied(rows, unnamed)).fetchall()
    if not count:
        unnamed.unlink()
        return None
    with unnamed.open("rb") as file:
        content = hashlib.file_digest(file, "sha256").hexdigest()
    name = f"{week}-{content[:16]}{ORDERS}"
    unnamed.replace(folder / WEEKS / name)
    return name


def _store_days(db: "DuckDBPyConnection") -> None:
    """Store the days that the folded orders show to be covered."""
    quarters = db.execute(f"SELECT DISTINCT zone, {_QUARTER} AS quarter FROM {FOLDED}").df()
    at = pd.to_datetime(quarters["quarter"] * _QUARTER_SECONDS, unit="s", utc=True).dt.as_unit("us")
    quarters["day"] = business_days(at, quarters["zone"])
    execute_given(
        db,
        quarters,
        'INSERT INTO new_days SELECT week, zone, market, chain, currency, "day", max(ordered_at) FROM '
        f"(SELECT *, {_QUARTER} AS quarter FROM {FOLDED}) JOIN given USING (zone, quarter) GROUP BY ALL",
    )
    spans = db.execute(
        f'SELECT week, file_id, zone, min(ordered_at) AS "first", max(ordered_at) AS "last" FROM {FOLDED} '
        "GROUP BY week, file_id, zone"
    ).df()
    for name in ("first", "last"):
        spans[name] = local_times(spans[name].dt.tz_localize("UTC"), spans["zone"]).dt.normalize()
    insert(db, "new_file_days", spans)


def _sweep(folder: Path, facts: ImportFacts) -> None:
    """Delete the files of weeks that no answer has had for a day. Their times say when an answer last had them."""
    for names in facts.week_files.values():
        for name in names:
            os.utime(folder / WEEKS / name)
    for path in (folder / WEEKS).iterdir():
        if time.time() - path.stat().st_mtime > _UNUSED_SECONDS:
            path.unlink()
