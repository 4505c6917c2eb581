"""What every table model promises."""

import pandas as pd
import pytest
from pandera.errors import SchemaErrors

from pizza_assets.models import TABLES, RawOrders
from pizza_assets.models.orders import RejectedRows
from pizza_assets.models.table import Table
from pizza_assets_tests.analysis.tables import an_order, at

REJECT = {
    "origin": "orders.csv",
    "line_number": 3,
    "row_id": "7",
    "column": "total",
    "check": "not_negative",
    "value": "-1",
    "reason": "a total can't be negative",
}


@pytest.mark.parametrize("model", TABLES.values(), ids=TABLES.keys())
def test_model_is_complete(model: type[Table]) -> None:
    columns = model.columns()
    assert all(column.description.endswith(".") for column in columns)
    assert model.key()
    assert set(model.key()) <= {column.name for column in columns}
    assert model.arrow_schema().names == [column.name for column in columns]
    assert model.violations(model.empty()) == []


def test_conform_orders_types_and_sorts() -> None:
    rows = pd.DataFrame([{**REJECT, "line_number": 9}, {**REJECT, "line_number": None, "row_id": 5}])
    frame = RejectedRows.conform(rows[list(reversed(rows.columns))])
    assert list(frame.columns) == RejectedRows.column_names()
    assert frame["line_number"].tolist() == [9, pd.NA]
    assert frame["row_id"].tolist() == ["7", "5"]


def test_conform_names_a_missing_column() -> None:
    with pytest.raises(KeyError, match=r"rejected_rows: missing columns \['reason'\]"):
        RejectedRows.conform(pd.DataFrame([REJECT]).drop(columns="reason"))


def test_conform_refuses_naive_times() -> None:
    model = TABLES["order_bins"]
    row = {"minute_at": [pd.Timestamp("2026-08-04 18:00")], "order_source": "mock", "market": "Leeds", "chain": "c"}
    counts = {"currency": "GBP", "order_count": 1, "revenue_cents": 1, "pizza_count": 1, "store_ids": None}
    with pytest.raises(TypeError, match="order_bins.minute_at: naive times"):
        model.conform(pd.DataFrame({**row, **counts}))


def test_violations_name_row_column_check_and_value() -> None:
    frame = RejectedRows.conform([REJECT, {**REJECT, "line_number": 0}])
    (violation,) = RejectedRows.violations(frame)
    assert (violation.row, violation.column, violation.value) == (0, "line_number", "0")
    assert "greater_than_or_equal_to(1)" in violation.check


def test_the_checks_of_single_rows_leave_out_that_values_are_unique() -> None:
    row = RejectedRows.conform([REJECT])
    assert RejectedRows.unique_columns() == ()
    assert RejectedRows.row_schema().validate(row).equals(row)

    orders = RawOrders.conform([an_order("a", at("18:00"))] * 2)
    assert RawOrders.unique_columns() == ("order_id",)
    assert {violation.check for violation in RawOrders.violations(orders)} == {"field_uniqueness"}
    assert RawOrders.row_schema().validate(orders, lazy=True).equals(orders)
    with pytest.raises(SchemaErrors, match="revenue_cents"):
        RawOrders.row_schema().validate(orders.assign(revenue_cents=-1), lazy=True)
