"""Folds the stored lines of some weeks into orders, in DuckDB: sums items, chooses the version of an order that counts.

Each line becomes exactly one thing: part of an accepted, waiting or superseded order, a rejected row, a dropped
duplicate, a refund or an excluded line. The statements are in file_folding.sql. Reading lines and writing the orders of
weeks do not belong here.

An order with a refused line is refused whole, because its revenue would be wrong. Of several versions of an order id
the last in file and line order counts, even if it is withdrawn (excluded status); equal earlier versions are
duplicates, different ones are superseded. Versions too far apart in time or in different stores are refused: their id
is not unique. A version at or after the cut-off waits: it does not count yet, and supersedes nothing. Refunds are taken
from their order; one that is paid back whole is left out.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from pizza_assets.models.orders import MOST_PIZZAS, MOST_REVENUE_CENTS
from pizza_assets.sources.orders.file_amounts import FINE_UNITS
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.file_times import FIRST_OF_TWO, MOVED_OUT_OF_GAP
from pizza_assets.sources.orders.line_store import BESIDE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SHARED = {
    "ordered_at": ("timestamp", "date", "time"),
    "store_id": ("store_id",),
    "market": ("market",),
    "chain": ("chain",),
    "currency": ("currency",),
}
"""The fields that all lines of an order must share, and the mapping's names of their columns."""
ACCEPTED, DUPLICATE, EXCLUDED, SUPERSEDED, WAITING = "accepted", "duplicate", "excluded", "superseded", "waiting"
REFUND, LONE_REFUND = "refund", "lone_refund"
UNIQUE_ID = "identifies one order"
"""The rule that lines with a repeated order id break."""
FARTHEST_VERSION = timedelta(hours=12)
"""Lines with one order id that lie further apart, or in different stores, are not versions of one order."""
LINES_AT_ONCE = 1_000_000
"""About 0.3 GB of memory. A larger week is folded in parts."""
FOLDED = f"{BESIDE}.orders"
"""The table of the accepted orders of some weeks. It is written by file_folding.sql."""
_ORDERS = f"""
CREATE OR REPLACE TABLE {FOLDED} (
    week DATE, file_id INTEGER, zone VARCHAR, dst_note TINYINT, line_count BIGINT, order_id VARCHAR,
    ordered_at TIMESTAMP, chain VARCHAR, market VARCHAR, store_id VARCHAR, store_location VARCHAR, currency VARCHAR,
    revenue_cents BIGINT, pizza_count BIGINT, items VARCHAR
)
"""
_COUNT_ACCEPTED = f"""
INSERT INTO new_week_counts
SELECT week, unnest(['{ACCEPTED}', 'moved_out_of_gap', 'first_of_two']),
    unnest([sum(line_count), count_if(dst_note = {MOVED_OUT_OF_GAP}), count_if(dst_note = {FIRST_OF_TWO})])
FROM {FOLDED} GROUP BY week
"""


def fold_weeks(
    db: "DuckDBPyConnection", weeks: Sequence[tuple[date, int]], is_whole: bool, mapping: FileMapping, cutoff: datetime
) -> Iterator[list[date]]:
    """Fold the weeks, a few at a time. Yields them when the table FOLDED has their accepted orders.

    weeks: with the number of their lines, ascending. is_whole: no line lies in another week. The tables
    `new_rejects` and `new_week_counts` get the weeks' rows.
    """
    _set_up(db, mapping, cutoff)
    for chunk in _chunks(weeks):
        days = [week for week, _ in chunk]
        parts = 1 + sum(lines for _, lines in chunk) // (2 * LINES_AT_ONCE)
        db.execute("CREATE OR REPLACE TEMP TABLE chunk AS SELECT unnest(?::DATE[]) AS week", [days])
        db.execute(_ORDERS)
        _set(db, first_week=days[0], last_week=days[-1], parts=parts, is_whole=is_whole and len(days) == len(weeks))
        for part in range(parts):
            _set(db, part=part)
            for statement in _statements():
                db.execute(statement)
        db.execute(_COUNT_ACCEPTED)
        yield days


@cache
def _statements() -> tuple[str, ...]:
    text = files(__package__).joinpath("file_folding.sql").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("--")]
    return tuple(statement for statement in "\n".join(lines).split(";") if statement.strip())


def _chunks(weeks: Sequence[tuple[date, int]]) -> Iterator[list[tuple[date, int]]]:
    chunk, size = list[tuple[date, int]](), 0
    for week, lines in weeks:
        if chunk and size + lines > LINES_AT_ONCE:
            yield chunk
            chunk, size = [], 0
        chunk.append((week, lines))
        size += lines
    if chunk:
        yield chunk


def _set(db: "DuckDBPyConnection", **values: object) -> None:
    for name, value in values.items():
        db.execute(f"SET VARIABLE {name} = $1", [value])


def _set_up(db: "DuckDBPyConnection", mapping: FileMapping, cutoff: datetime) -> None:
    _set(
        db,
        items=mapping.folds_items,
        repeated=mapping.amount_on == "repeated",
        cutoff=cutoff.replace(tzinfo=None),
        farthest=FARTHEST_VERSION,
        fine_units=FINE_UNITS,
        most_fine=MOST_REVENUE_CENTS * FINE_UNITS,
        most_revenue=MOST_REVENUE_CENTS,
        most_pizzas=MOST_PIZZAS,
    )
    db.execute("CREATE OR REPLACE TEMP TABLE rules (rule VARCHAR, label VARCHAR, check_name VARCHAR, reason VARCHAR)")
    db.executemany("INSERT INTO rules VALUES (?, ?, ?, ?)", _rules(mapping))


def _rules(mapping: FileMapping) -> list[tuple[str, str, str, str]]:
    """(name, column, check, reason) of the rules about whole orders; {id} is the order's id, {line} a refused line."""
    found = []
    for name, roles in SHARED.items():
        column = " + ".join(mapping.columns[role] for role in roles if role in mapping.columns)
        why = f"the lines of order {{id}} disagree about {column}"
        found.append((name, column, "is the same in all lines of an order", why))
    column = mapping.column_of(mapping.amount_name)
    why = f"the lines of order {{id}} have different amounts in {column}"
    found.append(("amount", column, "is repeated on all lines of an order", why))
    column = mapping.column_of("order_id")
    why = (
        "order id {id} is used on different days or in different stores, so it identifies no order; set order_id_of in "
        "the mapping (--id) to the columns that do, e.g. store, date and number"
    )
    found.append(("apart", column, UNIQUE_ID, why))
    why = "line {line} of the same order was refused, and an order is not taken in part"
    found.append(("incomplete", column, "its order is complete", why))
    for name, most in (("revenue_cents", MOST_REVENUE_CENTS), ("pizza_count", MOST_PIZZAS)):
        check = f"less_than_or_equal_to({most})"
        found.append((name, name, check, f"{name} of the order breaks the rule {check}"))
    return found
