"""A small real export of one market as a user would have it, and the settings that name it, for tests."""

from collections.abc import Sequence
from pathlib import Path

_MAPPING = """label = "real"
rows = "orders"
currency = "GBP"
timezone = "Europe/London"
[columns]
order_id = "id"
timestamp = "at"
total = "total"
quantity = "pizzas"
[constants]
chain = "dominos"
market = "Leeds"
store_id = "1"
"""


def write_export(folder: Path, rows: Sequence[str]) -> dict[str, str]:
    """Put `rows` (id,at,total,pizzas) as a CSV into `folder`/inbox and the mapping beside it; returns the settings."""
    inbox = folder / "inbox"
    inbox.mkdir(parents=True, exist_ok=True)
    (inbox / "orders.csv").write_text("\n".join(["id,at,total,pizzas", *rows]))
    (folder / "orders.toml").write_text(_MAPPING)
    return {
        "PIZZA_ORDERS": "files",
        "PIZZA_ORDERS_PATH": str(inbox),
        "PIZZA_ORDERS_MAPPING": str(folder / "orders.toml"),
    }
