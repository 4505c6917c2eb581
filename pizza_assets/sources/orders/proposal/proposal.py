"""Proposes a mapping from samples of an export and its owner's answers, with the questions that remain.

Anything that affects an order's time or money, or whether it happened, is taken from the export itself (values, header
words) and noted, or becomes a question: it is never guessed. Writing the mapping does not belong here.
"""

from collections.abc import Sequence

from pizza_assets.sources.orders.file_mapping import TABLES
from pizza_assets.sources.orders.known_layouts import named_layout, recognised, resembled
from pizza_assets.sources.orders.proposal.amount_style import AmountStyle
from pizza_assets.sources.orders.proposal.answers import NO_ID, Answers, Proposal
from pizza_assets.sources.orders.proposal.columns import roles_of
from pizza_assets.sources.orders.proposal.currencies import propose_currency
from pizza_assets.sources.orders.proposal.draft import Draft
from pizza_assets.sources.orders.proposal.header_words import (
    BUSINESS_DATE,
    is_called_money,
    may_be_meant,
    plain_words,
    says_minor_units,
    says_utc,
)
from pizza_assets.sources.orders.proposal.layout_proposal import from_layout
from pizza_assets.sources.orders.proposal.price_totals import (
    PriceTotals,
    amount_sum,
    price_totals,
    repeated_question,
    says_unit_or_line,
)
from pizza_assets.sources.orders.proposal.refunds import find_kind, treat_refunds
from pizza_assets.sources.orders.proposal.sample import ExportSample, check_alike
from pizza_assets.sources.orders.proposal.statuses import (
    decide_statuses,
    distinct_texts,
    find_status,
    sorted_by_words,
)
from pizza_assets.sources.orders.proposal.time_formats import (
    DAY_FIRST,
    MONTH_FIRST,
    TimeReading,
    is_ambiguous,
    zone_names_in,
)
from pizza_assets.sources.orders.zone_names import ALWAYS_KNOWN, USUAL_MEANINGS, zone_or_none

_MAPPED_APART = ("order_id", "timestamp", "date", "time", "total", "price", "quantity")
_SMALLEST_IN_DOUBT = 100
"""If amounts are integers and their median is at least this, they may be pence: no pizza costs less than a pound."""


def propose(samples: Sequence[ExportSample], answers: Answers, business_timezone: str) -> Proposal:
    """A mapping for all `samples` (at least one). Raises ConfigurationError for answers that don't fit, and if the
    files differ in kind, delimiter or encoding.
    """
    check_alike(samples)
    headers = [sample.header for sample in samples]
    if answers.layout not in (None, NO_ID):
        return from_layout(named_layout(answers.layout, headers, answers.roles), samples, answers, business_timezone)
    if answers.layout is None and (layout := recognised(headers, answers.roles)) is not None:
        return from_layout(layout, samples, answers, business_timezone)
    return _Proposing(samples, answers, business_timezone).proposal_of_all()


class _Proposing(Draft):
    """A proposal from what the columns are called and hold."""

    def __init__(self, samples: Sequence[ExportSample], answers: Answers, business_timezone: str) -> None:
        super().__init__(samples, answers)
        self.business_timezone = business_timezone
        chosen = dict(answers.columns)
        if len(answers.order_id) == 1 and answers.order_id != (NO_ID,):
            chosen["order_id"] = answers.order_id[0]
        self.roles = roles_of(samples, chosen, answers.rows, answers.amount, answers.order_id)
        self.facts = self.roles.facts
        self.zones |= answers.zones

    def proposal_of_all(self) -> Proposal:
        self._layout()
        self._rows()
        self._order_id()
        self._times()
        self._amounts()
        for role in TABLES["columns"]:
            if role not in _MAPPED_APART:
                self._map(role)
        find_kind(self, self.roles.columns)
        self.places()
        is_found_by_values = find_status(self, self.roles.columns)
        self.statuses = sorted_by_words(distinct_texts(self, "status").values())
        if is_found_by_values:
            self.statuses.pop("exclude", None)
        decide_statuses(self)
        self.dialect()
        treat_refunds(self, self.roles, "price" if self.roles.folds_items else "total")
        if self.answers.order_id == (NO_ID,):
            self.without_id()
        return self.proposal(None)

    def _layout(self) -> None:
        """Ask about a known export that this one resembles: what it lacks may decide what counts."""
        headers = [sample.header for sample in self.samples]
        found = None if self.answers.layout == NO_ID else resembled(headers, self.answers.roles)
        if found is None:
            return
        layout, absent = found
        options = " ".join(f"--column {role}=HEADER" for name in absent for role in sorted(layout.needed[name]))
        also = f", and what it has instead ({options})" if options else ""
        about = (
            f"the export resembles {layout.name}, but lacks {', '.join(map(repr, absent))}. Is it that one? Then name "
            f"it{also}; otherwise say none. The export has {self.shown_names}"
        )
        self.ask(f"--layout {layout.key}|none", about, NO_ID)

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
            self.document["order_id_of"] = [self.check_header(header) for header in parts]
        elif not self._map("order_id"):
            about = (
                "which column identifies the order? Several, joined by +, if only together they do; or none, and equal "
                "lines then count once, and later versions of an order as orders of their own"
            )
            self.ask("--id COLUMN+COLUMN|none", f"{about}. The export has {self.shown_names}", None)
        elif self.roles.ids.is_restarting and not parts:
            about = (
                f"{self.roles.ids.repeated:.0%} of the lines share their {self.columns['order_id']!r} with lines of "
                "other times: it restarts. Which columns together identify an order, e.g. store, date and number?"
            )
            self.ask("--id COLUMN+COLUMN|none", f"{about} The export has {self.shown_names}", None)

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
            self.ask("--column timestamp=HEADER", f"{about}. The export has {self.shown_names}", None)
            for part in set(parts) & set(self.facts) - set(known):
                example = next(iter(self.facts[part].examples), "")
                about = f"how is {example!r} written? A strptime format such as %d/%m/%Y %H:%M"
                self.ask(f"--format {part}=FORMAT", about, None)
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
        elif not known or all(reading.has_offset for reading in known.values()):
            pass
        elif all(says_utc(self.roles.headers[part][0]) for part in known):
            self.document["timezone"] = "UTC"
            self.notes["timezone"] = "according to the header of the times"
        else:
            example = " ".join(self.facts[part].examples[0] for part in known)
            about = f"in which time zone is {example!r}? An IANA name such as Europe/London, or UTC"
            self.document["timezone"] = self.ask("--timezone ZONE", about, self.business_timezone)
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
            self.zones[name] = self.ask(f"--zone '{name}=ZONE'", about, usual or "UTC")

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
                order = self.ask("--date-order day|month", about, DAY_FIRST)
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
            self.document["business_day_ends"] = self.answers.business_day_ends or self.ask(
                "--business-day-ends HH:MM", about, "06:00"
            )

    def _amounts(self) -> None:
        role = "price" if self.roles.folds_items else "total"
        if not self._map(role):
            self.ask("--amount HEADER", f"which column is the amount? The export has {self.shown_names}", None)
        style = self.facts[role].amount if role in self.facts else None
        if style is not None:
            self._other_amounts(role, style)
        self._currency(style)
        if style is not None:
            self._number_format(style, self.roles.headers[role][0])
        if role in self.facts and not self._is_repeated(role):
            self._price_is(role)
        if not self._map("quantity") and not self.roles.folds_items:
            self.constants["quantity"] = 1
            self.notes["constants.quantity"] = "no column says how many pizzas: each order counts as one"

    def _other_amounts(self, role: str, style: AmountStyle) -> None:
        """Name the other columns of money; ask if another one may be meant as well."""
        chosen = self.roles.headers[role][0]
        sums = {str(name): amount_sum(texts, style) for name, texts in self.roles.amounts.items()}
        others = {name: total for name, total in sums.items() if name not in self.roles.headers[role]}
        shown = ", ".join(f"{name!r} ({total})" for name, total in others.items() if is_called_money(name))
        if shown:
            self.notes[f"columns.{role}"] = (
                f"it adds up to {sums.get(chosen, 'no sum')} in the lines looked at; --amount takes another: {shown}"
            )
        rivals = [name for name in others if may_be_meant(role, name, chosen) and sums[name] != sums.get(chosen)]
        if rivals and self.answers.amount is None and role not in self.answers.columns:
            names = " or ".join(f"{name!r} ({sums[name]} in all)" for name in [chosen, *rivals])
            self.ask("--amount HEADER", f"which amount is what the customer paid: {names}?", chosen)

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
                said = self.ask("--amount-on each_line|repeated", about, "repeated")
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
            self.document["price_is"] = self.ask("--price-is unit|line", about + totals.evidence, "line")

    def _price_totals(self, role: str) -> PriceTotals | None:
        if "quantity" not in self.facts:
            return None
        item = self.roles.lines.get("item")
        return price_totals(self.roles.lines[role], self.roles.lines["quantity"], item, self.facts[role].amount)

    def _number_format(self, style: AmountStyle, header: str) -> None:
        if style.decimal == ",":
            self.document["decimal"] = ","
        if style.thousands is not None:
            self.document["thousands"] = style.thousands
        if self.answers.price_unit is not None:
            self.document["price_unit"] = self.answers.price_unit
        elif style.is_whole and says_minor_units(header):
            self.document["price_unit"] = "minor"
            self.notes["price_unit"] = "according to its header"
        elif says_minor_units(header):
            about = f"does {header!r}, written with a decimal point, hold the major unit (pounds) or the minor (pence)?"
            self.document["price_unit"] = self.ask("--price-unit major|minor", about, "minor")
        elif style.is_whole and style.median >= _SMALLEST_IN_DOUBT:
            about = f"is a typical {header!r} of {style.median:,.0f} in the major unit (pounds) or the minor (pence)?"
            self.document["price_unit"] = self.ask("--price-unit major|minor", about, "minor")

    def _currency(self, style: AmountStyle | None) -> None:
        if self.answers.currency is not None:
            self.document["currency"] = self.answers.currency
        elif "currency" in self.facts:
            self.document["currency"] = {"column": self.roles.headers["currency"][0]}
        else:
            propose_currency(self, style, "which currency are the amounts in? An ISO 4217 code such as GBP")
