"""How a column writes amounts: decimal and thousands separators, currency signs, whole numbers."""

import re
from dataclasses import dataclass

import pandas as pd

from pizza_assets.models.currency import currencies_of

ENOUGH = 0.9

_SIGN = r"[^\d\s.,+()-]{1,3}(?:(?<=[^\W\d_])\.)?"
_SIGN_OR_CODE = re.compile(
    rf"^\(?[+-]?\s*(?P<before>{_SIGN})?\s*(?P<number>[+-]?[\d.,' \u00a0\u202f]*\d)\s*(?P<after>{_SIGN})?\)?$"
)
"""An amount as £12.34, 12,34 €, EUR 12.34, -£3.00 or (£3.00)."""
_WITH_POINT = r"[+-]?\d*\.?\d+"
_WITH_COMMA = r"[+-]?\d{1,3}(?:[. ']?\d{3})*,\d{1,2}|[+-]?\d+"
_THOUSANDS_COMMA = r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?"
_THOUSANDS = re.compile(r"\d([. ',])\d{3}(?:\D|$)")


@dataclass(frozen=True)
class AmountStyle:
    """decimal: "." or ",". thousands: the separator, if there is one. sign: the only sign or code beside them, if
    most have one.
    is_whole: no amount has a fraction. median: of the absolute amounts, as written.
    """

    decimal: str
    thousands: str | None
    sign: str | None
    is_whole: bool
    median: float

    @property
    def currencies(self) -> tuple[str, ...]:
        """The currencies that the sign or code may mean, the most usual first; none if it means none."""
        return () if self.sign is None else currencies_of(self.sign)


def amount_style(texts: pd.Series) -> AmountStyle | None:
    """How the non-empty `texts` write amounts; None if most of them are not amounts."""
    filled = texts[texts != ""]
    if filled.empty:
        return None
    parts = filled.str.replace("\u2212", "-", regex=False).str.extract(_SIGN_OR_CODE)
    numbers = parts["number"].dropna().str.replace(r"[\u00a0\u202f]", " ", regex=True)  # to a mapping, they are spaces
    if len(numbers) < ENOUGH * len(filled):
        return None
    decimal = _decimal(numbers)
    if decimal is None:
        return None
    thousands = _thousands(numbers, decimal)
    plain = numbers.str.replace(thousands, "", regex=False) if thousands else numbers
    values = pd.to_numeric(plain.str.replace(",", ".", regex=False), errors="coerce").abs()
    signs = parts["before"].fillna(parts["after"])[numbers.index[values != 0]]  # some tills write zeros without a sign
    return AmountStyle(
        decimal,
        thousands,
        str(signs.dropna().iloc[0]) if signs.nunique() == 1 and signs.notna().mean() >= ENOUGH else None,
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
