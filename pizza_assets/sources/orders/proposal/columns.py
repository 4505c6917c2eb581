"""Finds the roles of an export's columns from headers and values. Asking for missing ones does not belong here."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.file_mapping import NOT_VOID, TABLES, VOID
from pizza_assets.sources.orders.proposal.amount_style import AmountStyle, amount_style
from pizza_assets.sources.orders.proposal.header_words import is_called_money, rank
from pizza_assets.sources.orders.proposal.order_ids import SharedIds, order_ids, shared_ids
from pizza_assets.sources.orders.proposal.sample import ExportSample
from pizza_assets.sources.orders.proposal.time_formats import TimeReading, number_readings, time_readings
from pizza_assets.sources.orders.zone_names import zone_or_none

_MOSTLY = 0.9
_FEW_VALUES = 50
_MOST_NAMES = 2_000
_AMOUNT = "amount"
"""The role of the money until it is known whether lines are items or orders."""
ROLES = (*TABLES["columns"], "currency", "timezone")


@dataclass(frozen=True)
class ColumnFacts:
    """The content of a column over all sampled lines. filled: share of lines with text. distinct: number of distinct
    texts. values: those, if they are few. readings: ways to read it as a time, the best first.
    """

    header: str
    lines: int
    filled: float
    distinct: int
    values: tuple[str, ...]
    readings: tuple[TimeReading, ...]
    amount: AmountStyle | None
    examples: tuple[str, ...]

    def is_time(self, part: str) -> bool:
        """Whether the best reading of the column is this part: timestamp, date or time."""
        return bool(self.readings) and self.readings[0].part == part


def column_facts(lines: pd.DataFrame, typed: Collection[str]) -> dict[str, ColumnFacts]:
    """The facts of every column of a sample. `typed` columns are timestamps, whatever their text looks like."""
    return {str(header): _facts(str(header), lines[header], header in typed) for header in lines.columns}


def _facts(header: str, texts: pd.Series, is_typed: bool) -> ColumnFacts:
    filled = texts[texts != ""]
    distinct = filled.unique()
    readings = time_readings(filled)
    if not readings and rank("timestamp", header) is not None:
        readings = number_readings(filled)
    if is_typed:
        readings = [reading for reading in readings if reading.format is None]
    return ColumnFacts(
        header,
        len(texts),
        len(filled) / max(len(texts), 1),
        len(distinct),
        tuple(sorted(distinct)) if len(distinct) <= _FEW_VALUES else (),
        tuple(readings),
        amount_style(filled),
        tuple(filled.drop_duplicates().head(3)),
    )


@dataclass(frozen=True)
class Roles:
    """The roles of columns. headers: distinct headers of all files, by role. lines: a str column per role, all files
    together. facts: of those columns. folds_items: whether a line is one item of an order. ids: what lines with the
    same order id have in common. order_ids: the order id of each line. amounts: all columns of money whose header says
    so, or whose amounts have decimals, by header. columns: the facts of all columns, file by file. names: all headers.
    """

    headers: dict[str, tuple[str, ...]]
    lines: pd.DataFrame
    facts: dict[str, ColumnFacts]
    folds_items: bool
    ids: SharedIds
    order_ids: pd.Series
    amounts: pd.DataFrame
    columns: tuple[ColumnFacts, ...]
    names: tuple[str, ...]


def roles_of(
    samples: Sequence[ExportSample],
    chosen: Mapping[str, str],
    rows: str | None,
    amount: str | None = None,
    id_parts: Sequence[str] = (),
) -> Roles:
    """The roles that headers and values suggest; `chosen` headers by role, and `rows` if given, are used as they are.

    amount: the header of the money, whether it turns out to be the price of a line or the total of an order. id_parts:
    headers that together identify an order, if there are several. A column has at most one role. Raises
    ConfigurationError for a chosen header that no file has.
    """
    names = tuple(dict.fromkeys(name for sample in samples for name in sample.header))
    _check_chosen(chosen, amount, names)
    if amount is not None:
        chosen = {**{role: header for role, header in chosen.items() if header != amount}, _AMOUNT: amount}
    facts = [column_facts(sample.lines, sample.typed) for sample in samples]
    found = [
        _assigned(of_file, {role: header for role, header in chosen.items() if header in of_file}) for of_file in facts
    ]
    ids_of = [order_ids(sample, roles, id_parts) for sample, roles in zip(samples, found, strict=True)]
    with_amount = [_with_amount(roles, of_file) for roles, of_file in zip(found, facts, strict=True)]
    ids = shared_ids(samples, with_amount, ids_of)
    folds_items = rows == "items" if rows is not None else ids.are_items
    for roles, of_file in zip(found, facts, strict=True):
        if _AMOUNT in roles:
            roles["price" if folds_items else "total"] = roles.pop(_AMOUNT)
        _assign(roles, ["price" if folds_items else "total", "item", "category"], of_file)
    parts = [
        sample.lines[list(roles.values())].set_axis(list(roles), axis=1)
        for sample, roles in zip(samples, found, strict=True)
    ]
    lines = pd.concat(parts, ignore_index=True).fillna("")
    headers = {role: tuple(dict.fromkeys(roles[role] for roles in found if role in roles)) for role in lines.columns}
    typed = {role for role, written in headers.items() if all(name in s.typed for name in written for s in samples)}
    facts_of_all = column_facts(lines, typed)
    all_ids = pd.concat(ids_of, ignore_index=True)
    columns = tuple(column for of_file in facts for column in of_file.values())
    return Roles(headers, lines, facts_of_all, folds_items, ids, all_ids, _amounts(samples, facts), columns, names)


def _amounts(samples: Sequence[ExportSample], facts: Sequence[Mapping[str, ColumnFacts]]) -> pd.DataFrame:
    found = [
        [
            name
            for name, column in of_file.items()
            if _is_money(column) and (is_called_money(name) or _has_decimals(column))
        ]
        for of_file in facts
    ]
    return pd.concat([sample.lines[names] for sample, names in zip(samples, found, strict=True)], ignore_index=True)


def _check_chosen(chosen: Mapping[str, str], amount: str | None, names: Collection[str]) -> None:
    if amount is not None and amount not in names:
        raise ConfigurationError(
            f"--amount {amount}: the export has no column {amount!r}; name one of {', '.join(map(repr, names))}"
        )
    for role, header in chosen.items():
        if role not in ROLES:
            raise ConfigurationError(f"--column {role}={header}: no such column of a mapping; use {', '.join(ROLES)}")
        if header not in names:
            raise ConfigurationError(
                f"--column {role}={header}: the export has no column {header!r}; name one of "
                f"{', '.join(map(repr, names))}"
            )


def _assigned(facts: Mapping[str, ColumnFacts], chosen: Mapping[str, str]) -> dict[str, str]:
    """Header by role, for all roles that do not depend on whether lines are items."""
    roles = dict(chosen)
    if not {"date", "time"} & set(roles):
        _assign(roles, ["timestamp"], facts)
        if "timestamp" not in roles:
            _assign_only_timestamp(roles, facts)
    if "timestamp" not in roles:
        _assign(roles, ["date", "time"], facts)
    _assign(roles, ["order_id", "currency", "timezone", "void", "status", "quantity"], facts)
    _assign(roles, ["store_location", "store_id", "market", "chain"], facts)
    return roles


def _with_amount(roles: Mapping[str, str], facts: Mapping[str, ColumnFacts]) -> dict[str, str]:
    """The roles with the column of money that an order with one line would have, as `amount`."""
    if _AMOUNT in roles:
        return dict(roles)
    with_total = dict(roles)
    _assign(with_total, ["total"], facts)
    return {**roles, _AMOUNT: with_total["total"]} if "total" in with_total else dict(roles)


def _assign(roles: dict[str, str], wanted: Iterable[str], facts: Mapping[str, ColumnFacts]) -> None:
    for role in wanted:
        if role in roles:
            continue
        free = [column for column in facts.values() if column.header not in roles.values() and _FITS[role](column)]
        ranked = [(place, column.header) for column in free if (place := rank(role, column.header)) is not None]
        if ranked:
            roles[role] = min(ranked, key=lambda found: found[0])[1]


def _assign_only_timestamp(roles: dict[str, str], facts: Mapping[str, ColumnFacts]) -> None:
    """Assign the timestamp, whatever its header, if it is the only column of dates with times."""
    found = [column.header for column in facts.values() if column.is_time("timestamp")]
    if len(found) == 1:
        roles["timestamp"] = found[0]


def _is_identifier(column: ColumnFacts) -> bool:
    return column.filled >= _MOSTLY and not column.readings and 10 * column.distinct >= column.lines


def _is_money(column: ColumnFacts) -> bool:
    return column.amount is not None and not column.readings and column.filled >= _MOSTLY


def _has_decimals(column: ColumnFacts) -> bool:
    return column.amount is not None and not column.amount.is_whole


def _is_quantity(column: ColumnFacts) -> bool:
    return column.amount is not None and column.amount.is_whole and column.amount.median <= _FEW_VALUES


def _is_name(column: ColumnFacts) -> bool:
    """Whether the values repeat, as customers' names would not."""
    return not column.readings and column.distinct <= _MOST_NAMES and 5 * column.distinct <= max(column.lines, 25)


def _is_word(column: ColumnFacts) -> bool:
    return _is_name(column) and column.amount is None and column.distinct <= _FEW_VALUES


def _is_currency(column: ColumnFacts) -> bool:
    return bool(column.values) and all(len(value) == 3 and value.isalpha() for value in column.values)


def _is_zone(column: ColumnFacts) -> bool:
    return bool(column.values) and all(
        zone_or_none(value) is not None or (not value.isdigit() and rank("timezone", column.header) is not None)
        for value in column.values
    )


_FITS: dict[str, Callable[[ColumnFacts], bool]] = {
    "order_id": _is_identifier,
    "timestamp": lambda column: column.is_time("timestamp"),
    "date": lambda column: column.is_time("date"),
    "time": lambda column: column.is_time("time"),
    "total": _is_money,
    "price": _is_money,
    "quantity": _is_quantity,
    "item": lambda column: _is_name(column) and not (column.amount is not None and is_called_money(column.header)),
    "category": _is_word,
    "status": _is_word,
    "void": lambda column: bool(column.values) and {v.casefold() for v in column.values} <= VOID | NOT_VOID,
    "chain": _is_word,
    "market": lambda column: _is_name(column) and column.amount is None,
    "store_id": lambda column: _is_name(column) and not _has_decimals(column),
    "store_location": _is_name,
    "currency": _is_currency,
    "timezone": _is_zone,
}
