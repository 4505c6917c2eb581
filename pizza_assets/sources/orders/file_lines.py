"""Turns the texts of a batch of lines into typed lines, each good or with its first problem.

A line is a whole order or one item of it, as the mapping says; putting lines together to orders does not belong here.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

import numpy as np
import pandas as pd

from pizza_assets.errors import BadFile
from pizza_assets.models.market import Market
from pizza_assets.sources.orders.file_amounts import (
    PROBLEMS,
    READABLE,
    NumberFormat,
    amounts_in_fine_units,
    line_amounts,
    whole_numbers,
)
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.file_readers import TextBatch
from pizza_assets.sources.orders.file_times import EXACT, read_instants, zone_or_none

EARLIEST = pd.Timestamp("1990-01-01", tz="UTC")
LATEST = pd.Timestamp("2200-01-01", tz="UTC")
LONGEST_VALUE, LONGEST_NAME = 200, 100
NAMED = ("chain", "market", "store_id")
"""What every order must say or the mapping must state."""

NO_MARKET = "not in the markets table, which is to say its zone (PIZZA_MARKETS)"
NO_CHAIN = "a market without a chain; add chain to it in the markets table (PIZZA_MARKETS), or to the mapping"

LINE_COLUMNS = {
    "file_index": "int64",
    "line_number": "int64",
    "order_id": "str",
    "ordered_at": "datetime64[us, UTC]",
    "zone": "str",
    "dst_note": "int8",
    "chain": "str",
    "market": "str",
    "store_id": "str",
    "store_location": "str",
    "currency": "str",
    "amount": "int64",
    "discount": "Int64",
    "quantity": "int64",
    "item": "str",
    "is_excluded": "bool",
    "problem_column": "str",
    "problem_check": "str",
    "problem_value": "str",
    "problem_reason": "str",
}
"""Typed lines. amount, discount: of the whole line, in file_amounts.FINE_UNITS of the minor unit. item: one JSON
object, missing if no item is mapped. zone: the business day's zone. problem_*: missing for a good line."""


_FIELDS = ("column", "check", "value", "reason")


class _Problems:
    """The first problem of each line."""

    def __init__(self, size: int) -> None:
        self.column, self.check, self.value, self.reason = (np.full(size, np.nan, dtype=object) for _ in _FIELDS)
        self.is_good = np.ones(size, dtype=bool)

    def add(self, is_bad: np.ndarray, column: str, check: str, values: pd.Series, why: str) -> None:
        """Note `why` ("negative") for the bad lines that have no earlier problem."""
        rows = np.flatnonzero(is_bad & self.is_good)
        self.is_good[rows] = False
        self.column[rows], self.check[rows] = column, check
        for row in rows:
            shown = str(values.iloc[row])[:LONGEST_VALUE]
            self.value[row] = shown
            self.reason[row] = f"column {column!r}: {shown!r} is {why}" if shown else f"column {column!r} is {why}"

    def take_over(self, later: "_Problems") -> None:
        """Note the problems of `later` too, which are of other lines."""
        rows = np.flatnonzero(pd.notna(later.column))
        for field in _FIELDS:
            getattr(self, field)[rows] = getattr(later, field)[rows]
        self.is_good[rows] = False

    def texts(self) -> dict[str, pd.Series]:
        """The fields, missing for good lines."""
        if self.is_good.all():  # as good as always, and a scalar is much faster than a million missing objects
            return dict.fromkeys(_FIELDS, pd.Series(np.nan, index=range(len(self.is_good)), dtype="str"))
        return {field: pd.Series(getattr(self, field)).astype("str") for field in _FIELDS}


def read_lines(
    batch: TextBatch,
    mapping: FileMapping,
    file_name: str,
    file_index: int,
    default_zone: str,
    future_from: datetime,
    markets: Mapping[str, Market] = MappingProxyType({}),
) -> pd.DataFrame:
    """The batch as LINE_COLUMNS, in file order. `default_zone` is the business day's where the mapping has none.
    Lines at or after `future_from` are refused. markets: by name, for a mapping that leaves zone or chain to them.

    Raises BadFile if a time has neither an offset nor a zone: no line of such a file can be placed.
    """
    texts = batch.lines
    size = len(texts)
    problems = _Problems(size)
    has_defect = texts["defect"].notna().to_numpy()
    problems.add(has_defect, "(whole line)", "has the header's columns", texts["defect"].fillna(""), "refused")
    problems.reason[has_defect] = texts.loc[has_defect, "defect"] + ", so it is refused"
    problems.add(
        (texts["order_id"] == "").to_numpy(), mapping.column_of("order_id"), "is not empty", texts["order_id"], "empty"
    )
    problems.add(
        (texts["order_id"].str.len() > LONGEST_VALUE).to_numpy(), mapping.column_of("order_id"), "is short",
        texts["order_id"], f"longer than {LONGEST_VALUE} characters",
    )  # fmt: skip
    is_excluded = _is_excluded(texts, mapping) & problems.is_good
    checked = _Problems(size)  # a cancelled order may be incomplete: only what counts is checked further
    checked.is_good = problems.is_good & ~is_excluded
    ordered_at, zone, dst_note = _times(batch, mapping, checked, file_name, default_zone, future_from, markets)
    named = _named(texts, mapping, checked, markets)
    currency = _currencies(texts, mapping, checked)
    amount, quantity = _numbers(texts, mapping, currency, checked)
    discount = _discounts(texts, mapping, currency, checked)
    problems.take_over(checked)
    lines = {
        "file_index": np.full(size, file_index), "line_number": texts["line_number"], "order_id": texts["order_id"],
        "ordered_at": ordered_at, "zone": zone, "dst_note": dst_note, **named, "currency": currency,
        "amount": amount, "discount": discount, "quantity": quantity, "item": _items(texts, mapping, quantity),
        "is_excluded": is_excluded,
        **{f"problem_{field}": texts for field, texts in problems.texts().items()},
    }  # fmt: skip
    return pd.DataFrame({name: pd.Series(lines[name]).astype(dtype) for name, dtype in LINE_COLUMNS.items()})


def _column_or_constant(texts: pd.DataFrame, mapping: FileMapping, name: str) -> pd.Series:
    if name in mapping.columns:
        return texts[name]
    return pd.Series(mapping.constants.get(name, ""), index=texts.index, dtype="str")


def _is_excluded(texts: pd.DataFrame, mapping: FileMapping) -> np.ndarray:
    if not mapping.excluded_statuses:
        return np.zeros(len(texts), dtype=bool)
    return texts["status"].str.casefold().isin(mapping.excluded_statuses).to_numpy(dtype=bool)


def _times(
    batch: TextBatch,
    mapping: FileMapping,
    problems: _Problems,
    file_name: str,
    default_zone: str,
    future_from: datetime,
    markets: Mapping[str, Market],
) -> tuple[pd.Series, pd.Series, np.ndarray]:
    """(ordered_at, zone of the business day, dst_note), with unreadable and impossible times noted."""
    texts = batch.lines
    zones: pd.Series | str | None = mapping.timezone
    if "timezone" in mapping.columns:
        zones = texts["timezone"]
    elif mapping.is_zone_of_market:
        zones = _of_market(texts, mapping, {name: market.timezone for name, market in markets.items()})
    parts = {name: texts[name] for name in ("timestamp", "date", "time") if name in mapping.columns}
    day_ends = pd.Timedelta(f"{mapping.business_day_ends}:00") if mapping.date_is == "business_day" else None
    instants = read_instants(parts, mapping.formats, zones, batch.iso_columns, day_ends)
    label = " + ".join(mapping.columns[name] for name in parts)
    written = texts["timestamp"] if "timestamp" in parts else (texts["date"] + " " + texts["time"]).str.strip()
    naive = instants.is_naive.to_numpy()
    if zones is None and naive.any():
        row = int(np.flatnonzero(naive)[0])
        raise BadFile(
            f"{file_name}: column {label!r}, line {texts['line_number'].iloc[row]}: the time {written.iloc[row]!r} "
            'has no zone; say which one it is in: add timezone = "…" (an IANA name such as "Europe/London") '
            f"to the mapping {mapping.origin}"
        )
    if "timezone" in mapping.columns:
        known = texts["timezone"].map({name: zone_or_none(name) is not None for name in texts["timezone"].unique()})
        is_unknown = naive & ~known.to_numpy(dtype=bool)
        problems.add(is_unknown, mapping.columns["timezone"], "is a known zone", texts["timezone"], "no IANA zone")
        zone = texts["timezone"].where(known.astype(bool), default_zone)
    elif isinstance(zones, pd.Series):
        column, market = mapping.column_of("market"), _column_or_constant(texts, mapping, "market")
        problems.add((zones == "").to_numpy(), column, "is in the markets table", market, NO_MARKET)
        zone = zones.where(zones != "", default_zone)
    else:
        zone = pd.Series(zones or default_zone, index=texts.index, dtype="str")
    expected = ", ".join(mapping.formats[n] for n in parts if n in mapping.formats) or "ISO 8601"
    at = instants.at
    problems.add(at.isna().to_numpy(), label, "is a time", written, f"no time as {expected}")
    is_odd = ((at < EARLIEST) | (at >= LATEST)).to_numpy()
    problems.add(is_odd, label, "is plausible", written, f"not between {EARLIEST.year} and {LATEST.year}")
    is_future = (at >= future_from).to_numpy()
    problems.add(is_future, label, "is not in the future", written, "in the future; is the zone of the mapping right?")
    return at.mask(is_odd), zone, np.where(problems.is_good, instants.dst_note, EXACT)


def _of_market(texts: pd.DataFrame, mapping: FileMapping, values: Mapping[str, str | None]) -> pd.Series:
    """What the markets table says about each line's market; empty where it says nothing."""
    return _column_or_constant(texts, mapping, "market").map(dict(values)).fillna("").astype("str")


def _named(
    texts: pd.DataFrame, mapping: FileMapping, problems: _Problems, markets: Mapping[str, Market]
) -> dict[str, pd.Series]:
    named = {name: _column_or_constant(texts, mapping, name) for name in NAMED}
    if mapping.is_chain_of_market:
        named["chain"] = _of_market(texts, mapping, {name: market.chain for name, market in markets.items()})
        is_unknown = (named["chain"] == "").to_numpy()
        problems.add(is_unknown, mapping.column_of("market"), "has a chain", named["market"], NO_CHAIN)
    for name, values in named.items():
        column = mapping.column_of(name)
        problems.add((values == "").to_numpy(), column, "is not empty", values, "empty")
        is_long = (values.str.len() > LONGEST_NAME).to_numpy()
        problems.add(is_long, column, "is short", values, f"longer than {LONGEST_NAME} characters")
    location = _column_or_constant(texts, mapping, "store_location")
    return {**named, "store_location": location.mask(location == "")}


def _currencies(texts: pd.DataFrame, mapping: FileMapping, problems: _Problems) -> pd.Series:
    if mapping.currency is not None:
        return pd.Series(mapping.currency, index=texts.index, dtype="str")
    is_code = texts["currency"].str.fullmatch("[A-Z]{3}").to_numpy(dtype=bool)
    column = mapping.columns["currency"]
    problems.add(
        ~is_code, column, "is an ISO 4217 code", texts["currency"], "not a currency code of three capital letters"
    )
    return texts["currency"]


def _numbers(
    texts: pd.DataFrame, mapping: FileMapping, currency: pd.Series, problems: _Problems
) -> tuple[np.ndarray, np.ndarray]:
    """(amount of the line in fine units, quantity), with unusable numbers noted."""
    written = texts[mapping.amount_name]
    number_format = NumberFormat(mapping.decimal, mapping.thousands)
    amount, verdicts = amounts_in_fine_units(written, currency, mapping.price_unit, number_format)
    _add_number_problems(problems, verdicts, mapping.column_of(mapping.amount_name), written)
    if "quantity" in mapping.columns or "quantity" in mapping.constants:
        counted = _column_or_constant(texts, mapping, "quantity")
    else:
        counted = pd.Series("1", index=texts.index, dtype="str")
    quantity, verdicts = whole_numbers(counted)
    _add_number_problems(problems, verdicts, mapping.column_of("quantity"), counted)
    if mapping.price_is == "unit":
        amount, verdicts = line_amounts(amount, quantity)
        _add_number_problems(problems, verdicts, mapping.column_of(mapping.amount_name), written)
    return amount, quantity


def _discounts(texts: pd.DataFrame, mapping: FileMapping, currency: pd.Series, problems: _Problems) -> pd.Series:
    """Discount of the line in fine units, missing where the export says nothing; unusable ones are noted."""
    if "discount" not in mapping.columns:
        return pd.Series(pd.NA, index=texts.index, dtype="Int64")
    is_said = texts["discount"] != ""
    written = texts["discount"].where(is_said, "0")
    number_format = NumberFormat(mapping.decimal, mapping.thousands)
    amount, verdicts = amounts_in_fine_units(written, currency, mapping.price_unit, number_format)
    _add_number_problems(problems, verdicts, mapping.columns["discount"], written)
    return pd.Series(amount, index=texts.index, dtype="Int64").where(is_said)


def _add_number_problems(problems: _Problems, verdicts: np.ndarray, column: str, written: pd.Series) -> None:
    problems.add((written == "").to_numpy(), column, "is not empty", written, "empty")
    for verdict, (check, why) in PROBLEMS.items():
        if verdict != READABLE:
            problems.add(verdicts == verdict, column, check, written, why)


def _items(texts: pd.DataFrame, mapping: FileMapping, quantity: np.ndarray) -> pd.Series:
    """One JSON object per line; each distinct one is written once, for menus are short."""
    if "item" not in mapping.columns and "category" not in mapping.columns:
        return pd.Series(np.nan, index=texts.index, dtype="str")
    parts = {name: _column_or_constant(texts, mapping, name) for name in ("category", "item")}
    codes, distinct = pd.MultiIndex.from_arrays([*parts.values(), quantity]).factorize()
    written = [
        json.dumps(
            {"category": category, "name": name, "quantity": int(number)}, ensure_ascii=False, separators=(",", ":")
        )
        for category, name, number in distinct
    ]
    return pd.Series(pd.array(written, dtype="str").take(codes) if written else [], index=texts.index, dtype="str")
