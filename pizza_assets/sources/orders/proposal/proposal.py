"""Proposes a mapping from samples of an export and its owner's answers, with the questions that remain.

Anything that affects an order's time or money, or whether it happened, is taken from the export itself (values, header
words) and noted, or becomes a question: it is never guessed. Writing the mapping does not belong here.
"""

from collections.abc import Sequence
from typing import Any

from pizza_assets.errors import ConfigurationError
from pizza_assets.sources.orders.known_layouts import recognised, resemblance
from pizza_assets.sources.orders.proposal.amount_style import AmountStyle
from pizza_assets.sources.orders.proposal.answers import NO_ID, Answers, Proposal, Question
from pizza_assets.sources.orders.proposal.columns import roles_of
from pizza_assets.sources.orders.proposal.header_words import BUSINESS_DATE, plain_words
from pizza_assets.sources.orders.proposal.layout_proposal import from_layout
from pizza_assets.sources.orders.proposal.order_ids import refund_question
from pizza_assets.sources.orders.proposal.places import CHAIN_QUESTION, MARKET_QUESTION, MOST_MARKETS, STORE_QUESTION
from pizza_assets.sources.orders.proposal.price_totals import (
    PriceTotals,
    price_totals,
    repeated_question,
    says_unit_or_line,
)
from pizza_assets.sources.orders.proposal.sample import ExportSample, check_alike
from pizza_assets.sources.orders.proposal.time_formats import (
    DAY_FIRST,
    MONTH_FIRST,
    TimeReading,
    is_ambiguous,
    zone_names_in,
)
from pizza_assets.sources.orders.zone_names import ALWAYS_KNOWN, USUAL_MEANINGS, zone_or_none

_SMALLEST_IN_DOUBT = 100
"""If amounts are integers and their median is at least this, they may be pence: no pizza costs less than a pound."""
_WITHDRAWN = ("cancel", "refund", "return", "void", "reject", "declin", "fail", "abandon", "test")


def propose(samples: Sequence[ExportSample], answers: Answers, business_timezone: str) -> Proposal:
    """A mapping for all `samples` (at least one). Raises ConfigurationError for answers that don't fit, and if the
    files differ in kind, delimiter or encoding.
    """
    check_alike(samples)
    layout = recognised([sample.header for sample in samples])
    if layout is not None and answers.layout != NO_ID:
        return from_layout(layout, samples, answers, business_timezone)
    return _Proposing(samples, answers, business_timezone).proposal()


class _Proposing:
    """A proposal in the making."""

    def __init__(self, samples: Sequence[ExportSample], answers: Answers, business_timezone: str) -> None:
        self.samples, self.answers, self.business_timezone = samples, answers, business_timezone
        chosen = dict(answers.columns)
        if len(answers.order_id) == 1 and answers.order_id != (NO_ID,):
            chosen["order_id"] = answers.order_id[0]
        self.roles = roles_of(samples, chosen, answers.rows, answers.amount, answers.order_id)
        self.facts = self.roles.facts
        self.document: dict[str, Any] = {}
        self.columns: dict[str, Any] = {}
        self.constants: dict[str, Any] = {}
        self.formats: dict[str, str] = {}
        self.notes: dict[str, str] = {}
        self.withdrawn: list[str] = []
        self.zones: dict[str, str] = dict(answers.zones)
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
        for role in ("item", "category", "store_location", "void"):
            self._map(role)
        self._refunds()
        if self.answers.order_id == (NO_ID,):
            self._without_id()
        tables = {"columns": self.columns, "constants": self.constants, "formats": self.formats}
        document = {**self.document, **{name: table for name, table in tables.items() if table}}
        if self.zones:
            document["zones"] = self.zones
        if self.withdrawn:
            document["statuses"] = {"exclude": self.withdrawn}
        listed = [value if isinstance(value, list) else [value] for value in self.columns.values()]
        used = {header for headers in listed for header in headers} | set(self.document.get("order_id_of", ()))
        used |= {self.document.get("timezone_column"), *(self.roles.headers.get("currency", ()))}
        unused = tuple(name for name in self.roles.names if name and name not in used)
        like = None if self.answers.layout == NO_ID else resemblance(self.samples[0].header)
        return Proposal(document, self.notes, tuple(self.questions), unused, like)

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
                f"{self.roles.ids.repeated:.0%} of the lines share their order with another line: each is an item"
                if self.roles.folds_items
                else "an order has one line"
            )

    def _order_id(self) -> None:
        parts = self.answers.order_id
        if parts == (NO_ID,):
            return
        if len(parts) > 1:
            for header in parts:
                self._check_header(header)
            self.document["order_id_of"] = list(parts)
        elif not self._map("order_id"):
            about = (
                "which column identifies the order? Several, joined by +, if only together they do; or none, and equal "
                "lines then count once, and later versions of an order as orders of their own"
            )
            self._ask("--id COLUMN+COLUMN|none", f"{about}. The export has {self._names()}", None)
        elif self.roles.ids.is_restarting and not parts:
            about = (
                f"{self.roles.ids.repeated:.0%} of the lines share their {self.columns['order_id']!r} with lines of "
                "other times: it restarts. Which columns together identify an order, e.g. store, date and number?"
            )
            self._ask("--id COLUMN+COLUMN|none", f"{about} The export has {self._names()}", None)

    def _without_id(self) -> None:
        """Without an id, all that is mapped about an order stands for one."""
        roles = ("timestamp", "date", "time", "market", "store_id", "total", "quantity")
        headers = [self.columns[role] for role in roles if isinstance(self.columns.get(role), str)]
        self.document["order_id_of"] = list(dict.fromkeys(headers))
        self.columns.pop("order_id", None)
        self.notes["order_id_of"] = "there is no id: equal lines count once, later versions of an order are not found"

    def _names(self) -> str:
        return ", ".join(map(repr, self.roles.names))

    def _check_header(self, header: str) -> None:
        if header not in self.roles.names:
            raise ConfigurationError(f"the export has no column {header!r}; it has {self._names()}")

    def _map(self, role: str) -> bool:
        """Map the role's column, if there is one, with all its spellings."""
        headers = self.roles.headers.get(role, ())
        if headers:
            self.columns[role] = headers[0] if len(headers) == 1 else list(headers)
        return bool(headers)

    def _times(self) -> None:
        parts = ("timestamp",) if "timestamp" in self.facts else ("date", "time")
        readings = {part: self._reading(part) for part in parts if part in self.facts}
        known = {part: reading for part, reading in readings.items() if reading is not None}
        if len(known) < len(parts):
            about = "when was it ordered? A column with date and time (or date=HEADER and time=HEADER for two)"
            self._ask("--column timestamp=HEADER", f"{about}. The export has {self._names()}", None)
            for part in set(parts) & set(self.facts) - set(known):
                example = next(iter(self.facts[part].examples), "")
                about = f"how is {example!r} written? A strptime format such as %d/%m/%Y %H:%M"
                self._ask(f"--format {part}=FORMAT", about, None)
        for part, reading in known.items():
            self._map(part)
            if reading.format is not None:
                self.formats[part] = reading.format
        self._date_is()
        if self._is_zone_column():
            self.document["timezone_column"] = self.roles.headers["timezone"][0]
            self._name_zones(list(self.facts["timezone"].values))
        elif self.answers.timezone is not None:
            self.document["timezone"] = self.answers.timezone
        elif known and not all(reading.has_offset for reading in known.values()):
            example = " ".join(self.facts[part].examples[0] for part in known)
            about = f"in which time zone is {example!r}? An IANA name such as Europe/London, or UTC"
            self.document["timezone"] = self._ask("--timezone ZONE", about, self.business_timezone)
        if self.formats.get("timestamp", "").endswith(" %Z"):
            self._name_zones(zone_names_in(self.roles.lines["timestamp"]))

    def _name_zones(self, names: Sequence[str]) -> None:
        """Ask what zone names mean: EST may be a fixed offset or a place, in two continents."""
        for name in names:
            if name in self.zones or name in ALWAYS_KNOWN or zone_or_none(name) is not None:
                continue
            usual = USUAL_MEANINGS.get(name)
            about = f"what does the time zone {name!r} mean? An IANA name or an offset" + (
                f"; usually it is {usual}" if usual else " such as -05:00"
            )
            self.zones[name] = self._ask(f"--zone '{name}=ZONE'", about, usual or "UTC")

    def _is_zone_column(self) -> bool:
        return "timezone" in self.facts and self.answers.timezone is None

    def _reading(self, part: str) -> TimeReading | None:
        column = self.facts[part]
        if part in self.answers.formats:
            given = self.answers.formats[part]
            return TimeReading(part, given, 1.0, has_offset=given.endswith(("%z", "%Z")) or given.startswith("epoch"))
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
            about = (
                "when does the business day end? A time such as 05:00: orders before it are of the next calendar day"
            )
            self.document["business_day_ends"] = self.answers.business_day_ends or self._ask(
                "--business-day-ends HH:MM", about, "06:00"
            )

    def _amounts(self) -> None:
        role = "price" if self.roles.folds_items else "total"
        if not self._map(role):
            self._ask("--amount HEADER", f"which column is the amount? The export has {self._names()}", None)
        style = self.facts[role].amount if role in self.facts else None
        self._currency(style)
        if style is not None:
            self._number_format(style, self.roles.headers[role][0])
        if role in self.facts and not self._is_repeated(role):
            self._price_is(role)
        if not self._map("quantity") and not self.roles.folds_items:
            self.constants["quantity"] = 1
            self.notes["constants.quantity"] = "no column says how many pizzas: each order counts as one"

    def _is_repeated(self, role: str) -> bool:
        """Whether each line repeats the amount of its order, as its place in JSON, its lines or its owner say."""
        header = self.roles.headers[role][0]
        if (said := self.answers.amount_on) is None:
            if not self.roles.folds_items or says_unit_or_line(header, is_item=True) == "unit":
                return False
            if all(sample.nested and not header.startswith(f"{sample.nested}.") for sample in self.samples):
                said = "repeated"
                self.notes["amount_on"] = "it lies outside the list of items, so it is the amount of the order"
            elif about := repeated_question(
                header, self.roles.order_ids, self.roles.lines[role], self.facts[role].amount
            ):
                said = self._ask("--amount-on each_line|repeated", about, "repeated")
            else:
                return False
        self.document["amount_on"] = said
        return said == "repeated"

    def _price_is(self, role: str) -> None:
        """Whether the amount is for one item or for all of the line, from its header or its owner."""
        header = self.roles.headers[role][0]
        said = says_unit_or_line(header, is_item=self.roles.folds_items or "item" in self.facts)
        if self.answers.price_is is not None:
            self.document["price_is"] = self.answers.price_is
        elif said == "unit":
            self.document["price_is"] = "unit"
            self.notes["price_is"] = "according to its header, a line costs the price times the quantity"
        elif said is None and (totals := self._price_totals(role)) is not None:
            about = (
                f"is {header!r} for one item or for the whole line? The lines add up to {totals.by_unit} if it is for "
                f"one (unit), and to {totals.by_line} if it is for the line"
            )
            self.document["price_is"] = self._ask("--price-is unit|line", about + totals.evidence, "line")

    def _price_totals(self, role: str) -> PriceTotals | None:
        if "quantity" not in self.facts:
            return None
        item = self.roles.lines.get("item")
        return price_totals(self.roles.lines[role], self.roles.lines["quantity"], item, self.facts[role].amount)

    def _refunds(self) -> None:
        role = "price" if self.roles.folds_items else "total"
        if self.answers.refunds is not None:
            self.document["refunds"] = self.answers.refunds
        elif role in self.roles.lines and (about := refund_question(self.roles.lines, role)) is not None:
            self.document["refunds"] = self._ask("--refunds net|exclude|refuse", about, "refuse")

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
        for role, about in (("market", MARKET_QUESTION), ("store_id", STORE_QUESTION), ("chain", CHAIN_QUESTION)):
            if role in self.answers.constants:
                self.constants[role] = self.answers.constants[role]
            elif self._map(role):
                continue
            elif role == "market" and "store_id" in self.facts and self.facts["store_id"].distinct <= MOST_MARKETS:
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
