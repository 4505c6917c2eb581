"""The items of one order as RawOrders has them: {category, name, quantity} each. Reading them does not belong here."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from pizza_assets.sources.orders.file_amounts import MOST_ITEMS
from pizza_assets.sources.refusal import RefusedValueError


def items_text(items: Sequence[Mapping[str, Any]]) -> str | None:
    """The items as RawOrders has them; None if there are none."""
    return json.dumps(items, ensure_ascii=False, separators=(",", ":")) if items else None


def pizza_count(items: Sequence[Mapping[str, Any]], name: str) -> int:
    """The number of pizzas; of all items if none has a category. name: the refused field if there are too many."""
    has_categories = any(item["category"] for item in items)
    counted = [item for item in items if not has_categories or "pizza" in (item["category"] or "").casefold()]
    count = sum(item["quantity"] for item in counted)
    if count > MOST_ITEMS:
        raise RefusedValueError(name, "is_plausible", count, f"more than {MOST_ITEMS} pizzas in one order")
    return count
