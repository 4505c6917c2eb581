"""Proposes the mapping of a known export, with its owner's corrections and the questions that remain."""

import copy
from collections.abc import Sequence
from typing import Any

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.file_mapping import TABLES
from pizza_assets.sources.orders.known_layouts import Layout
from pizza_assets.sources.orders.proposal.answers import Answers, Proposal, Question
from pizza_assets.sources.orders.proposal.places import CHAIN_QUESTION, MARKET_QUESTION, MOST_MARKETS, STORE_QUESTION
from pizza_assets.sources.orders.proposal.sample import ExportSample


def from_layout(layout: Layout, samples: Sequence[ExportSample], answers: Answers, business_timezone: str) -> Proposal:
    """The layout's mapping for all `samples`. Raises ConfigurationError for a header that they don't have."""
    document = {"label": answers.label, **copy.deepcopy(layout.mapping)}
    questions, notes = [], {}

    def ask(option: str, about: str, stand_in: Any) -> Any:
        questions.append(Question(option, about, stand_in))
        return stand_in

    if answers.label is None:
        document["label"] = ask(
            "--label real|mock", "did these orders happen (real), or are they invented (mock)?", "mock"
        )
    _answer(document, answers, samples)
    if "timezone" in layout.asks and answers.timezone is None:
        about = "the export does not say in which time zone its times are: which? An IANA name such as America/New_York"
        document["timezone"] = ask("--timezone ZONE", about, business_timezone)
    if "currency" in layout.asks and answers.currency is None:
        about = "the export does not say in which currency its amounts are: which? An ISO 4217 code such as USD"
        document["currency"] = ask("--currency CODE", about, "XXX")
    columns, constants = document["columns"], document.setdefault("constants", {})
    for role, about in (("market", MARKET_QUESTION), ("store_id", STORE_QUESTION), ("chain", CHAIN_QUESTION)):
        if role in columns or role in constants:
            continue
        store = columns.get("store_id")
        if role == "market" and store is not None and _count(samples, store) <= MOST_MARKETS:
            columns["market"] = store
            notes["columns.market"] = "there is no column of towns: each store is a market of its own"
        elif role == "store_id" and "market" in constants:
            constants["store_id"] = constants["market"]
            notes["constants.store_id"] = "the export names no store: all orders are from one"
        else:
            constants[role] = ask(f"--{role.replace('_', '-')} NAME", about, "unknown")
    notes["columns." + ("price" if document["rows"] == "items" else "total")] = layout.amount_is
    header = samples[0].header
    used = {name for value in [*columns.values(), *document.get("order_id_of", ())] for name in _listed(value)}
    unused = tuple(name for name in header if name and name not in used)
    return Proposal(_ordered(document), notes, tuple(questions), unused, layout.name)


def _listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def _count(samples: Sequence[ExportSample], header: str) -> int:
    return len({text for sample in samples for text in sample.lines[header].unique()})


def _ordered(document: dict[str, Any]) -> dict[str, Any]:
    """Simple keys before tables, and no empty table."""
    simple = {key: value for key, value in document.items() if not isinstance(value, dict) or key == "currency"}
    return simple | {key: value for key, value in document.items() if key not in simple and value}


def _answer(document: dict[str, Any], answers: Answers, samples: Sequence[ExportSample]) -> None:
    """Replace what the owner says otherwise."""
    for key in ("rows", "price_unit", "price_is", "amount_on", "refunds", "business_day_ends", "timezone", "currency"):
        if getattr(answers, key) is not None:
            document[key] = getattr(answers, key)
    if answers.timezone is not None:
        document.pop("timezone_column", None)
    if answers.refunds == "refuse":
        document.get("kinds", {}).pop("refunds", None)
    if answers.refunds == "exclude":  # the sales stay as they were
        document["columns"].pop("refunded", None)
    first = samples[0]
    if first.kind == "csv" and first.delimiter != ",":
        document["delimiter"] = first.delimiter
    if first.encoding != "utf-8-sig":
        document["encoding"] = first.encoding
    _choose_columns(document, answers, samples)
    for name in ("formats", "zones", "constants"):
        document.setdefault(name, {}).update(getattr(answers, name))
    for role in answers.constants:
        document["columns"].pop(role, None)


def _choose_columns(document: dict[str, Any], answers: Answers, samples: Sequence[ExportSample]) -> None:
    columns, chosen = document["columns"], dict(answers.columns)
    if answers.amount is not None:
        chosen["price" if document["rows"] == "items" else "total"] = answers.amount
    if len(answers.order_id) == 1:
        chosen["order_id"] = answers.order_id[0]
    for role, header in chosen.items():
        if role not in TABLES["columns"]:
            raise ConfigurationError(
                f"--column {role}={header}: no such column of a mapping; use {', '.join(TABLES['columns'])}"
            )
        _check_header(header, samples)
        columns[role] = header
    if "timestamp" in chosen:
        for name in ("date", "time"):
            columns.pop(name, None)
    for part in set(chosen) & {"timestamp", "date", "time"}:  # the format was of another column
        document.get("formats", {}).pop(part, None)
    if "order_id" in chosen:
        document.pop("order_id_of", None)
    if len(answers.order_id) > 1:
        for header in answers.order_id:
            _check_header(header, samples)
        columns.pop("order_id", None)
        document["order_id_of"] = list(answers.order_id)


def _check_header(header: str, samples: Sequence[ExportSample]) -> None:
    names = [name for sample in samples for name in sample.header]
    if header not in names:
        raise ConfigurationError(
            f"the export has no column {header!r}; it has {', '.join(map(repr, dict.fromkeys(names)))}"
        )
