from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pizza_assets.sources.orders.file_amounts import (
    FINE_UNITS,
    NEGATIVE,
    NOT_FINITE,
    READABLE,
    TOO_LARGE,
    UNREADABLE,
    NumberFormat,
    amounts_in_fine_units,
    line_amounts,
    rounded_to_minor_units,
    whole_numbers,
)
from pizza_assets_tests.support.examples import examples


def amount(text: str, currency: str = "GBP", unit: str = "major") -> tuple[int, int]:
    values, verdicts = amounts_in_fine_units(pd.Series([text], dtype="str"), pd.Series([currency], dtype="str"), unit)
    return int(values[0]), int(verdicts[0])


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("12.5", READABLE), ("1e3", READABLE), (".5", READABLE), ("1000000", READABLE),
        ("", UNREADABLE), ("$12", UNREADABLE), ("£12", READABLE), ("12 GBP", READABLE), ("GBP -1", NEGATIVE),
        ("EUR 12", UNREADABLE), ("1,234.5", UNREADABLE), ("1_000", UNREADABLE), ("12,5", UNREADABLE),
        ("٣", UNREADABLE), ("nan", NOT_FINITE), ("-Infinity", NOT_FINITE), ("inf", NOT_FINITE), ("-0.01", NEGATIVE),
        ("1000000.01", TOO_LARGE), ("9" * 10_000, TOO_LARGE), ("1e99", TOO_LARGE),
    ],
)  # fmt: skip
def test_what_can_be_said_about_a_price(text: str, verdict: int) -> None:
    assert amount(text)[1] == verdict


def test_the_minor_unit_depends_on_the_currency() -> None:
    assert amount("12.5") == (1250 * FINE_UNITS, READABLE)
    assert amount("1250", "JPY") == (1250 * FINE_UNITS, READABLE)
    assert amount("1.25", "KWD") == (1250 * FINE_UNITS, READABLE)
    assert amount("1250", "GBP", "minor") == (1250 * FINE_UNITS, READABLE)


@pytest.mark.parametrize(
    ("text", "number_format", "cents"),
    [
        ("12,50", NumberFormat(","), 1250),
        ("1.234,50", NumberFormat(",", "."), 123450),
        ("€ 234.567,5", NumberFormat(",", "."), 23456750),
        ("1 234,50", NumberFormat(",", " "), 123450),
        ("1\u202f234,50", NumberFormat(",", " "), 123450),
        ("1,234.50", NumberFormat(".", ","), 123450),
        ("999", NumberFormat(",", "."), 99900),
    ],
)
def test_separators_are_as_the_mapping_says(text: str, number_format: NumberFormat, cents: int) -> None:
    values, verdicts = amounts_in_fine_units(
        pd.Series([text], dtype="str"), pd.Series(["EUR"], dtype="str"), "major", number_format
    )
    assert (int(values[0]), int(verdicts[0])) == (cents * FINE_UNITS, READABLE)


@pytest.mark.parametrize(
    ("text", "number_format"),
    [
        ("12.50", NumberFormat(",")),  # would be a thousandfold amount, or a hundredth
        ("1.234", NumberFormat(",")),
        ("1.23,50", NumberFormat(",", ".")),
        ("12,345.6,7", NumberFormat(".", ",")),
        ("1,2", NumberFormat(".", ",")),
    ],
)
def test_what_is_written_otherwise_is_refused(text: str, number_format: NumberFormat) -> None:
    one = pd.Series([text], dtype="str")
    _, verdicts = amounts_in_fine_units(one, pd.Series(["EUR"], dtype="str"), "major", number_format)
    assert verdicts[0] == UNREADABLE


def test_quantities_are_whole() -> None:
    values, verdicts = whole_numbers(pd.Series(["2", "2.0", "2.5", "-1", "10001"], dtype="str"))
    assert list(values) == [2, 2, 0, 0, 0]
    assert list(verdicts) == [READABLE, READABLE, UNREADABLE, NEGATIVE, TOO_LARGE]


def test_price_times_quantity_stays_plausible() -> None:
    values, verdicts = line_amounts(np.array([10**12, 5]), np.array([10_000, 3]))
    assert list(values) == [0, 15]
    assert list(verdicts) == [TOO_LARGE, READABLE]


@examples(200)
@given(st.lists(st.decimals(0, 9999, places=4), min_size=1, max_size=30))
def test_sums_are_exact_and_rounded_once_half_up(prices: list[Decimal]) -> None:
    # Property 2
    texts = pd.Series([str(price) for price in prices], dtype="str")
    values, verdicts = amounts_in_fine_units(texts, pd.Series(["GBP"] * len(prices), dtype="str"), "major")
    assert not verdicts.any()
    expected = int((sum(prices) * 100).quantize(Decimal(1), ROUND_HALF_UP))
    assert rounded_to_minor_units(np.array([values.sum()]))[0] == expected
