"""How a column writes amounts: decimal and thousands separators, currency signs, whole numbers."""

import re
from dataclasses import dataclass

import pandas as pd

ENOUGH = 0.9
SIGNS = {"£": "GBP", "€": "EUR"}
"""Signs of a single currency; $ is used by some twenty."""

_SIGN_OR_CODE = re.compile(
    r"^(?P<before>[^\d\s.,+-]{1,3})?\s*(?P<number>[+-]?[\d.,' \u00a0\u202f]*\d)\s*(?P<after>[^\d\s.,+-]{1,3})?$"
)
_WITH_POINT = r"[+-]?\d*\.?\d+"
_WITH_COMMA = r"[+-]?\d{1,3}(?:[. '\u00a0\u202f]?\d{3})*,\d{1,2}|[+-]?\d+"
_THOUSANDS_COMMA = r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"
_THOUSANDS = re.compile(r"\d([. '\u00a0\u202f,])\d{3}(?:\D|$)")


@dataclass(frozen=True)
class AmountStyle:
    """decimal: "." or ",". thousands: the separator, if there is one. sign: the sign or code around all of them.
    is_whole: no amount has a fraction. median: of the absolute amounts, as written.
    """

    decimal: str
    thousands: str | None
    sign: str | None
    is_whole: bool
    median: float

    @property
    def currency(self) -> str | None:
        """The currency that the sign or code identifies; None if it is ambiguous."""
        if self.sign is None:
            return None
        if self.sign in SIGNS:
            return SIGNS[self.sign]
        return self.sign if re.fullmatch("[A-Z]{3}", self.sign) else None


def amount_style(texts: pd.Series) -> AmountStyle | None:
    """How the non-empty `texts` write amounts; None if most of them are not amounts."""
    filled = texts[texts != ""]
    if filled.empty:
        return None
    parts = filled.str.extract(_SIGN_OR_CODE)
    numbers = parts["number"].dropna()
    if len(numbers) < ENOUGH * len(filled):
        return None
    decimal = _decimal(numbers)
    if decimal is None:
        return None
    signs = parts["before"].fillna(parts["after"]).dropna().unique()
    thousands = _thousands(numbers, decimal)
    plain = numbers.str.replace(thousands, "", regex=False) if thousands else numbers
    values = pd.to_numeric(plain.str.replace(",", ".", regex=False), errors="coerce").abs()
    return AmountStyle(
        decimal,
        thousands,
        str(signs[0]) if len(signs) == 1 else None,
        bool((values.dropna() % 1 == 0).all()) and not numbers.str.contains(re.escape(decimal)).any(),
        float(values.median()),
    )


def _decimal(numbers: pd.Series) -> str | None:
    with_point = numbers.str.fullmatch(_WITH_POINT) | numbers.str.fullmatch(_THOUSANDS_COMMA)
    if with_point.mean() >= ENOUGH:
        return "."
    return "," if numbers.str.fullmatch(_WITH_COMMA).mean() >= ENOUGH else None


def _thousands(numbers: pd.Series, decimal: str) -> str | None:
    found = numbers.str.extract(_THOUSANDS)[0].dropna()
    separators = [separator for separator in found.unique() if separator != decimal]
    return str(separators[0]) if len(separators) == 1 else None
