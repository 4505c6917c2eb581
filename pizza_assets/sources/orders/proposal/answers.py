"""What the owner of an export says about it, the questions that ask for it, and the proposal that follows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo

from pizza_assets.errors import ConfigurationError, quoted
from pizza_assets.models.currency import is_currency
from pizza_assets.sources.orders.file_mapping import ZONE_OF_MARKET
from pizza_assets.sources.orders.zone_names import zone_or_none

NO_ID = "none"


@dataclass(frozen=True)
class Answers:
    """What only the owner of the export knows; None or empty: not answered.

    columns: header by role, to correct the proposal. constants: one value for all lines. amount: the header of the
    money. order_id: headers that together identify an order, or NO_ID. formats: by part (timestamp, date, time).
    zones: meanings of zone names. layout: the key of a known export, or NO_ID to recognise none. count_status,
    exclude_status: statuses of orders that count or don't, one or several with commas in a text. records: the list with
    the orders, of a JSON object that holds several.
    """

    label: str | None = None
    timezone: str | None = None
    currency: str | None = None
    rows: str | None = None
    date_order: str | None = None
    price_unit: str | None = None
    price_is: str | None = None
    amount_on: str | None = None
    refunds: str | None = None
    business_day_ends: str | None = None
    amount: str | None = None
    layout: str | None = None
    records: str | None = None
    order_id: tuple[str, ...] = ()
    count_status: tuple[str, ...] = ()
    exclude_status: tuple[str, ...] = ()
    formats: Mapping[str, str] = field(default_factory=dict)
    zones: Mapping[str, str] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    constants: Mapping[str, str] = field(default_factory=dict)

    @property
    def roles(self) -> frozenset[str]:
        """The roles for which a column or a value is named."""
        said = {*self.columns, *self.constants}
        said |= {"total", "price"} if self.amount is not None else set()
        said |= {"order_id"} if self.order_id else set()
        return frozenset(said | {name for name in ("timezone", "currency") if getattr(self, name) is not None})


def refuse_unknown(answers: Answers) -> None:
    """Raise ConfigurationError for a currency or time zone that does not exist."""
    if answers.currency is not None and not is_currency(answers.currency):
        known = is_currency(answers.currency.upper())
        remedy = f"did you mean {answers.currency.upper()}?" if known else "give an ISO 4217 code such as GBP"
        raise ConfigurationError(f"--currency: there is no currency {quoted(answers.currency)}; {remedy}")
    zone = answers.timezone
    if zone is not None and zone != ZONE_OF_MARKET and not isinstance(zone_or_none(zone), ZoneInfo):
        raise ConfigurationError(
            f"--timezone: there is no zone {quoted(zone)}; give an IANA name such as Europe/London, or market"
        )


@dataclass(frozen=True)
class Question:
    """A question, answered by an option of `pizza check`. stand_in: the placeholder for a preview."""

    option: str
    about: str
    stand_in: Any


@dataclass(frozen=True)
class Proposal:
    """A proposed mapping. document: its parsed TOML, with placeholders for open questions. notes: reasons, by dotted
    key. questions: must be answered to complete the mapping. unused: headers that are never read. layout: what is
    known about the export, in words.
    """

    document: dict[str, Any]
    notes: dict[str, str]
    questions: tuple[Question, ...]
    unused: tuple[str, ...]
    layout: str | None = None
