"""Parse Square's answers, from JSON to rows, without IO. Paging and requests do not belong here.

Square never changes a sale: what is given back comes as another order with `returns`, which name the sale. An exchange
has both, items sold and items returned.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from pizza_assets.counted_noun import counted_noun
from pizza_assets.errors import BadAnswer
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.sources.orders.api_contract import Store
from pizza_assets.sources.orders.file_amounts import MOST_ITEMS, MOST_MINOR_UNITS
from pizza_assets.sources.orders.listing import Page, Period, StoreAnswer, fill_page, read_cursor, refuse_drift
from pizza_assets.sources.orders.order_items import items_text, pizza_count
from pizza_assets.sources.refusal import RefusedValueError, instant, text

SOURCE_NAME = "Square"
_REMEDY = "check that url is Square's address"
_NEEDED = ("id", "location_id", "state", "closed_at")
_NUMBER = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)
_NOT_PAID_BACK = frozenset({"REJECTED", "FAILED"})


@dataclass(frozen=True)
class Location:
    """A location of the account. timezone: an IANA name."""

    name: str | None
    currency: str
    timezone: str | None


@dataclass(frozen=True)
class Search:
    """What one listing asks for: the orders of a store closed in `period`, and their returns until `returns_until`."""

    label: DataSource
    chain: str
    store: Store
    location: Location
    period: Period
    returns_until: datetime


@dataclass(frozen=True)
class Return:
    """What is given back of a sale, as positive numbers. sale_id: None if Square does not know the sale."""

    sale_id: str | None
    cents: int
    quantity: int


@dataclass(frozen=True)
class SquarePage(Page):
    """A page with its returns, by the id of the order that gives back."""

    returns: dict[str, list[Return]] = field(default_factory=dict)


def read_locations(document: Any, origin: str) -> dict[str, Location]:
    """The account's locations by id. Raises BadAnswer for a document of another form."""
    rows = document.get("locations") if isinstance(document, dict) else None
    if not isinstance(rows, list):
        raise BadAnswer(f"{origin}: it has no list named locations; {_REMEDY}")
    locations = {}
    for row in rows:
        id_, currency = (text(row.get(key)) for key in ("id", "currency")) if isinstance(row, dict) else (None, None)
        if id_ is None or currency is None:
            raise BadAnswer(f"{origin}: a location has no id or no currency; {_REMEDY}")
        locations[id_] = Location(text(row.get("name")), currency, text(row.get("timezone")))
    return locations


def read_page(document: Any, origin: str, search: Search) -> SquarePage:
    """Parse a page. A row that can't be used is rejected with its id and reason.

    Raises BadAnswer for a document of another form, a field that all rows lack, or a time without an offset.
    """
    rows, cursor = _envelope(document, origin)
    refuse_drift(rows, _NEEDED, origin, _REMEDY)
    page = SquarePage(None, cursor)

    def read(row: dict[str, Any], order_id: str) -> dict[str, Any] | None:
        at = _closed_at(row, search)
        page.returns[order_id] = _returns(row, search.location.currency)
        is_sale = at < search.period.ends_at and (_list(row, "line_items") or not _list(row, "returns"))
        return {**_sale(row, at, search), "order_id": order_id} if is_sale else None

    fill_page(page, rows, origin, "id", read)
    return page


def less_returns(answer: StoreAnswer, pages: Sequence[SquarePage]) -> StoreAnswer:
    """The store's orders less what was given back of them; what is paid back whole is no order."""
    latest = {order_id: parts for page in pages for order_id, parts in page.returns.items()}
    returns = [part for parts in latest.values() for part in parts]
    orders = {order_id: dict(order) for order_id, order in answer.orders.items()}
    is_reduced = set()
    for part in returns:
        if part.sale_id in orders and part.cents:
            order = orders[part.sale_id]
            order["revenue_cents"] -= part.cents
            order["pizza_count"] = max(order["pizza_count"] - part.quantity, 0)
            is_reduced.add(part.sale_id)
    whole = {order_id for order_id in is_reduced if orders[order_id]["revenue_cents"] <= 0}
    unlinked = sum(part.sale_id is None for part in returns)
    paid_back = counted_noun(len(is_reduced), "order was", "orders were")
    names_none = counted_noun(unlinked, "return names", "returns name")
    of_them = "whole" if len(is_reduced) == len(whole) else f"{len(whole)} of them whole"
    notes = [f"{paid_back} paid back, {of_them}"] if is_reduced else []
    notes += [f"{names_none} no order, so nothing was taken off"] if unlinked else []
    return replace(
        answer,
        orders={order_id: order for order_id, order in orders.items() if order_id not in whole},
        notes=[*answer.notes, *notes],
    )


def _envelope(document: Any, origin: str) -> tuple[list[Any], str | None]:
    """The rows and the cursor; Square leaves out an empty list, so without orders nothing else may be there."""
    if not isinstance(document, dict):
        raise BadAnswer(f"{origin}: it is not an object; {_REMEDY}")
    if document.get("errors"):
        raise BadAnswer(f"{origin}: it reports errors instead of orders: {str(document['errors'])[:200]}; run again")
    rows = document.get("orders", [])
    if not isinstance(rows, list) or ("orders" not in document and set(document) - {"cursor", "errors"}):
        raise BadAnswer(f"{origin}: it has no list named orders; {_REMEDY}")
    return rows, read_cursor(document.get("cursor"), origin, _REMEDY)


def _closed_at(row: dict[str, Any], search: Search) -> datetime:
    at = instant(row.get("closed_at"), "closed_at")
    if not search.period.starts_at <= at < search.returns_until:
        shown = f"{search.period.starts_at:%Y-%m-%d %H:%M} to {search.returns_until:%Y-%m-%d %H:%M} UTC"
        raise RefusedValueError("closed_at", "in_period", at.isoformat(), f"the order was not closed in {shown}")
    if row.get("location_id") != search.store.id:
        why = f"the order is not of location {search.store.id}"
        raise RefusedValueError("location_id", "is_asked_store", row.get("location_id"), why)
    if row.get("state") != "COMPLETED":
        raise RefusedValueError("state", "is_completed", row.get("state"), "the order is not completed")
    return at


def _sale(row: dict[str, Any], at: datetime, search: Search) -> dict[str, Any]:
    """The sale as columns of RawOrders without its id; gift cards are no items. Raises RefusedValueError."""
    lines = [line for line in _list(row, "line_items") if line.get("item_type") != "GIFT_CARD"]
    items = [{"category": "", "name": text(line.get("name")) or "", "quantity": _quantity(line)} for line in lines]
    return {
        "ordered_at": at,
        "sport": "football",
        "chain": search.chain,
        "market": search.store.market,
        "store_id": search.store.id,
        "store_location": search.location.name,
        "currency": search.location.currency,
        "revenue_cents": _cents(row.get("total_money"), search.location.currency, "total_money"),
        "pizza_count": pizza_count(items, "line_items"),
        "items": items_text(items),
        "order_source": search.label.value,
        "source_name": SOURCE_NAME,
    }


def _returns(row: dict[str, Any], currency: str) -> list[Return]:
    """What the order gives back. A custom amount gives back money and no items. Raises RefusedValueError."""
    parts, refunds = _list(row, "returns"), _list(row, "refunds")
    if refunds and all(refund.get("status") in _NOT_PAID_BACK for refund in refunds):
        return []
    found = []
    for part in parts:
        amounts = part.get("return_amounts") or (row.get("return_amounts") if len(parts) == 1 else None)
        total = amounts.get("total_money") if isinstance(amounts, dict) else None
        lines = [line for line in _list(part, "return_line_items") if line.get("item_type", "ITEM") == "ITEM"]
        found.append(
            Return(
                text(part.get("source_order_id")),
                _cents(total, currency, "return_amounts"),
                sum(_quantity(line) for line in lines),
            )
        )
    return found


def _list(holder: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    """A list of objects, which Square leaves out if it is empty."""
    value = holder.get(name)
    if value is None:
        return []
    if not isinstance(value, list) or not all(isinstance(part, dict) for part in value):
        raise RefusedValueError(name, "is_list", value, f"{name} is not a list of objects")
    return value


def _quantity(line: Mapping[str, Any]) -> int:
    """Pieces; what is sold by weight or length counts as one."""
    value = line.get("quantity")
    written = value if isinstance(value, str) and _NUMBER.fullmatch(value) else None
    whole, _, fraction = (written or "").partition(".")
    if written is not None and fraction.strip("0") and isinstance(line.get("quantity_unit"), dict):
        return 1
    if written is None or fraction.strip("0") or int(whole) > MOST_ITEMS:
        why = f"an item has no whole quantity from 0 to {MOST_ITEMS}"
        raise RefusedValueError("line_items", "has_quantity", value, why)
    return int(whole)


def _cents(money: Any, currency: str, name: str) -> int:
    """Money in minor units, as Square writes it. Raises RefusedValueError, also for another currency."""
    amount = money.get("amount") if isinstance(money, dict) else None
    if type(amount) is not int:
        raise RefusedValueError(name, "is_number", amount, f"{name} is not a whole number of minor units")
    if money.get("currency") != currency:
        why = f"{name} is in {money.get('currency')}, but the location's currency is {currency}"
        raise RefusedValueError(name, "is_of_location", money.get("currency"), why)
    if amount < 0:
        raise RefusedValueError(name, "is_not_negative", amount, f"{name} is negative")
    if amount > MOST_MINOR_UNITS:
        raise RefusedValueError(name, "is_plausible", amount, f"{name} is larger than any plausible order")
    return amount
