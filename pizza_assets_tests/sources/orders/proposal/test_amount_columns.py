"""Which of several columns of money is taken, by headers in many languages; where words don't tell, it is asked.

Subtotals were taken without a question wherever a total had a header that no list held.
"""

from pathlib import Path

import pytest

from pizza_assets.sources.orders.proposal.answers import Answers
from pizza_assets.sources.orders.proposal.proposal import Proposal, propose
from pizza_assets.sources.orders.proposal.sample import read_sample
from pizza_assets_tests.sources.orders.exports import csv_text, write

SAID = Answers(timezone="Europe/London", currency="EUR", constants={"chain": "x"})


def proposed(folder: Path, *amounts: str) -> Proposal:
    """The proposal for an export with these columns of money, each of other amounts; the later, the larger."""
    header = ("No", "Time", "Town", *amounts)
    lines = [
        (
            f"A{n}",
            f"2025-08-15 12:{n % 60:02}",
            "Leeds",
            *(f"{10 + n % 7 + 3 * place}.50" for place in range(len(amounts))),
        )
        for n in range(40)
    ]
    return propose([read_sample(write(folder, "1.csv", csv_text(header, lines)))], SAID, "Europe/London")


@pytest.mark.parametrize(
    "amounts",
    [
        ("Subtotal", "Taxa de Entrega", "Total do Pedido"), ("Subtotal", "Envío", "Importe total"),
        ("Net Sales", "Amount Charged"), ("Sous-total", "Total TTC"), ("Zwischensumme", "Gesamtbetrag"),
        ("Subtotal", "Order Total"), ("Subtotale", "Totale ordine"), ("Subtotal", "Valor pago"),
        ("Subtotaal", "Totaal"), ("Net Sales", "Tip", "Tax Amount", "Total Collected"),
    ],
    ids=lambda amounts: amounts[-1],
)  # fmt: skip
def test_what_was_paid_comes_before_a_subtotal_in_every_language(tmp_path: Path, amounts: tuple[str, ...]) -> None:
    proposal = proposed(tmp_path, *amounts)
    assert proposal.document["columns"]["total"] == amounts[-1]
    assert "--amount HEADER" not in [asked.option for asked in proposal.questions]


@pytest.mark.parametrize(
    "amounts",
    [
        ("Subtotal", "Wert brutto"), ("Net Sales", "Sales incl. everything"), ("Subtotal", "Total da compra"),
        ("Amount", "Montant de la vente"), ("Umsatz netto", "Umsatz brutto"), ("Netto", "Brutto"),
        ("Zwischensumme", "Rechnungsbetrag"), ("Zwischensumme", "Liefergebühr", "Endpreis"), ("Sous-total", "À payer"),
        ("Subtotaal", "Bezorgkosten", "Te betalen"), ("Subtotale", "Consegna", "Da pagare"),
        ("Delsumma", "Frakt", "Att betala"), ("Valor", "Frete", "A pagar"), ("Subtotal", "Total incl. tax"),
        ("Subtotal", "Tax", "Total (incl. delivery)"), ("Net sales", "VAT amount", "Sales with VAT"),
        ("Amount", "Total inc VAT"), ("Subtotal", "Total with tip"), ("Net", "Total after discount"),
        ("Subtotal", "Total com entrega"), ("Subtotal", "Total avec livraison"), ("Gross", "Discounts", "Final amount"),
        ("Gross", "Discount", "Amount due"), ("Total", "Net à payer"), ("Total", "Total after discount"),
    ],
    ids=lambda amounts: amounts[-1],
)  # fmt: skip
def test_where_words_do_not_tell_what_was_paid_it_is_asked(tmp_path: Path, amounts: tuple[str, ...]) -> None:
    assert "--amount HEADER" in [asked.option for asked in proposed(tmp_path, *amounts).questions]


@pytest.mark.parametrize("chosen", ["Amount", "Sales", "Total"])
def test_what_is_no_total_raises_no_question(tmp_path: Path, chosen: str) -> None:
    others = (
        "Delivery Fee Amount", "Tax Amount", "Tip Amount", "Discount Amount", "Total Guests", "Total Orders",
        "Taxable Amount", "Surcharge Amount", "Netto kg", "Sales Person", "Price Level", "Paid Out", "Net Payout",
        "Outstanding Amount", "Sales Count", "Total Time", "Betrag Pfand", "Credits Amount",
    )  # fmt: skip
    proposal = proposed(tmp_path, *others, chosen)
    assert proposal.document["columns"]["total"] == chosen
    assert "--amount HEADER" not in [asked.option for asked in proposal.questions]


def test_an_amount_is_no_shop(tmp_path: Path) -> None:
    """What the shop ("loja") gave to a promotion was called the shop."""
    lines = [(f"A{n}", f"2025-08-15 12:{n:02}", ("0.00", "2.50")[n % 2], "19.90") for n in range(40)]
    header = ("Pedido", "Data do pedido", "Incentivo da loja", "Total do pedido")
    proposal = propose([read_sample(write(tmp_path, "1.csv", csv_text(header, lines)))], SAID, "Europe/London")
    assert "store_id" not in proposal.document["columns"]
    assert "--market NAME" in [asked.option for asked in proposal.questions]


def test_shops_and_towns_in_portuguese_and_french_are_columns(tmp_path: Path) -> None:
    """All orders were called those of one store, and the two towns pooled."""
    for header in (("Pedido", "Data do pedido", "Cidade", "Loja"), ("N° commande", "Date", "Ville", "Point de vente")):
        lines = [
            (f"A{n}", f"2025-08-15 12:{n:02}", ("Santos", "Campinas")[n % 2], f"L{n % 3}", "9.50") for n in range(40)
        ]
        file = write(tmp_path, "1.csv", csv_text((*header, "Total"), lines))
        columns = propose([read_sample(file)], SAID, "Europe/London").document["columns"]
        assert (columns["market"], columns["store_id"]) == header[2:]
