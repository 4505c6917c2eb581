"""What an unknown export says about money paid back: negative lines, a column of amounts, or a kind of line."""

import re
from collections.abc import Sequence

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.proposal.columns import ColumnFacts, Roles
from pizza_assets.sources.orders.proposal.draft import Draft, listed
from pizza_assets.sources.orders.proposal.header_words import plain_words
from pizza_assets.sources.orders.proposal.order_ids import refund_question

SALES = frozenset({"", "sale", "sales", "order", "orders", "payment", "payments", "purchase", "purchases"})
REFUNDS = frozenset({"refund", "refunds", "return", "returns"})
"""Kinds of lines whose words leave no doubt. A line of no kind is a sale, beside lines that are called refunds."""


def find_kind(draft: Draft, columns: Sequence[ColumnFacts]) -> None:
    """Map the column that tells sales from refunds, if there is one; its other values are asked for."""
    taken = {header for role in ("status", "void") if role in draft.columns for header in listed(draft.columns[role])}
    if "kind" not in draft.columns:
        free = [column for column in columns if column.header not in taken]
        telling = [column.header for column in free if REFUNDS & {plain_words(value) for value in column.values}]
        if telling:
            draft.columns["kind"] = telling[0]
    if "kind" in draft.columns:
        values = sorted(draft.texts("kind").unique())
        draft.kinds = {
            name: [value for value in values if plain_words(value) in words]
            for name, words in (("orders", SALES), ("refunds", REFUNDS))
        }


def treat_refunds(draft: Draft, roles: Roles, amount: str) -> None:
    """Ask what becomes of refunds. amount: the role of the money."""
    about = refund_question(roles.lines, amount) if amount in roles.lines else None
    has_negative = about is not None
    kinds = draft.kinds.pop("refunds", [])
    if kinds:
        about = (
            f"{', '.join(map(repr, kinds))} are refunds: are they to be taken from the orders with their id (net), or "
            "left out (exclude)?"
        )
    paid_back = _paid_back(roles)
    if about is None and paid_back and "refunded" not in draft.columns:
        about = (
            f"{paid_back!r} says what was paid back: is it to be taken from its order (net), or do sales stay "
            "as they were (exclude)?"
        )
    if about is None and draft.answers.refunds is None:
        return
    choices = "net|exclude|refuse" if has_negative and not kinds else "net|exclude"
    said = draft.answers.refunds or draft.ask(
        f"--refunds {choices}", about or "", "refuse" if has_negative else "exclude"
    )
    if said == "net" and paid_back and not has_negative and not kinds:
        draft.columns.setdefault("refunded", paid_back)
    else:
        draft.document["refunds"] = said
    if kinds and said == "refuse":
        if not has_negative:
            raise ConfigurationError(f"--refunds refuse: the amounts of {kinds[0]!r} are positive; use net or exclude")
        draft.kinds["orders"] += kinds
    elif kinds:
        draft.kinds["refunds"] = kinds


def _paid_back(roles: Roles) -> str | None:
    """The column of money that says what was paid back, if it says so anywhere."""
    for column in roles.columns:
        is_called_so = bool({"refund", "refunds", "refunded"} & set(plain_words(column.header).split()))
        if (
            is_called_so
            and column.amount is not None
            and re.search("[1-9]", " ".join(column.values or column.examples))
        ):
            return column.header
    return None
