"""One page of the orders API, from JSON to rows: the contract's words, without any IO. Paging does not belong here."""

import json
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pizza_assets.errors import BadAnswer
from pizza_assets.models.currency import minor_digits
from pizza_assets.sources.api import NotANumber
from pizza_assets.sources.http import origin_of
from pizza_assets.sources.orders.api_contract import OrdersContract, Store
from pizza_assets.sources.orders.file_amounts import MOST_ITEMS, MOST_MINOR_UNITS
from pizza_assets.sources.refusal import NaiveTime, RefusedRow, RefusedValueError, instant, refused_row, text

SOURCE_NAME = "orders API"


@dataclass(frozen=True)
class Period:
    """A half-open period, UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Page:
    """orders: by id, as columns of RawOrders without labels; None for an id whose row was refused. ids: of every row,
    with a text of what it says, in order. total: orders in the whole listing.
    """

    orders: list[tuple[str, dict[str, Any] | None]]
    contents: list[tuple[str, str]]
    rejected: list[RefusedRow]
    total: int
    next_cursor: str | None


def read_page(document: Any, origin: str, contract: OrdersContract, store: Store, period: Period) -> Page:
    """The orders of a page. A row that can't be used is rejected with its id and reason.

    Raises BadAnswer for a document of another form, a count that is not the number of its rows, a field that all its
    rows lack, a time without an offset, or a next page on another server.
    """
    rows, total, cursor = _envelope(document, origin, contract)
    _refuse_drift(rows, origin, contract)
    page = Page([], [], [], total, cursor)
    for number, row in enumerate(rows, start=1):
        order_id, at = _shown_id(row, contract), None
        try:
            if not isinstance(row, dict):
                raise RefusedValueError("orders", "is_object", row, "the order is not an object")
            order_id = _order_id(row, contract)
            at = instant(row.get(contract.fields.timestamp), contract.fields.timestamp)
            order = _order(row, at, contract, store, period) | {"order_id": order_id}
        except NaiveTime as error:
            raise BadAnswer(f"{origin}, order {order_id or number}: {error}; its sender must be mended") from error
        except RefusedValueError as refusal:
            page.rejected.append(RefusedRow(refused_row(refusal, origin, number, order_id, "order"), at))
            order = None
        page.orders.append((order_id, order))
        page.contents.append((order_id, repr(row)))
    return page


def _envelope(document: Any, origin: str, contract: OrdersContract) -> tuple[list[Any], int, str | None]:
    remedy = "check that the address speaks the contract of docs/sources.md"
    if not isinstance(document, dict) or not isinstance(document.get("orders"), list):
        raise BadAnswer(f"{origin}: no list named orders in it; {remedy}")
    rows, count, total = document["orders"], document.get("count"), document.get("total")
    if type(count) is not int or type(total) is not int or total < 0:
        raise BadAnswer(f"{origin}: no count and total in it, so nobody knows whether it is whole; {remedy}")
    if count != len(rows):
        raise BadAnswer(f"{origin}: it holds {len(rows)} orders and says {count}; ask again")
    following = document.get("next")
    if following is not None and not _is_same_server(following, contract.url):
        raise BadAnswer(
            f"{origin}: its next page is on another server, which is never asked; its sender must be mended"
        )
    cursor = document.get("next_cursor")
    if cursor is not None and (not isinstance(cursor, str | int) or isinstance(cursor, bool)):
        raise BadAnswer(f"{origin}: next_cursor is no text; {remedy}")
    return rows, total, None if cursor in (None, "") else str(cursor)


def _is_same_server(following: Any, url: str) -> bool:
    """A relative address is on the same server."""
    if not isinstance(following, str):
        return False
    if following.startswith(("/", "?")) and not following.startswith("//"):
        return True
    try:
        return origin_of(following) == origin_of(url)
    except ValueError:
        return False


def _refuse_drift(rows: list[Any], origin: str, contract: OrdersContract) -> None:
    objects = [row for row in rows if isinstance(row, dict)]
    for name in contract.fields.model_dump(exclude={"discount"}).values():
        if objects and not any(name in row for row in objects):
            raise BadAnswer(
                f"{origin}: no order has a field {name!r}; if the service calls it otherwise, say so under [fields] of "
                f"{contract.origin}"
            )


def _order(row: dict[str, Any], at: datetime, contract: OrdersContract, store: Store, period: Period) -> dict[str, Any]:
    """One row as columns of RawOrders without id and labels. Raises RefusedValueError."""
    names = contract.fields
    if not period.starts_at <= at < period.ends_at:
        asked = f"{period.starts_at:%Y-%m-%d %H:%M} to {period.ends_at:%Y-%m-%d %H:%M} UTC"
        raise RefusedValueError(names.timestamp, "in_period", at.isoformat(), f"the order is not in {asked}")
    told = row.get(names.store_id)
    if isinstance(told, bool) or not isinstance(told, str | int) or str(told).strip() != store.id:
        raise RefusedValueError(names.store_id, "is_asked_store", told, f"the order is not of store {store.id}")
    items = _items(row.get(names.items), names.items)
    discount = None if names.discount is None else row.get(names.discount)
    return {
        "ordered_at": at,
        "sport": "football",
        "chain": contract.chain,
        "market": store.market,
        "store_id": store.id,
        "store_location": text(row.get(names.store_location)),
        "currency": contract.currency,
        "revenue_cents": _cents(row.get(names.total_amount), contract.currency, names.total_amount),
        "discount_cents": None if discount is None else _cents(discount, contract.currency, str(names.discount)),
        "pizza_count": _pizza_count(items, names.items),
        "items": json.dumps(items, ensure_ascii=False, separators=(",", ":")) if items else None,
        "order_source": contract.label.value,
        "source_name": SOURCE_NAME,
    }


def _order_id(row: dict[str, Any], contract: OrdersContract) -> str:
    name = contract.fields.order_id
    value = row.get(name)
    written = str(value) if type(value) is int else text(value)
    if written is None or len(written) > 200:
        raise RefusedValueError(name, "is_id", value, "the order has no id of 1 to 200 signs")
    return written


def _shown_id(row: Any, contract: OrdersContract) -> str:
    value = row.get(contract.fields.order_id) if isinstance(row, dict) else None
    return "" if value is None else str(value).encode("utf-8", "replace").decode()[:200]


def _cents(value: Any, currency: str, name: str) -> int:
    """An amount in major units, a number or a text, in minor units; half a cent is rounded up."""
    if isinstance(value, NotANumber) or (isinstance(value, str) and value.strip().casefold() in ("nan", "inf", "-inf")):
        raise RefusedValueError(name, "is_finite", value, f"{name} is not a finite number")
    try:
        amount = Decimal(value) if type(value) in (int, str, Decimal) else None
    except ArithmeticError:
        amount = None
    if amount is None or not amount.is_finite():
        raise RefusedValueError(name, "is_number", value, f"{name} is not a number")
    if amount < 0:
        raise RefusedValueError(name, "is_not_negative", value, f"{name} is negative")
    if amount > MOST_MINOR_UNITS:
        raise RefusedValueError(name, "is_plausible", value, f"{name} is larger than any plausible order")
    cents = int((amount * 10 ** minor_digits(currency)).to_integral_value(ROUND_HALF_UP))
    if cents > MOST_MINOR_UNITS:
        raise RefusedValueError(name, "is_plausible", value, f"{name} is larger than any plausible order")
    return cents


def _items(value: Any, name: str) -> list[dict[str, Any]]:
    """What was ordered, without any other field: those may hold personal data."""
    if not isinstance(value, list):
        raise RefusedValueError(name, "is_list", value, f"{name} is not a list")
    items = []
    for item in value:
        quantity = item.get("quantity") if isinstance(item, dict) else None
        if type(quantity) is Decimal and quantity == quantity.to_integral_value():
            quantity = int(quantity)
        if type(quantity) is not int or not 0 <= quantity <= MOST_ITEMS:
            raise RefusedValueError(name, "has_quantity", item, f"an item has no whole quantity from 0 to {MOST_ITEMS}")
        items.append({"category": text(item.get("category")), "name": text(item.get("name")), "quantity": quantity})
    return items


def _pizza_count(items: list[dict[str, Any]], name: str) -> int:
    """Pizzas; items of any kind where none says what it is."""
    has_categories = any(item["category"] for item in items)
    counted = [item for item in items if not has_categories or "pizza" in (item["category"] or "").casefold()]
    count = sum(item["quantity"] for item in counted)
    if count > MOST_ITEMS:
        raise RefusedValueError(name, "is_plausible", count, f"more than {MOST_ITEMS} pizzas in one order")
    return count
