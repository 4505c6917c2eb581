"""What an unknown export says about money paid back: negative lines, a column of amounts, or a kind of line."""

import re
import shlex
from collections.abc import Sequence

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.file_mapping import FileMapping
from pizza_assets.sources.orders.known_layouts import recognised
from pizza_assets.sources.orders.proposal.columns import ColumnFacts, Roles, column_facts
from pizza_assets.sources.orders.proposal.draft import Draft, listed
from pizza_assets.sources.orders.proposal.header_words import is_called_paid_back, plain_words
from pizza_assets.sources.orders.proposal.order_ids import refund_question
from pizza_assets.sources.orders.proposal.price_totals import amount_sum
from pizza_assets.sources.orders.proposal.sample import ExportSample

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
    """The first column of money that says what was paid back, if one says so anywhere."""
    return next((column.header for column in roles.columns if _says_what_was_paid_back(column)), None)


def _says_what_was_paid_back(column: ColumnFacts) -> bool:
    has_some = re.search("[1-9]", " ".join(column.values or column.examples)) is not None
    return is_called_paid_back(column.header) and column.amount is not None and has_some


def unused_refunds(samples: Sequence[ExportSample], mapping: FileMapping) -> tuple[str, ...]:
    """The columns of money paid back that the mapping does not use, each as a doubt with its sum.

    Empty if the mapping leaves refunds out, which is an answer, or the export is a known one, whose layout knows them.
    """
    if mapping.refunds == "exclude" or recognised([sample.header for sample in samples]) is not None:
        return ()
    used = {*mapping.columns.values(), *(name for names in mapping.spellings.values() for name in names)}
    found: dict[str, list[str]] = {}
    for sample in samples:
        names = [name for name in sample.lines.columns if is_called_paid_back(str(name)) and name not in used]
        for name, column in column_facts(sample.lines[names], sample.typed).items():
            if column.amount is not None and _says_what_was_paid_back(column):
                found.setdefault(name, []).append(amount_sum(sample.lines[name], column.amount))
    amount = mapping.column_of(mapping.amount_name)
    return tuple(
        f"{name!r} says that money was paid back ({' + '.join(sums)} in the lines looked at), but is not used: if that "
        f"is not taken off {amount!r}, say --column refunded={shlex.quote(name)} (refunded in [columns] of a mapping)"
        for name, sums in found.items()
    )
