"""Fields that QuickSight computes of single rows: which weekend is meant, what is ahead, and money in units."""

from typing import Any

from pizza_assets.dashboards.quicksight.calculated_fields import CALCULATED_FIELDS
from pizza_assets_tests.dashboards.quicksight.cross_check import COLUMNS_IN_EXPRESSION
from pizza_assets_tests.dashboards.quicksight.expressions import evaluate, evaluate_rows
from pizza_assets_tests.support.cases import each_of

EXPRESSIONS = {(field.data_set.identifier, field.name): field.expression for field in CALCULATED_FIELDS}


def computed(data_set: str, name: str, row: dict[str, Any], now: str = "") -> Any:
    """A field of a row, after those that it reads."""
    expression = EXPRESSIONS[data_set, name]
    others = {c for c in COLUMNS_IN_EXPRESSION.findall(expression) if c not in row and (data_set, c) in EXPRESSIONS}
    return evaluate(expression, row | {c: computed(data_set, c, row, now) for c in others}, {"now()": now})


@each_of(
    ("business_date", "weekday", "now", "is_this_weekend"),
    [
        ("2026-11-27", "Fri", "2026-11-24T09:00:00Z", "yes"),  # on Tuesday
        ("2026-11-29", "Sun", "2026-11-24T09:00:00Z", "yes"),
        ("2026-11-26", "Thu", "2026-11-24T09:00:00Z", "no"),
        ("2026-12-04", "Fri", "2026-11-24T09:00:00Z", "no"),
        ("2026-11-28", "Sat", "2026-11-28T14:06:00Z", "yes"),
        ("2026-11-29", "Sun", "2026-11-29T23:00:00Z", "yes"),
        ("2026-11-29", "Sun", "2026-11-30T09:00:00Z", "no"),
        ("2026-12-05", "Sat", "2026-11-30T09:00:00Z", "yes"),
        ("2027-01-01", "Fri", "2026-12-28T00:00:00Z", "yes"),
    ],
)
def test_the_weekend_is_the_running_or_the_next_one(
    business_date: str, weekday: str, now: str, is_this_weekend: str
) -> None:
    row = {"business_date": business_date}
    assert computed("demand_forecast", "weekday_and_date", row, now) == f"{business_date} {weekday}"
    assert computed("demand_forecast", "is_this_weekend", row, now) == is_this_weekend


def test_an_hour_that_has_passed_is_not_ahead_and_the_age_is_that_of_the_orders() -> None:
    row = {"ends_at": "2026-11-28T15:00:00Z", "origin_at": "2026-11-27T17:00:00Z"}
    for now, is_ahead, hours in (("2026-11-28T14:06:00Z", "yes", 21), ("2026-11-28T15:00:00Z", "no", 22)):
        assert computed("demand_forecast", "is_ahead", row, now) == is_ahead
        assert computed("demand_forecast", "hours_since_the_newest_orders", row, now) == hours


def hour(expected: float, quantile_90: float, people: float, **changes: object) -> dict[str, Any]:
    shop = {"order_source": "real", "match_source": "real", "chain": "A", "market": "Leeds", "store_id": "1"}
    numbers = {"expected": expected, "quantile_90": quantile_90, "people": people}
    return {**shop, "business_date": "2026-11-28", **numbers, **changes}


def test_a_day_has_the_number_of_its_busiest_hour_though_another_may_need_more() -> None:
    """The highest number of any hour stood there, and the page has that of the busiest one."""
    rows = [
        hour(40.0, 52.0, 5.0),
        hour(39.0, 55.0, 6.0),  # days ahead have other ranges, and these begin within a business day
        hour(12.0, 18.0, 2.0, store_id="2"),
        hour(9.0, 15.0, 2.0, business_date="2026-11-29"),
        hour(80.0, 95.0, 9.0, order_source="mock"),
    ]
    for name, found in (("quantile_90", [52.0, None, 18.0, 15.0, 95.0]), ("people", [5.0, None, 2.0, 2.0, 9.0])):
        expression = EXPRESSIONS["demand_forecast", f"{name}_in_the_busiest_hour"]
        assert evaluate_rows(expression, rows, {}) == found


def test_what_football_adds_is_the_difference() -> None:
    assert computed("demand_forecast", "football_adds", {"with_football": 30.0, "without_football": 28.5}) == 1.5


@each_of(("currency", "units"), [("GBP", 123.45), ("JPY", 12345.0), ("KWD", 12.345), ("HUF", 123.45), (None, 123.45)])
def test_money_is_in_units_of_its_currency(currency: str | None, units: float) -> None:
    row = {"revenue_cents": 12345, "extra_revenue_cents": 12345, "currency": currency}
    assert computed("orders", "revenue", row) == units
    assert computed("match_impact", "extra_revenue", row) == units
