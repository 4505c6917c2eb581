"""Statuses that neither their words nor a known layout decide are asked for, and refused when they come later."""

from dataclasses import replace
from pathlib import Path

import pytest

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.mapping_reader import parse_mapping
from pizza_assets.sources.orders.proposal.mapping_text import mapping_text
from pizza_assets.sources.orders.proposal.proposal import propose
from pizza_assets.sources.orders.proposal.sample import read_sample
from pizza_assets_tests.sources.orders.exports import ORDER_ROWS, csv_text, mapping, order_files, write
from pizza_assets_tests.sources.orders.test_known_exports import proposed
from pizza_assets_tests.sources.orders.test_layout_options import WOO_ANSWERS, woo
from pizza_assets_tests.sources.orders.test_no_silent_guess import SAID

HEADER = ("Order No", "Placed", "Store", "Paid", "Status")


def orders(*statuses: str) -> str:
    rows = [
        (f"A{n}", f"2025-08-15 {12 + n % 10}:05", f"S{n % 2}", "8.50", statuses[n % len(statuses)]) for n in range(40)
    ]
    return csv_text(HEADER, rows)


def asked(folder: Path, content: str, **said: object) -> dict[str, str]:
    proposal = propose([read_sample(write(folder, "1.csv", content))], replace(SAID, **said), "Europe/London")
    return {question.option: question.about for question in proposal.questions}


@pytest.mark.parametrize(
    "status",
    ["Partially refunded", "On hold", "Incomplete", "Not delivered", "unfulfilled", "Cancellation requested", "3"],
)
def test_a_status_whose_words_leave_a_doubt_is_asked_for(tmp_path: Path, status: str) -> None:
    content = orders("Delivered", status)
    questions = asked(tmp_path, content)
    assert repr(status) in questions["--count-status A,B"]
    assert "'Delivered'" not in questions["--count-status A,B"]
    assert not asked(tmp_path, content, count_status=(status,))
    assert not asked(tmp_path, content, exclude_status=(status.upper(),))


def test_words_that_leave_no_doubt_and_blank_ones_are_not_asked_for(tmp_path: Path) -> None:
    content = orders("delivered", "COMPLETED", "", "Cancelled", "timed-out", "refunded")
    assert not asked(tmp_path, content)


def test_accents_that_an_export_has_lost_leave_no_doubt(tmp_path: Path) -> None:
    assert not asked(tmp_path, orders("Livrée", "livree", "LIVRE", "Annulée", "annulee", "Remboursé", "rembourse"))


def test_answers_are_lists_with_commas_or_whole_texts_with_them(tmp_path: Path) -> None:
    said = {"count_status": ("Ready, not paid", "held"), "exclude_status": ("lost,Delivered",)}
    content = orders("Delivered", "Ready, not paid", "Held", "Lost")
    sample = read_sample(write(tmp_path / "in", "1.csv", content))
    proposal = propose([sample], replace(SAID, **said), "Europe/London")
    assert proposal.document["statuses"] == {"count": ["Ready, not paid", "Held"], "exclude": ["Lost", "Delivered"]}
    chosen = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
    lines = order_files(tmp_path / "in", chosen).facts.lines
    assert (lines["accepted"], lines["excluded"]) == (20, 20)


def test_a_status_that_the_export_does_not_have_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigurationError, match="--count-status Handed over: the export has no status 'handed over'; it has"
    ):
        asked(tmp_path, orders("Delivered"), count_status=("Handed over",))
    without = "\n".join(line.rpartition(",")[0] for line in orders("Delivered").splitlines())
    with pytest.raises(ConfigurationError, match="none of its columns is a status"):
        asked(tmp_path, without, count_status=("Delivered",))


def test_a_status_that_a_known_layout_does_not_list_is_asked_for(tmp_path: Path) -> None:
    file = write(tmp_path, "1.csv", woo(("completed", "chargeback", "cancelled")))
    [question] = proposed(file, WOO_ANSWERS).questions
    assert question.option == "--count-status A,B"
    assert "'Status' says 'chargeback'" in question.about
    answered = proposed(file, (*WOO_ANSWERS, "--exclude-status", "chargeback"))
    assert not answered.questions
    assert "chargeback" in answered.document["statuses"]["exclude"]


def test_a_kind_of_line_that_a_known_layout_does_not_list_is_asked_for(tmp_path: Path) -> None:
    header = ("Date", "Time", "Time Zone", "Total Collected", "Transaction ID", "Event Type", "Location")
    rows = [
        ("2025-08-15", "12:05", "London", "9.00", f"T{n}", "Dispute" if n % 9 == 0 else "Payment", "S")
        for n in range(40)
    ]
    file = write(tmp_path, "1.csv", csv_text(header, rows))
    [question] = proposed(file, ("--currency", "GBP")).questions
    assert "'Event Type' says 'Dispute'" in question.about
    assert not proposed(file, ("--currency", "GBP", "--exclude-status", "dispute")).questions
    counted = proposed(file, ("--currency", "GBP", "--count-status", "Dispute"))
    assert counted.document["kinds"]["orders"] == ["Payment", "Dispute"]


def test_a_status_that_the_mapping_does_not_list_is_refused_when_it_comes(tmp_path: Path) -> None:
    header = ("id", "placed", "paid", "pizzas", "city", "store", "state")
    states = ("Delivered", "CANCELLED", "", "Charged back")
    rows = [(f"A{n}", "2025-08-15 19:00", "8.50", 1, "Leeds", "s1", state) for n, state in enumerate(states)]
    write(tmp_path / "in", "1.csv", csv_text(header, rows))
    statuses = 'status = "state"\n[statuses]\ncount = ["delivered"]\nexclude = ["cancelled"]\n[constants]'
    source = order_files(tmp_path / "in", mapping(ORDER_ROWS, ("[constants]", statuses)))
    lines = source.facts.lines
    assert (lines["accepted"], lines["excluded"], lines["rejected"]) == (2, 1, 1)
