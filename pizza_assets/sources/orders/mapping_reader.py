"""Reads and checks mapping files; their keys are explained in file_mapping.py."""

import codecs
import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.currency import NO_CURRENCY, is_currency
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.sources.orders.file_mapping import (
    CHOICES,
    ID_PART,
    LIST_KEYS,
    NUMBER_FORMATS,
    TABLES,
    TEXT_KEYS,
    THOUSANDS,
    ZONE_OF_MARKET,
    FileMapping,
)
from pizza_assets.sources.orders.zone_names import zone_or_none


def load_mapping(path: str | Path) -> FileMapping:
    """Read and check a mapping file. Raises ConfigurationError naming the file, the key and the remedy."""
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(
            f"mapping {file} can't be read ({error}); give the path of a UTF-8 TOML file"
        ) from error
    return parse_mapping(text, str(file))


def parse_mapping(text: str, origin: str) -> FileMapping:
    """Check the text of a mapping. `origin` names it in messages."""
    try:
        document = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets in thousands of brackets
        raise ConfigurationError(f"mapping {origin} is not valid TOML: {error}; correct that line") from error
    return _MappingReader(document, text, origin).read()


_DIRECTIVES = "aAbBdmyYHIMSfpjzZ%"


def _either(allowed: Sequence[str]) -> str:
    return " or ".join(f'"{value}"' for value in allowed)


class _MappingReader:
    """Turns a TOML document into a FileMapping; unknown keys are errors."""

    def __init__(self, document: dict[str, Any], text: str, origin: str) -> None:
        self.document, self.text, self.origin = document, text, origin

    def read(self) -> FileMapping:
        self._refuse_unknown_keys(self.document, "", (*CHOICES, *TEXT_KEYS, *TABLES, *LIST_KEYS, "zones", "currency"))
        choices = self._choices()
        texts = {key: self._text(self.document[key], key) for key in TEXT_KEYS if key in self.document}
        columns, spellings = self._columns()
        columns |= self._id_parts(columns)
        constants = self._texts_of("constants")
        currency = self._currency(columns)
        if "timezone_column" in texts:
            columns["timezone"] = texts.pop("timezone_column")
        self._check_zone(texts.get("timezone"))
        self._check_needed(columns, constants, choices["rows"])
        self._check_times(columns)
        self._check_dialect(texts)
        self._check_business_day(columns, choices, texts)
        kinds = self._kinds(columns, choices)
        self._check_amounts(columns, choices)
        self._check_thousands(choices.get("decimal", "."), texts.get("thousands"))
        return FileMapping(
            text=self.text,
            origin=self.origin,
            label=DataSource(choices.pop("label")),
            columns=columns,
            spellings=spellings,
            constants=constants,
            formats=self._formats(),
            excluded_statuses=self._statuses("exclude", columns),
            counted_statuses=self._statuses("count", columns),
            order_kinds=kinds.get("orders", frozenset()),
            refund_kinds=kinds.get("refunds", frozenset()),
            zones=self._zones(),
            currency=currency,
            **choices,
            **texts,
        )

    def _fail(self, key: str, cause: str) -> NoReturn:
        raise ConfigurationError(f"mapping {self.origin}: {key}: {cause}")

    def _refuse_unknown_keys(self, table: Mapping[str, Any], prefix: str, known: tuple[str, ...]) -> None:
        for key in table:
            if key not in known:
                self._fail(f"{prefix}{key}", f"unknown key; remove it or use one of: {', '.join(sorted(known))}")

    def _text(self, value: object, key: str) -> str:
        if not isinstance(value, str) or not value:
            self._fail(key, f"must be non-empty text in quotes, not {value!r}")
        return value

    def _choices(self) -> dict[str, str]:
        chosen = {}
        for key, allowed in CHOICES.items():
            if key not in self.document:
                if key in ("label", "rows"):
                    self._fail(key, f"missing; add {key} = {_either(allowed)}")
                continue
            if self.document[key] not in allowed:
                self._fail(key, f"unknown value {self.document[key]!r}; use {_either(allowed)}")
            chosen[key] = self.document[key]
        return chosen

    def _table(self, name: str) -> dict[str, Any]:
        table = self.document.get(name, {})
        if not isinstance(table, dict):
            self._fail(name, f"must be a table; write it as [{name}]")
        self._refuse_unknown_keys(table, f"{name}.", TABLES[name])
        return table

    def _columns(self) -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
        """Headers by name, and all spellings of those that have several."""
        columns, spellings = {}, {}
        for key, value in self._table("columns").items():
            listed = value if isinstance(value, list) and value else [value]
            texts = tuple(self._text(spelling, f"columns.{key}") for spelling in listed)
            columns[key] = texts[0]
            if len(texts) > 1:
                spellings[key] = texts
        return columns, spellings

    def _id_parts(self, columns: Mapping[str, str]) -> dict[str, str]:
        """The columns of order_id_of, by the names they have in `columns`."""
        listed = self.document.get("order_id_of", [])
        if not isinstance(listed, list) or ("order_id_of" in self.document and not listed):
            self._fail("order_id_of", 'must be a list of columns such as ["Store", "Day", "No"]')
        if listed and "order_id" in columns:
            self._fail("order_id_of", "order_id is mapped under [columns] as well; keep one of the two")
        return {f"{ID_PART}{number}": self._text(name, "order_id_of") for number, name in enumerate(listed)}

    def _texts_of(self, name: str) -> dict[str, str]:
        texts = {}
        for key, value in self._table(name).items():
            if key == "quantity" and name == "constants":
                if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                    self._fail("constants.quantity", f"must be a non-negative integer, not {value!r}")
                texts[key] = str(value)
            else:
                texts[key] = self._text(value, f"{name}.{key}")
        return texts

    def _currency(self, columns: dict[str, str]) -> str | None:
        """The constant currency; None if there is a currency column, which is added to `columns`."""
        value = self.document.get("currency")
        if isinstance(value, dict) and set(value) == {"column"}:
            columns["currency"] = self._text(value["column"], "currency.column")
            return None
        if not (isinstance(value, str) and (is_currency(value) or value == NO_CURRENCY)):
            self._fail("currency", f'must be an ISO 4217 code such as "GBP", or {{ column = "…" }}, not {value!r}')
        return value

    def _check_zone(self, zone: str | None) -> None:
        if zone is None or zone == ZONE_OF_MARKET:
            return
        if not isinstance(zone_or_none(zone), ZoneInfo):
            self._fail("timezone", f'unknown zone {zone!r}; use an IANA name such as "Europe/London"')

    def _check_needed(self, columns: Mapping[str, str], constants: Mapping[str, str], rows: str) -> None:
        needed = ("order_id", "total") if rows == "orders" else ("order_id", "price")
        for name in needed:
            if name not in columns and not (name == "order_id" and f"{ID_PART}0" in columns):
                self._fail(
                    f"columns.{name}",
                    f'missing with rows = "{rows}"; add {name} = "<column of the export>" under [columns]',
                )
        unused = "price" if rows == "orders" else "total"
        if unused in columns:
            self._fail(f"columns.{unused}", f'has no meaning with rows = "{rows}"; map {needed[1]} instead')
        for name in ("market", "store_id", *(("quantity",) if rows == "orders" else ())):
            if name not in columns and name not in constants:
                self._fail(name, f"neither a column nor a constant; add {name} under [columns] or [constants]")
        for name in constants:
            if name in columns:
                self._fail(f"constants.{name}", f"also mapped under [columns]; keep one of the two {name} entries")

    def _check_times(self, columns: Mapping[str, str]) -> None:
        has_parts = [name in columns for name in ("date", "time")]
        if "timestamp" in columns and not any(has_parts):
            return
        if "timestamp" in columns:
            self._fail("columns.timestamp", "mapped together with date or time; keep timestamp, or date and time")
        if not all(has_parts):
            self._fail("columns.timestamp", "neither timestamp nor both date and time are mapped; add one or the other")

    def _check_dialect(self, texts: Mapping[str, str]) -> None:
        pattern = PurePath(texts.get("files", "*.csv"))
        if pattern.is_absolute() or ".." in pattern.parts:
            self._fail("files", f'{texts["files"]!r} leaves the folder of the export; use a pattern such as "*.csv"')
        if len(texts.get("delimiter", ",")) != 1 or not texts.get("delimiter", ",").isascii():
            self._fail("delimiter", f"must be one ASCII character, not {texts['delimiter']!r}")
        try:
            codecs.lookup(texts.get("encoding", "utf-8-sig"))
        except LookupError:
            self._fail("encoding", f'unknown encoding {texts["encoding"]!r}; use e.g. "utf-8-sig" or "cp1252"')

    def _check_business_day(
        self, columns: Mapping[str, str], choices: Mapping[str, str], texts: Mapping[str, str]
    ) -> None:
        if choices.get("date_is") == "business_day" and "date" not in columns:
            self._fail("date_is", "a timestamp includes its date; map date and time instead, or remove date_is")
        ends = texts.get("business_day_ends")
        if ends is None:
            return
        if choices.get("date_is") != "business_day":
            self._fail("business_day_ends", 'has no meaning without date_is = "business_day"; add that, or remove this')
        if not re.fullmatch(r"(0\d|1[01]):[0-5]\d", ends):
            self._fail("business_day_ends", f'must be a time before noon such as "06:00", not {ends!r}')

    def _check_thousands(self, decimal: str, thousands: str | None) -> None:
        if thousands is None:
            return
        if thousands not in THOUSANDS:
            self._fail("thousands", f"must be one of {', '.join(map(repr, THOUSANDS))}, not {thousands!r}")
        if thousands == decimal:
            self._fail("thousands", f"is the same as decimal ({decimal!r}); give two different separators")

    def _formats(self) -> dict[str, str]:
        formats = self._texts_of("formats")
        for key, value in formats.items():
            if value in NUMBER_FORMATS:
                if key != "timestamp":
                    self._fail(f"formats.{key}", f"{value} is a format of timestamp only; write a strptime format")
            elif "%" not in value:
                self._fail(f"formats.{key}", f'not a strptime format: {value!r}; write e.g. "%d/%m/%Y %H:%M"')
            unknown = [sign for sign in re.findall(r"%(.?)", value, re.DOTALL) if sign not in _DIRECTIVES or not sign]
            if unknown:
                self._fail(f"formats.{key}", f"%{unknown[0]} is no directive of strptime; write e.g. %d/%m/%Y %H:%M")
            if "%Z" in value and not (key == "timestamp" and value.endswith(" %Z") and value.count("%Z") == 1):
                self._fail(
                    f"formats.{key}",
                    "%Z may stand only after a space at the end of a timestamp; use %z for an offset, or timezone",
                )
        return formats

    def _statuses(self, key: str, columns: Mapping[str, str]) -> frozenset[str]:
        table = self._table("statuses")
        if key not in table:
            return frozenset()
        listed = table[key]
        if not isinstance(listed, list) or not all(isinstance(status, str) for status in listed):
            self._fail(f"statuses.{key}", 'must be a list of text such as ["cancelled"]')
        if "status" not in columns:
            self._fail(f"statuses.{key}", "no status column is mapped; add status under [columns]")
        return frozenset(status.strip().casefold() for status in listed)

    def _kinds(self, columns: Mapping[str, str], choices: Mapping[str, str]) -> dict[str, frozenset[str]]:
        if "kinds" not in self.document and "kind" not in columns:
            return {}
        found = {}
        for key, listed in self._table("kinds").items():
            if not isinstance(listed, list) or not all(isinstance(kind, str) for kind in listed):
                self._fail(f"kinds.{key}", 'must be a list of text such as ["Sale"]')
            found[key] = frozenset(kind.strip().casefold() for kind in listed)
        if "kind" not in columns:
            self._fail("kinds", "no kind column is mapped; add kind under [columns]")
        if not found.get("orders"):
            self._fail("kinds.orders", 'missing; list the kinds of lines that are orders, e.g. orders = ["Sale"]')
        if found.get("refunds") and choices.get("refunds", "refuse") == "refuse":
            self._fail("kinds.refunds", 'has no meaning with refunds = "refuse"; set refunds = "net" or "exclude"')
        return found

    def _zones(self) -> dict[str, str]:
        table = self.document.get("zones", {})
        if not isinstance(table, dict):
            self._fail("zones", "must be a table; write it as [zones]")
        zones = {name: self._text(value, f"zones.{name}") for name, value in table.items()}
        for name, zone in zones.items():
            if zone_or_none(zone) is None:
                self._fail(f"zones.{name}", f'unknown zone {zone!r}; use an IANA name or an offset such as "-05:00"')
        return zones

    def _check_amounts(self, columns: Mapping[str, str], choices: Mapping[str, str]) -> None:
        if choices["rows"] == "orders" and choices.get("amount_on", "each_line") != "each_line":
            self._fail("amount_on", 'has no meaning with rows = "orders", where an order has one line; remove it')
        if choices.get("amount_on") == "repeated" and choices.get("refunds", "refuse") == "net":
            self._fail("refunds", '"net" does not go with amount_on = "repeated"; use "exclude"')
        if choices.get("amount_on") == "first_line" and "order_id" not in columns:
            self._fail("amount_on", '"first_line" needs one column that identifies the order; map order_id')
