"""A store's orders in pages: follows the cursor, and joins pages that fit together. Formats do not belong here."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from pizza_assets.errors import BadAnswer, MisfitPages
from pizza_assets.sources.orders.api_contract import Store
from pizza_assets.sources.refusal import NaiveTime, RefusedValueError, refused_row, text

MOST_EMPTY_PAGES = 50
"""In a row, empty or only with rows that earlier pages had. A few are legal; an endless listing is not."""

MOST_PAGES = 2_000
"""Of one store's week. With pages of ten orders that is more than any store sells; a listing that needs more is wrong,
or its pages are too small.
"""


LONGEST_CURSOR = 4000
"""It is sent back, perhaps in the address, which servers and proxies limit to some thousand characters."""


@dataclass(frozen=True)
class Period:
    """A half-open period, UTC."""

    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Page:
    """A page. total: orders in the whole listing; None if the service does not count them. orders: by id, as columns of
    RawOrders; None for an id whose row was refused or is no order. contents: every row's id and text, in order.
    """

    total: int | None
    next_cursor: str | None
    orders: list[tuple[str, dict[str, Any] | None]] = field(default_factory=list)
    contents: list[tuple[str, str]] = field(default_factory=list)
    rejected: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class StoreAnswer:
    """A store's orders by id, its refused rows, how many orders came more than once, and what is worth saying."""

    currency: str
    orders: dict[str, dict[str, Any]]
    rejected: list[dict[str, Any]]
    repeated: int
    notes: Sequence[str] = ()


AnyPage = TypeVar("AnyPage", bound=Page)


def fill_page(
    page: Page,
    rows: Sequence[Any],
    origin: str,
    id_name: str,
    read: Callable[[dict[str, Any], str], dict[str, Any] | None],
) -> None:
    """Add the rows to the page. id_name: the field with the id. read: the columns of a row and its id, or None if it is
    no order; it raises RefusedValueError for a row that can't be used.

    Raises BadAnswer for a time without an offset.
    """
    for number, row in enumerate(rows, start=1):
        order_id, order = _shown_id(row, id_name), None
        try:
            if not isinstance(row, dict):
                raise RefusedValueError("orders", "is_object", row, "the order is not an object")
            order_id = _order_id(row, id_name)
            order = read(row, order_id)
        except NaiveTime as error:
            raise BadAnswer(f"{origin}, order {order_id or number}: {error}; the service must fix this") from error
        except RefusedValueError as refusal:
            page.rejected.append(refused_row(refusal, origin, number, order_id, "order"))
        page.orders.append((order_id, order))
        page.contents.append((order_id, repr(row)))


def refuse_drift(rows: Sequence[Any], names: Sequence[str], origin: str, remedy: str) -> None:
    """Raise BadAnswer for a field that no row has."""
    objects = [row for row in rows if isinstance(row, dict)]
    for name in names:
        if objects and not any(name in row for row in objects):
            raise BadAnswer(f"{origin}: no order has a field {name!r}; {remedy}")


def read_cursor(value: Any, origin: str, remedy: str) -> str | None:
    """The cursor of the next page; None for the last. Raises BadAnswer if it is unusable."""
    if value is None or value == "":
        return None
    written = str(value) if type(value) is int else text(value)
    if written is None or len(written) > LONGEST_CURSOR:
        raise BadAnswer(f"{origin}: next_cursor is not a text of 1 to {LONGEST_CURSOR} characters; {remedy}")
    return value if isinstance(value, str) else written


def read_pages(ask: Callable[[str | None], AnyPage], store: Store) -> list[AnyPage]:
    """All pages of a store's listing. ask: the page at a cursor; None for the first.

    Raises MisfitPages if they are inconsistent, BadAnswer if they would not end.
    """
    pages: list[AnyPage] = []
    cursors: set[str] = set()
    contents: set[tuple[str, str]] = set()
    empty = 0
    cursor: str | None = None
    while True:
        page = ask(cursor)
        if pages and page.total != pages[0].total:
            raise MisfitPages(f"store {store.id}: the total changed from {pages[0].total} to {page.total}; run again")
        pages.append(page)
        _refuse_endless(pages, store)
        empty = empty + 1 if contents.issuperset(page.contents) else 0
        contents.update(page.contents)
        cursor = page.next_cursor
        if cursor is None:
            return pages
        if cursor in cursors:
            raise MisfitPages(f"store {store.id}: the cursor {cursor[:40]!r} came twice; the service must fix this")
        if empty > MOST_EMPTY_PAGES:
            raise MisfitPages(
                f"store {store.id}: more than {MOST_EMPTY_PAGES} pages without a new order; the service must fix this"
            )
        if page.total is not None and sum(len(p.contents) for p in pages) > 2 * page.total + MOST_EMPTY_PAGES:
            raise MisfitPages(
                f"store {store.id}: the listing exceeds its total of {page.total}; the service must fix this"
            )
        cursors.add(cursor)


def joined_pages(pages: Sequence[Page], store: Store, currency: str) -> StoreAnswer:
    """All pages together; the last version of a repeated id counts. Raises MisfitPages if orders are missing, BadAnswer
    if none can be used.

    A total may count orders or rows. A listing that shifts between pages sends one order twice and another never, so
    an exact repetition of a row does not count towards the total.
    """
    _refuse_missing([content for page in pages for content in page.contents], pages[0].total, store)
    latest: dict[str, dict[str, Any] | None] = {}
    repeated = 0
    for order_id, order in (order for page in pages for order in page.orders):
        repeated += order_id in latest
        latest[order_id] = order
    rejected = _last_refusals([row for page in pages for row in page.rejected], latest)
    orders = {order_id: order for order_id, order in latest.items() if order is not None}
    if rejected and not orders:
        raise BadAnswer(f"store {store.id}: no order can be used: {rejected[0]['reason']}; the service must fix this")
    return StoreAnswer(currency, orders, rejected, repeated)


def _refuse_missing(contents: Sequence[tuple[str, str]], total: int | None, store: Store) -> None:
    if total is None:
        return
    distinct, nameless = len({order_id for order_id, _ in contents if order_id}), sum(not name for name, _ in contents)
    has_versions_only = len(set(contents)) == len(contents)
    if total != distinct + nameless and not (has_versions_only and total == len(contents)):
        raise MisfitPages(f"store {store.id}: received {distinct + nameless} orders of a total of {total}; run again")


def _refuse_endless(pages: Sequence[Page], store: Store) -> None:
    """Raise BadAnswer as soon as the listing can't end within MOST_PAGES: reading it again would not help."""
    if len(pages) > MOST_PAGES:
        raise BadAnswer(f"store {store.id}: the listing has more than {MOST_PAGES} pages; the service must end it")
    total = pages[0].total
    if total is None:
        return
    largest = max(len(page.contents) for page in pages)
    missing = total - sum(len(page.contents) for page in pages)
    if largest and missing > largest * (MOST_PAGES - len(pages)):
        raise BadAnswer(
            f"store {store.id}: a total of {total} orders in pages of {largest} takes more than {MOST_PAGES} "
            "pages; the service must fix its total, or send larger pages"
        )


def _last_refusals(
    rejected: Sequence[dict[str, Any]], latest: dict[str, dict[str, Any] | None]
) -> list[dict[str, Any]]:
    """One refusal per id, and none for an id whose last version is good."""
    last: dict[object, dict[str, Any]] = {}
    for number, row in enumerate(rejected):
        if not row["row_id"] or latest.get(row["row_id"]) is None:
            last[row["row_id"] or number] = row
    return list(last.values())


def _order_id(row: dict[str, Any], name: str) -> str:
    value = row.get(name)
    written = str(value) if type(value) is int else text(value)
    if written is None or len(written) > 200:
        raise RefusedValueError(name, "is_id", value, "the order has no id of 1 to 200 characters")
    return written


def _shown_id(row: Any, name: str) -> str:
    value = row.get(name) if isinstance(row, dict) else None
    return "" if value is None else str(value).encode("utf-8", "replace").decode()[:200]
