"""Proposes the mapping of a known export, with its owner's corrections and the questions that remain."""

import re
from collections.abc import Sequence

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.file_mapping import TABLES
from pizza_assets.sources.orders.known_layouts import Layout
from pizza_assets.sources.orders.proposal.amount_style import amount_style
from pizza_assets.sources.orders.proposal.answers import NO_ID, Answers, Proposal
from pizza_assets.sources.orders.proposal.currencies import propose_currency
from pizza_assets.sources.orders.proposal.draft import Draft
from pizza_assets.sources.orders.proposal.sample import ExportSample
from pizza_assets.sources.orders.proposal.statuses import decide_statuses

_KEYS = ("price_unit", "price_is", "amount_on", "refunds", "business_day_ends", "timezone", "currency")


def from_layout(layout: Layout, samples: Sequence[ExportSample], answers: Answers, business_timezone: str) -> Proposal:
    """The layout's mapping for all `samples`. Raises ConfigurationError for answers that don't fit the export."""
    draft = Draft(samples, answers, layout.mapping)
    _check_fits(layout, answers)
    for key in _KEYS:
        if getattr(answers, key) is not None:
            draft.document[key] = getattr(answers, key)
    if answers.timezone is not None:
        draft.document.pop("timezone_column", None)
    role = "price" if draft.document["rows"] == "items" else "total"
    draft.dialect()
    _choose_columns(draft)
    _read_times(draft, layout)
    _treat_refunds(draft)
    if "timezone" in layout.asks and not draft.document.keys() & {"timezone", "timezone_column"}:
        about = "the export does not say in which time zone its times are: which? An IANA name such as America/New_York"
        draft.document["timezone"] = draft.ask("--timezone ZONE", about, business_timezone)
    if "currency" in layout.asks and "currency" not in draft.document:
        about = "the export does not say in which currency its amounts are: which? An ISO 4217 code such as USD"
        propose_currency(draft, amount_style(draft.texts(role)), about)
    draft.places()
    decide_statuses(draft, layout.other_kinds)
    if answers.order_id == (NO_ID,):
        draft.without_id()
    others = f"; --amount takes another: {', '.join(layout.other_amounts)}" if layout.other_amounts else ""
    draft.notes[f"columns.{role}"] = answers.amount or f"{layout.amount_is}{others}"
    return draft.proposal(layout.name)


def _check_fits(layout: Layout, answers: Answers) -> None:
    """Raise ConfigurationError for an answer that has no meaning for this export."""
    rows, unfit = layout.mapping["rows"], ""
    formats = layout.mapping.get("formats", {})
    if answers.rows not in (None, rows):
        unfit = f"--rows {answers.rows}: its lines are {rows}"
    elif rows == "orders" and answers.price_is == "unit":
        unfit = "--price-is unit: its amounts are of whole orders"
    elif rows == "orders" and answers.amount_on not in (None, "each_line"):
        unfit = f"--amount-on {answers.amount_on}: an order has one line"
    elif answers.business_day_ends is not None and "date_is" not in layout.mapping:
        unfit = "--business-day-ends: its dates are those of the calendar"
    elif answers.date_order is not None and not any(map(_date_order, {**formats, **answers.formats}.values())):
        unfit = "--date-order: its dates are not two numbers and a year (--format says how they are written)"
    if unfit:
        raise ConfigurationError(
            f"{unfit}, as known of {layout.name}. Leave the option out, or say --layout none to be asked for everything"
        )


def _choose_columns(draft: Draft) -> None:
    answers, chosen = draft.answers, dict(draft.answers.columns)
    if answers.amount is not None:
        chosen["price" if draft.document["rows"] == "items" else "total"] = answers.amount
    if len(answers.order_id) == 1 and answers.order_id != (NO_ID,):
        chosen["order_id"] = answers.order_id[0]
    for role, header in chosen.items():
        draft.check_header(header)
        if role == "currency":
            draft.document["currency"] = answers.currency or {"column": header}
        elif role == "timezone" and answers.timezone is None:
            draft.document["timezone_column"] = header
            draft.document.pop("timezone", None)
        elif role == "timezone":
            continue
        elif role in TABLES["columns"]:
            draft.columns[role] = header
        else:
            known = ", ".join((*TABLES["columns"], "currency", "timezone"))
            raise ConfigurationError(f"--column {role}={header}: no such column of a mapping; use {known}")
    parts = {"timestamp", "date", "time"}
    for role in (parts if "timestamp" in chosen else {"timestamp"} if parts & set(chosen) else set()) - set(chosen):
        draft.columns.pop(role, None)
    if "order_id" in chosen:
        draft.document.pop("order_id_of", None)
    if len(answers.order_id) > 1:
        draft.columns.pop("order_id", None)
        draft.document["order_id_of"] = [draft.check_header(header) for header in answers.order_id]


def _read_times(draft: Draft, layout: Layout) -> None:
    answers = draft.answers
    for part, written in answers.formats.items():
        if part not in draft.columns:
            has = " and ".join(name for name in ("timestamp", "date", "time") if name in draft.columns)
            raise ConfigurationError(f"--format {part}={written}: {layout.name} has {has} instead; name one of them")
        draft.formats[part] = written
    draft.zones |= answers.zones
    if answers.date_order is not None:
        for part, written in draft.formats.items():
            if _date_order(written) not in (None, answers.date_order):
                draft.formats[part] = re.sub("%([dm])", lambda sign: "%m" if sign[1] == "d" else "%d", written)


def _date_order(written: str) -> str | None:
    """Whether a format has the day or the month first; None if its month is a word, or the year is first."""
    found = re.search(r"%(d|m)[/.-]%[dm]", written)
    return {"d": "day", "m": "month"}[found[1]] if found and not re.search(r"%[Yy][/.-]?%m", written) else None


def _treat_refunds(draft: Draft) -> None:
    """`refuse` treats refund lines as the errors that negative orders are; with `exclude` sales stay as they were."""
    if draft.answers.refunds == "refuse" and "refunds" in draft.kinds:
        draft.kinds["orders"] += draft.kinds.pop("refunds")
    if draft.answers.refunds == "exclude":
        draft.columns.pop("refunded", None)
