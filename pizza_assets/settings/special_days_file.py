"""Reads the list of special days: a CSV in any of the usual shapes, or a TOML of `[[day]]` tables.

Columns are found by their names, whatever the case: one for the date, and others for its end, market, kind and note. A
table with one row per day and a column such as `closed` or `promo` for each kind is read, too.
"""

import csv
import io
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.market import Market
from pizza_assets.models.special_days import SpecialDay, SpecialKind
from pizza_assets.settings.toml_file import read_setting_file

VARIABLE = "PIZZA_SPECIAL_DAYS"
PAGE = "docs/configuration.md"
_COLUMNS = {
    "first": ("date", "day", "ds", "start", "start_date", "first", "from", "validfrom", "holidaydate", "tag", "datum"),
    "last": ("to", "end", "end_date", "until", "last", "through", "validthrough"),
    "market": ("market", "town", "city", "location", "shop", "store", "branch", "locale_name"),
    "kind": ("kind", "type", "reason", "category", "status", "event_type"),
    "note": ("note", "notes", "description", "name", "holiday", "event", "title", "comment", "summary"),
    "before": ("lower_window",),
    "after": ("upper_window",),
    "moved": ("transferred",),
}
_WORDS = {
    SpecialKind.CLOSED: ("closed", "closure", "shut", "no trade"),
    SpecialKind.PROMOTION: ("promo", "discount", "offer", "deal", "coupon", "voucher", "two for one", "2 for 1"),
    SpecialKind.OUTAGE: ("outage", "breakdown", "broken", "failure", "power cut"),
    SpecialKind.CONCERT: ("concert", "gig", "festival", "event", "fair", "parade"),
    SpecialKind.SNOW: ("snow", "storm", "weather", "flood"),
}
_YES = ("1", "x", "yes", "y", "true", "t")
_NO = ("", "0", "no", "n", "false", "f")
_ALL = ("", "all", "*", "everywhere")
_DATE = re.compile(r"(\d{1,4})[-./ ](\d{1,2})[-./ ](\d{1,4})(?:[ T].*)?")
Row = dict[str, str]


def with_special_days(markets: Sequence[Market], path: Path) -> tuple[Market, ...]:
    """The markets with the special days that the file lists for them; a row without a market is about all.

    Raises ConfigurationError naming file, row and remedy.
    """
    text = read_setting_file(path, VARIABLE)
    rows = _toml_rows(path, text) if path.suffix.lower() == ".toml" else _csv_rows(path, text)
    listed: dict[str, list[SpecialDay]] = {market.name: [] for market in markets}
    is_day_first = _is_day_first(path, rows)
    for number, row in rows:
        where = row.get("market", "")
        names = list(listed) if where.lower() in _ALL else [name.strip() for name in where.split(";")]
        unknown = [name for name in names if name not in listed]
        if unknown:
            raise ConfigurationError(
                f"{path}: {number}: {unknown[0]!r} is no market; write its name as in the markets table, or leave it "
                f"empty for all ({VARIABLE})"
            )
        if row.get("moved", "").lower() in _YES:
            continue  # a holiday that was moved to another day: this one was like any other
        for special in _special_days(path, number, row, is_day_first):
            for name in names:
                listed[name].append(special)
    return tuple(replace(market, special_days=tuple(listed[market.name])) for market in markets)


def _special_days(path: Path, number: str, row: Row, is_day_first: bool) -> list[SpecialDay]:
    try:
        first = _date(row["first"], is_day_first)
        last = _date(row["last"], is_day_first) if row.get("last") else first
        first += timedelta(days=int(row.get("before") or 0))
        last += timedelta(days=int(row.get("after") or 0))
        if last < first:
            raise ValueError(f"ends on {last}, before it starts on {first}; swap the dates")
    except ValueError as error:
        raise ConfigurationError(f"{path}: {number}: {error}; see {PAGE}") from error
    note = row.get("note") or None
    return [SpecialDay(first, last, kind, note) for kind in _kinds(row)]


def _kinds(row: Row) -> list[SpecialKind]:
    """By columns of flags if there are any, else by the words of kind and note."""
    flags = {kind: row[kind.value] for kind in SpecialKind if kind.value in row}
    if flags:
        return [kind for kind, flag in flags.items() if flag in _YES]
    for text in (row.get("kind", ""), row.get("note", "")):
        for kind, words in _WORDS.items():
            if any(re.search(rf"\b{word}", text.lower()) for word in words):
                return [kind]
    return [SpecialKind.OTHER]


def _date(written: str, is_day_first: bool) -> date:
    compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})", written)
    match = compact or _DATE.fullmatch(written)
    if match is None:
        raise ValueError(f"{written!r} is not a date; write it as 2026-08-04")
    first, second, third = (int(part) for part in match.groups())
    if len(match[1]) == 4:
        parts = first, second, third
    else:
        year = third + 2000 if third < 100 else third
        parts = (year, second, first) if is_day_first else (year, first, second)
    try:
        return date(*parts)
    except ValueError as error:
        raise ValueError(f"{written!r} is not a date ({error}); write it as 2026-08-04") from error


def _is_day_first(path: Path, rows: Sequence[tuple[str, Row]]) -> bool:
    """Whether 04/08 means 4 August: decided by the rows together, by a number above 12 or by dots."""
    written = [row[name] for _, row in rows for name in ("first", "last") if row.get(name)]
    found = [match for match in map(_DATE.fullmatch, written) if match and len(match[1]) < 4]
    if not found or any("." in match[0] or int(match[1]) > 12 for match in found):
        return True
    if any(int(match[2]) > 12 for match in found):
        return False
    raise ConfigurationError(f"{path}: {found[0][0]!r} may be either of two days; write dates as 2026-08-04")


def _csv_rows(path: Path, text: str) -> list[tuple[str, Row]]:
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";\t,", key=first.count)
    table = csv.reader(io.StringIO(text.lstrip()), delimiter=delimiter)
    names = [_column(name) for name in next(table, [])]
    if "first" not in names:
        raise ConfigurationError(f"{path}: no column of dates; name one `date` ({VARIABLE}, see {PAGE})")
    rows = []
    for cells in table:
        if not any(cell.strip() for cell in cells):
            continue
        row: Row = {}
        for name, cell in zip(names, cells, strict=False):
            if name and not row.get(name):
                row[name] = _flag(cell.strip()) if name in set(SpecialKind) | {"open"} else cell.strip()
        if "open" in row:
            row["closed"] = "0" if row.pop("open") in _YES else "1"
        rows.append((f"line {table.line_num}", row))
    return rows


def _column(written: str) -> str:
    """The key of a header; "open" and the kinds are columns of flags. Empty for one that says nothing here."""
    name = re.sub(r"[^a-z0-9]+", "_", written.strip().lower()).strip("_")
    for key, names in _COLUMNS.items():
        if name in names:
            return key
    if name in ("promo", "promotion"):
        return SpecialKind.PROMOTION
    return name if name in (*SpecialKind, "open") else ""


def _flag(cell: str) -> str:
    return "1" if cell.lower() not in _NO else "0"


def _toml_rows(path: Path, text: str) -> list[tuple[str, Row]]:
    try:
        tables = tomllib.loads(text).get("day")
    except (ValueError, RecursionError) as error:  # also numbers and brackets without end
        raise ConfigurationError(f"{path}: not readable as TOML ({error}); see {PAGE}") from error
    if not isinstance(tables, list) or not all(isinstance(table, Mapping) for table in tables):
        raise ConfigurationError(f"{path}: must be written as [[day]], once for each; see {PAGE}")
    rows = []
    for number, table in enumerate(tables, start=1):
        place = f"day {number}"
        row: Row = {}
        for written, value in table.items():
            key = "market" if written == "markets" else _column(written)
            if key not in ("first", "last", "market", "kind", "note"):
                raise ConfigurationError(
                    f"{path}: {place}: unknown key {written!r}; use date, to, markets, kind or note"
                )
            row[key] = "; ".join(map(str, value)) if isinstance(value, list) else str(value)
        if "first" not in row:
            raise ConfigurationError(f"{path}: {place}: date is missing; add date = 2026-08-04")
        rows.append((place, row))
    return rows
