"""The dashboard's filters, each applied to the charts that honour it. Their controls are in parameters.py."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from pizza_assets.dashboards.quicksight import choices
from pizza_assets.dashboards.quicksight.chart import Chart
from pizza_assets.dashboards.quicksight.data_sets import DataSet, Request
from pizza_assets.dashboards.quicksight.parameters import DATES_FROM, DATES_TO
from pizza_assets.dashboards.view import FILTERS, View

Drawn = Sequence[tuple[View, str, Sequence[Chart]]]
"""A view, the sheet that it is on, and its charts."""


def filter_groups(drawn: Drawn) -> list[Request]:
    """One group per filter and data set, and one per column that a chart always restricts."""
    chosen = [
        _group(f"{filter_id}-{data_set.identifier}", _filter(filter_id, data_set), scope)
        for filter_id in FILTERS
        for data_set, scope in _scopes(drawn, filter_id).items()
    ]
    fixed = [
        _group(f"only-{chart.id}-{column}", _category(chart.data_set, column, values), {sheet: [chart.id]})
        for _, sheet, charts in drawn
        for chart in charts
        for column, values in chart.only.items()
    ]
    return [*chosen, *fixed]


def _scopes(drawn: Drawn, filter_id: str) -> dict[DataSet, dict[str, list[str]]]:
    """By data set and sheet: the charts whose view honours the filter and whose data set can."""
    scopes: dict[DataSet, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for view, sheet, charts in drawn:
        for chart in charts:
            if filter_id in chart.row_filters(view.filters):
                scopes[chart.data_set][sheet].append(chart.id)
    return scopes


def _group(name: str, row_filter: Request, scope: Mapping[str, Sequence[str]]) -> Request:
    sheets = [
        {"SheetId": sheet, "Scope": "SELECTED_VISUALS", "VisualIds": list(chart_ids)}
        for sheet, chart_ids in scope.items()
    ]
    (kind,) = row_filter
    body = row_filter[kind]
    assert isinstance(body, dict)
    return {
        "FilterGroupId": name,
        "Filters": [{kind: {"FilterId": f"{name}-filter", **body}}],
        "ScopeConfiguration": {"SelectedSheets": {"SheetVisualScopingConfigurations": sheets}},
        "Status": "ENABLED",
        "CrossDataset": "SINGLE_DATASET",
    }


def _filter(filter_id: str, data_set: DataSet) -> Request:
    if filter_id == "dates":
        return {
            "TimeRangeFilter": {
                "Column": data_set.column(choices.DATES[data_set.identifier]),
                "RangeMinimumValue": {"Parameter": DATES_FROM},
                "RangeMaximumValue": {"Parameter": DATES_TO},
                "IncludeMinimum": True,
                "IncludeMaximum": True,
                "TimeGranularity": "DAY",
                "NullOption": "NON_NULLS_ONLY",
            }
        }
    return _category(data_set, choices.field_name(filter_id), [choices.YES])


def _category(data_set: DataSet, column: str, values: Sequence[str]) -> Request:
    chosen = {"MatchOperator": "CONTAINS", "CategoryValues": [str(value) for value in values]}
    return {"CategoryFilter": {"Column": data_set.column(column), "Configuration": {"FilterListConfiguration": chosen}}}
