"""The mapping file: a small TOML file that says what the columns of an order export mean.

    label = "real"                  # real or mock: whether these orders happened; never guessed
    rows = "items"                  # "orders": one row per order; "items": one row per item line, folded into orders
    currency = "GBP"                # ISO 4217 code, or { column = "Currency" }
    timezone = "Europe/London"      # the zone of times that carry no offset, and of the business day; "market": that of
                                    # the order's market in the markets table; or
    timezone_column = "Zone"        # the column that names the zone of each row
    price_unit = "major"            # "major" (12.50 pounds) or "minor" (1250 pence); default major
    price_is = "line"               # "line": price is for the whole line; "unit": for one item; default line
    decimal = "."                   # "." or ",": what stands before the fraction of an amount; default "."
    thousands = ","                 # what parts the thousands of an amount, if anything does: , . ' or a blank
    date_is = "calendar_day"        # or "business_day": hours before business_day_ends still belong to the date before
    business_day_ends = "06:00"     # with date_is = "business_day"; default 06:00
    files = "*.csv"                 # which files of the folder belong to the export; default *.csv
    delimiter = ","                 # of CSV files; default comma
    encoding = "utf-8-sig"          # of CSV and JSON files; default UTF-8 with or without a byte order mark

    [columns]                       # left: what the platform needs; right: what the export calls it, or a list of
                                    # spellings, of which every file has exactly one: ["Order No", "OrderNo"]
    order_id = "Order No"           # needed: unique per order over all files
    timestamp = "Placed"            # needed: this, or `date` and `time`
    date = "Date"
    time = "Time"
    total = "Paid"                  # needed if rows = "orders": what the customer paid
    discount = "Discount"           # optional: what was taken off the price; an empty one is unknown, not zero
    price = "Price"                 # needed if rows = "items": the price of the line (see price_is)
    quantity = "Qty"                # items of the line or pizzas of the order; an item line without it counts as 1
    item = "Product"                # optional, shown in raw_orders.items
    category = "Group"              # optional, shown in raw_orders.items
    status = "State"                # optional, see [statuses]
    chain = "Brand"                 # chain, market and store_id are needed here or under [constants]; a chain that is
                                    # in neither is that of the order's market in the markets table
    market = "City"
    store_id = "Store"
    store_location = "Address"      # optional

    [constants]                     # the same for every row: chain, market, store_id, store_location, quantity
    chain = "dominos"

    [formats]                       # strptime; without one only ISO 8601 is read: day and month are never guessed
    timestamp = "%d/%m/%Y %H:%M"
    date = "%d/%m/%Y"
    time = "%H:%M"

    [statuses]                      # rows whose status is listed are left out and counted
    exclude = ["cancelled", "returned"]

Columns that are not mapped (names, phones, addresses) are never read. Reading the export itself does not belong here.
"""

import codecs
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn
from zoneinfo import ZoneInfo

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.vocabulary import DataSource

CHOICES = {
    "label": (DataSource.REAL.value, DataSource.MOCK.value),
    "rows": ("orders", "items"),
    "price_unit": ("major", "minor"),
    "price_is": ("line", "unit"),
    "decimal": (".", ","),
    "date_is": ("calendar_day", "business_day"),
}
TEXT_KEYS = ("timezone", "timezone_column", "files", "delimiter", "encoding", "thousands", "business_day_ends")
THOUSANDS = (",", ".", "'", " ")
ZONE_OF_MARKET = "market"
TABLES = {
    "columns": (
        "order_id", "timestamp", "date", "time", "total", "price", "discount", "quantity", "item", "category",
        "status", "chain", "market", "store_id", "store_location",
    ),
    "constants": ("chain", "market", "store_id", "store_location", "quantity"),
    "formats": ("timestamp", "date", "time"),
    "statuses": ("exclude",),
}  # fmt: skip


@dataclass(frozen=True)
class FileMapping:
    """A checked mapping. `columns` maps the platform's names to the export's, `currency` and `timezone` included.

    spellings: what else a file may call a column, by the platform's name, the one in `columns` first.
    text: the file as it was read; part of the fingerprint of everything parsed with it.
    origin: the path it was read from, for messages.
    currency: the constant currency, or None if `columns["currency"]` names it row by row.
    timezone: the zone of naive times, or None if times carry an offset or `columns["timezone"]` names it.
    """

    text: str
    origin: str
    label: DataSource
    rows: str
    columns: Mapping[str, str]
    spellings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)
    formats: Mapping[str, str] = field(default_factory=dict)
    excluded_statuses: frozenset[str] = frozenset()
    currency: str | None = None
    timezone: str | None = None
    price_unit: str = "major"
    price_is: str = "line"
    decimal: str = "."
    thousands: str | None = None
    date_is: str = "calendar_day"
    business_day_ends: str = "06:00"
    files: str = "*.csv"
    delimiter: str = ","
    encoding: str = "utf-8-sig"

    @property
    def folds_items(self) -> bool:
        """Whether several lines make one order."""
        return self.rows == "items"

    @property
    def is_zone_of_market(self) -> bool:
        """Whether the markets table says in which clock a time was written."""
        return self.timezone == ZONE_OF_MARKET

    @property
    def is_chain_of_market(self) -> bool:
        """Whether the markets table says to which chain an order belongs."""
        return "chain" not in self.columns and "chain" not in self.constants

    @property
    def amount_name(self) -> str:
        """The platform's name of the money column: `price` per line or `total` per order."""
        return "price" if self.folds_items else "total"

    def column_of(self, name: str) -> str:
        """What the export calls `name`; `name` itself for a constant."""
        return self.columns.get(name, name)


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
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"mapping {origin} is not valid TOML: {error}; mend the line it names") from error
    return _MappingReader(document, text, origin).read()


class _MappingReader:
    """Turns one TOML document into a FileMapping, refusing whatever it does not know."""

    def __init__(self, document: dict[str, Any], text: str, origin: str) -> None:
        self.document, self.text, self.origin = document, text, origin

    def read(self) -> FileMapping:
        self._refuse_unknown_keys(self.document, "", (*CHOICES, *TEXT_KEYS, *TABLES, "currency"))
        choices = self._choices()
        texts = {key: self._text(self.document[key], key) for key in TEXT_KEYS if key in self.document}
        columns, spellings = self._columns()
        constants = self._texts_of("constants")
        currency = self._currency(columns)
        if "timezone_column" in texts:
            columns["timezone"] = texts.pop("timezone_column")
        self._check_zone(texts.get("timezone"))
        self._check_needed(columns, constants, choices["rows"])
        self._check_times(columns)
        self._check_dialect(texts)
        self._check_business_day(columns, choices, texts)
        self._check_thousands(choices.get("decimal", "."), texts.get("thousands"))
        return FileMapping(
            text=self.text,
            origin=self.origin,
            label=DataSource(choices.pop("label")),
            columns=columns,
            spellings=spellings,
            constants=constants,
            formats=self._formats(),
            excluded_statuses=self._excluded_statuses(columns),
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
            self._fail(key, f"must be a text in quotes that is not empty, not {value!r}")
        return value

    def _choices(self) -> dict[str, str]:
        chosen = {}
        for key, allowed in CHOICES.items():
            if key not in self.document:
                if key in ("label", "rows"):
                    self._fail(key, f'missing; add {key} = "{allowed[0]}" or "{allowed[1]}"')
                continue
            if self.document[key] not in allowed:
                self._fail(key, f'unknown value {self.document[key]!r}; use "{allowed[0]}" or "{allowed[1]}"')
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

    def _texts_of(self, name: str) -> dict[str, str]:
        texts = {}
        for key, value in self._table(name).items():
            if key == "quantity" and name == "constants":
                if not isinstance(value, int) or isinstance(value, bool) or value < 0:
                    self._fail("constants.quantity", f"must be a whole number that is not negative, not {value!r}")
                texts[key] = str(value)
            else:
                texts[key] = self._text(value, f"{name}.{key}")
        return texts

    def _currency(self, columns: dict[str, str]) -> str | None:
        """The constant currency; a currency column is entered into `columns` instead."""
        value = self.document.get("currency")
        if isinstance(value, dict) and set(value) == {"column"}:
            columns["currency"] = self._text(value["column"], "currency.column")
            return None
        if not (isinstance(value, str) and len(value) == 3 and value.isascii() and value.isalpha() and value.isupper()):
            self._fail("currency", f'must be an ISO 4217 code such as "GBP", or {{ column = "…" }}, not {value!r}')
        return value

    def _check_zone(self, zone: str | None) -> None:
        if zone is None or zone == ZONE_OF_MARKET:
            return
        try:
            ZoneInfo(zone)
        except (KeyError, ValueError, OSError):
            self._fail("timezone", f'unknown zone {zone!r}; use an IANA name such as "Europe/London"')

    def _check_needed(self, columns: Mapping[str, str], constants: Mapping[str, str], rows: str) -> None:
        needed = ("order_id", "total") if rows == "orders" else ("order_id", "price")
        for name in needed:
            if name not in columns:
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
            self._fail("columns.timestamp", "mapped beside date or time; keep timestamp, or date and time")
        if not all(has_parts):
            self._fail("columns.timestamp", "neither timestamp nor both date and time are mapped; add one or the other")

    def _check_dialect(self, texts: Mapping[str, str]) -> None:
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
            self._fail("date_is", "a timestamp says its day itself; map date and time, or remove date_is")
        ends = texts.get("business_day_ends")
        if ends is None:
            return
        if choices.get("date_is") != "business_day":
            self._fail("business_day_ends", 'has no meaning without date_is = "business_day"')
        if not re.fullmatch(r"(0\d|1[01]):[0-5]\d", ends):
            self._fail("business_day_ends", f'must be a time in the morning such as "06:00", not {ends!r}')

    def _check_thousands(self, decimal: str, thousands: str | None) -> None:
        if thousands is None:
            return
        if thousands not in THOUSANDS:
            self._fail("thousands", f"must be one of {', '.join(map(repr, THOUSANDS))}, not {thousands!r}")
        if thousands == decimal:
            self._fail("thousands", f"is the decimal sign too ({decimal!r}); they can't be the same")

    def _formats(self) -> dict[str, str]:
        formats = self._texts_of("formats")
        for key, value in formats.items():
            if "%" not in value:
                self._fail(f"formats.{key}", f'not a strptime format: {value!r}; write e.g. "%d/%m/%Y %H:%M"')
            if "%Z" in value:
                self._fail(f"formats.{key}", "%Z is ambiguous (zone names repeat over the world); use %z or timezone")
        return formats

    def _excluded_statuses(self, columns: Mapping[str, str]) -> frozenset[str]:
        if "statuses" not in self.document:
            return frozenset()
        listed = self._table("statuses").get("exclude")
        if not isinstance(listed, list) or not all(isinstance(status, str) for status in listed):
            self._fail("statuses.exclude", 'must be a list of texts such as ["cancelled"]')
        if "status" not in columns:
            self._fail("statuses.exclude", "no status column is mapped; add status under [columns]")
        return frozenset(status.strip().casefold() for status in listed)
