"""Exports of tills and shops without a layout of their own, with the headers and first lines that are public.

What differs from a plain list of orders is asked: a kind of line for refunds, a column of what was paid back, a status.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from pizza_assets.errors import ConfigurationError
from pizza_assets.models.week import MatchWeek, weeks_between
from pizza_assets.sources.orders.files import OrderFiles
from pizza_assets.sources.orders.mapping_reader import parse_mapping
from pizza_assets.sources.orders.proposal.answers import Proposal
from pizza_assets.sources.orders.proposal.mapping_text import mapping_text
from pizza_assets.sources.orders.proposal.proposal import propose
from pizza_assets.sources.orders.proposal.sample import read_sample
from pizza_assets_tests.sources.orders.exports import csv_text, order_files, write
from pizza_assets_tests.sources.orders.test_no_silent_guess import SAID

DAYS = [f"{13 + n % 15:02}" for n in range(120)]
MARKET = {"market": "Leeds", "chain": "dominos"}


def export(header: str, rows: list[tuple]) -> str:
    return csv_text(header.split(","), rows)


def loyverse_receipts() -> str:
    header = (
        "Date,Receipt number,Receipt type,Gross sales,Discounts,Net sales,Taxes,Total collected,Cost of goods,"
        "Gross profit,Payment type,Description,Dining option,POS,Store,Cashier name,Customer name,"
        "Customer contacts,Status"
    )
    rows = [
        (
            f"{day}/08/2025 {12 + n % 10}:48", f"2-{1600 + n}", "Refund" if n % 15 == 0 else "Sale", "68.00", "0.00",
            "68.00", "4.00", "72.00", "50.25", "17.75", "Cash", "1 x A", "Dine in", "POS 2", "Route 98", "Owner", "",
            "", "Cancelled" if n % 40 == 1 else "Closed",
        )
        for n, day in enumerate(DAYS)
    ]  # fmt: skip
    return export(header, rows)


def sumup_sales() -> str:
    header = (
        "Account,Date,Time,Type,Transaction ID,Receipt Number,Payment Method,Quantity,Description,Currency,"
        "Price (Gross),Price (Net),Tax,Tax rate,Transaction refunded"
    )
    rows = [
        (
            "shop", f"{day}.08.25", f"{12 + n % 10}:53", "Refunds" if n % 20 == 3 else "Sales", f"TD{n:05}",
            f"S2025{n:06}", "Cash", 1 + k, f"Pizza {k}", "CHF", f"{'-' if n % 20 == 3 else ''}{(1 + k) * 7}.00",
            f"{'-' if n % 20 == 3 else ''}{(1 + k) * 6}.50", "0.50", "8%", "",
        )
        for n, day in enumerate(DAYS)
        for k in range(2)
    ]  # fmt: skip
    return export(header, rows)


def woo_plugin() -> str:
    header = (
        "Order Number,Order Status,Order Date,City (Billing),Order Subtotal Amount,Order Shipping Amount,"
        "Order Refund Amount,Order Total Amount,SKU,Item Name,Quantity,Item Cost"
    )
    statuses = ("completed", "processing", "refunded")
    rows = [
        (
            5000 + n, statuses[n % 3], f"2025-08-{day} {12 + n % 10}:30", "Leeds", "20.00", "2.00",
            "5.00" if n % 10 == 0 else "0", "22.00", f"P{k}", f"Pizza {k}", 1, "10.00",
        )
        for n, day in enumerate(DAYS)
        for k in range(2)
    ]  # fmt: skip
    return export(header, rows)


def slice_orders() -> str:
    statuses = ("Completed", "Completed", "Refunded", "Voided")
    rows = [
        (
            f"000{n:04}", f"08/{day}/2025 {1 + n % 10:02}:30 PM", "Delivery", "20.00", "1.60", "3.00", "24.60",
            statuses[n % 4],
        )
        for n, day in enumerate(DAYS)
    ]  # fmt: skip
    return export("Order Number,Date & Time,Order Type,Subtotal,Tax,Tips,Total,Status", rows)


def foodics_orders() -> str:
    statuses = ("Done", "Done", "Void", "Declined")
    rows = [
        (
            f"R{n:05}", 1 + n % 9, f"2025-08-{day}", f"2025-08-{day} {12 + n % 10}:30:10", "B01", statuses[n % 4],
            "20.00", "0.00", "23.00",
        )
        for n, day in enumerate(DAYS)
    ]  # fmt: skip
    header = "reference,number,business_date,opened_at,branch,status,subtotal_price,discount_amount,total_price"
    return export(header, rows)


def proposed(folder: Path, content: str, **said: object) -> Proposal:
    file = write(folder / "in", "1.csv", content)
    return propose([read_sample(file)], replace(SAID, constants=MARKET, **said), "Europe/London")


def imported(folder: Path, proposal: Proposal) -> OrderFiles:
    assert not proposal.questions, proposal.questions
    return order_files(folder / "in", parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml"))


def _weeks(source: OrderFiles) -> list[MatchWeek]:
    periods = source.periods()
    assert periods is not None
    return list(weeks_between(*periods))


CASES: dict[str, tuple[str, dict[str, object], tuple[int, int, int]]] = {
    "Loyverse, receipts": (loyverse_receipts(), {"refunds": "exclude"}, (109, 7200, 3)),
    "SumUp, sales": (
        sumup_sales(),
        {"amount": "Price (Gross)", "price_is": "line", "refunds": "exclude"},
        (114, 2100, 0),
    ),
    "WooCommerce, order export": (
        woo_plugin(),
        {"amount": "Order Total Amount", "amount_on": "repeated", "refunds": "net", "count_status": ("processing",)},
        (80, 2200, 80),
    ),
    "Slice, orders": (slice_orders(), {}, (60, 2460, 60)),
    "Foodics, orders": (foodics_orders(), {}, (60, 2300, 60)),
}
"""By export: answers beside label, zone, currency and places; number of orders, usual revenue, excluded lines."""


@pytest.mark.parametrize("name", CASES)
def test_a_public_export_gives_its_orders_after_answering_what_is_asked(tmp_path: Path, name: str) -> None:
    content, said, (orders, usual, left_out) = CASES[name]
    source = imported(tmp_path, proposed(tmp_path, content, **said))
    weeks = [source.orders(week).frame for week in _weeks(source)]
    revenue = [cents for rows in weeks for cents in rows["revenue_cents"]]
    assert len(revenue) == orders
    assert max(set(revenue), key=revenue.count) == usual
    assert source.facts.lines["excluded"] == left_out
    assert source.facts.lines["rejected"] == 0


@pytest.mark.parametrize(
    ("name", "option"),
    [("Loyverse, receipts", "--refunds"), ("SumUp, sales", "--refunds"), ("WooCommerce, order export", "--refunds")],
)
def test_refunds_of_each_way_are_asked_for(tmp_path: Path, name: str, option: str) -> None:
    content, said, _ = CASES[name]
    proposal = proposed(tmp_path, content, **{**said, "refunds": None})
    assert [question.option.split()[0] for question in proposal.questions] == [option]


def test_what_was_paid_back_is_taken_from_its_order(tmp_path: Path) -> None:
    content, said, _ = CASES["WooCommerce, order export"]
    net, gross = (
        sum(
            int(source.orders(week).frame["revenue_cents"].sum())
            for source in [imported(tmp_path, proposed(tmp_path, content, **{**said, "refunds": refunds}))]
            for week in _weeks(source)
        )
        for refunds in ("net", "exclude")
    )
    assert (gross, gross - net) == (80 * 2200, 8 * 500)


def plain(kinds: tuple[str, ...], header: str = "Type", paid_back: str = "") -> str:
    rows = [
        (f"A{n}", f"2025-08-15 {12 + n % 10}:05", "S1", "8.50", kinds[n % len(kinds)], paid_back if n == 7 else "")
        for n in range(40)
    ]
    return export(f"Order No,Placed,Store,Paid,{header},Refunded", rows)


def test_lines_of_no_kind_beside_refunds_are_sales(tmp_path: Path) -> None:
    source = imported(tmp_path, proposed(tmp_path, plain(("", "", "", "Refund")), refunds="exclude"))
    assert (source.facts.lines["accepted"], source.facts.lines["no_order"]) == (30, 0)


def test_kinds_beside_refunds_that_are_not_called_sales_are_asked_for(tmp_path: Path) -> None:
    content = plain(("Delivery", "Refund"))
    asked = {
        question.option: question.stand_in for question in proposed(tmp_path, content, refunds="exclude").questions
    }
    assert asked == {"--count-status A,B": None}
    source = imported(tmp_path, proposed(tmp_path, content, refunds="exclude", count_status=("delivery",)))
    assert source.facts.lines["accepted"] == 20


def test_how_it_was_paid_is_no_kind_of_line(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, plain(("Cash", "Credit", "Card"), "Payment type"))
    assert not proposal.questions
    assert "kind" not in proposal.document["columns"]


def test_a_column_that_seldom_says_what_was_paid_back_is_found(tmp_path: Path) -> None:
    content = plain(("Cash", "Card"), "Payment type", paid_back="2.50")
    assert [question.option for question in proposed(tmp_path, content).questions] == ["--refunds net|exclude"]
    source = imported(tmp_path, proposed(tmp_path, content, refunds="net"))
    assert sum(source.orders(week).frame["revenue_cents"].sum() for week in _weeks(source)) == 40 * 850 - 250


def test_positive_refunds_can_not_be_refused_as_negative(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="the amounts of 'Refund' are positive; use net or exclude"):
        proposed(tmp_path, loyverse_receipts(), refunds="refuse")


def test_names_of_people_are_no_items(tmp_path: Path) -> None:
    proposal = proposed(tmp_path, loyverse_receipts(), refunds="exclude")
    assert {"Cashier name", "Customer name"} <= set(proposal.unused)
