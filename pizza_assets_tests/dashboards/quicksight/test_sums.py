"""Sums that QuickSight makes of rows: orders once, whole days only, and labels apart."""

from typing import Any

from pizza_assets.dashboards.quicksight.calculated_fields import CALCULATED_FIELDS
from pizza_assets_tests.dashboards.quicksight.expressions import evaluate_group
from pizza_assets_tests.support.cases import each_of

EXPRESSIONS = {(field.data_set.identifier, field.name): field.expression for field in CALCULATED_FIELDS}


def day(label: str, orders: int = 10, minutes: int = 60, hours: int = 24, **more: Any) -> list[dict[str, Any]]:
    """The hours of one market and chain on a day."""
    row = {"market": "Leeds", "chain": "A", "currency": "GBP", "order_source": label, **more}
    return [row | {"hour_at": hour, "order_count": orders, "covered_minutes": minutes} for hour in range(hours)]


def drawn(word: str, rows: list[dict[str, Any]]) -> Any:
    return evaluate_group(EXPRESSIONS["orders_and_matches", f"Orders ({word})"], rows, {})


@each_of(("word", "label"), [("real", "real"), ("MOCK", "mock")])
def test_a_partly_known_day_has_no_point(word: str, label: str) -> None:
    assert drawn(word, day(label)) == 240
    assert drawn(word, day(label, hours=23)) is None
    assert drawn(word, day(label, minutes=59)) is None
    assert drawn(word, day(label) + day(label, hours=5, market="York")) is None
    assert drawn(word, day(label) + day(label, market="York")) == 480
    assert drawn(word, []) is None


def test_labels_are_not_added_together_and_do_not_affect_each_other() -> None:
    rows = day("real", orders=10) + day("mock", orders=1, hours=3)
    assert (drawn("real", rows), drawn("MOCK", rows)) == (240, None)


def test_orders_are_counted_once_however_many_matches_and_currencies_an_hour_has() -> None:
    euros = day("real", orders=2, hours=1, currency="EUR")
    assert drawn("real", [*day("real"), *day("real"), *euros]) == 242
