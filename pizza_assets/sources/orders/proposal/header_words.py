"""The headers that exports use for each column of the mapping, the best match first.

Whether the values fit is not decided here.
"""

import re

WORDS: dict[str, tuple[str, ...]] = {
    "order_id": (
        "order id", "order no", "order number", "order nr", "order ref", "order reference", "order", "increment id",
        "ticket id",
        "ticket no", "ticket number", "ticket", "receipt no", "receipt number", "receipt id", "receipt", "bill no",
        "bill number", "check number", "check no", "check id", "transaction id", "invoice no", "invoice number",
        "invoice id", "sale id", "sales id", "basket id", "reference", "id", "uuid", "number", "no",
    ),
    "timestamp": (
        "ordered at", "order timestamp", "order datetime", "order date time", "order time", "order date", "placed at",
        "placed on", "placed", "ordered", "order placed", "timestamp", "created at", "created", "created on",
        "datetime", "date time", "sold at", "sale time", "transaction time", "opened at", "time", "date", "ts",
    ),
    "date": ("order date", "business date", "business day", "trading day", "trading date", "sale date", "date", "day"),
    "time": ("order time", "sale time", "time", "clock", "hour"),
    "total": (
        "order total", "total paid", "total collected", "total amount", "amount paid", "grand total", "total",
        "paid", "gross", "gross total", "total price", "amount", "order value", "value", "revenue", "sales",
        "net sales", "gross sales", "price", "sum", "subtotal", "net",
    ),
    "price": (
        "line total", "line price", "line amount", "item total", "total price", "item price", "unit price",
        "price each", "price", "amount", "total", "gross",
    ),
    "quantity": (
        "quantity", "qty", "pizzas", "pizza count", "number of pizzas", "no of pizzas", "items", "item count",
        "number of items", "units", "count", "pieces",
    ),
    "item": ("item name", "item", "product name", "product", "pizza name", "pizza", "dish", "menu item", "name", "sku"),
    "category": ("category", "group", "type", "product group", "item type", "department", "section"),
    "status": ("order status", "status", "order state", "state", "fulfilment status", "outcome"),
    "chain": ("chain", "brand", "banner", "company", "concept", "franchise"),
    "market": (
        "market", "city", "town", "delivery city", "area", "region", "territory", "location name",
        "location", "place",
    ),
    "store_id": (
        "store id", "store no", "store number", "store code", "store", "branch id", "branch", "shop id", "shop",
        "restaurant id", "restaurant", "outlet id", "outlet", "site id", "site", "location id", "store name",
    ),
    "store_location": ("store address", "store location", "branch address", "store postcode", "store town"),
    "void": ("voided", "void", "is void", "is voided", "cancelled", "canceled", "is cancelled", "deleted"),
    "currency": ("currency", "currency code", "ccy", "iso currency"),
    "timezone": ("timezone", "time zone", "tz", "zone"),
}  # fmt: skip

UNIT_PRICE = frozenset({"unit price", "price each", "price per unit", "item cost"})
"""Headers of the price of one item: the line costs that times the quantity."""
LINE_PRICE = frozenset({"line total", "line price", "line amount", "item total", "total price", "total", "amount"})
"""Headers of the price of a whole line."""
BUSINESS_DATE = frozenset({"business date", "business day", "trading day", "trading date"})
"""Headers of a business date, which includes the hours after midnight."""


AMOUNTS: dict[str, tuple[frozenset[str], ...]] = {
    "total": (
        frozenset({
            "order total", "total paid", "total collected", "total amount", "amount paid", "grand total", "total",
            "paid", "gross", "gross total", "total price",
        }),
        frozenset({"amount", "order value", "value", "revenue", "sales", "price", "sum"}),
        frozenset({"net sales", "gross sales", "subtotal", "net"}),
    ),
    "price": (
        frozenset({"line total", "line price", "line amount", "item total"}),
        frozenset({"unit price", "price each", "item price"}),
        frozenset({"total price", "price", "amount", "total", "gross"}),
    ),
}  # fmt: skip
"""Headers of money that mean about the same, the best first: which of them is meant can't be told from the words."""
WHOLE_HEADERS = frozenset({"order_id", "total", "price", "chain"})
"""Roles for which a header must be such words as a whole: what only holds one of them would be a guess."""
_MONEY = frozenset({
    "total", "amount", "paid", "gross", "net", "sales", "revenue", "price", "value", "subtotal", "sum", "refund",
    "refunds", "refunded", "collected",
})  # fmt: skip
_MINOR_UNITS = re.compile(r" (?:in )?(?:cents|pence|minor units?)$")
_UTC = re.compile(r" (?:gmt|utc)$")
_CURRENCY_IN_BRACKETS = re.compile(r"\s*\((?:[A-Z]{3}|[^\w\s()])\)\s*$")


def plain_words(header: str) -> str:
    """A header as words: "OrderNo", "order_no" and "Order No." are "order no". Units are left out: "Total (GBP)" and
    "total_cents" are "total", "created_at_utc" is "created at".
    """
    return _UTC.sub("", _MINOR_UNITS.sub("", _all_words(_CURRENCY_IN_BRACKETS.sub("", header))))


def _all_words(header: str) -> str:
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", header)
    return " ".join(re.sub(r"[\W_]+", " ", apart).casefold().split())


def says_minor_units(header: str) -> bool:
    """Whether a header ends with the name of a minor unit: total_cents."""
    return _MINOR_UNITS.search(_all_words(header)) is not None


def says_utc(header: str) -> bool:
    """Whether a header ends with UTC or GMT: date_created_gmt. Databases mean the same by both."""
    return _UTC.search(_all_words(header)) is not None


def is_equal_amount(role: str, header: str, other: str) -> bool:
    """Whether two headers name the money of an order (total) or a line (price) equally well."""
    both = [{plain_words(name), plain_words(name.rpartition(".")[2])} for name in (header, other)]
    return any(all(words & alike for words in both) for alike in AMOUNTS[role])


def is_called_money(header: str) -> bool:
    """Whether a word of the header names money."""
    return bool(_MONEY & set(plain_words(header).split()))


def rank(role: str, header: str) -> int | None:
    """How well a header names a column of the mapping: 0 is best, None if it does not.

    A header that holds such words beside others ("Delivery city") comes after all that are just those words; for the
    roles of WHOLE_HEADERS it does not count.
    """
    known, words = WORDS[role], plain_words(header)
    last = plain_words(header.rpartition(".")[2])  # of a path in JSON
    for whole in (words, last):
        if whole in known:
            return known.index(whole)
    if role in WHOLE_HEADERS:
        return None
    held = [
        index for index, name in enumerate(known) if len(name) > 3 and name != "name" and f" {name} " in f" {words} "
    ]
    return len(known) + min(held) if held else None
