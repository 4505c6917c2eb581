"""A mapping in the making: what every proposal asks, notes and writes alike, whatever is known about the export."""

import copy
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

import pandas as pd

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.proposal.answers import Answers, Proposal, Question
from pizza_assets.sources.orders.proposal.sample import ExportSample

MOST_MARKETS = 20
"""With more stores than this, a market per store is not proposed: effects would be measured on single shops."""
_LABEL = "did these orders happen (real), or are they invented (mock)?"
_PLACES = {
    "market": "which market (town, area) are all orders from? If a column says it: --column market=HEADER",
    "store_id": "which store are they from?",
    "chain": "which chain do they belong to, e.g. dominos?",
}
_OF_AN_ORDER = ("timestamp", "date", "time", "market", "store_id", "total", "quantity")


class Draft:
    """The parts of a mapping, to be filled. columns: a header, or a list of spellings, by role."""

    def __init__(
        self, samples: Sequence[ExportSample], answers: Answers, mapping: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        """mapping: to start from, without a label."""
        self.samples, self.answers = samples, answers
        self.names = tuple(dict.fromkeys(name for sample in samples for name in sample.header))
        self.notes: dict[str, str] = {}
        self.questions: list[Question] = []
        self.document: dict[str, Any] = {"label": answers.label or self.ask("--label real|mock", _LABEL, "mock")}
        self.document |= copy.deepcopy(dict(mapping))
        tables = ("columns", "constants", "formats", "statuses", "kinds", "zones")
        self.columns, self.constants, self.formats, self.statuses, self.kinds, self.zones = (
            self.document.pop(name, {}) for name in tables
        )

    def ask(self, option: str, about: str, stand_in: Any) -> Any:
        """Ask for an option of `pizza check`; until it is given, the placeholder `stand_in` is used."""
        self.questions.append(Question(option, about, stand_in))
        return stand_in

    @property
    def shown_names(self) -> str:
        """All headers, for a message."""
        return ", ".join(map(repr, self.names))

    def check_header(self, header: str) -> str:
        """The header. Raises ConfigurationError if no file has it."""
        if header not in self.names:
            raise ConfigurationError(f"the export has no column {header!r}; name one of {self.shown_names}")
        return header

    def texts(self, role: str) -> pd.Series:
        """All sampled texts of the role's column, in any of its spellings."""
        headers = listed(self.columns[role])
        parts = [sample.lines[header] for sample in self.samples for header in headers if header in sample.lines]
        return pd.concat(parts, ignore_index=True)

    def places(self) -> None:
        """Market, store and chain: from columns, from the owner, from each other, or asked."""
        for role, name in self.answers.constants.items():
            self.constants[role] = name
            self.columns.pop(role, None)
        for role, about in _PLACES.items():
            if role in self.columns or role in self.constants:
                continue
            if role == "market" and "store_id" in self.columns and self.texts("store_id").nunique() <= MOST_MARKETS:
                self.columns[role] = self.columns["store_id"]
                self.notes["columns.market"] = "there is no column of towns: each store is a market of its own"
            elif role == "store_id" and "market" in self.columns:
                self.columns[role] = self.columns["market"]
                self.notes["columns.store_id"] = "there is no column of stores: each market counts as one store"
            elif role == "store_id":
                self.constants[role] = self.constants["market"]
                self.notes["constants.store_id"] = "no header names a store: one for all (or --column store_id=HEADER)"
            else:
                self.constants[role] = self.ask(f"--{role.replace('_', '-')} NAME", about, "unknown")

    def without_id(self) -> None:
        """Without an id, all that is mapped about an order stands for one."""
        headers = [self.columns[role] for role in _OF_AN_ORDER if isinstance(self.columns.get(role), str)]
        self.document["order_id_of"] = list(dict.fromkeys(headers))
        self.columns.pop("order_id", None)
        self.notes["order_id_of"] = "there is no id: equal lines count once, later versions of an order are not found"

    def dialect(self) -> None:
        """Delimiter, encoding and the list of records, where they differ from a mapping's defaults."""
        first = self.samples[0]
        if self.answers.records is not None and first.kind != "json":
            raise ConfigurationError(f"--records: {first.file.name} is not JSON; leave the option out")
        if self.answers.records is not None:
            self.document["records"] = self.answers.records
        if first.kind == "csv" and first.delimiter != ",":
            self.document["delimiter"] = first.delimiter
        if first.encoding != "utf-8-sig":
            self.document["encoding"] = first.encoding
            self.notes["encoding"] = "it is not UTF-8; check that names with accents are shown correctly"

    def proposal(self, layout: str | None) -> Proposal:
        """The proposal as it stands. layout: what is known about the export, in words."""
        tables = {
            "columns": self.columns, "constants": self.constants, "formats": self.formats, "statuses": self.statuses,
            "kinds": self.kinds, "zones": self.zones,
        }  # fmt: skip
        document = {**self.document, **{name: table for name, table in tables.items() if table}}
        used = {header for headers in self.columns.values() for header in listed(headers)}
        used |= {*self.document.get("order_id_of", ()), self.document.get("timezone_column")}
        currency = self.document.get("currency")
        used |= {currency["column"]} if isinstance(currency, dict) else set()
        unused = tuple(name for name in self.names if name and name not in used)
        return Proposal(document, self.notes, tuple(self.questions), unused, layout)


def listed(headers: str | list[str]) -> list[str]:
    """The spellings of a column."""
    return headers if isinstance(headers, list) else [headers]
