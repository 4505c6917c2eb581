"""The table, view or query that holds the orders, and the statements over it. Running them does not belong here."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from pizza_assets.errors import ConfigurationError

_NAME = re.compile(r"[A-Za-z_][\w$]*", re.ASCII)
_QUERY = re.compile(r"\s*(?:select|with)\b", re.IGNORECASE)
_MOST_PARTS = 3


@dataclass(frozen=True)
class Relation:
    """A table or view, such as sales.orders, or one SELECT. Raises ConfigurationError for anything else.

    Columns are quoted where their names need it, so mixed case and spaces are kept as they are written.
    """

    text: str

    def __post_init__(self) -> None:
        parts = self.text.split(".")
        if not self.is_query and not (len(parts) <= _MOST_PARTS and all(_NAME.fullmatch(part) for part in parts)):
            raise ConfigurationError(
                f"PIZZA_ORDERS_TABLE={self.text[:100]!r} is neither a table such as sales.orders nor a query; "
                "write SELECT * FROM … for a name with other characters, quoted as the database wants it"
            )

    @property
    def is_query(self) -> bool:
        return bool(_QUERY.match(self.text))

    @property
    def name(self) -> str:
        """Its name in messages and rejected rows."""
        return "the query" if self.is_query else f"table {self.text}"

    def selected(self, columns: Sequence[str] | None = None) -> sa.Select:
        """SELECT these columns FROM it; all of them by default."""
        wanted = [sa.column(name) for name in columns] if columns is not None else [sa.text("*")]
        if self.is_query:
            query = self.text.strip().rstrip(";").replace(":", r"\:")  # a colon would begin a parameter
            # The line break ends a comment at the end of the query.
            return sa.select(*wanted).select_from(sa.text(f"({query}\n) AS orders"))
        *schema, table = self.text.split(".")
        within = sa.quoted_name(".".join(schema), quote=False) if len(schema) > 1 else next(iter(schema), None)
        return sa.select(*wanted).select_from(sa.table(table, schema=within))


def shape(relation: Relation) -> sa.Select:
    """A statement without rows, whose result has all columns."""
    return relation.selected().where(sa.literal(1) == sa.literal(0))


def any_value(relation: Relation, column: str) -> sa.Select:
    """One value of the column that is not missing."""
    return relation.selected([column]).where(sa.column(column).is_not(None)).limit(1)


def any_text(relation: Relation, column: str) -> sa.Select:
    """One value of a column of text that is neither missing nor blank."""
    return any_value(relation, column).where(is_written(column))


def is_written(column: str) -> sa.ColumnElement[bool]:
    """Whether a column of text is not blank."""
    return sa.func.trim(sa.column(column)) != ""


def outermost(
    relation: Relation, columns: Sequence[str], time: str, within: Mapping[str, object], *, last: bool
) -> sa.Select:
    """The first or the last row by time, among times from within["first"] to before within["end"]."""
    at = sa.column(time)
    chosen = relation.selected(columns).where(at >= within["first"], at < within["end"])
    return chosen.order_by(at.desc() if last else at).limit(1)


def extent_of_each(relation: Relation, group: str, time: str, within: Mapping[str, object]) -> sa.Select:
    """Each value of the column `group`, with its first and last time among those within["first"] to within["end"]."""
    at = sa.column(time)
    chosen = relation.selected([group]).add_columns(sa.func.min(at).label("first_at"), sa.func.max(at).label("last_at"))
    return chosen.where(at >= within["first"], at < within["end"]).group_by(sa.column(group))


def rows_between(
    relation: Relation,
    columns: Sequence[str],
    time: str,
    within: Mapping[str, object],
    order_by: Sequence[str],
    whole_orders_by: str | None = None,
) -> sa.Select:
    """The rows with a time from within["first"] to before within["end"], in order.

    whole_orders_by: the column of the order's id, if the other rows of these orders are wanted whatever their time.
    """
    at, chosen = sa.column(time), relation.selected(columns)
    condition = sa.and_(at >= within["first"], at < within["end"])
    if whole_orders_by is not None:
        condition = _of_whole_orders(relation, condition, whole_orders_by)
    # Missing values come first in every database, also in those that know no NULLS FIRST.
    order = [part for name in order_by for part in (sa.case((sa.column(name).is_(None), 0), else_=1), sa.column(name))]
    return chosen.where(condition).order_by(*order)


def _of_whole_orders(relation: Relation, condition: sa.ColumnElement[bool], order_id: str) -> sa.ColumnElement[bool]:
    """The rows of `condition`, also those without an order id, and all other rows of their orders."""
    return sa.or_(condition, sa.column(order_id).in_(relation.selected([order_id]).where(condition)))


def latest(relation: Relation, column: str, before: object | None = None) -> sa.Select:
    """The largest value of the column; of those below `before`, if it is given."""
    largest = relation.selected([]).add_columns(sa.func.max(sa.column(column)))
    return largest if before is None else largest.where(sa.column(column) < before)


def times_of_changes(
    relation: Relation, time: str, updated_at: str, after: object, until: object, whole_orders_by: str | None = None
) -> sa.Select:
    """The times of the rows changed after `after`, up to `until`."""
    changed = sa.and_(sa.column(updated_at) > after, sa.column(updated_at) <= until)
    if whole_orders_by is not None:
        changed = _of_whole_orders(relation, changed, whole_orders_by)
    return relation.selected([time]).where(changed, sa.column(time).is_not(None))


def extent(times: sa.Select, time: str) -> sa.Select:
    """The first and the last of these times."""
    return times.with_only_columns(sa.func.min(sa.column(time)), sa.func.max(sa.column(time)))
