"""Small order exports and mappings for tests, written the way a shop would write them."""

import csv
import io
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from pizza_assets.models.market import Market
from pizza_assets.models.week import MatchWeek
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.files import OrderFiles
from pizza_assets.sources.orders.mapping_reader import parse_mapping

ZONE = "Europe/London"
NOW = datetime(2026, 1, 1, tzinfo=UTC)
AUGUST = MatchWeek.of_date(date(2025, 8, 15), ZONE)

ORDER_ROWS = """
label = "real"
rows = "orders"
currency = "GBP"
timezone = "Europe/London"
[columns]
order_id = "id"
timestamp = "placed"
total = "paid"
quantity = "pizzas"
market = "city"
store_id = "store"
[constants]
chain = "dominos"
"""

ITEM_ROWS = """
label = "real"
rows = "items"
currency = "GBP"
timezone = "Europe/London"
[columns]
order_id = "id"
timestamp = "placed"
price = "price"
quantity = "count"
item = "item"
[constants]
chain = "dominos"
market = "Leeds"
store_id = "s1"
"""

HEADER = ("id", "placed", "paid", "pizzas", "city", "store")


def mapping(text: str = ORDER_ROWS, *replacements: tuple[str, str]) -> FileMapping:
    """A mapping with some of its text replaced."""
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return parse_mapping(text, "mapping.toml")


def csv_text(header: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([header, *rows])
    return out.getvalue()


def write(folder: Path, name: str, content: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / name
    file.write_bytes(content.encode() if isinstance(content, str) else content)
    return file


def order_files(
    folder: Path,
    chosen: FileMapping | None = None,
    now: Callable[[], datetime] = lambda: NOW,
    staging: Path | None = None,
    zone: str = ZONE,
    markets: Sequence[Market] = (),
) -> OrderFiles:
    """The source over `folder`, staged beside it."""
    return OrderFiles(folder, chosen or mapping(), staging or folder.parent / "staging", zone, now, markets)
