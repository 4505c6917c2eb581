"""Compares the two meanings of a price beside a quantity: of one item, or of the whole line."""

from dataclasses import dataclass

import pandas as pd

from pizza_assets.sources.orders.proposal.amount_style import AmountStyle
from pizza_assets.sources.orders.proposal.header_words import LINE_PRICE, UNIT_PRICE, plain_words

_CLOSE = 0.01
_NEARLY_ALL = 0.95
"""If at least this share of orders with several lines has one amount on all of them, it may be that of the order."""


@dataclass(frozen=True)
class PriceTotals:
    """by_unit, by_line: the sum of all lines under each meaning, as text. evidence: what the prices of one item at
    several quantities suggest; empty if they don't.
    """

    by_unit: str
    by_line: str
    evidence: str


def says_unit_or_line(header: str, *, is_item: bool) -> str | None:
    """What a header says about the price; of a line that is no item, any header but a plain price means the order."""
    words = {plain_words(header), plain_words(header.rpartition(".")[2])}
    if words & UNIT_PRICE:
        return "unit"
    return "line" if words & LINE_PRICE or (not is_item and "price" not in words) else None


def price_totals(
    prices: pd.Series, quantities: pd.Series, items: pd.Series | None, style: AmountStyle | None
) -> PriceTotals | None:
    """Both totals; None if no quantity is above 1, so that both are the same."""
    if style is None:
        return None
    amounts = pd.to_numeric(_plain(prices, style), errors="coerce")
    counts = pd.to_numeric(quantities, errors="coerce")
    if not (counts > 1).any():
        return None
    each = (amounts * counts).abs()
    by_unit, by_line = each.mask((amounts < 0) | (counts < 0), -each).sum(), amounts.sum()
    evidence = "" if items is None else _evidence(items, amounts, counts)
    return PriceTotals(f"{by_unit:,.2f}", f"{by_line:,.2f}", evidence)


def amount_sum(texts: pd.Series, style: AmountStyle) -> str:
    """The sum of all amounts, as text."""
    return f"{pd.to_numeric(_plain(texts.fillna(''), style), errors='coerce').sum():,.2f}"


def repeated_question(header: str, order_ids: pd.Series, amounts: pd.Series, style: AmountStyle | None) -> str | None:
    """The question whether each line repeats the total of its order; None if the lines of an order differ in amount.

    Negative amounts are refunds, and are left aside.
    """
    if style is None:
        return None
    lines = pd.DataFrame({"order_id": order_ids, "amount": pd.to_numeric(_plain(amounts, style), errors="coerce")})
    lines = lines[(lines["order_id"] != "") & ~(lines["amount"] < 0)]
    shared = lines[lines["order_id"].duplicated(keep=False)]
    is_same = shared.groupby("order_id")["amount"].nunique(dropna=False) == 1
    if is_same.empty or is_same.mean() < _NEARLY_ALL:
        return None
    once = lines.drop_duplicates("order_id")["amount"]
    return (
        f"all lines of an order have the same {header!r}: is it of each line, so that the export adds up to "
        f"{lines['amount'].sum():,.2f} (each_line), or of the whole order, and it adds up to "
        f"{once.sum():,.2f} (repeated)?"
    )


def _plain(texts: pd.Series, style: AmountStyle) -> pd.Series:
    if style.thousands is not None:
        texts = texts.str.replace(style.thousands, "", regex=False)
    return texts.str.replace(style.decimal, ".", regex=False).str.replace(r"[^\d.-]", "", regex=True)


def _evidence(items: pd.Series, amounts: pd.Series, counts: pd.Series) -> str:
    """Whether items cost the same at all quantities, or in proportion."""
    lines = pd.DataFrame({"item": items, "amount": amounts, "count": counts, "each": amounts / counts})
    several = lines.groupby("item").filter(lambda of_item: of_item["count"].nunique() > 1).groupby("item")
    if not several.ngroups:
        return ""
    same = (several["amount"].std() <= _CLOSE * several["amount"].mean()).mean()
    in_proportion = (several["each"].std() <= _CLOSE * several["each"].mean()).mean()
    if same > in_proportion:
        return "; products cost the same at every quantity, which suggests unit"
    return "; products cost in proportion to the quantity, which suggests line" if in_proportion > same else ""
