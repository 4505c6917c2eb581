import re
from pathlib import Path

import pytest

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.sources.orders import file_mapping
from pizza_assets.sources.orders.file_mapping import CHOICES, TABLES, TEXT_KEYS
from pizza_assets.sources.orders.mapping_reader import load_mapping
from pizza_assets_tests.sources.orders.exports import ITEM_ROWS, ORDER_ROWS, mapping

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"


def test_reads_every_key() -> None:
    read = mapping(
        ORDER_ROWS,
        ('currency = "GBP"', 'currency = { column = "cur" }\nprice_unit = "minor"\nfiles = "*.jsonl"\ndelimiter = ";"'),
        ('timezone = "Europe/London"', 'timezone_column = "zone"\nencoding = "cp1252"'),
        (
            "[constants]",
            'status = "state"\n[statuses]\nexclude = ["Cancelled "]\n[formats]\ntimestamp = "%d/%m/%Y"\n[constants]',
        ),
    )
    assert read.label is DataSource.REAL
    assert read.columns["currency"] == "cur"
    assert read.columns["timezone"] == "zone"
    assert (read.currency, read.timezone) == (None, None)
    assert (read.price_unit, read.files, read.delimiter, read.encoding) == ("minor", "*.jsonl", ";", "cp1252")
    assert read.excluded_statuses == {"cancelled"}
    assert read.formats == {"timestamp": "%d/%m/%Y"}
    assert read.constants == {"chain": "dominos"}


@pytest.mark.parametrize(
    ("old", "new", "key", "remedy"),
    [
        ('label = "real"\n', "", "label", 'add label = "real" or "mock"'),
        ('label = "real"', 'label = "maybe"', "label", 'use "real" or "mock"'),
        ('rows = "orders"', 'rows = "lines"', "rows", 'use "orders" or "items"'),
        ('order_id = "id"\n', "", "columns.order_id", "add order_id"),
        ('total = "paid"\n', "", "columns.total", "add total"),
        ('timestamp = "placed"\n', "", "columns.timestamp", "add one or the other"),
        ('timestamp = "placed"\n', 'date = "day"\n', "columns.timestamp", "add one or the other"),
        (
            'timestamp = "placed"\n',
            'timestamp = "placed"\ndate = "day"\n',
            "columns.timestamp",
            "keep timestamp, or date",
        ),
        ('timezone = "Europe/London"', 'timezone = "Europe/Londno"', "timezone", "use an IANA name"),
        ('currency = "GBP"', 'currency = "pounds"', "currency", "ISO 4217"),
        ('currency = "GBP"\n', "", "currency", "ISO 4217"),
        (
            'currency = "GBP"',
            'currency = "GBP"\nzone = "UTC"',
            "zone",
            "unknown key; remove it or use one of: amount_on, business_day_ends",
        ),
        ('quantity = "pizzas"', 'quantity = "pizzas"\nphone = "tel"', "columns.phone", "unknown key"),
        ('quantity = "pizzas"\n', "", "quantity", "under [columns] or [constants]"),
        ('market = "city"\n', "", "market", "under [columns] or [constants]"),
        ('chain = "dominos"', 'chain = "dominos"\nmarket = "Leeds"', "constants.market", "keep one of the two"),
        ('chain = "dominos"', "chain = 3", "constants.chain", "must be non-empty text"),
        ("[constants]", '[formats]\ntimestamp = "%d %s"\n[constants]', "formats.timestamp", "%s is no directive"),
        ("[constants]", '[formats]\ntimestamp = "DD/MM"\n[constants]', "formats.timestamp", "%d/%m/%Y"),
        (
            "[constants]",
            '[formats]\ntimestamp = "%Z %d"\n[constants]',
            "formats.timestamp",
            "use %z for an offset",
        ),
        ("[constants]", '[statuses]\nexclude = ["x"]\n[constants]', "statuses.exclude", "add status under [columns]"),
        ('currency = "GBP"', 'currency = "GBP"\nfiles = "../*"', "files", "leaves the folder of the export"),
        ('currency = "GBP"', 'currency = "GBP"\nfiles = "/etc/*"', "files", "leaves the folder of the export"),
        ('currency = "GBP"', 'currency = "GBP"\ndelimiter = "::"', "delimiter", "one ASCII character"),
        ('currency = "GBP"', 'currency = "GBP"\nencoding = "klingon"', "encoding", "utf-8-sig"),
        ("[columns]", "[columns", "", "not valid TOML"),
    ],
)
def test_errors_name_file_key_and_remedy(tmp_path: Path, old: str, new: str, key: str, remedy: str) -> None:
    assert old in ORDER_ROWS
    file = tmp_path / "shop.toml"
    file.write_text(ORDER_ROWS.replace(old, new, 1))
    with pytest.raises(ConfigurationError) as caught:
        load_mapping(file)
    assert str(file) in str(caught.value)
    assert key in str(caught.value)
    assert remedy in str(caught.value)


def test_quantity_may_be_a_stated_constant() -> None:
    stated = mapping(ORDER_ROWS, ('quantity = "pizzas"\n', ""), ("[constants]", "[constants]\nquantity = 2"))
    assert stated.constants["quantity"] == "2"
    with pytest.raises(ConfigurationError, match=r"constants.quantity: must be a non-negative integer"):
        mapping(ORDER_ROWS, ('quantity = "pizzas"\n', ""), ("[constants]", "[constants]\nquantity = -2"))


def test_total_has_no_meaning_for_item_lines() -> None:
    with pytest.raises(ConfigurationError, match=r"columns.total: has no meaning .* map price instead"):
        mapping(ITEM_ROWS, ('price = "price"', 'price = "price"\ntotal = "t"'))


def test_missing_mapping_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="none.toml can't be read"):
        load_mapping(tmp_path / "none.toml")


def test_the_docstring_documents_every_key() -> None:
    text = file_mapping.__doc__ or ""
    for key in (*CHOICES, *TEXT_KEYS, "currency", *(key for keys in TABLES.values() for key in keys)):
        assert re.search(rf"^    {key} = ", text, re.M), key


@pytest.mark.parametrize(
    "file", sorted(set(EXAMPLES.glob("*.toml")) - set(EXAMPLES.glob("*-markets.toml"))), ids=lambda file: file.name
)
def test_examples_are_valid(file: Path) -> None:
    assert load_mapping(file).label in DataSource
