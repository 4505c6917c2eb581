"""Parses the texts of a batch of lines into typed lines, each usable or with its first problem.

A line is a whole order or one item of it, as the mapping says; putting lines together to orders does not belong here.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
from pandas.api.types import pandas_dtype

from pizza_assets.errors import BadFile
from pizza_assets.models.currency import is_currency
from pizza_assets.models.market import Market
from pizza_assets.sources.orders.file_amounts import (
    NEGATIVE,
    PROBLEMS,
    READABLE,
    NumberFormat,
    amounts_in_fine_units,
    line_amounts,
    whole_numbers,
)
from pizza_assets.sources.orders.file_mapping import NOT_VOID, VOID, FileMapping
from pizza_assets.sources.orders.file_times import EXACT, read_instants
from pizza_assets.sources.orders.text_batches import TextBatch
from pizza_assets.sources.orders.zone_names import ALWAYS_KNOWN, zone_or_none

EARLIEST = pd.Timestamp("1990-01-01", tz="UTC")
LATEST = pd.Timestamp("2200-01-01", tz="UTC")
LONGEST_VALUE, LONGEST_NAME = 200, 100
NAMED = ("chain", "market", "store_id")
"""Every order or the mapping must give these."""

NO_MARKET = "not in the markets table, which is to say its zone (PIZZA_MARKETS)"
NO_ZONE = "neither an IANA zone nor explained in the mapping; add it under [zones] (--zone NAME=ZONE)"
NO_STATUS = "a status that the mapping neither counts nor excludes; add it under [statuses]"
NO_CHAIN = "a market without a chain; add chain to it in the markets table (PIZZA_MARKETS), or to the mapping"

LINE_COLUMNS = {
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
    "quantity": "int64",
    "item": "str",
    "is_excluded": "bool",
    "is_refund": "bool",
    "problem_column": "str",
    "problem_check": "str",
    "problem_value": "str",
    "problem_reason": "str",
}
"""Typed lines. amount: of the whole line, in file_amounts.FINE_UNITS of the minor unit. item: one JSON object, missing
if no item is mapped. is_refund: amount and quantity are to be taken from the order with this id. zone: the business
day's zone. problem_*: missing for a good line."""

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
        """Add the problems of `later`, which are of other lines."""
        rows = np.flatnonzero(pd.notna(later.column))
        for field in _FIELDS:
            getattr(self, field)[rows] = getattr(later, field)[rows]
        self.is_good[rows] = False

    def texts(self) -> dict[str, pd.Series]:
        """The fields, missing for good lines."""
        if self.is_good.all():  # nearly always, and a scalar is much faster than a million missing objects
            return dict.fromkeys(_FIELDS, pd.Series(np.nan, index=range(len(self.is_good)), dtype="str"))
        return {field: pd.Series(getattr(self, field)).astype("str") for field in _FIELDS}


def read_lines(
    batch: TextBatch,
    mapping: FileMapping,
    file_name: str,
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
    is_excluded = (_is_excluded(texts, mapping, problems) | _is_void(texts, mapping, problems)) & problems.is_good
    checked = _Problems(size)  # a cancelled order may be incomplete: only what counts is checked further
    checked.is_good = problems.is_good & ~is_excluded
    ordered_at, zone, dst_note = _times(batch, mapping, checked, file_name, default_zone, future_from, markets)
    named = _named(texts, mapping, checked, markets)
    currency = _currencies(texts, mapping, checked)
    amount, quantity = _numbers(texts, mapping, currency, checked)
    is_refund = ((amount < 0) | _is_refund_kind(texts, mapping)) & checked.is_good & (mapping.refunds != "refuse")
    is_paid_back = _is_paid_back(texts, mapping, amount) & checked.is_good
    is_excluded = is_excluded | is_paid_back
    is_refund &= ~is_excluded
    is_netted = mapping.refunds == "net"
    amount = np.where(is_refund, -np.abs(amount) * is_netted, amount)
    quantity = np.where(is_refund, np.minimum(quantity, 0) * is_netted, quantity)
    problems.take_over(checked)
    lines = {
        "line_number": texts["line_number"], "order_id": texts["order_id"],
        "ordered_at": ordered_at, "zone": zone, "dst_note": dst_note, **named, "currency": currency,
        "amount": amount, "quantity": quantity, "item": _items(texts, mapping, quantity),
        "is_excluded": is_excluded, "is_refund": is_refund,
        **{f"problem_{field}": texts for field, texts in problems.texts().items()},
    }  # fmt: skip
    return pd.DataFrame({name: pd.Series(lines[name]).astype(pandas_dtype(of)) for name, of in LINE_COLUMNS.items()})


def _column_or_constant(texts: pd.DataFrame, mapping: FileMapping, name: str) -> pd.Series:
    if name in mapping.columns:
        return texts[name]
    return pd.Series(mapping.constants.get(name, ""), index=texts.index, dtype="str")


def _is_excluded(texts: pd.DataFrame, mapping: FileMapping, problems: _Problems) -> np.ndarray:
    """Lines that their status leaves out; one on neither list is refused, if the mapping says which count."""
    if not mapping.excluded_statuses and not mapping.counted_statuses:
        return np.zeros(len(texts), dtype=bool)
    words = texts["status"].str.casefold()
    if mapping.counted_statuses:
        known = {"", *mapping.counted_statuses, *mapping.excluded_statuses}
        is_unknown = (~words.isin(known)).to_numpy(dtype=bool)
        problems.add(is_unknown, mapping.columns["status"], "is a known status", texts["status"], NO_STATUS)
    return words.isin(mapping.excluded_statuses).to_numpy(dtype=bool)


def _is_void(texts: pd.DataFrame, mapping: FileMapping, problems: _Problems) -> np.ndarray:
    """Lines that their void column calls void; what it may say beside yes and no is refused."""
    if "void" not in mapping.columns:
        return np.zeros(len(texts), dtype=bool)
    words = texts["void"].str.casefold()
    is_unknown = (~words.isin(VOID | NOT_VOID)).to_numpy(dtype=bool)
    problems.add(is_unknown, mapping.columns["void"], "is yes or no", texts["void"], "neither yes nor no")
    return words.isin(VOID).to_numpy(dtype=bool)


def _is_refund_kind(texts: pd.DataFrame, mapping: FileMapping) -> np.ndarray:
    if "kind" not in mapping.columns:
        return np.zeros(len(texts), dtype=bool)
    return texts["kind"].str.casefold().isin(mapping.refund_kinds).to_numpy(dtype=bool)


def _is_paid_back(texts: pd.DataFrame, mapping: FileMapping, amount: np.ndarray) -> np.ndarray:
    """Lines whose refunded column holds the whole amount."""
    if "refunded" not in mapping.columns or mapping.folds_items:
        return np.zeros(len(texts), dtype=bool)
    return (amount == 0) & texts["refunded"].str.contains("[1-9]", regex=True).to_numpy(dtype=bool)


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
        zones = texts["timezone"].replace({**ALWAYS_KNOWN, **mapping.zones})
    elif mapping.is_zone_of_market:
        zones = _of_market(texts, mapping, {name: market.timezone for name, market in markets.items()})
    parts = {name: texts[name] for name in ("timestamp", "date", "time") if name in mapping.columns}
    day_ends = pd.Timedelta(f"{mapping.business_day_ends}:00") if mapping.date_is == "business_day" else None
    instants = read_instants(parts, mapping.formats, zones, batch.iso_columns, day_ends, mapping.zones)
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
        assert isinstance(zones, pd.Series)
        found = {name: zone_or_none(name) for name in zones.unique()}
        is_unknown = naive & zones.map({name: zone is None for name, zone in found.items()}).to_numpy(dtype=bool)
        problems.add(is_unknown, mapping.columns["timezone"], "is a known zone", texts["timezone"], NO_ZONE)
        is_named = zones.map({name: isinstance(zone, ZoneInfo) for name, zone in found.items()})
        zone = zones.where(is_named.astype(bool), default_zone)  # a business day has the clock of a place
    elif isinstance(zones, pd.Series):
        column, market = mapping.column_of("market"), _column_or_constant(texts, mapping, "market")
        problems.add((zones == "").to_numpy(), column, "is in the markets table", market, NO_MARKET)
        zone = zones.where(zones != "", default_zone)
    else:
        zone = pd.Series(mapping.zone_of_days(default_zone), index=texts.index, dtype="str")
    expected = ", ".join(mapping.formats[n] for n in parts if n in mapping.formats) or "ISO 8601"
    at = instants.at
    problems.add(at.isna().to_numpy(), label, "is a time", written, f"no time as {expected}")
    is_odd = ((at < EARLIEST) | (at >= LATEST)).to_numpy()
    problems.add(is_odd, label, "is plausible", written, f"not between {EARLIEST.year} and {LATEST.year}")
    is_future = (at >= future_from).to_numpy()
    problems.add(is_future, label, "is not in the future", written, "in the future; is the zone of the mapping right?")
    return at.mask(is_odd), zone, np.where(problems.is_good, instants.dst_note, EXACT)


def _of_market(texts: pd.DataFrame, mapping: FileMapping, values: Mapping[str, str | None]) -> pd.Series:
    """A value of each line's market from the markets table; empty if it has none."""
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
    is_code = texts["currency"].isin([code for code in texts["currency"].unique() if is_currency(code)]).to_numpy()
    column = mapping.columns["currency"]
    problems.add(~is_code, column, "is an ISO 4217 code", texts["currency"], "no currency code such as GBP")
    return texts["currency"]


def _numbers(
    texts: pd.DataFrame, mapping: FileMapping, currency: pd.Series, problems: _Problems
) -> tuple[np.ndarray, np.ndarray]:
    """(amount of the line in fine units, quantity), with unusable numbers noted. Negative with refunds only."""
    may_be_negative = mapping.refunds != "refuse"
    written = texts[mapping.amount_name]
    is_adjustment = _is_filled(texts, "adjustment") & (written == "").to_numpy()
    amount = _amounts(mapping.amount_name, texts, mapping, currency, problems, may_be_negative, is_adjustment)
    if "adjustment" in mapping.columns:
        amount = amount + _amounts("adjustment", texts, mapping, currency, problems, True, True)
    if "refunded" in mapping.columns:
        amount = amount - np.abs(_amounts("refunded", texts, mapping, currency, problems, True, True))
    if "quantity" in mapping.columns or "quantity" in mapping.constants:
        counted = _column_or_constant(texts, mapping, "quantity")
    else:
        counted = pd.Series("1", index=texts.index, dtype="str")
    quantity, verdicts = whole_numbers(counted, may_be_negative)
    is_needed = (amount >= 0) | (mapping.price_is == "unit")  # other refunds need not say how many
    _add_number_problems(problems, np.where(is_needed, verdicts, READABLE), mapping.column_of("quantity"), counted)
    if mapping.price_is == "unit":
        amount, verdicts = line_amounts(amount, quantity)
        _add_number_problems(problems, verdicts, mapping.column_of(mapping.amount_name), written)
    is_bad = (amount < 0) & (not may_be_negative)
    _add_number_problems(
        problems, np.where(is_bad, NEGATIVE, READABLE), mapping.column_of(mapping.amount_name), written
    )
    is_bad = (quantity < 0) & (amount > 0) & ~_is_refund_kind(texts, mapping)  # neither a sale nor a refund
    _add_number_problems(problems, np.where(is_bad, NEGATIVE, READABLE), mapping.column_of("quantity"), counted)
    return amount, quantity


def _is_filled(texts: pd.DataFrame, name: str) -> np.ndarray:
    return (texts[name] != "").to_numpy() if name in texts else np.zeros(len(texts), dtype=bool)


def _amounts(
    name: str,
    texts: pd.DataFrame,
    mapping: FileMapping,
    currency: pd.Series,
    problems: _Problems,
    may_be_negative: bool,
    may_be_empty: np.ndarray | bool,
) -> np.ndarray:
    """The amounts of a column in fine units; an empty one is 0 where it may be."""
    written = texts[name].mask((texts[name] == "") & may_be_empty, "0")
    number_format = NumberFormat(mapping.decimal, mapping.thousands)
    amount, verdicts = amounts_in_fine_units(written, currency, mapping.price_unit, number_format, may_be_negative)
    _add_number_problems(problems, verdicts, mapping.column_of(name), written)
    return amount


def _add_number_problems(problems: _Problems, verdicts: np.ndarray, column: str, written: pd.Series) -> None:
    problems.add((written == "").to_numpy() & (verdicts != READABLE), column, "is not empty", written, "empty")
    for verdict, (check, why) in PROBLEMS.items():
        if verdict != READABLE:
            problems.add(verdicts == verdict, column, check, written, why)


def _items(texts: pd.DataFrame, mapping: FileMapping, quantity: np.ndarray) -> pd.Series:
    """One JSON object per line; each distinct one is built once, because menus are short."""
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
