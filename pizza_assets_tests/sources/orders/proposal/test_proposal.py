"""Exports as real shops write them, and the mapping that follows."""

import json
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from pizza_assets.errors import BadFile, ConfigurationError
from pizza_assets.sources.orders.mapping_reader import parse_mapping
from pizza_assets.sources.orders.proposal.answers import Answers, Proposal
from pizza_assets.sources.orders.proposal.mapping_text import mapping_text
from pizza_assets.sources.orders.proposal.proposal import propose
from pizza_assets.sources.orders.proposal.sample import read_sample
from pizza_assets_tests.sources.orders.exports import AUGUST, csv_text, order_files, write

KNOWN = Answers(label="real", timezone="Europe/London", currency="GBP", constants={"chain": "dominos"})
HEADER = ("Order No", "Placed", "Paid", "Pizzas", "City", "Store", "Customer", "Status")
CITIES = ("Leeds", "Fulham")


def rows(count: int = 40) -> list[tuple]:
    return [
        (
            f"A{number:03}",
            f"{15 + number % 5}/08/2025 {12 + number % 10}:05",
            f"{10 + number % 7}.50",
            1 + number % 3,
            CITIES[number % 2],
            f"S{number % 2}",
            f"Person {number}",
            "cancelled" if number % 10 == 0 else "delivered",
        )
        for number in range(count)
    ]


def proposed(folder: Path, name: str, content: str | bytes, answers: Answers = KNOWN) -> Proposal:
    return propose([read_sample(write(folder, name, content))], answers, "Europe/London")


def options(proposal: Proposal) -> list[str]:
    return [question.option.split()[0] for question in proposal.questions]


def test_a_usual_export_needs_only_what_nobody_can_know(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "a.csv", csv_text(HEADER, rows()), Answers())
    assert options(proposal) == ["--label", "--timezone", "--currency", "--chain"]
    assert proposal.document["columns"] == {
        "order_id": "Order No", "timestamp": "Placed", "total": "Paid", "quantity": "Pizzas", "market": "City",
        "store_id": "Store", "status": "Status",
    }  # fmt: skip
    assert proposal.document["formats"] == {"timestamp": "%d/%m/%Y %H:%M"}
    assert proposal.document["statuses"] == {"count": ["delivered"], "exclude": ["cancelled"]}
    assert proposal.unused == ("Customer",)


def test_the_proposal_is_a_mapping_under_which_every_line_is_used(tmp_path: Path) -> None:
    proposal = proposed(tmp_path / "in", "a.csv", csv_text(HEADER, rows()))
    assert not proposal.questions
    mapping = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
    source = order_files(tmp_path / "in", mapping)
    assert source.facts.lines_read == {"a.csv": 40}
    assert {kind: count for kind, count in source.facts.lines.items() if count} == {"accepted": 36, "excluded": 4}
    assert set(source.orders(AUGUST).rows["market"]) <= set(CITIES)


def test_a_byte_order_mark_semicolons_and_a_decimal_comma(tmp_path: Path) -> None:
    lines = [[*row[:2], f"1.0{row[2].replace('.', ',')}", *row[3:]] for row in rows()]
    body = "\n".join(";".join(map(str, line)) for line in [HEADER, *lines])
    proposal = proposed(tmp_path / "in", "a.csv", b"\xef\xbb\xbf" + body.encode())
    assert proposal.document["delimiter"] == ";"
    assert proposal.document["decimal"] == ","
    assert proposal.document["thousands"] == "."
    mapping = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
    assert order_files(tmp_path / "in", mapping).facts.lines["rejected"] == 0


def test_separate_date_and_time_and_items(tmp_path: Path) -> None:
    header = ("id", "date", "time", "name", "type", "price")
    lines = [
        (1 + number // 2, "2025-08-15", f"12:{number // 2:02}:10", f"Pizza {number % 4}", "classic", 12 + number % 3)
        for number in range(60)
    ]
    proposal = proposed(tmp_path, "a.csv", csv_text(header, lines))
    assert proposal.document["rows"] == "items"
    assert proposal.document["columns"] == {
        "order_id": "id", "date": "date", "time": "time", "price": "price", "item": "name", "category": "type",
    }  # fmt: skip
    assert options(proposal) == ["--market"]  # without a column of stores, all orders are from one


def test_a_business_date_takes_the_small_hours_along(tmp_path: Path) -> None:
    header = ("Order No", "Business Date", "Time", "Paid", "Pizzas", "City", "Store")
    lines = [(f"A{n}", "2025-08-15", "01:30" if n % 2 else "23:30", "10.00", 1, "Leeds", "S1") for n in range(40)]
    proposal = proposed(tmp_path / "in", "a.csv", csv_text(header, lines))
    assert proposal.document["date_is"] == "business_day"
    mapping = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
    times = order_files(tmp_path / "in", mapping).orders(AUGUST).rows["ordered_at"].dt.tz_convert("Europe/London")
    assert {str(time)[:16] for time in times} == {"2025-08-15 23:30", "2025-08-16 01:30"}


def test_times_with_an_offset_need_no_zone_and_signs_no_currency(tmp_path: Path) -> None:
    lines = [
        [row[0], f"2025-08-15T{12 + n % 8}:00:00.250000+01:00", f"£{row[2]}", *row[3:]] for n, row in enumerate(rows())
    ]
    proposal = proposed(tmp_path, "a.csv", csv_text(HEADER, lines), Answers(label="real", constants={"chain": "d"}))
    assert not proposal.questions
    assert proposal.document["currency"] == "GBP"
    assert "timezone" not in proposal.document


def test_whole_amounts_may_be_pence(tmp_path: Path) -> None:
    lines = [[*row[:2], 1050 + n, *row[3:]] for n, row in enumerate(rows())]
    assert options(proposed(tmp_path, "a.csv", csv_text(HEADER, lines))) == ["--price-unit"]


def test_a_date_that_can_be_read_twice_is_asked_for(tmp_path: Path) -> None:
    lines = [[row[0], f"0{1 + n % 9}/08/2025 12:00", *row[2:]] for n, row in enumerate(rows())]
    assert options(proposed(tmp_path, "a.csv", csv_text(HEADER, lines))) == ["--date-order"]
    said = Answers(**{**KNOWN.__dict__, "date_order": "month"})
    proposal = proposed(tmp_path, "a.csv", csv_text(HEADER, lines), said)
    assert proposal.document["formats"] == {"timestamp": "%m/%d/%Y %H:%M"}


def test_json_lines_and_parquet_are_read_as_csv_is(tmp_path: Path) -> None:
    frame = pd.DataFrame(rows(), columns=list(HEADER))
    wanted = proposed(tmp_path, "a.csv", csv_text(HEADER, rows())).document["columns"]
    lines = "\n".join(json.dumps(record) for record in frame.to_dict("records"))
    assert proposed(tmp_path, "a.jsonl", lines).document["columns"] == wanted
    frame["Placed"] = pd.to_datetime(frame["Placed"], format="%d/%m/%Y %H:%M")
    frame.to_parquet(tmp_path / "a.parquet")
    proposal = propose([read_sample(tmp_path / "a.parquet")], KNOWN, "Europe/London")
    assert proposal.document["columns"] == wanted
    assert "formats" not in proposal.document


def test_files_that_spell_their_headers_differently_share_a_mapping(tmp_path: Path) -> None:
    other = ("order_no", "placed", "paid", "pizzas", "city", "store", "customer", "status")
    files = [
        write(tmp_path / "in", "1.csv", csv_text(HEADER, rows())),
        write(tmp_path / "in", "2.csv", csv_text(other, [(f"B{row[0]}", *row[1:]) for row in rows()])),
    ]
    proposal = propose([read_sample(file) for file in files], KNOWN, "Europe/London")
    assert proposal.document["columns"]["order_id"] == ["Order No", "order_no"]
    mapping = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
    assert order_files(tmp_path / "in", mapping).facts.lines["accepted"] == 72


WOO_ORDERS = ("id", "status", "currency", "type", "total_amount", "date_created_gmt", "date_updated_gmt")


def test_the_orders_table_of_woocommerce_says_that_its_times_are_utc(tmp_path: Path) -> None:
    """As in the table wp_wc_orders; answered with the shop's zone, orders of summer would be an hour early."""
    lines = [
        (5000 + n, "wc-cancelled" if n % 10 == 0 else "wc-completed", "GBP", "shop_order", f"{10 + n % 7}.50000000")
        + (f"2025-08-{15 + n % 5} {12 + n % 10}:05:00",) * 2
        for n in range(40)
    ]
    answers = Answers(label="real", constants={"chain": "dominos"})
    proposal = proposed(tmp_path, "wp_wc_orders.csv", csv_text(WOO_ORDERS, lines), answers)
    assert not {"--timezone", "--count-status"} & set(options(proposal))
    assert proposal.document["timezone"] == "UTC"
    assert proposal.document["statuses"] == {"count": ["wc-completed"], "exclude": ["wc-cancelled"]}
    mapping = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
    orders = order_files(tmp_path, mapping).orders(AUGUST).frame.set_index("order_id")
    assert str(orders.loc["5001", "ordered_at"]) == "2025-08-16 13:05:00+00:00"


@pytest.mark.parametrize(
    ("header", "unit"),
    [("total_cents", "minor"), ("totalPence", "minor"), ("Total (in cents)", "minor"), ("total_amount", None)],
)
def test_a_header_may_say_that_amounts_are_in_cents(header: str, unit: str | None, tmp_path: Path) -> None:
    lines = [(5000 + n, 1755225000 + 600 * n, 1050 + n, "Leeds") for n in range(40)]
    proposal = proposed(tmp_path, "a.csv", csv_text(("order_id", "created_ts", header, "store"), lines))
    assert proposal.document["columns"]["total"] == header
    assert options(proposal) == ([] if unit else ["--price-unit"])
    assert proposal.document["price_unit"] == "minor"


@pytest.mark.parametrize("fraction", [".50", ".0", ".00"])
def test_cents_written_with_a_point_are_asked_for(fraction: str, tmp_path: Path) -> None:
    """A column of whole cents has a point where a blank made it one of floats, or a database NUMERIC(10, 2)."""
    lines = [(5000 + n, 1755225000 + 600 * n, f"{1050 + n}{fraction}", "Leeds") for n in range(40)]
    proposal = proposed(tmp_path, "a.csv", csv_text(("order_id", "created_ts", "total_cents", "store"), lines))
    assert options(proposal) == ["--price-unit"]
    assert proposal.document["price_unit"] == "minor"


def test_the_orders_table_of_magento_has_the_number_that_customers_see(tmp_path: Path) -> None:
    """As in the table sales_order."""
    header = ("entity_id", "state", "status", "store_id", "grand_total", "increment_id", "created_at")
    lines = [
        (n, "complete", "canceled" if n % 10 == 0 else "complete", 1, "10.5000", f"{n:09}", f"2025-08-15 12:{n:02}:00")
        for n in range(1, 41)
    ]
    proposal = proposed(tmp_path, "sales_order.csv", csv_text(header, lines))
    assert options(proposal) == []
    assert proposal.document["columns"]["order_id"] == "increment_id"


def test_customers_names_are_never_proposed_as_items(tmp_path: Path) -> None:
    header = ("Order No", "Placed", "Paid", "Pizzas", "City", "Store", "Name")
    lines = [row[:7] for row in rows(200)]
    proposal = proposed(tmp_path, "a.csv", csv_text(header, lines))
    assert "Name" in proposal.unused


def test_a_column_can_be_named(tmp_path: Path) -> None:
    said = Answers(**{**KNOWN.__dict__, "columns": {"market": "Store"}})
    assert proposed(tmp_path, "a.csv", csv_text(HEADER, rows()), said).document["columns"]["market"] == "Store"
    wrong = Answers(columns={"market": "Town"})
    with pytest.raises(ConfigurationError, match="no column 'Town'; name one of 'Order No'"):
        proposed(tmp_path, "a.csv", csv_text(HEADER, rows()), wrong)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "0 bytes"),
        ("1,2,3\n4,5,6\n", "its first line is data"),
        ("only one column\nx\n", "none of the delimiters"),
        (b"\x00\x01\x02" * 100, "binary"),
        (",".join(HEADER) + "\n", "no readable line below the header"),
    ],
)
def test_what_is_no_export_is_said(tmp_path: Path, content: str | bytes, message: str) -> None:
    with pytest.raises(BadFile, match=message):
        proposed(tmp_path, "a.csv", content)


@pytest.mark.parametrize(
    "below",
    [
        "\n\nTotals\nLeeds,120.50\n",
        "\n\nPaid by,Count,Sum\nCard,30,250.00\nCash,10,80.00\n",
        "\n\nEnd of report\nA900,16/08/2025 12:05,10.50,1,Leeds,S0,Person,delivered\n",
        "\n \nx,y\n",
        "\n,,,,,,,\nSummary;40 orders\n",
    ],
)
def test_another_section_below_the_orders_leaves_the_proposal_as_it_is(tmp_path: Path, below: str) -> None:
    """A sample knows no id column yet, so it can't tell which lines of the section look like orders."""
    text = csv_text(HEADER, rows())
    usual = proposed(tmp_path, "usual.csv", text).document
    assert proposed(tmp_path, "1.csv", text.rstrip("\n") + below).document == usual


def lines_with(**columns: list[str]) -> str:
    header = ("order_id", "created_ts", "total", "store", *columns)
    lines = [
        (5000 + n, 1755225000 + 600 * n, f"{10 + n}.50", "Leeds", *(of[n] for of in columns.values()))
        for n in range(40)
    ]
    return csv_text(header, lines)


def test_values_that_say_cancelled_are_asked_about_below_any_header(tmp_path: Path) -> None:
    text = lines_with(Courier=["Done"] * 38 + ["Cancelled"] * 2)
    proposal = proposed(tmp_path, "a.csv", text)
    assert options(proposal) == ["--count-status"]
    said = replace(KNOWN, exclude_status=("Cancelled",), count_status=("Done",))
    assert proposed(tmp_path, "a.csv", text, said).document["statuses"] == {"count": ["Done"], "exclude": ["Cancelled"]}


def test_of_two_columns_that_say_cancelled_one_is_asked_for(tmp_path: Path) -> None:
    text = lines_with(Courier=["Done"] * 38 + ["Void"] * 2, Kitchen=["Cancelled"] * 2 + ["Done"] * 38)
    proposal = proposed(tmp_path, "a.csv", text)
    assert options(proposal)[0] == "--column"
    assert "'Courier' or 'Kitchen'" in proposal.questions[0].about


def test_cash_that_is_not_booked_is_no_status(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, "a.csv", lines_with(Money=["Paid"] * 38 + ["Unpaid"] * 2))
    assert options(proposal) == []
    assert "status" not in proposal.document["columns"]


def test_gmt_may_be_the_clock_of_a_british_shop(tmp_path: Path) -> None:
    header = ("order_id", "Order Time (GMT)", "total", "store")
    lines = [(5000 + n, f"2025-08-15 12:{n:02}:00", f"{10 + n}.50", "Leeds") for n in range(40)]
    unknown = replace(KNOWN, timezone=None)
    assert options(proposed(tmp_path, "a.csv", csv_text(header, lines), unknown)) == ["--timezone"]
