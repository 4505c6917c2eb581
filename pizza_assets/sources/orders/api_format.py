"""Parse one page of the orders API, from JSON to rows, without IO. Paging does not belong here."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from pizza_assets.errors import BadAnswer
from pizza_assets.models.currency import minor_digits
from pizza_assets.sources.api import NotANumber
from pizza_assets.sources.http import origin_of
from pizza_assets.sources.orders.api_contract import OrdersContract, Store
from pizza_assets.sources.orders.file_amounts import MOST_ITEMS, MOST_MINOR_UNITS
from pizza_assets.sources.orders.listing import Page, Period, fill_page, read_cursor, refuse_drift
from pizza_assets.sources.orders.order_items import items_text, pizza_count
from pizza_assets.sources.refusal import RefusedValueError, instant, text

SOURCE_NAME = "orders API"


def read_page(document: Any, origin: str, contract: OrdersContract, store: Store, period: Period) -> Page:
    """Parse a page. A row that can't be used is rejected with its id and reason.

    Raises BadAnswer for a document of another form, a count that differs from the number of rows, a field that all
    rows lack, a time without an offset, or a next page on another server.
    """
    rows, total, cursor = _envelope(document, origin, contract)
    remedy = f"if the service uses another name for it, give that name under [fields] in {contract.origin}"
    refuse_drift(rows, list(dict(contract.fields).values()), origin, remedy)
    page = Page(total, cursor)
    fill_page(
        page,
        rows,
        origin,
        contract.fields.order_id,
        lambda row, order_id: {**_order(row, contract, store, period), "order_id": order_id},
    )
    return page


def _envelope(document: Any, origin: str, contract: OrdersContract) -> tuple[list[Any], int, str | None]:
    remedy = "check that the service at this address follows the contract in docs/sources.md"
    if not isinstance(document, dict) or not isinstance(document.get("orders"), list):
        raise BadAnswer(f"{origin}: it has no list named orders; {remedy}")
    rows, count, total = document["orders"], document.get("count"), document.get("total")
    if type(count) is not int or type(total) is not int or total < 0:
        raise BadAnswer(f"{origin}: it has no count and total to show whether it is complete; {remedy}")
    if count != len(rows):
        raise BadAnswer(f"{origin}: it has {len(rows)} orders but says {count}; run again")
    following = document.get("next")
    if following is not None and not _is_same_server(following, contract.url):
        raise BadAnswer(
            f"{origin}: its next page is on another server, which is never followed; the service must fix this"
        )
    return rows, total, read_cursor(document.get("next_cursor"), origin, remedy)


def _is_same_server(following: Any, url: str) -> bool:
    """Whether the next page is on the server of `url`; a relative address is."""
    if not isinstance(following, str):
        return False
    if following.startswith(("/", "?")) and not following.startswith("//"):
        return True
    try:
        return origin_of(following) == origin_of(url)
    except ValueError:
        return False


def _order(row: dict[str, Any], contract: OrdersContract, store: Store, period: Period) -> dict[str, Any]:
    """One row as columns of RawOrders without its id. Raises RefusedValueError, NaiveTime."""
    names = contract.fields
    at = instant(row.get(names.timestamp), names.timestamp)
    if not period.starts_at <= at < period.ends_at:
        shown = f"{period.starts_at:%Y-%m-%d %H:%M} to {period.ends_at:%Y-%m-%d %H:%M} UTC"
        raise RefusedValueError(names.timestamp, "in_period", at.isoformat(), f"the order is not in {shown}")
    store_id = row.get(names.store_id)
    if isinstance(store_id, bool) or not isinstance(store_id, str | int) or str(store_id).strip() != store.id:
        raise RefusedValueError(names.store_id, "is_asked_store", store_id, f"the order is not of store {store.id}")
    items = _items(row.get(names.items), names.items)
    return {
        "ordered_at": at,
        "sport": "football",
        "chain": contract.chain,
        "market": store.market,
        "store_id": store.id,
        "store_location": text(row.get(names.store_location)),
        "currency": contract.currency,
        "revenue_cents": _cents(row.get(names.total_amount), contract.currency, names.total_amount),
        "pizza_count": pizza_count(items, names.items),
        "items": items_text(items),
        "order_source": contract.label.value,
        "source_name": SOURCE_NAME,
    }


def _cents(value: Any, currency: str, name: str) -> int:
    """An amount in major units (number or text) as integer minor units, rounded half up."""
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
    """The items ordered, without any other fields, which may hold personal data."""
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
