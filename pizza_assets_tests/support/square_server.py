"""A loopback server that answers like Square: locations and the orders search. It misbehaves as the fault server does.

Every correct answer, and every query it gets, is parsed with the models of Square's own SDK and has no field they lack.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from square.types.list_locations_response import ListLocationsResponse
from square.types.search_orders_query import SearchOrdersQuery
from square.types.search_orders_response import SearchOrdersResponse

from pizza_assets.models.market import DEFAULT_MARKETS, Market
from pizza_assets.models.secret import Secret
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.sources.api import Api, ApiClient, Bounds
from pizza_assets.sources.orders.api_contract import SquareStores, Store
from pizza_assets.sources.orders.square import HEADERS, SquareOrders
from pizza_assets_tests.support.api_rows import KEY, NOW, ONE_STORE, QUICK, limit
from pizza_assets_tests.support.fault_server import Fault, FaultServer, Handler

LOCATION = {
    "id": "s1",
    "name": "High Street 1",
    "address": {"address_line_1": "High Street 1", "locality": "Leeds", "country": "GB"},
    "timezone": "Europe/London",
    "capabilities": ["CREDIT_CARD_PROCESSING"],
    "status": "ACTIVE",
    "country": "GB",
    "currency": "GBP",
    "phone_number": "+44 113 496 0000",
}


def money(amount: int, currency: str = "GBP") -> dict[str, Any]:
    return {"amount": amount, "currency": currency}


def closed_at(number: int) -> str:
    at = datetime(2026, 3, 4, 18, tzinfo=UTC) + timedelta(minutes=17 * number)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def sale(number: int, location: str = "s1", **changed: Any) -> dict[str, Any]:
    """A sale of 2 pizzas and a drink with personal data in it that must not be kept."""
    return {
        "id": f"sale-{location}-{number}",
        "location_id": location,
        "source": {"name": "Register"},
        "customer_id": "CUSTOMER-0000",
        "line_items": [
            {
                "uid": "a",
                "name": "Margherita",
                "quantity": "2",
                "item_type": "ITEM",
                "note": "for Ms Example",
                "variation_name": "Large",
                "base_price_money": money(500),
                "total_money": money(1000),
            },
            {"uid": "b", "name": "Cola", "quantity": "1", "item_type": "ITEM", "total_money": money(250 + number)},
        ],
        "fulfillments": [{"type": "PICKUP", "pickup_details": {"recipient": {"display_name": "Ms Example"}}}],
        "created_at": closed_at(number - 2),
        "updated_at": closed_at(number),
        "closed_at": closed_at(number),
        "state": "COMPLETED",
        "version": 4,
        "total_money": money(1250 + number),
        "total_tax_money": money(208),
        "total_tip_money": money(0),
        **changed,
    }


def given_back(sale_id: str | None, cents: int, quantity: int = 0, number: int = 20, **changed: Any) -> dict[str, Any]:
    """The order with which an amount, and whole items, of a sale are given back."""
    item = {"uid": "r", "name": "Margherita", "quantity": str(quantity or 1), "total_money": money(cents)}
    part = {
        "uid": "x",
        "source_order_id": sale_id,
        "return_line_items": [{**item, "item_type": "ITEM" if quantity else "CUSTOM_AMOUNT"}],
        "return_amounts": {"total_money": money(cents), "tax_money": money(0)},
    }
    refund = {"id": "f", "location_id": "s1", "reason": "cold", "amount_money": money(cents), "status": "APPROVED"}
    return {
        "id": f"return-{number}",
        "location_id": "s1",
        "returns": [part],
        "return_amounts": {"total_money": money(cents)},
        "net_amounts": {"total_money": money(-cents)},
        "refunds": [refund],
        "closed_at": closed_at(number),
        "state": "COMPLETED",
        "total_money": money(0),
        **changed,
    }


@dataclass
class SquareServer(FaultServer):
    """orders: by location. Faults are those of the orders search; `locations_fault` is one of the locations."""

    locations: list[dict[str, Any]] = field(default_factory=lambda: [LOCATION])
    locations_fault: Fault | None = None

    def handle(self, handler: Handler) -> None:
        if handler.path != "/v2/locations":
            return super().handle(handler)
        kept, self.always, faults, self.faults = self.always, self.locations_fault, self.faults, []
        super().handle(handler)
        self.always, self.faults = kept, faults
        return None

    def document(self, path: str, query: dict[str, Any]) -> dict[str, Any]:
        if path == "/v2/locations":
            return {"locations": self.locations}
        assert path == "/v2/orders/search"
        assert unknown_fields(SearchOrdersQuery.model_validate(query["query"])) == []
        asked = query["query"]["filter"]["date_time_filter"]["closed_at"]
        first, last = (datetime.fromisoformat(asked[name]) for name in ("start_at", "end_at"))
        (location,) = query["location_ids"]
        found = [row for row in self.orders.get(location, []) if _is_between(row, first, last)]
        begin, size = int(query.get("cursor", "0")), min(self.page_size, query["limit"])
        page: dict[str, Any] = {"orders": found[begin : begin + size]} if found[begin : begin + size] else {}
        return page | ({"cursor": str(begin + size)} if begin + size < len(found) else {})


def unknown_fields(value: Any) -> list[str]:
    """The names of fields in a parsed model that it does not declare; the SDK keeps them without complaint."""
    if isinstance(value, list):
        return [name for part in value for name in unknown_fields(part)]
    if not isinstance(value, BaseModel):
        return []
    declared = [name for key in type(value).model_fields for name in unknown_fields(getattr(value, key))]
    return [*(value.model_extra or {}), *declared]


def accepted_by_the_sdk(server: SquareServer) -> bool:
    """Whether the SDK's models take all locations and orders of the server without a field that they lack."""
    locations = ListLocationsResponse.model_validate({"locations": server.locations})
    orders = SearchOrdersResponse.model_validate({"orders": [row for rows in server.orders.values() for row in rows]})
    return unknown_fields(locations) + unknown_fields(orders) == []


def square_orders(
    url: str,
    folder: Path,
    bounds: Bounds = QUICK,
    stores: Sequence[Store] = ONE_STORE,
    markets: Sequence[Market] = DEFAULT_MARKETS,
) -> SquareOrders:
    written = {"label": DataSource.REAL, "url": url, "chain": "dominos", "store": list(stores)}
    api = Api("Square", url, Secret(KEY), HEADERS, "set the token", bounds)
    return SquareOrders(SquareStores(text="", **written), ApiClient(api, limit(folder)), markets, lambda: NOW)


def _is_between(row: dict[str, Any], first: datetime, last: datetime) -> bool:
    """A row with an unreadable time is sent, too: the client must refuse it."""
    try:
        return first <= datetime.fromisoformat(row["closed_at"]) <= last
    except (KeyError, TypeError, ValueError):
        return True
