"""Orders from an operator's service, store by store and page by page. Pages are parsed in api_format.py."""

import contextlib
from dataclasses import dataclass
from datetime import UTC
from pathlib import Path
from typing import Any

from pizza_assets.errors import BadAnswer, MisfitPages, SourceError
from pizza_assets.models import RawOrders, RejectedRows
from pizza_assets.models.coverage import CoveredPeriod
from pizza_assets.models.vocabulary import DataSource
from pizza_assets.models.week import MatchWeek
from pizza_assets.settings import Settings
from pizza_assets.sources.api import Api, ApiClient, api_client
from pizza_assets.sources.base import Clock, OrderSource, SourceResult
from pizza_assets.sources.joined_errors import joined_errors
from pizza_assets.sources.orders.api_contract import OrdersContract, Store, load_contract
from pizza_assets.sources.orders.api_format import SOURCE_NAME, Page, Period, read_page
from pizza_assets.sources.refusal import RefusedRow, RefusedValueError, refused_row

LISTING_ATTEMPTS = 3
"""How often a listing is read if its pages are inconsistent, as they are when orders arrive meanwhile."""
MOST_EMPTY_PAGES = 50
"""In a row. A single empty page is legal; an endless listing is not."""

MOST_PAGES = 2_000
"""Of one store's week. With pages of ten orders that is more than any store sells; a listing that needs more is wrong,
or its pages are too small.
"""


def build(settings: Settings, clock: Clock) -> OrderSource:
    """The operator's service, from the settings. Raises ConfigurationError for an invalid contract file."""
    contract = load_contract(Path(settings.orders_api or ""))
    remedy = f"set PIZZA_ORDERS_API_KEY to a key that {contract.url} accepts for these stores"
    header, _, template = contract.header.partition(":")
    api = Api("the orders API", contract.url, settings.orders_api_key, {header: template.strip()}, remedy)
    return OrdersApi(contract, api_client(settings, api, contract.requests_per_minute), clock)


@dataclass(frozen=True)
class _StoreAnswer:
    orders: dict[str, dict[str, Any]]
    rejected: list[dict[str, Any]]
    repeated: int


class OrdersApi:
    """The OrderSource of the contract in docs/sources.md. It remembers which weeks failed, for `failure`."""

    name = SOURCE_NAME
    is_remote = True

    def __init__(self, contract: OrdersContract, client: ApiClient, now: Clock) -> None:
        self.contract, self._client, self._now = contract, client, now
        self._failures: dict[str, SourceError | None] = {}

    @property
    def label(self) -> DataSource:
        return self.contract.label

    def identity(self, week: MatchWeek) -> str | None:
        """The text of the contract; None for a future week."""
        return None if self._now() < week.starts_at else self.contract.text

    def orders(self, week: MatchWeek, *, may_stream: bool = False) -> SourceResult:  # noqa: ARG002
        """The week's orders so far, under the contract's label; a future week is not covered.

        If a store fails, its whole market is left out, because the count would be too low; `reason` names it. Raises
        SourceError if no market is left.
        """
        ends_at = min(week.ends_at, self._now().astimezone(UTC).replace(second=0, microsecond=0))
        if ends_at <= week.starts_at:
            return SourceResult(
                RawOrders.empty(),
                self.contract.label,
                self.name,
                is_covered=False,
                reason=f"week {week.key} has not begun",
            )
        try:
            result = self._answer(Period(week.starts_at, ends_at))
        except SourceError as error:
            self._failures[week.key] = error
            raise
        self._failures[week.key] = None
        return result

    def failure(self, week: MatchWeek) -> SourceError | None:
        """Why the week's orders could not be fetched; None if they were. Fetches the week if nobody has."""
        if week.key not in self._failures:
            with contextlib.suppress(SourceError):  # kept in self._failures
                self.orders(week)
        return self._failures.get(week.key)

    def _answer(self, period: Period) -> SourceResult:
        answers: dict[str, _StoreAnswer] = {}
        failures: dict[str, SourceError] = {}
        for store in self.contract.store:
            try:
                answers[store.id] = self._store(store, period)
            except SourceError as error:
                failures[store.id] = error
        broken = {store.market for store in self.contract.store if store.id in failures}
        markets = sorted({store.market for store in self.contract.store} - broken)
        if not markets:
            raise joined_errors(list(failures.values()))
        whole = [store.id for store in self.contract.store if store.market in markets]
        rows, rejected = _unique([answers[store_id] for store_id in whole])
        reasons = [
            f"store {store.id} failed ({failures[store.id]}), so market {store.market} is missing"
            for store in self.contract.store
            if store.id in failures
        ]
        repeated = sum(answers[store_id].repeated for store_id in whole)
        notes = [f"{repeated} orders were sent again; the last version counts"] if repeated else []
        return SourceResult(
            rows=RawOrders.conform(rows),
            data_source=self.contract.label,
            source_name=self.name,
            covered=tuple(
                CoveredPeriod(market, self.contract.chain, self.contract.currency, period.starts_at, period.ends_at)
                for market in markets
            ),
            reason="; ".join([*reasons, *notes]) or None,
            is_partial=bool(reasons),
            rejected=RejectedRows.conform(rejected),
        )

    def _store(self, store: Store, period: Period) -> _StoreAnswer:
        """A store's listing, read again if its pages are inconsistent."""
        for _ in range(LISTING_ATTEMPTS - 1):
            with contextlib.suppress(MisfitPages):
                return _listing(self._pages(store, period), store)
        return _listing(self._pages(store, period), store)

    def _pages(self, store: Store, period: Period) -> list[Page]:
        query = {
            "store_id": store.id,
            "start_date": period.starts_at.isoformat(),
            "end_date": period.ends_at.isoformat(),
            "limit": str(self.contract.page_size),
        }
        pages: list[Page] = []
        seen: set[str] = set()
        empty = 0
        cursor: str | None = None
        while True:
            params = query if cursor is None else {**query, "cursor": cursor}
            page = self._client.ask(
                "/v1/orders", params, lambda document, origin: read_page(document, origin, self.contract, store, period)
            )
            if pages and page.total != pages[0].total:
                raise MisfitPages(
                    f"store {store.id}: the total changed from {pages[0].total} to {page.total}; run again"
                )
            pages.append(page)
            _refuse_endless(pages, store)
            empty = 0 if page.contents else empty + 1
            cursor = page.next_cursor
            if cursor is None:
                return pages
            if cursor in seen:
                raise MisfitPages(f"store {store.id}: the cursor {cursor[:40]!r} came twice; the service must fix this")
            if empty > MOST_EMPTY_PAGES or sum(len(p.contents) for p in pages) > 2 * page.total + MOST_EMPTY_PAGES:
                raise MisfitPages(
                    f"store {store.id}: the listing exceeds its total of {page.total}; the service must fix this"
                )
            seen.add(cursor)


def _refuse_endless(pages: list[Page], store: Store) -> None:
    """Raise BadAnswer as soon as the listing can't end within MOST_PAGES: reading it again would not help."""
    largest = max(len(page.contents) for page in pages)
    missing = pages[0].total - sum(len(page.contents) for page in pages)
    if len(pages) > MOST_PAGES or (largest and missing > largest * (MOST_PAGES - len(pages))):
        raise BadAnswer(
            f"store {store.id}: a total of {pages[0].total} orders in pages of {largest} takes more than {MOST_PAGES} "
            "pages; the service must fix its total, or send larger pages"
        )


def _listing(pages: list[Page], store: Store) -> _StoreAnswer:
    """All pages together; the last version of a repeated id counts. Raises MisfitPages if orders are missing.

    A total may count orders or rows. A listing that shifts between pages sends one order twice and another never, so
    an exact repetition of a row does not count towards the total.
    """
    contents = [content for page in pages for content in page.contents]
    distinct, total = len({order_id for order_id, _ in contents if order_id}), pages[0].total
    nameless = sum(not order_id for order_id, _ in contents)
    has_versions_only = len(set(contents)) == len(contents)
    if total != distinct + nameless and not (has_versions_only and total == len(contents)):
        raise MisfitPages(f"store {store.id}: received {distinct + nameless} orders of a total of {total}; run again")
    latest: dict[str, dict[str, Any] | None] = {}
    repeated = 0
    for order_id, order in (order for page in pages for order in page.orders):
        repeated += order_id in latest
        latest[order_id] = order
    rejected = _last_refusals([row for page in pages for row in page.rejected], latest)
    orders = {order_id: order for order_id, order in latest.items() if order is not None}
    if contents and not orders:
        raise BadAnswer(f"store {store.id}: no order can be used: {rejected[0]['reason']}; the service must fix this")
    return _StoreAnswer(orders, rejected, repeated)


def _last_refusals(rejected: list[RefusedRow], latest: dict[str, dict[str, Any] | None]) -> list[dict[str, Any]]:
    """One refusal per id, and none for an id whose last version is good."""
    last: dict[object, dict[str, Any]] = {}
    for number, refused in enumerate(rejected):
        order_id = refused.row["row_id"]
        if not order_id or latest.get(order_id) is None:
            last[order_id or number] = refused.row
    return list(last.values())


def _unique(answers: list[_StoreAnswer]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The orders of all stores, and the refused rows; of two stores with the same order id, the first one keeps it."""
    owner: dict[str, str] = {}
    rows: list[dict[str, Any]] = []
    rejected = [row for answer in answers for row in answer.rejected]
    for answer in answers:
        for number, (order_id, order) in enumerate(answer.orders.items(), start=1):
            if order_id in owner:
                why = f"store {owner[order_id]} has an order with the same id"
                refusal = RefusedValueError("order_id", "is_unique", order_id, why)
                rejected.append(refused_row(refusal, f"store {order['store_id']}", number, order_id, "order"))
                continue
            owner[order_id] = order["store_id"]
            rows.append(order)
    return rows, rejected
