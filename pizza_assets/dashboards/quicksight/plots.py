"""Marks over axes: lines, bars, points. Which of them a sheet shows is in drawings/.

`more` of a function are further fields of the chart.
"""

from collections.abc import Sequence
from typing import Any

from pizza_assets.dashboards.quicksight.chart import (
    Chart,
    Only,
    column_label,
    dimension,
    measure,
    open_day,
    open_match,
    plain_field,
    sort_by,
)
from pizza_assets.dashboards.quicksight.data_sets import DataSet, Request
from pizza_assets.dashboards.quicksight.parameters import DAY, MATCH, MONTH_ROW

_MOST_ITEMS = 2_500
_LEGEND = {"Visibility": "VISIBLE", "Position": "BOTTOM"}
_ZERO_LINE = {
    "Status": "ENABLED",
    "DataConfiguration": {"StaticConfiguration": {"Value": 0.0}, "AxisBinding": "PRIMARY_YAXIS"},
    "StyleConfiguration": {"Pattern": "DASHED", "Color": "#7F7F7F"},
    "LabelConfiguration": {"CustomLabelConfiguration": {"CustomLabel": "as usual"}},
}


def lines(
    chart_id: str,
    data_set: DataSet,
    category: str,
    values: Sequence[str],
    *,
    panels: str = "",
    are_dots: bool = False,
    zero_line: bool = False,
    height: int = 12,
    **more: Any,
) -> Chart:
    """Lines over a category, with one panel per value of `panels`. A band is drawn as three lines: its two ends and the
    middle; with `are_dots`, as three marks for each category.
    """
    wells: Request = {
        "Category": [dimension(chart_id, data_set, category, "MINUTE")],
        "Values": [measure(chart_id, data_set, name) for name in values],
    }
    if panels:
        wells["SmallMultiples"] = [dimension(chart_id, data_set, panels)]
    configuration: Request = {
        "FieldWells": {"LineChartAggregatedFieldWells": wells},
        "SortConfiguration": {
            "CategorySort": [sort_by(chart_id, category)],
            "CategoryItemsLimitConfiguration": {"ItemsLimit": _MOST_ITEMS, "OtherCategories": "EXCLUDE"},
        },
        "Type": "LINE",
        "Legend": _LEGEND,
        "DefaultSeriesSettings": {
            "LineStyleSettings": {"LineVisibility": "HIDDEN" if are_dots else "VISIBLE"},
            "MarkerStyleSettings": {"MarkerVisibility": "VISIBLE" if are_dots else "HIDDEN"},
        },
    }
    if zero_line:
        configuration["ReferenceLines"] = [_ZERO_LINE]
    return Chart(chart_id, data_set, "LineChartVisual", configuration, height=height, **more)


def lines_over_bars(
    chart_id: str, data_set: DataSet, day: str, lines_of: Sequence[str], bars_of: Sequence[str], **more: Any
) -> Chart:
    """Lines and bars by day, each on its own axis; a click opens the matches of that day."""
    wells = {
        "Category": [dimension(chart_id, data_set, day, "DAY")],
        "BarValues": [measure(chart_id, data_set, name) for name in bars_of],
        "LineValues": [measure(chart_id, data_set, name) for name in lines_of],
    }
    configuration: Request = {
        "FieldWells": {"ComboChartAggregatedFieldWells": wells},
        "SortConfiguration": {
            "CategorySort": [sort_by(chart_id, day)],
            "CategoryItemsLimit": {"ItemsLimit": _MOST_ITEMS, "OtherCategories": "EXCLUDE"},
        },
        "BarsArrangement": "CLUSTERED",
        "Legend": _LEGEND,
        "PrimaryYAxisLabelOptions": _axis_label("Matches a day"),
        "SecondaryYAxisLabelOptions": _axis_label("Orders a day (UTC)"),
    }
    action = open_day(chart_id, {DAY: day}, (MONTH_ROW, MATCH))
    return Chart(chart_id, data_set, "ComboChartVisual", configuration, (action,), height=14, **more)


def bars(chart_id: str, data_set: DataSet, category: str, value: str, *, colour: str, **more: Any) -> Chart:
    """Bars of a sum or an estimate by category, or by month if the category is a time. `more` as in `_bars`."""
    return _bars(chart_id, data_set, category, measure(chart_id, data_set, value), colour, **more)


def counts_by_month(chart_id: str, data_set: DataSet, time: str, counted: str, colour: str, **more: Any) -> Chart:
    """Bars of the number of rows in each month whose counted column is filled."""
    count = plain_field(chart_id, data_set, counted) | {"AggregationFunction": "COUNT"}
    return _bars(chart_id, data_set, time, {"CategoricalMeasureField": count}, colour, **more)


def _bars(
    chart_id: str,
    data_set: DataSet,
    category: str,
    measured: Request,
    colour: str,
    panels: str = "",
    zero_line: bool = False,
    **more: Any,
) -> Chart:
    """Bars side by side: stacked ones would show the sum of labels that must never be added up."""
    wells: Request = {
        "Category": [dimension(chart_id, data_set, category, "MONTH")],
        "Values": [measured],
        "Colors": [dimension(chart_id, data_set, colour)],
    }
    if panels:
        wells["SmallMultiples"] = [dimension(chart_id, data_set, panels)]
    configuration: Request = {
        "FieldWells": {"BarChartAggregatedFieldWells": wells},
        "SortConfiguration": {"CategorySort": [sort_by(chart_id, category)]},
        "Orientation": "VERTICAL",
        "BarsArrangement": "CLUSTERED",
        "Legend": _LEGEND,
    }
    if zero_line:
        configuration["ReferenceLines"] = [_ZERO_LINE]
    return Chart(chart_id, data_set, "BarChartVisual", configuration, height=12, **more)


def scatter(chart_id: str, data_set: DataSet, x: str, y: str, *, colour: str, only: Only) -> Chart:
    """One point per row, unaggregated; a click opens its match."""
    wells = {
        "XAxis": [dimension(chart_id, data_set, x)],
        "YAxis": [dimension(chart_id, data_set, y)],
        "Category": [dimension(chart_id, data_set, colour)],
        "Label": [dimension(chart_id, data_set, "match_id")],
    }
    configuration: Request = {
        "FieldWells": {"ScatterPlotUnaggregatedFieldWells": wells},
        "Legend": _LEGEND,
        "XAxisLabelOptions": _axis_label(column_label(x)),
        "YAxisLabelOptions": _axis_label(column_label(y)),
    }
    return Chart(chart_id, data_set, "ScatterPlotVisual", configuration, (open_match(chart_id),), only, height=14)


def _axis_label(words: str) -> Request:
    return {"AxisLabelOptions": [{"CustomLabel": words}]}
