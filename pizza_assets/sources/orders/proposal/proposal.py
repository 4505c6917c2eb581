"""Proposes a mapping from samples of an export and its owner's answers, with the questions that remain.

Anything that affects an order's time or money, or whether it happened, is taken from the export itself (values, header
words) and noted, or becomes a question: it is never guessed. Writing the mapping does not belong here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.proposal.amount_style import AmountStyle
from pizza_assets.sources.orders.proposal.columns import roles_of
from pizza_assets.sources.orders.proposal.header_words import BUSINESS_DATE, UNIT_PRICE, plain_words
from pizza_assets.sources.orders.proposal.sample import ExportSample
from pizza_assets.sources.orders.proposal.time_formats import DAY_FIRST, MONTH_FIRST, TimeReading, is_ambiguous

_SMALLEST_IN_DOUBT = 100
"""If amounts are integers and their median is at least this, they may be pence: no pizza costs less than a pound."""
_WITHDRAWN = ("cancel", "refund", "return", "void", "reject", "declin", "fail", "abandon", "test")


@dataclass(frozen=True)
class Answers:
    """What only the owner of the export knows; None or empty: not answered.

    columns: header by role, to correct the proposal. constants: one value for all lines.
    """

    label: str | None = None
    timezone: str | None = None
    currency: str | None = None
    rows: str | None = None
    date_order: str | None = None
    price_unit: str | None = None
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Question:
    """A question, answered by an option of `pizza check`. stand_in: the placeholder for a preview."""

    option: str
    about: str
    stand_in: Any


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping. document: its parsed TOML, with placeholders for open questions. notes: reasons, by dotted
    key. questions: must be answered to complete the mapping. unused: headers that are never read.
    """

    document: dict[str, Any]
    notes: dict[str, str]
    questions: tuple[Question, ...]
    unused: tuple[str, ...]


def propose(samples: Sequence[ExportSample], answers: Answers, business_timezone: str) -> Proposal:
    """A mapping for all `samples` (at least one). Raises ConfigurationError for answers that don't fit, and if the
    files differ in kind, delimiter or encoding.
    """
    _check_alike(samples)
    return _Proposing(samples, answers, business_timezone).proposal()


def _check_alike(samples: Sequence[ExportSample]) -> None:
    first = samples[0]
    for other in samples[1:]:
        for name, ours, theirs in (
            ("kind of file", first.kind, other.kind),
            ("delimiter", first.delimiter, other.delimiter),
            ("encoding", first.encoding, other.encoding),
        ):
            if ours != theirs:
                raise ConfigurationError(
                    f"{first.file.name} and {other.file.name} differ in {name} ({ours!r}, {theirs!r}), but a mapping "
                    "has only one; check them one by one"
                )


class _Proposing:
    """A proposal in the making."""

    def __init__(self, samples: Sequence[ExportSample], answers: Answers, business_timezone: str) -> None:
        self.samples, self.answers, self.business_timezone = samples, answers, business_timezone
        self.roles = roles_of(samples, answers.columns, answers.rows)
        self.facts = self.roles.facts
        self.document: dict[str, Any] = {}
        self.columns: dict[str, Any] = {}
        self.constants: dict[str, Any] = {}
        self.formats: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self.withdrawn: list[str] = []
        self.questions: list[Question] = []

    def proposal(self) -> Proposal:
        self._label()
        self._rows()
        self._order_id()
        self._times()
        self._amounts()
        self._places()
        self._statuses()
        self._dialect()
        for role in ("item", "category", "store_location"):
            self._map(role)
        tables = {"columns": self.columns, "constants": self.constants, "formats": self.formats}
        document = {**self.document, **{name: table for name, table in tables.items() if table}}
        if self.withdrawn:
            document["statuses"] = {"exclude": self.withdrawn}
        used = {header for headers in self.roles.headers.values() for header in headers}
        unused = tuple(name for name in self.roles.names if name not in used)
        return Proposal(document, self.notes, tuple(self.questions), unused)

    def _ask(self, option: str, about: str, stand_in: Any) -> Any:
        self.questions.append(Question(option, about, stand_in))
        return stand_in

    def _label(self) -> None:
        about = "did these orders happen (real), or are they invented (mock)?"
        self.document["label"] = self.answers.label or self._ask("--label real|mock", about, "mock")

    def _rows(self) -> None:
        self.document["rows"] = "items" if self.roles.folds_items else "orders"
        if self.answers.rows is None:
            self.notes["rows"] = (
                f"{self.roles.repeated:.0%} of the lines share their order with another line: each is an item"
                if self.roles.folds_items
                else "an order has one line"
            )

    def _order_id(self) -> None:
        self._map_or_ask("order_id", "which column identifies the order? It tells duplicates and later versions apart")

    def _map(self, role: str) -> bool:
        """Map the role's column, if there is one, with all its spellings."""
        headers = self.roles.headers.get(role, ())
        if headers:
            self.columns[role] = headers[0] if len(headers) == 1 else list(headers)
        return bool(headers)

    def _map_or_ask(self, role: str, about: str) -> None:
        """Map a required column, or ask for it."""
        if not self._map(role):
            headers = ", ".join(map(repr, self.roles.names))
            self._ask(f"--column {role}=HEADER", f"{about}. The export has {headers}", None)

    def _times(self) -> None:
        parts = ("timestamp",) if "timestamp" in self.facts else ("date", "time")
        readings = {part: self._reading(part) for part in parts if part in self.facts}
        known = {part: reading for part, reading in readings.items() if reading is not None}
        if len(known) < len(parts):
            about = "when was it ordered? A column with date and time, or two of them (date and time)"
            self._ask(
                "--column timestamp=HEADER", f"{about}. The export has {', '.join(map(repr, self.roles.names))}", None
            )
        for part, reading in known.items():
            self._map(part)
            if reading.format is not None:
                self.formats[part] = reading.format
        self._date_is()
        if self._is_zone_column():
            self.document["timezone_column"] = self.roles.headers["timezone"][0]
        elif self.answers.timezone is not None:
            self.document["timezone"] = self.answers.timezone
        elif known and not all(reading.has_offset for reading in known.values()):
            example = " ".join(self.facts[part].examples[0] for part in known)
            about = f"in which time zone is {example!r}? An IANA name such as Europe/London, or UTC"
            self.document["timezone"] = self._ask("--timezone ZONE", about, self.business_timezone)

    def _is_zone_column(self) -> bool:
        return "timezone" in self.facts and self.answers.timezone is None

    def _reading(self, part: str) -> TimeReading | None:
        column = self.facts[part]
        of_part = [reading for reading in column.readings if reading.part == part]
        if not of_part:
            return None
        chosen = of_part[0]
        if is_ambiguous(of_part):
            order = self.answers.date_order
            if order is None:
                about = (
                    f"does {column.examples[0]!r} have the day or the month first? Every date could be read both ways"
                )
                order = self._ask("--date-order day|month", about, DAY_FIRST)
            chosen = next(reading for reading in of_part if reading.date_order == order)
        elif chosen.date_order in (DAY_FIRST, MONTH_FIRST):
            self.notes[f"formats.{part}"] = f"the {chosen.date_order} comes first: otherwise some would not be dates"
        if chosen.share < 1:
            self.notes[f"formats.{part}"] = (
                f"reads {chosen.share:.1%} of the times; the others are refused line by line"
            )
        return chosen

    def _date_is(self) -> None:
        headers = self.roles.headers.get("date", ())
        if headers and plain_words(headers[0]) in BUSINESS_DATE:
            self.document["date_is"] = "business_day"
            self.notes["date_is"] = "according to its header, the hours after midnight belong to the evening before"

    def _amounts(self) -> None:
        role = "price" if self.roles.folds_items else "total"
        self._map_or_ask(role, "which column is the amount?")
        style = self.facts[role].amount if role in self.facts else None
        self._currency(style)
        if style is not None:
            self._number_format(style, self.roles.headers[role][0])
        if role == "price" and role in self.facts and plain_words(self.roles.headers[role][0]) in UNIT_PRICE:
            self.document["price_is"] = "unit"
            self.notes["price_is"] = "according to its header, a line costs the price times the quantity"
        if not self._map("quantity") and not self.roles.folds_items:
            self.constants["quantity"] = 1
            self.notes["constants.quantity"] = "no column says how many pizzas: each order counts as one"

    def _number_format(self, style: AmountStyle, header: str) -> None:
        if style.decimal == ",":
            self.document["decimal"] = ","
        if style.thousands is not None:
            self.document["thousands"] = style.thousands
        if self.answers.price_unit is not None:
            self.document["price_unit"] = self.answers.price_unit
        elif style.is_whole and style.median >= _SMALLEST_IN_DOUBT:
            about = f"is a typical {header!r} of {style.median:,.0f} in the major unit (pounds) or the minor (pence)?"
            self.document["price_unit"] = self._ask("--price-unit major|minor", about, "minor")

    def _currency(self, style: AmountStyle | None) -> None:
        if self.answers.currency is not None:
            self.document["currency"] = self.answers.currency
        elif "currency" in self.facts:
            self.document["currency"] = {"column": self.roles.headers["currency"][0]}
        elif style is not None and style.currency is not None:
            self.document["currency"] = style.currency
            self.notes["currency"] = f"the amounts are written with {style.sign}"
        else:
            about = "which currency are the amounts in? An ISO 4217 code such as GBP"
            self.document["currency"] = self._ask("--currency CODE", about, "XXX")

    def _places(self) -> None:
        for role, about in (
            ("market", "which market (town, area) are the orders from? Markets are compared with each other"),
            ("store_id", "which store are they from?"),
            ("chain", "which chain do they belong to, e.g. dominos?"),
        ):
            if role in self.answers.constants:
                self.constants[role] = self.answers.constants[role]
            elif self._map(role):
                continue
            elif role == "market" and "store_id" in self.roles.headers:
                self.columns[role] = self.roles.headers["store_id"][0]
                self.notes["columns.market"] = "there is no column of towns: each store is a market of its own"
            elif role == "store_id" and "market" in self.columns:
                self.columns[role] = self.columns["market"]
                self.notes["columns.store_id"] = "there is no column of stores: each market counts as one store"
            else:
                self.constants[role] = self._ask(f"--{role.replace('_', '-')} NAME", about, "unknown")

    def _statuses(self) -> None:
        if not self._map("status"):
            return
        values = self.facts["status"].values
        self.withdrawn = [value for value in values if any(word in value.casefold() for word in _WITHDRAWN)]
        counted = [value for value in values if value not in self.withdrawn]
        self.notes["columns.status"] = f"counted are {', '.join(map(repr, counted)) or 'none'}"

    def _dialect(self) -> None:
        first = self.samples[0]
        if first.kind == "csv" and first.delimiter != ",":
            self.document["delimiter"] = first.delimiter
        if first.encoding != "utf-8-sig":
            self.document["encoding"] = first.encoding
            self.notes["encoding"] = "it is not UTF-8; check that names with accents are shown correctly"
