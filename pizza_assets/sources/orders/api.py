"""Orders from an operator's service, page by page. Pages are parsed in api_format.py, joined in listing.py."""

from pathlib import Path

from pizza_assets.settings import Settings
from pizza_assets.sources.api import Api, ApiClient, api_client
from pizza_assets.sources.base import Clock, OrderSource
from pizza_assets.sources.orders.api_contract import OrdersContract, Store, load_contract
from pizza_assets.sources.orders.api_format import SOURCE_NAME, read_page
from pizza_assets.sources.orders.by_store import OrdersByStore
from pizza_assets.sources.orders.listing import Page, Period, StoreAnswer, joined_pages, read_pages


def build(settings: Settings, clock: Clock) -> OrderSource:
    """The operator's service, from the settings. Raises ConfigurationError for an invalid contract file."""
    contract = load_contract(Path(settings.orders_api or ""))
    remedy = f"set PIZZA_ORDERS_API_KEY to a key that {contract.url} accepts for these stores"
    header, _, template = contract.header.partition(":")
    api = Api("the orders API", contract.url, settings.orders_api_key, {header: template.strip()}, remedy)
    return OrdersApi(contract, api_client(settings, api, contract.requests_per_minute), clock)


class OrdersApi(OrdersByStore):
    """The OrderSource of the contract in docs/sources.md."""

    name = SOURCE_NAME

    def __init__(self, contract: OrdersContract, client: ApiClient, now: Clock) -> None:
        super().__init__(contract, contract.text, now)
        self.contract, self._client = contract, client

    def _read(self, store: Store, period: Period) -> StoreAnswer:
        query = {
            "store_id": store.id,
            "start_date": period.starts_at.isoformat(),
            "end_date": period.ends_at.isoformat(),
            "limit": str(self.contract.page_size),
        }

        def ask(cursor: str | None) -> Page:
            params = query if cursor is None else {**query, "cursor": cursor}
            return self._client.ask(
                "/v1/orders", params, lambda document, origin: read_page(document, origin, self.contract, store, period)
            )

        return joined_pages(read_pages(ask, store), store, self.contract.currency)
