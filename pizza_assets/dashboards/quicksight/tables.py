"""Numbers in cells: a single number, a table, a calendar. Which of them a sheet shows is in drawings/.

`more` of a function are further fields of the chart.
"""

from collections.abc import Sequence
from typing import Any

from pizza_assets.dashboards.quicksight.chart import (
    Chart,
    Only,
    column_label,
    dimension,
    field_id,
    measure,
    open_day,
    open_match,
    plain_field,
    sort_by,
)
from pizza_assets.dashboards.quicksight.data_sets import DataSet, Request
from pizza_assets.dashboards.quicksight.parameters import DAY, DAY_OF_MONTH, MATCH, MONTH_ROW

_BELOW, _USUAL, _ABOVE = "#2C7FB8", "#F7F7F7", "#D95F0E"


def kpi(chart_id: str, data_set: DataSet, value: str) -> Chart:
    """One number, whose name says which label it counts."""
    configuration: Request = {"FieldWells": {"Values": [measure(chart_id, data_set, value)]}}
    return Chart(chart_id, data_set, "KPIVisual", configuration, suffix=f": {value}", width=6, height=6)


def table(
    chart_id: str,
    data_set: DataSet,
    columns: Sequence[str],
    *,
    newest_first: str = "",
    in_order_of: str = "",
    opens_match: bool = False,
    height: int = 11,
    **more: Any,
) -> Chart:
    """Unaggregated rows under headers in words, sorted by a column if one is named."""
    values = [plain_field(chart_id, data_set, name) for name in columns]
    configuration: Request = {
        "FieldWells": {"TableUnaggregatedFieldWells": {"Values": values}},
        "FieldOptions": {"SelectedFieldOptions": _headers(chart_id, columns)},
        "TableOptions": {"HeaderStyle": {"TextWrap": "WRAP"}, "CellStyle": {"TextWrap": "WRAP"}},
    }
    if newest_first or in_order_of:
        order = sort_by(chart_id, newest_first, "DESC") if newest_first else sort_by(chart_id, in_order_of)
        configuration["SortConfiguration"] = {"RowSort": [order]}
    actions = (open_match(chart_id),) if opens_match else ()
    return Chart(chart_id, data_set, "TableVisual", configuration, actions, height=height, **more)


def grid(
    chart_id: str,
    data_set: DataSet,
    *,
    rows: Sequence[str],
    columns: Sequence[str],
    values: Sequence[str],
    only: Only,
    suffix: str,
) -> Chart:
    """A table of two dimensions; without totals, which would add up shops or labels.

    values: fields with one value in each cell, or several that are alike, and empty in all other rows.
    """
    wells = {
        "Rows": [dimension(chart_id, data_set, name) for name in rows],
        "Columns": [dimension(chart_id, data_set, name) for name in columns],
        "Values": [measure(chart_id, data_set, name, "MAX") for name in values],
    }
    hidden = {"TotalsVisibility": "HIDDEN"}
    totals = ("RowSubtotalOptions", "ColumnSubtotalOptions", "RowTotalOptions", "ColumnTotalOptions")
    configuration: Request = {
        "FieldWells": {"PivotTableAggregatedFieldWells": wells},
        "FieldOptions": {"SelectedFieldOptions": _headers(chart_id, (*rows, *columns, *values))},
        "TotalOptions": dict.fromkeys(totals, hidden),
    }
    return Chart(chart_id, data_set, "PivotTableVisual", configuration, only=only, suffix=suffix, height=14)


def _headers(chart_id: str, columns: Sequence[str]) -> list[Request]:
    """Every column's name in words."""
    return [{"FieldId": field_id(chart_id, name), "CustomLabel": column_label(name)} for name in columns]


def calendar(chart_id: str, data_set: DataSet, value: str, *, only: Only, suffix: str) -> Chart:
    """The months of each label down, days of the month across; a click opens the matches of that day."""
    wells = {
        "Rows": [dimension(chart_id, data_set, "month_row")],
        "Columns": [dimension(chart_id, data_set, "day_of_month")],
        "Values": [measure(chart_id, data_set, value)],
    }
    configuration: Request = {
        "FieldWells": {"HeatMapAggregatedFieldWells": wells},
        "SortConfiguration": {
            "HeatMapRowSort": [sort_by(chart_id, "month_row", "DESC")],
            "HeatMapColumnSort": [sort_by(chart_id, "day_of_month")],
            "HeatMapColumnItemsLimitConfiguration": {"ItemsLimit": 31, "OtherCategories": "EXCLUDE"},
        },
        "ColorScale": {
            "ColorFillType": "GRADIENT",
            "Colors": [{"Color": _BELOW}, {"Color": _USUAL, "DataValue": 0.0}, {"Color": _ABOVE}],
        },
    }
    action = open_day(chart_id, {MONTH_ROW: "month_row", DAY_OF_MONTH: "day_of_month"}, (DAY, MATCH))
    return Chart(chart_id, data_set, "HeatMapVisual", configuration, (action,), only, suffix, height=14)
