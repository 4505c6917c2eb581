"""Every option of `pizza check` works with a known export, or is refused with the remedy."""

from pathlib import Path

import pytest

from pizza_assets.cli.commands.check import check
from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.mapping_reader import parse_mapping
from pizza_assets.sources.orders.proposal.mapping_text import mapping_text
from pizza_assets_tests.sources.orders.exports import AUGUST, csv_text, order_files, write
from pizza_assets_tests.sources.orders.test_known_exports import proposed

WOO = ("Date", "Order #", "N. Revenue", "Status", "Product(s)", "Items sold")
WOO_ANSWERS = ("--timezone", "Europe/London", "--currency", "GBP", "--market", "Leeds")
PULSE = (
    "Location_Code",
    "System_Date",
    "Order_Number",
    "Order_Time",
    "Order_Status_Code",
    "Order_Items",
    "Order_Amount",
)
PULSE_ANSWERS = ("--timezone", "America/New_York", "--currency", "USD")
SQUARE = (
    "Date",
    "Time",
    "Time Zone",
    "Net Sales",
    "Gross Sales",
    "Total Collected",
    "Transaction ID",
    "Event Type",
    "Location",
)
SQUARE_ANSWERS = ("--currency", "USD")


def woo(statuses: tuple[str, ...] = ("completed",)) -> str:
    rows = [
        (f"2025-08-15 {12 + n % 10}:05:00", f"51{n:02}", "10.00", statuses[n % len(statuses)], "1× Cola", 1)
        for n in range(40)
    ]
    return csv_text(WOO, rows)


def pulse() -> str:
    rows = [("7801", "08/05/2025", n, f"{12 + n % 10}:05:00", "DONE", 2, "10.00") for n in range(1, 41)]
    return csv_text(PULSE, rows)


def square() -> str:
    rows = [
        ("2025-08-15", f"{12 + n % 10}:05:00", "London", "$9.00", "$9.00", "$10.00", f"T{n:02}", "Payment", "Main St")
        for n in range(40)
    ]
    back = ("2025-08-15", "23:05:00", "London", "-$9.00", "-$9.00", "-$10.00", "T00", "Refund", "Main St")
    return csv_text(SQUARE, [*rows, back])


EXPORTS = {"woo": (woo(), WOO_ANSWERS), "pulse": (pulse(), PULSE_ANSWERS), "square": (square(), SQUARE_ANSWERS)}


def mapping_of(folder: Path, name: str, *options: str) -> FileMapping:
    """The mapping that `pizza check` proposes; everything must be answered."""
    content, answers = EXPORTS[name]
    proposal = proposed(write(folder / "in", "1.csv", content), (*answers, *options))
    assert not proposal.questions, proposal.questions
    return parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")


WORKS: dict[str, tuple[str, tuple[str, ...], dict[str, object]]] = {
    "--timezone": ("square", ("--timezone", "America/Chicago"), {"timezone": "America/Chicago"}),
    "--currency": ("woo", ("--currency", "EUR"), {"currency": "EUR"}),
    "--label": ("woo", ("--label", "real"), {"label": "real"}),
    "--date-order": ("pulse", ("--date-order", "day"), {"formats": {"date": "%d/%m/%Y"}}),
    "--date-order as it is": ("pulse", ("--date-order", "month"), {"formats": {"date": "%m/%d/%Y"}}),
    "--price-unit": ("woo", ("--price-unit", "minor"), {"price_unit": "minor"}),
    "--price-is": ("woo", ("--price-is", "line"), {"price_is": "line"}),
    "--amount-on": ("woo", ("--amount-on", "each_line"), {"amount_on": "each_line"}),
    "--amount": ("square", ("--amount", "Net Sales"), {"amount_name": "total"}),
    "--id": ("woo", ("--id", "Date+Order #"), {"id_parts": ("order_id_part_0", "order_id_part_1")}),
    "--id none": ("woo", ("--id", "none"), {"id_parts": tuple(f"order_id_part_{n}" for n in range(3))}),
    "--refunds net": ("woo", ("--refunds", "net"), {"refunds": "net"}),
    "--refunds refuse": (
        "square",
        ("--refunds", "refuse"),
        {"refunds": "refuse", "order_kinds": {"payment", "refund"}, "refund_kinds": frozenset()},
    ),
    "--format": ("pulse", ("--format", "date=%d.%m.%Y"), {"formats": {"date": "%d.%m.%Y"}}),
    "--business-day-ends": ("pulse", ("--business-day-ends", "04:00"), {"business_day_ends": "04:00"}),
    "--zone": ("woo", ("--zone", "EST=-05:00"), {"zones": {"EST": "-05:00"}}),
    "--layout": ("woo", ("--layout", "woo_analytics"), {"rows": "orders"}),
    "--rows": ("woo", ("--rows", "orders"), {"rows": "orders"}),
    "--market": (
        "square",
        ("--market", "Leeds"),
        {"constants": {"chain": "fornello", "market": "Leeds", "quantity": "1"}},
    ),
    "--store-id": ("pulse", ("--store-id", "s1", "--market", "Leeds"), {"rows": "orders"}),
    "--chain": ("square", ("--chain", "x"), {"constants": {"chain": "x", "quantity": "1"}}),
    "--column": ("pulse", ("--column", "market=Location_Code"), {"timezone": "America/New_York"}),
    "--count-status": ("woo", ("--count-status", "completed"), {"rows": "orders"}),
    "--exclude-status": ("woo", ("--exclude-status", "Completed"), {"rows": "orders"}),
}


@pytest.mark.parametrize("case", WORKS)
def test_an_option_works_with_a_known_export(tmp_path: Path, case: str) -> None:
    name, options, expected = WORKS[case]
    mapping = mapping_of(tmp_path, name, *options)
    assert {key: getattr(mapping, key) for key in expected} == expected


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("woo", ("--rows", "items"), "--rows items: its lines are orders"),
        ("woo", ("--price-is", "unit"), "--price-is unit: its amounts are of whole orders"),
        ("woo", ("--amount-on", "repeated"), "--amount-on repeated: an order has one line"),
        ("woo", ("--business-day-ends", "05:00"), "--business-day-ends: its dates are those of the calendar"),
        ("woo", ("--date-order", "day"), "--date-order: its dates are not two numbers and a year"),
        ("pulse", ("--format", "%d/%m/%Y %H:%M"), "has date and time instead"),
        ("woo", ("--records", "orders"), "--records: 1.csv is not JSON; leave the option out"),
        ("woo", ("--amount", "Revenue"), "no column 'Revenue'; name one of 'Date'"),
        ("woo", ("--id", "Order"), "no column 'Order'; name one of 'Date'"),
        ("woo", ("--column", "town=Status"), "no such column of a mapping; use order_id"),
        ("woo", ("--count-status", "Done"), "the export has no status 'done'; it has 'completed'"),
        ("square", ("--exclude-status", "void"), "no status 'void'; it has 'payment', 'refund'"),
    ],
)
def test_an_option_that_has_no_meaning_is_refused_with_the_remedy(
    tmp_path: Path, name: str, options: tuple[str, ...], message: str
) -> None:
    with pytest.raises(ConfigurationError) as caught:
        mapping_of(tmp_path, name, *options)
    assert message in str(caught.value)


def test_every_option_is_tried() -> None:
    about_the_command = {"--mapping", "--write", "--replace", "--table", "--accept-doubts", "--help"}
    options = {option for parameter in check.params for option in parameter.opts if option.startswith("--")}
    assert options - about_the_command == {"--records", *(case.split()[0] for case in WORKS)}


def test_refunds_that_are_refused_are_not_lost_in_silence(tmp_path: Path) -> None:
    lines = order_files(tmp_path / "in", mapping_of(tmp_path, "square", "--refunds", "refuse")).facts.lines
    assert (lines["accepted"], lines["rejected"], lines["no_order"]) == (40, 1, 0)


def test_without_an_id_equal_lines_of_a_known_export_count_once(tmp_path: Path) -> None:
    rows = order_files(tmp_path / "in", mapping_of(tmp_path, "woo", "--id", "none")).orders(AUGUST).rows
    assert len(rows) == 10  # at ten times, with equal amounts
