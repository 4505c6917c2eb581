"""Several columns of money: which one was taken is named, and asked for if another is meant as well as it."""

from dataclasses import replace
from pathlib import Path

import pytest

from pizza_assets.sources.orders.proposal.answers import Proposal
from pizza_assets.sources.orders.proposal.proposal import propose
from pizza_assets.sources.orders.proposal.sample import read_sample
from pizza_assets_tests.sources.orders.exports import csv_text, write
from pizza_assets_tests.sources.orders.test_known_exports import proposed as proposed_by_command
from pizza_assets_tests.sources.orders.test_layout_options import WOO_ANSWERS, woo
from pizza_assets_tests.sources.orders.test_no_silent_guess import SAID

SUMS = {"Subtotal": "400.00", "Net": "360.00", "Total": "440.00", "Grand Total": "480.00", "Amount": "420.00"}


def proposed(folder: Path, *headers: str, **said: object) -> Proposal:
    rows = [
        (f"A{n}", f"2025-08-15 {12 + n % 10}:05", "S1", *(f"{float(SUMS[name]) / 40:.2f}" for name in headers))
        for n in range(40)
    ]
    content = csv_text(("Order No", "Placed", "Store", *headers), rows)
    return propose([read_sample(write(folder, "1.csv", content))], replace(SAID, **said), "Europe/London")


def test_two_columns_that_mean_it_equally_well_are_asked_for_with_their_sums(tmp_path: Path) -> None:
    headers = ("Subtotal", "Total", "Net", "Grand Total")
    [question] = proposed(tmp_path, *headers).questions
    assert question.option == "--amount HEADER"
    assert "'Grand Total' (480.00 in all) or 'Total' (440.00 in all)" in question.about
    assert "Subtotal" not in question.about
    for said in ({"amount": "Total"}, {"columns": {"total": "Total"}}):
        answered = proposed(tmp_path, *headers, **said)
        assert not answered.questions
        assert answered.document["columns"]["total"] == "Total"


@pytest.mark.parametrize(
    ("headers", "taken"),
    [(("Subtotal", "Total"), "Total"), (("Net", "Amount"), "Amount"), (("Amount", "Total"), "Total")],
)
def test_the_column_that_was_taken_is_named_with_the_others(
    tmp_path: Path, headers: tuple[str, ...], taken: str
) -> None:
    proposal = proposed(tmp_path, *headers)
    assert not proposal.questions
    assert proposal.document["columns"]["total"] == taken
    [other] = set(headers) - {taken}
    note = proposal.notes["columns.total"]
    assert note.startswith(f"it adds up to {SUMS[taken]} in the lines looked at")
    assert f"--amount takes another: {other!r} ({SUMS[other]})" in note


def test_equal_amounts_are_no_choice(tmp_path: Path) -> None:
    rows = [(f"A{n}", f"2025-08-15 {12 + n % 10}:05", "S1", "8.50", "8.50") for n in range(40)]
    content = csv_text(("Order No", "Placed", "Store", "Total", "Paid"), rows)
    assert not propose([read_sample(write(tmp_path, "1.csv", content))], SAID, "Europe/London").questions


def test_a_known_export_names_its_amount_and_the_others(tmp_path: Path) -> None:
    proposal = proposed_by_command(write(tmp_path, "1.csv", woo()), WOO_ANSWERS)
    assert proposal.notes["columns.total"].startswith("N. Revenue: after discounts and refunds")
