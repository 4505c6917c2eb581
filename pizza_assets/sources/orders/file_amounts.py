"""Parses the numbers of exports into exact integers. Floats are never summed: their sums depend on the order."""

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd

from pizza_assets.models.currency import minor_digits, signs_of

FINE_UNITS = 10_000
"""Line prices are kept in ten-thousandths of the minor unit and rounded once per order."""
MOST_MINOR_UNITS = 100_000_000
MOST_ITEMS = 10_000

_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d{1,2})?", re.ASCII)
_LONGEST_NUMBER = 40

READABLE, UNREADABLE, NOT_FINITE, NEGATIVE, TOO_LARGE = range(5)
"""Verdicts on a number; the broken rules are named in PROBLEMS."""
PROBLEMS = {
    UNREADABLE: (
        "is a number",
        "not a number as the mapping says (keys decimal and thousands; a sign of another currency is refused)",
    ),
    NOT_FINITE: ("is finite", "not a finite number"),
    NEGATIVE: ("is not negative", "negative"),
    TOO_LARGE: ("is plausible", "larger than any plausible order"),
}


@dataclass(frozen=True)
class NumberFormat:
    """decimal: the sign before the fraction. thousands: the sign between groups of three digits, or None."""

    decimal: str = "."
    thousands: str | None = None

    def plain(self, texts: pd.Series, currency: str) -> pd.Series:
        """Amounts as plain numbers: without currency sign or code and thousands separators, with a decimal point.

        Text of another form is returned unchanged, and so is not a number.
        """
        marks = "|".join(map(re.escape, signs_of(currency)))
        # accountants write negative amounts in brackets
        unbracketed = texts.str.replace("\u2212", "-", regex=False).str.replace(r"^\((.*\d.*)\)$", r"-\1", regex=True)
        bare = unbracketed.str.replace(rf"^([+-]?)\s*(?:{marks})\s*|\s*(?:{marks})$", r"\1", regex=True)
        if self.thousands is not None:
            between = r"[ \u00a0\u202f]" if self.thousands == " " else re.escape(self.thousands)
            grouped = bare.str.fullmatch(rf"[+-]?\d{{1,3}}(?:{between}\d{{3}})+(?:{re.escape(self.decimal)}\d*)?")
            bare = bare.where(~grouped, bare.str.replace(between, "", regex=True))
        if self.decimal == ",":
            # a point is not decimal here: left in place, 1.234 would be a thousandth of the amount meant
            bare = bare.where(~bare.str.contains(".", regex=False), texts + " ").str.replace(",", ".", regex=False)
        return bare


PLAIN = NumberFormat()


def amounts_in_fine_units(
    texts: pd.Series,
    currencies: pd.Series,
    price_unit: str,
    number_format: NumberFormat = PLAIN,
    may_be_negative: bool = False,
) -> tuple[np.ndarray, np.ndarray]:
    """Prices in ten-thousandths of the minor unit (int64, 0 where unusable), and a verdict on each.

    Finer fractions are rounded half up. The exponent of the minor unit comes from the currency.
    """
    amounts, verdicts = np.zeros(len(texts), np.int64), np.zeros(len(texts), np.int8)
    for currency in currencies.unique():
        rows = (currencies == currency).to_numpy()
        digits = 0 if price_unit == "minor" else minor_digits(currency)
        # prices repeat: each distinct text is parsed once
        codes, distinct = pd.factorize(texts[rows])
        plain = number_format.plain(pd.Series(distinct, dtype="str"), currency)
        scaled, scaled_verdicts = _scaled(
            plain, Decimal(FINE_UNITS) * 10**digits, MOST_MINOR_UNITS * FINE_UNITS, may_be_negative
        )
        amounts[rows], verdicts[rows] = scaled[codes], scaled_verdicts[codes]
    return amounts, verdicts


def whole_numbers(texts: pd.Series, may_be_negative: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """Quantities (int64, 0 where unusable); 2.0 is whole, 2.5 is unreadable."""
    return _scaled(texts, Decimal(1), MOST_ITEMS, may_be_negative, must_be_whole=True)


def line_amounts(prices: np.ndarray, quantities: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Price times quantity, in fine units (0 where too large), and a verdict on each. Never overflows.

    Exports mark what is paid back at the price, the quantity or both: it is negative in each case.
    """
    amounts = np.abs(prices * quantities)  # at most 1e12 * 1e4
    amounts = np.where((prices < 0) | (quantities < 0), -amounts, amounts)
    is_too_large = np.abs(amounts) > MOST_MINOR_UNITS * FINE_UNITS
    return np.where(is_too_large, 0, amounts), np.where(is_too_large, TOO_LARGE, READABLE)


def rounded_to_minor_units(fine_units: np.ndarray) -> np.ndarray:
    """Amounts in minor units, rounded half up; a negative one is never more than half a unit off."""
    return (fine_units + FINE_UNITS // 2) // FINE_UNITS


def _scaled(
    texts: pd.Series, scale: Decimal, most: int, may_be_negative: bool, must_be_whole: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Scaled numbers and a verdict on each; each distinct text is parsed once, because prices repeat."""
    codes, distinct = pd.factorize(texts)
    parsed = [_parsed(text, scale, most, may_be_negative, must_be_whole) for text in distinct]
    values = np.array([value for value, _ in parsed], dtype=np.int64)
    verdicts = np.array([verdict for _, verdict in parsed], dtype=np.int8)
    return values[codes], verdicts[codes]


def _parsed(text: str, scale: Decimal, most: int, may_be_negative: bool, must_be_whole: bool) -> tuple[int, int]:
    if text.strip("+-").casefold() in ("nan", "inf", "infinity"):
        return 0, NOT_FINITE
    if not _NUMBER.fullmatch(text):
        return 0, UNREADABLE
    number = Decimal(text[:_LONGEST_NUMBER]) * scale
    if number < 0 and not may_be_negative:
        return 0, NEGATIVE
    if abs(number) > most:
        return 0, TOO_LARGE
    whole = number.to_integral_value(ROUND_HALF_UP)
    return (0, UNREADABLE) if must_be_whole and number != whole else (int(whole), READABLE)
