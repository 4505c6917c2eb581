"""Exports of tills and platforms in several languages without a layout of their own: asked, or the true orders.

Headers follow what is known of these tills and platforms; some are translated. None of these files was exported there.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from pizza_assets.models.week import weeks_between
from pizza_assets.sources.orders.mapping_reader import parse_mapping
from pizza_assets.sources.orders.proposal.answers import Answers, Proposal
from pizza_assets.sources.orders.proposal.mapping_text import mapping_text
from pizza_assets.sources.orders.proposal.proposal import propose
from pizza_assets.sources.orders.proposal.sample import read_sample
from pizza_assets_tests.sources.orders.exports import csv_text, order_files, write

SAID = Answers(
    label="real", timezone="Europe/Madrid", currency="EUR", constants={"market": "Leeds", "chain": "fornello"}
)
ORDERS = range(120)


def day(n: int) -> str:
    return f"{13 + n % 15:02}"


def clock(n: int) -> str:
    return f"{12 + n % 10}:{n % 60:02}"


def semicolons(header: str, rows: list[tuple[object, ...]]) -> str:
    return "\n".join([header, *(";".join(map(str, row)) for row in rows)]) + "\n"


@dataclass(frozen=True)
class Shape:
    """content: the file. asked: the options that it must ask for, with the answers. orders, cents: the truth."""

    content: str | bytes
    asked: dict[str, dict[str, object]]
    orders: int
    cents: int


LIEFERANDO = Shape(
    semicolons(
        "Bestellnummer;Datum;Uhrzeit;Bestellwert;Liefergebühr;Gesamtbetrag;Zahlungsart;Status",
        [
            (
                f"AB{n:04}", f"{day(n)}.08.2025", clock(n), "12,50 €", "2,00 €", "14,50 €", "PayPal",
                "Storniert" if n % 12 == 0 else "Geliefert",
            )
            for n in ORDERS
        ],
    ).encode("cp1252"),
    {},
    110,
    110 * 1450,
)  # fmt: skip

ZETTLE = Shape(
    "Kvitteringer\nPeriode: august 2025\n\n"
    + semicolons(
        "Dato;Tid;Kvitteringsnummer;Moms;Total;Afgift;Netto;Betalingsmetode;Kortudsteder;Personale",
        [
            (
                f"{day(n)}-08-2025", clock(n), 1000 + n, "20,00", f"{'-' if n % 30 == 7 else ''}100,00", "2,75",
                "97,25", "Kort", "VISA", "Anna",
            )
            for n in ORDERS
        ],
    ),
    {"--refunds": {"refunds": "exclude"}},
    116,
    116 * 10_000,
)  # fmt: skip

SPANISH_SHOP = Shape(
    csv_text(
        ("Nº Pedido", "Fecha", "Nombre", "Estado", "Productos", "Total (€)", "Reembolso"),
        [
            (
                f"P{n:05}", f"{day(n)}/08/2025 {clock(n)}", f"Ana {n}", "Cancelado" if n % 10 == 0 else "Entregado",
                "Pizza x1", "12,50", "3,00" if n % 20 == 3 else "",
            )
            for n in ORDERS
        ],
    ),
    {"--refunds": {"refunds": "net"}},
    108,
    108 * 1250 - 6 * 300,
)  # fmt: skip

CLOVER_PAYMENTS = Shape(
    csv_text(
        (
            "Payment Date", "Payment ID", "Tender", "Result", "Amount", "Tip Amount", "Order ID", "Order Date",
            "# Refunds", "Refund Amount",
        ),
        [
            (
                f"{day(n)}-Aug-2025 {1 + n % 10:02}:{n % 60:02} PM EDT", f"P{n:05}", "Visa",
                "FAIL" if n % 10 == 0 else "SUCCESS", "20.00", "3.00", f"O{n:05}",
                f"{day(n)}-Aug-2025 {1 + n % 10:02}:{n % 60:02} PM EDT", "1" if n % 25 == 1 else "0",
                "5.00" if n % 25 == 1 else "0.00",
            )
            for n in ORDERS
        ],
    ),
    {"--zone": {"zones": {"EDT": "-04:00"}}, "--refunds": {"refunds": "net"}},
    108,
    108 * 2000 - 5 * 500,
)  # fmt: skip

GLOVO = Shape(
    csv_text(
        (
            "Glovo Code", "Notification Partner Time", "Description", "Store Address", "Payment Method",
            "Price of Products", "Product Promotion Paid by Partner", "Glovo platform fee", "Refunds (Incidents)",
        ),
        [
            (
                f"XYZ{n:04}", f"2025-08-{day(n)} {clock(n)}:00", "1x Pizza", "Plaza Mayor 1", "CARD", "20.00",
                "2.00" if n % 4 == 0 else "0.00", "6.00", "5.00" if n % 20 == 0 else "0.00",
            )
            for n in ORDERS
        ],
    ),
    {
        "--id": {"order_id": ("Glovo Code",)},
        "--amount": {"amount": "Price of Products"},
        "--refunds": {"refunds": "net"},
    },
    120,
    120 * 2000 - 6 * 500,
)  # fmt: skip

DELIVERECT = Shape(
    csv_text(
        (
            "PickupTime", "CreatedTime", "Location", "OrderID", "ReceiptID", "Channel", "Delivery state", "SubTotal",
            "DeliveryCost", "PaymentAmount",
        ),
        [
            (
                f"2025-08-{day(n)}T{13 + n % 10}:{n % 60:02}:00Z", f"2025-08-{day(n)}T{clock(n)}:00Z", "Leeds",
                f"D{n:05}", n, "Uber Eats", "CANCELED" if n % 15 == 0 else "DELIVERED", "20.00", "2.00", "22.00",
            )
            for n in ORDERS
        ],
    ),
    {"--amount": {"amount": "PaymentAmount"}},
    112,
    112 * 2200,
)  # fmt: skip

LIGHTSPEED_K = Shape(
    csv_text(
        ("Receipt ID", "Type", "Creation date", "Item", "Quantity", "Gross sales", "Discounts", "Net sales", "Staff"),
        [
            (
                f"R{n:05}", "Void" if n % 20 == 3 else "Refund" if n % 20 == 5 else "Sale",
                f"{day(n)}/08/2025 {clock(n)}", f"Pizza {k}", 1, f"{'-' if n % 20 in (3, 5) else ''}{10 + k}.00",
                "0.00", f"{'-' if n % 20 in (3, 5) else ''}{9 + k}.00", "Ann",
            )
            for n in ORDERS
            for k in range(2)
        ],
    ),
    {
        "--amount": {"amount": "Net sales"},
        "--count-status": {"exclude_status": ("Void",)},
        "--refunds": {"refunds": "exclude"},
    },
    108,
    108 * 1900,
)  # fmt: skip

SHAPES = {
    "Lieferando": LIEFERANDO, "Zettle": ZETTLE, "Spanish shop": SPANISH_SHOP, "Clover payments": CLOVER_PAYMENTS,
    "Glovo": GLOVO, "Deliverect": DELIVERECT, "Lightspeed K": LIGHTSPEED_K,
}  # fmt: skip


def proposed(folder: Path, shape: Shape, **said: object) -> Proposal:
    file = write(folder / "in", "1.csv", shape.content)
    return propose([read_sample(file)], replace(SAID, **said), "Europe/London")


@pytest.mark.parametrize("name", SHAPES)
def test_only_what_the_file_does_not_say_is_asked_and_then_the_orders_are_true(tmp_path: Path, name: str) -> None:
    shape = SHAPES[name]
    asked = {question.option.split()[0] for question in proposed(tmp_path, shape).questions}
    assert asked == set(shape.asked)
    said = {key: value for answer in shape.asked.values() for key, value in answer.items()}
    proposal = proposed(tmp_path, shape, **said)
    assert not proposal.questions, proposal.questions
    mapping = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
    source = order_files(tmp_path / "in", mapping)
    periods = source.periods()
    assert periods is not None
    revenue = [cents for week in weeks_between(*periods) for cents in source.orders(week).frame["revenue_cents"]]
    assert (len(revenue), sum(revenue)) == (shape.orders, shape.cents)
    assert source.facts.lines["rejected"] == 0


def test_a_column_that_only_its_values_show_to_be_a_status_decides(tmp_path: Path) -> None:
    """One order in fifteen was cancelled, and counted without a word."""
    proposal = proposed(tmp_path, DELIVERECT, amount="PaymentAmount")
    assert proposal.document["columns"]["status"] == "Delivery state"
    assert proposal.document["statuses"] == {"count": ["DELIVERED"], "exclude": ["CANCELED"]}


def test_a_number_of_refunds_is_not_money_paid_back(tmp_path: Path) -> None:
    said = {"zones": {"EDT": "-04:00"}, "refunds": "net"}
    assert proposed(tmp_path, CLOVER_PAYMENTS, **said).document["columns"]["refunded"] == "Refund Amount"
