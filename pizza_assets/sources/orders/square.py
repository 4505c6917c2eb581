"""Orders from a Square account, location by location. Answers are parsed in square_format.py, joined in listing.py."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path

from pizza_assets.errors import NotThere
from pizza_assets.models.market import Market
from pizza_assets.settings import Settings
from pizza_assets.sources.api import Api, ApiClient, api_client
from pizza_assets.sources.base import Clock, OrderSource
from pizza_assets.sources.orders.api_contract import SquareStores, Store, load_square_stores
from pizza_assets.sources.orders.by_store import OrdersByStore
from pizza_assets.sources.orders.listing import Period, StoreAnswer, joined_pages, read_pages
from pizza_assets.sources.orders.square_format import (
    SOURCE_NAME,
    Location,
    Search,
    SquarePage,
    less_returns,
    read_locations,
    read_page,
)
from pizza_assets.sources.orders.zone_names import zone_or_none

RETURNS_COUNT_FOR = timedelta(hours=72)
"""After the week's end: as long as weeks are collected again. Later returns would depend on when a week was read."""

API_VERSION = "2026-09-16"
"""Square keeps the form of its answers for a version that is asked for."""
HEADERS = {"Authorization": "Bearer {key}", "Square-Version": API_VERSION}


def build(settings: Settings, clock: Clock) -> OrderSource:
    """The Square account, from the settings. Raises ConfigurationError for an invalid file of stores."""
    stores = load_square_stores(Path(settings.orders_api or ""))
    remedy = "set PIZZA_ORDERS_API_KEY to an access token with MERCHANT_PROFILE_READ and ORDERS_READ"
    api = Api(SOURCE_NAME, stores.url, settings.orders_api_key, HEADERS, remedy)
    return SquareOrders(stores, api_client(settings, api, stores.requests_per_minute), settings.markets(), clock)


class SquareOrders(OrdersByStore):
    """The OrderSource of a Square account. An order is of the week in which it was closed."""

    name = SOURCE_NAME

    def __init__(self, stores: SquareStores, client: ApiClient, markets: Sequence[Market], now: Clock) -> None:
        super().__init__(stores, stores.text, now)
        self._square, self._client, self._markets = stores, client, markets

    def _read(self, store: Store, period: Period) -> StoreAnswer:
        location = self._location(store)
        until = min(period.ends_at + RETURNS_COUNT_FOR, self._now().astimezone(UTC).replace(second=0, microsecond=0))
        search = Search(self.label, self._square.chain, store, location, period, max(until, period.ends_at))
        query = self._query(search)

        def ask(cursor: str | None) -> SquarePage:
            return self._client.ask(
                "/v2/orders/search",
                {},
                lambda document, origin: read_page(document, origin, search),
                query=query if cursor is None else {**query, "cursor": cursor},
            )

        pages = read_pages(ask, store)
        answer = less_returns(joined_pages(pages, store, location.currency), pages)
        return replace(answer, notes=[*answer.notes, *self._zone_notes(store, location, period.starts_at)])

    def _query(self, search: Search) -> dict[str, object]:
        last = search.returns_until - timedelta(milliseconds=1)  # Square includes both ends
        closed_at = {"start_at": search.period.starts_at.isoformat(), "end_at": last.isoformat()}
        return {
            "location_ids": [search.store.id],
            "limit": self._square.page_size,
            "query": {
                "filter": {
                    "state_filter": {"states": ["COMPLETED"]},
                    "date_time_filter": {"closed_at": closed_at},
                },
                "sort": {"sort_field": "CLOSED_AT", "sort_order": "ASC"},
            },
        }

    def _location(self, store: Store) -> Location:
        location = self._locations.get(store.id)
        if location is None:
            known = ", ".join(f"{name} ({found.name})" for name, found in self._locations.items()) or "none"
            raise NotThere(
                f"Square has no location {store.id!r}; it has {known}. Correct [[store]] in PIZZA_ORDERS_API"
            )
        return location

    @cached_property
    def _locations(self) -> dict[str, Location]:
        return self._client.ask("/v2/locations", {}, read_locations)

    def _zone_notes(self, store: Store, location: Location, at: datetime) -> list[str]:
        """What to look at if the location's clock is not that of its market: it is probably in another one."""
        zones = {market.name: market.timezone for market in self._markets}
        here, there = (zone_or_none(name or "") for name in (location.timezone, zones.get(store.market)))
        if here is None or there is None or at.astimezone(here).utcoffset() == at.astimezone(there).utcoffset():
            return []
        return [
            f"location {store.id} ({location.name}) has the clock of {location.timezone}, but its market "
            f"{store.market} that of {zones[store.market]}; check [[store]] and the markets"
        ]
