"""What every table model promises."""

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandera.errors import SchemaErrors

from pizza_assets.models import TABLES, RawOrders
from pizza_assets.models.extracts import OrdersTimelineExtract
from pizza_assets.models.merged import OrderBins
from pizza_assets.models.orders import MEASURES, SUMS, RejectedRows
from pizza_assets.models.table import Table, in_order
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
    counts = {
        "currency": "GBP",
        "order_count": 1,
        "revenue_cents": 1,
        "discount_cents": 0,
        "pizza_count": 1,
        "store_ids": None,
    }
    with pytest.raises(TypeError, match="order_bins.minute_at: naive times"):
        model.conform(pd.DataFrame({**row, **counts}))


def test_violations_name_row_column_check_and_value() -> None:
    frame = RejectedRows.conform([REJECT, {**REJECT, "line_number": 0}])
    (violation,) = RejectedRows.violations(frame)
    assert (violation.row, violation.column, violation.value) == (0, "line_number", "0")
    assert "greater_than_or_equal_to(1)" in violation.check


@pytest.mark.parametrize("model", TABLES.values(), ids=TABLES.keys())
def test_types_are_checked_too(model: type[Table]) -> None:
    model.check_rows(model.empty())
    name = model.column_names()[0]
    is_text = model.empty()[name].dtype == "str"
    other = model.empty().astype({name: "int64" if is_text else "str"})
    with pytest.raises(SchemaErrors):
        model.check_rows(other)
    with pytest.raises(SchemaErrors):
        model.check_rows(model.empty().drop(columns=name))


@given(
    st.lists(
        st.tuples(
            st.one_of(st.none(), st.integers(0, 2)),
            st.text(alphabet="aAzß-é😀", max_size=2),
            st.sampled_from(["2026-08-04", "2026-08-05", None]),
        )
    )
)
def test_rows_are_in_the_order_that_pandas_would_give(rows: list[tuple[int | None, str, str | None]]) -> None:
    frame = pd.DataFrame(rows, columns=["number", "text", "at"]).astype({"number": "Int64", "text": "str"})
    frame["at"] = pd.to_datetime(frame["at"], utc=True).astype("datetime64[us, UTC]")
    frame["position"] = range(len(frame))
    columns = ["number", "text", "at"]
    expected = frame.sort_values(columns, kind="stable", ignore_index=True)
    pd.testing.assert_frame_equal(in_order(frame, columns), expected)


def test_the_checks_of_single_rows_leave_out_that_values_are_unique() -> None:
    assert RejectedRows.unique_columns() == ()
    RejectedRows.check_rows(RejectedRows.conform([REJECT]), are_all=False)

    orders = RawOrders.conform([an_order("a", at("18:00"))] * 2)
    assert RawOrders.unique_columns() == ("order_id",)
    assert {violation.check for violation in RawOrders.violations(orders)} == {"field_uniqueness"}
    RawOrders.check_rows(orders, are_all=False)
    with pytest.raises(SchemaErrors, match="revenue_cents"):
        RawOrders.check_rows(orders.assign(revenue_cents=-1), are_all=False)


def test_the_measures_are_columns_of_the_orders_and_of_their_sums() -> None:
    limits = {
        name: check.statistics["max_value"]
        for name, column in RawOrders.to_schema().columns.items()
        for check in column.checks
        if name in MEASURES and check.name == "less_than_or_equal_to"
    }
    assert limits == MEASURES
    for table in (OrderBins, OrdersTimelineExtract):
        assert [name for name in table.column_names() if name in SUMS] == list(SUMS)
