"""A currency that the amounts are written with is proposed, with its reason; one that they hint at is asked for."""

from pathlib import Path

import pytest

from pizza_assets.models.currency import NO_CURRENCY
from pizza_assets.sources.orders.mapping_reader import parse_mapping
from pizza_assets.sources.orders.proposal.answers import Answers, Proposal, Question
from pizza_assets.sources.orders.proposal.mapping_text import mapping_text
from pizza_assets.sources.orders.proposal.proposal import propose
from pizza_assets.sources.orders.proposal.sample import read_sample
from pizza_assets_tests.sources.orders.exports import AUGUST, csv_text, order_files, write

SAID = Answers(label="mock", timezone="Europe/London", constants={"chain": "dominos"}, refunds="exclude")
SQUARE = ("Date", "Time", "Time Zone", "Total Collected", "Net Sales", "Transaction ID", "Event Type", "Location")
USUAL = ("Order No", "Placed", "Paid", "City", "Store")


def square(folder: Path, amounts: list[str], zone: str = "London", **said: object) -> Proposal:
    """The proposal for a Square Transactions export with these amounts."""
    lines = [
        ("2025-08-15", f"12:{n % 60:02}:00", zone, amount, amount, f"T{n}", "Payment", "Leeds")
        for n, amount in enumerate(amounts)
    ]
    return _proposal(folder, csv_text(SQUARE, lines), **{"timezone": None, "refunds": None, **said})


def usual(folder: Path, amounts: list[str], **said: object) -> Proposal:
    """The proposal for an export of no known till with these amounts."""
    lines = [(f"A{n}", f"2025-08-15 12:{n % 60:02}", amount, "Leeds", "S1") for n, amount in enumerate(amounts)]
    return _proposal(folder, csv_text(USUAL, lines), **said)


def _proposal(folder: Path, content: str, **said: object) -> Proposal:
    return propose(
        [read_sample(write(folder / "in", "1.csv", content))], Answers(**{**vars(SAID), **said}), "Europe/London"
    )


def accepted_cents(folder: Path, proposal: Proposal) -> list[int]:
    """The amounts of all orders under the proposal."""
    mapping = parse_mapping(mapping_text(proposal.document, proposal.notes), "orders.toml")
    source = order_files(folder / "in", mapping)
    assert source.facts.lines["rejected"] == 0
    return sorted(source.orders(AUGUST).rows["revenue_cents"])


def question(proposal: Proposal) -> Question:
    [only] = proposal.questions
    assert only.option == "--currency CODE"
    return only


def positive(shape: str, separators: tuple[str, str] = (",", ".")) -> list[str]:
    """30 amounts from 10.34 up and one of 1,234.50. separators: of thousands and of decimals."""
    texts = [f"{10 + n:,}.34" for n in range(30)] + ["1,234.50"]
    table = str.maketrans({",": separators[0], ".": separators[1]})
    return [shape.format(text.translate(table)) for text in texts]


CENTS = [*range(1034, 4034, 100), 123450]


@pytest.mark.parametrize(
    ("shape", "sign", "currency"),
    [
        ("£{}", "£", "GBP"), ("£ {}", "£", "GBP"), ("{} £", "£", "GBP"), ("€{}", "€", "EUR"), ("EUR {}", "EUR", "EUR"),
        ("{} GBP", "GBP", "GBP"), ("US${}", "US$", "USD"), ("CHF {}", "CHF", "CHF"), ("Fr. {}", "Fr.", "CHF"),
    ],
)  # fmt: skip
def test_a_sign_of_one_currency_is_proposed_for_known_and_other_exports(
    tmp_path: Path, shape: str, sign: str, currency: str
) -> None:
    """Of a Square export in £, the currency was asked for and its whole file called refused."""
    for name, made in (("square", square), ("usual", usual)):
        proposal = made(tmp_path / name, positive(shape))
        assert not proposal.questions
        assert (proposal.document["currency"], proposal.notes["currency"]) == (
            currency,
            f"the amounts are written with {sign}",
        )
        assert f'currency = "{currency}"  # the amounts are written with {sign}' in (
            mapping_text(proposal.document, proposal.notes)
        )
        assert accepted_cents(tmp_path / name, proposal) == CENTS


@pytest.mark.parametrize(
    ("shape", "separators", "currency"),
    [
        ("{} €", (".", ","), "EUR"), ("€ {}", (".", ","), "EUR"), ("{}\u00a0€", ("\u00a0", ","), "EUR"),
        ("{} zł", (" ", ","), "PLN"), ("EUR {}", (".", ","), "EUR"),
    ],
)  # fmt: skip
def test_a_decimal_comma_does_not_hide_the_sign(
    tmp_path: Path, shape: str, separators: tuple[str, str], currency: str
) -> None:
    proposal = usual(tmp_path, positive(shape, separators))
    assert not proposal.questions
    assert proposal.document["currency"] == currency
    assert accepted_cents(tmp_path, proposal) == CENTS


@pytest.mark.parametrize(
    ("others", "cents"),
    [(["£.99", "£.50"] * 3, [50] * 3 + [99] * 3), (["0.00"] * 12, [0] * 12)],
    ids=["pence", "zeros"],
)
def test_neither_pence_nor_zeros_hide_the_sign(tmp_path: Path, others: list[str], cents: list[int]) -> None:
    proposal = usual(tmp_path, [*positive("£{}"), *others])
    assert proposal.document["currency"] == "GBP"
    assert accepted_cents(tmp_path, proposal) == [*cents, *CENTS]


@pytest.mark.parametrize("refund", ["-£3.00", "(£3.00)", "£-3.00", "- £3.00", "£ -3.00", "\u2212£3.00"])
def test_negative_amounts_in_any_shape_do_not_hide_the_sign(tmp_path: Path, refund: str) -> None:
    """Brackets made another sign of it, and many amounts with a minus before the sign no amounts at all."""
    for count in (1, 20):
        proposal = usual(tmp_path / str(count), [*positive("£{}"), *[refund] * count])
        assert not proposal.questions
        assert (proposal.document["currency"], proposal.document["columns"]["total"]) == ("GBP", "Paid")
        assert accepted_cents(tmp_path / str(count), proposal) == CENTS


@pytest.mark.parametrize(
    ("shape", "sign", "candidates", "answer"),
    [
        ("${}", "$", "USD, CAD, AUD, NZD, MXN, SGD, HKD", "MXN"),
        ("kr {}", "kr", "SEK, NOK, DKK, ISK", "DKK"),
        ("{} kr.", "kr.", "SEK, NOK, DKK, ISK", "SEK"),
        ("kr.{}", "kr.", "SEK, NOK, DKK, ISK", "NOK"),
        ("¥{}", "¥", "JPY, CNY", "CNY"),
    ],
)
def test_a_sign_of_several_currencies_is_asked_for_with_their_codes(
    tmp_path: Path, shape: str, sign: str, candidates: str, answer: str
) -> None:
    for name, made in (("square", square), ("usual", usual)):
        asked = made(tmp_path / name, positive(shape))
        assert question(asked).about == (
            f"the amounts are written with {sign}: is it {candidates} or another one? An ISO 4217 code"
        )
        assert (asked.document["currency"], "currency" in asked.notes) == (NO_CURRENCY, False)
        assert accepted_cents(tmp_path / name, asked) == CENTS, "the preview reads them"
        answered = made(tmp_path / name, positive(shape), currency=answer)
        assert not answered.questions
        assert accepted_cents(tmp_path / name, answered) == CENTS, "and so does the answer"


@pytest.mark.parametrize(
    ("zone", "suggested"),
    [
        ("Eastern Time (US & Canada)", "; the time zone America/New_York suggests USD"),
        ("America/Toronto", "; the time zone America/Toronto suggests CAD"),
        ("Australia/Perth", "; the time zone Australia/Perth suggests AUD"),
        ("London", ""),
        ("UTC", ""),
    ],
)
def test_the_exports_time_zone_suggests_an_answer_and_gives_none(tmp_path: Path, zone: str, suggested: str) -> None:
    proposal = square(tmp_path, positive("${}"), zone)
    assert question(proposal).about.partition("An ISO 4217 code")[2] == suggested
    assert proposal.document["currency"] == NO_CURRENCY


def test_the_business_time_zone_suggests_nothing(tmp_path: Path) -> None:
    """It is that of the settings, and Europe/London unless somebody chose it."""
    proposal = usual(tmp_path, positive("kr {}"), timezone=None)
    assert [asked.option for asked in proposal.questions] == ["--timezone ZONE", "--currency CODE"]
    assert "suggests" not in proposal.questions[1].about


@pytest.mark.parametrize(
    "amounts",
    [positive("{}"), [*positive("£{}")[:20], *positive("€{}")[20:]], [*positive("£{}")[:5], *positive("{}")[5:]],
     positive("ABC {}"), positive("{} pts")],
    ids=["none", "two", "few", "no code", "unknown"],
)  # fmt: skip
def test_amounts_without_a_sign_of_their_own_are_asked_for(tmp_path: Path, amounts: list[str]) -> None:
    assert question(usual(tmp_path, amounts)).about == "which currency are the amounts in? An ISO 4217 code such as GBP"


def test_an_answer_and_a_column_come_before_a_sign(tmp_path: Path) -> None:
    for sign, currency in (("£", "GIP"), ("$", "COP"), ("$", "ARS"), ("C$", "NIO"), ("NT$", "TWD"), ("Rs.", "LKR")):
        folder = tmp_path / currency
        proposal = usual(folder, positive(sign + "{}"), currency=currency)
        assert proposal.document["currency"] == currency
        assert accepted_cents(folder, proposal) == CENTS, "the answer is not refused afterwards"
    lines = [(f"A{n}", f"2025-08-15 12:{n % 60:02}", a, "Leeds", "S1", "EUR") for n, a in enumerate(positive("€{}"))]
    proposal = _proposal(tmp_path, csv_text((*USUAL, "Currency"), lines))
    assert proposal.document["currency"] == {"column": "Currency"}
