"""The mapping file: a small TOML file that defines the columns of an order export.

    label = "real"                  # "real" or "mock": whether these orders happened; never guessed
    rows = "items"                  # "orders": one row per order; "items": one row per item line, folded into orders
    currency = "GBP"                # ISO 4217 code, or { column = "Currency" }
    timezone = "Europe/London"      # the zone of times without an offset, and of the business day; or "market": the
                                    # zone of the order's market in the markets table
    timezone_column = "Zone"        # instead of timezone: the column with the zone of each row
    price_unit = "major"            # "major" (12.50 pounds) or "minor" (1250 pence); default major
    price_is = "line"               # "line": price is for the whole line; "unit": for one item; default line
    amount_on = "each_line"         # of an order with several lines: "each_line": they add up; "first_line": only the
                                    # first line has the amount, and what else is blank below it; "repeated": each line
                                    # repeats the amount of the whole order; default each_line
    refunds = "refuse"              # negative lines: "refuse"; "net": taken from the order with the same id, of another
                                    # id only counted; "exclude": left out; default refuse
    order_id_of = ["Store", "Day", "No"]  # instead of the column order_id: columns that together identify an order
    decimal = "."                   # the decimal separator: "." or ","; default "."
    thousands = ","                 # the thousands separator, if there is one: , . ' or a space
    date_is = "calendar_day"        # or "business_day": times before business_day_ends belong to the date before
    business_day_ends = "06:00"     # with date_is = "business_day"; default 06:00
    files = "*.csv"                 # which files of the folder belong to the export; default *.csv
    delimiter = ","                 # of CSV files; default comma
    encoding = "utf-8-sig"          # of CSV and JSON files; default UTF-8 with or without a byte order mark
    records = "orders"              # of a JSON object that holds several lists: the one with the orders

    [columns]                       # left: the platform's name; right: the export's name, or a list of spellings, of
                                    # which every file has exactly one: ["Order No", "OrderNo"]
    order_id = "Order No"           # required (or order_id_of): unique per order over all files
    timestamp = "Placed"            # required: this, or `date` and `time`
    date = "Date"
    time = "Time"
    total = "Paid"                  # required if rows = "orders": what the customer paid
    price = "Price"                 # required if rows = "items": the price of the line (see price_is)
    quantity = "Qty"                # items of the line or pizzas of the order; an item line without it counts as 1
    item = "Product"                # optional, shown in raw_orders.items
    category = "Group"              # optional, shown in raw_orders.items
    status = "State"                # optional, see [statuses]
    void = "Voided"                 # optional: lines with true, yes, 1, x, void or cancelled are left out
    kind = "Line Type"              # optional, see [kinds]
    refunded = "Refunded Amount"    # optional: what was paid back, taken from the amount
    adjustment = "Adjustment"       # optional: added to the amount, usually negative
    chain = "Brand"                 # chain, market and store_id are required here or under [constants]; without a
                                    # chain, that of the order's market in the markets table is used
    market = "City"
    store_id = "Store"
    store_location = "Address"      # optional

    [constants]                     # the same for every row: chain, market, store_id, store_location, quantity
    chain = "dominos"

    [formats]                       # for strptime; without one only ISO 8601 is read: day and month are never guessed
    timestamp = "%d/%m/%Y %H:%M"    # or "epoch_seconds", "epoch_milliseconds", "excel_serial" (days since 1900); a %Z
                                    # at the end is a zone name, see [zones]
    date = "%d/%m/%Y"
    time = "%H:%M"

    [statuses]                      # optional
    exclude = ["cancelled", "returned"]  # orders with these are left out, and counted
    count = ["delivered"]           # if given, a status on neither list is refused; a blank one counts

    [kinds]                         # lines of another kind are no orders, and are counted
    orders = ["Sale"]
    refunds = ["Return"]            # optional: taken from their sale with refunds = "net"

    [zones]                         # what the zone names of the export mean: an IANA name, or an offset
    EST = "-05:00"
    "Eastern Time" = "America/New_York"

Unmapped columns (names, phones, addresses) are never read. Checking the file belongs to mapping_reader.py.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from pizza_assets.models.vocabulary import DataSource

CHOICES = {
    "label": (DataSource.REAL.value, DataSource.MOCK.value),
    "rows": ("orders", "items"),
    "price_unit": ("major", "minor"),
    "price_is": ("line", "unit"),
    "decimal": (".", ","),
    "date_is": ("calendar_day", "business_day"),
    "amount_on": ("each_line", "first_line", "repeated"),
    "refunds": ("refuse", "net", "exclude"),
}
TEXT_KEYS = (
    "timezone",
    "timezone_column",
    "files",
    "delimiter",
    "encoding",
    "thousands",
    "business_day_ends",
    "records",
)
LIST_KEYS = ("order_id_of",)
VOID = frozenset({"true", "yes", "y", "1", "x", "void", "voided", "cancelled", "canceled", "deleted"})
NOT_VOID = frozenset({"", "false", "no", "n", "0"})
"""What a column of voided lines may say, in any case."""
ID_PART = "order_id_part_"
"""Prefix of the names under which `columns` has the columns of order_id_of."""
EPOCH_SECONDS, EPOCH_MILLISECONDS, EXCEL_SERIAL = "epoch_seconds", "epoch_milliseconds", "excel_serial"
NUMBER_FORMATS = (EPOCH_SECONDS, EPOCH_MILLISECONDS, EXCEL_SERIAL)
"""Formats of times written as numbers."""
THOUSANDS = (",", ".", "'", " ")
ZONE_OF_MARKET = "market"
TABLES = {
    "columns": (
        "order_id", "timestamp", "date", "time", "total", "price", "quantity", "item", "category", "status", "void",
        "kind", "refunded", "adjustment", "chain", "market", "store_id", "store_location",
    ),
    "constants": ("chain", "market", "store_id", "store_location", "quantity"),
    "formats": ("timestamp", "date", "time"),
    "statuses": ("exclude", "count"),
    "kinds": ("orders", "refunds"),
}  # fmt: skip


@dataclass(frozen=True)
class FileMapping:
    """A valid mapping. `columns` maps the platform's names to the export's, including `currency` and `timezone`.

    spellings: all spellings of a column that has several, by the platform's name, the one in `columns` first.
    text: the text of the file; part of the fingerprint of everything parsed with it.
    origin: the path it was read from, for messages.
    counted_statuses: if there are any, no other status counts; both in lower case.
    currency: the constant currency, or None if the column `columns["currency"]` has it.
    timezone: the zone of naive times, or None if times have an offset or the column `columns["timezone"]` has it.
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
    counted_statuses: frozenset[str] = frozenset()
    currency: str | None = None
    timezone: str | None = None
    price_unit: str = "major"
    price_is: str = "line"
    decimal: str = "."
    thousands: str | None = None
    amount_on: str = "each_line"
    refunds: str = "refuse"
    order_kinds: frozenset[str] = frozenset()
    refund_kinds: frozenset[str] = frozenset()
    zones: Mapping[str, str] = field(default_factory=dict)
    date_is: str = "calendar_day"
    business_day_ends: str = "06:00"
    files: str = "*.csv"
    delimiter: str = ","
    encoding: str = "utf-8-sig"
    records: str | None = None

    @property
    def folds_items(self) -> bool:
        """Whether several lines make one order."""
        return self.rows == "items"

    @property
    def is_zone_of_market(self) -> bool:
        """Whether the zone of a time comes from the markets table."""
        return self.timezone == ZONE_OF_MARKET

    def zone_of_days(self, default: str) -> str:
        """The zone in which business days turn: that of the times if it is of a place, which UTC and GMT are not."""
        is_place = self.timezone is not None and "/" in self.timezone and not self.timezone.startswith("Etc/")
        return self.timezone if is_place and self.timezone else default

    @property
    def is_chain_of_market(self) -> bool:
        """Whether the chain of an order comes from the markets table."""
        return "chain" not in self.columns and "chain" not in self.constants

    @property
    def id_parts(self) -> tuple[str, ...]:
        """The names in `columns` of the columns that together identify an order; empty if one column does."""
        return tuple(name for name in self.columns if name.startswith(ID_PART))

    @property
    def amount_name(self) -> str:
        """The platform's name of the money column: `price` per line or `total` per order."""
        return "price" if self.folds_items else "total"

    def column_of(self, name: str) -> str:
        """The export's name of the column `name`; `name` itself for a constant."""
        if name == "order_id" and self.id_parts:
            return " + ".join(self.columns[part] for part in self.id_parts)
        return self.columns.get(name, name)
